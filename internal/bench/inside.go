package main

import (
	"context"
	"fmt"
	"testing"

	"attrigraph/internal/bench/questions"
	"attrigraph/internal/bench/recorded"
	"attrigraph/internal/cypher"
	"attrigraph/internal/store"
)

// hits profiles the statement of every question on Neo4j.
func (b *bench) hits(ctx context.Context) error {
	if !b.chosen(onNeo4j) {
		return nil
	}
	return b.withStore(ctx, b.neo4j.uri, func(s store.Store) error {
		server, ok := s.(*cypher.Store)
		if !ok {
			return fmt.Errorf("%s is no store on Neo4j", b.neo4j.uri)
		}
		for _, q := range b.questions {
			p, values, err := recorded.Plan(q.Document(questions.Ours), draw(q, b.dataset, 1)[0])
			if err != nil {
				return err
			}
			statement, err := server.Explain(p, values)
			if err != nil {
				return err
			}
			found, err := server.Plan(ctx, statement.Text, statement.Params, true)
			if err != nil {
				return err
			}
			b.results.Hits = append(b.results.Hits, Hits{q.Name, int(found.DBHits)})
			say("%-10s %d db hits", q.Name, found.DBHits)
		}
		return nil
	})
}

// cached measures what the server itself does for an operation that it knows, with the row of each store.
func (b *bench) cached(ctx context.Context) error {
	for _, s := range b.servers {
		if s.kind != questions.Ours {
			continue
		}
		if err := b.withStore(ctx, s.store, func(open store.Store) error { return b.cachedOn(ctx, s, open) }); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) cachedOn(ctx context.Context, s *server, open store.Store) error {
	query, variables := recorded.Deep()
	o, err := recorded.Record(ctx, open, query, variables)
	if err != nil {
		return err
	}
	c := Cached{Store: "SQLite"}
	o.FromSQLite()
	if s.db != nil {
		c.Store = "Neo4j"
		o.FromNeo4j()
	}
	data, err := o.Do(ctx)
	if err != nil {
		return err
	}
	r := testing.Benchmark(o.Bench)
	if r.N == 0 {
		return fmt.Errorf("the cached operation could not be measured with the row of %s", c.Store)
	}
	c.Millis, c.CPUMillis = float64(r.NsPerOp())/1e6, r.Extra[recorded.CPUMetric]/1e6
	c.AnswerKB, c.AllocKB, c.Allocations = float64(len(data))/1e3, float64(r.AllocedBytesPerOp())/1e3, int(r.AllocsPerOp())
	b.results.Cached = append(b.results.Cached, c)
	say("a cached operation takes the server %.3f ms of CPU with the row of %s", c.CPUMillis, c.Store)
	return nil
}

// withStore works with a store in this process.
func (b *bench) withStore(ctx context.Context, address string, work func(store.Store) error) error {
	s, _, err := openStore(ctx, address)
	if err != nil {
		return err
	}
	defer s.Close(context.WithoutCancel(ctx))
	return work(s)
}
