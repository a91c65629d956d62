package main

import (
	"context"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/bench/questions"
)

// growth compares the deep question in the data set with the same in a tenth of it, on both stores.
func (b *bench) growth(ctx context.Context) error {
	if !b.Growth {
		return nil
	}
	small := dataset.Dataset{Scale: b.Scale * smallPart}
	var smallNeo4j *database
	if b.chosen(onNeo4j) {
		var err error
		if smallNeo4j, err = b.filledNeo4j(ctx, small); err != nil {
			return err
		}
		defer func() {
			if err := smallNeo4j.stop(ctx); err != nil {
				say("%v", err)
			}
		}()
	}
	if err := fill(ctx, b.sqliteStore(small), small); err != nil {
		return err
	}
	for _, s := range b.servers {
		if s.kind != questions.Ours {
			continue
		}
		other := b.ours(s.Key, s.Title+", a tenth of the data", b.sqliteStore(small), nil)
		if s.db != nil {
			other = b.ours(s.Key, s.Title+", a tenth of the data", smallNeo4j.uri, smallNeo4j)
		}
		if err := b.grown(ctx, s, other, small); err != nil {
			return err
		}
	}
	return nil
}

// grown loads a server on each of two data sets in turn.
func (b *bench) grown(ctx context.Context, large, small *server, smallSet dataset.Dataset) error {
	deep := questions.All()[0]
	of := map[*process]dataset.Dataset{}
	var running []*process
	for _, s := range []*server{large, small} {
		p, err := s.start(ctx)
		if err != nil {
			return err
		}
		defer p.stop()
		running = append(running, p)
		of[p] = b.dataset
		if s == small {
			of[p] = smallSet
		}
	}
	for _, p := range running {
		if err := b.heat(ctx, of[p], []*process{p}); err != nil {
			return err
		}
	}
	for _, clients := range b.Clients {
		medians := map[*process][]float64{}
		for round := range b.Rounds {
			warmUp := againWarmUp
			if round == 0 {
				warmUp = b.WarmUp
			}
			for _, p := range running {
				o, err := b.load(ctx, p, deep, of[p], clients, warmUp)
				if err != nil {
					return err
				}
				medians[p] = append(medians[p], milliseconds(o.Quantile(0.5)))
			}
		}
		g := Growth{Server: large.Key, Clients: clients, Large: median(medians[running[0]]), Small: median(medians[running[1]])}
		b.results.Growth = append(b.results.Growth, g)
		say("%s, %d clients: median %.2f ms, in a tenth of the data %.2f ms", large.Title, clients, g.Large, g.Small)
	}
	return nil
}
