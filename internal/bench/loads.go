package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/bench/load"
	"attrigraph/internal/bench/questions"
)

// againWarmUp is how long a server is loaded before a measured load that is not its first with a question: others had
// the processors' caches meanwhile.
const againWarmUp = 500 * time.Millisecond

// loads compares the servers' answers and then puts one after the other under load.
func (b *bench) loads(ctx context.Context) error {
	var running []*process
	defer func() {
		for _, p := range running {
			p.stop()
		}
	}()
	for _, s := range b.servers {
		p, err := s.start(ctx)
		if err != nil {
			return err
		}
		running = append(running, p)
	}
	for _, q := range b.questions {
		for _, p := range running {
			if err := awaitAnswer(ctx, p, q, b.dataset); err != nil {
				return err
			}
		}
		if err := compare(ctx, q, b.dataset, running); err != nil {
			return err
		}
	}
	say("%d servers answer %d questions alike", len(running), len(b.questions))
	if err := b.heat(ctx, b.dataset, running); err != nil {
		return err
	}
	for _, q := range b.questions {
		measures, err := b.rounds(ctx, q, b.dataset, running)
		if err != nil {
			return err
		}
		b.results.Measures = append(b.results.Measures, measures...)
	}
	return nil
}

// heat loads the servers on Neo4j with the deep question until its virtual machine has compiled what it needs, so that who
// comes first has no disadvantage. What fails meanwhile, such as a deadline, is tried again.
func (b *bench) heat(ctx context.Context, d dataset.Dataset, running []*process) error {
	deep := questions.All()[0]
	for _, p := range running {
		if p.db == nil {
			continue
		}
		if err := awaitAnswer(ctx, p, deep, d); err != nil {
			return err
		}
		cfg := load.Config{Address: p.Address, Requests: requests(deep, p.kind, d), Clients: slices.Max(b.Clients)}
		for began := time.Now(); time.Since(began) < b.Heat && ctx.Err() == nil; {
			cfg.Duration = b.Heat - time.Since(began)
			if _, err := load.Run(ctx, cfg); err != nil {
				time.Sleep(againWarmUp)
			}
		}
	}
	return ctx.Err()
}

// once is one load.
type once struct {
	load.Result
	own, neo4j load.Usage
}

// rounds loads the servers in turn, as often as --rounds says, so that what changes meanwhile on the machine meets all of
// them alike. Only one is under load at a time.
func (b *bench) rounds(ctx context.Context, q questions.Question, d dataset.Dataset, running []*process) ([]Measure, error) {
	type key struct{ server, clients int }
	all := map[key][]once{}
	failed := map[key]error{}
	for round := range b.Rounds {
		for _, clients := range b.Clients {
			for turn := range running {
				// Each server comes first in turn.
				i := (turn + round) % len(running)
				warmUp := againWarmUp
				if round == 0 {
					warmUp = b.WarmUp
				}
				if failed[key{i, clients}] != nil {
					continue
				}
				o, err := b.load(ctx, running[i], q, d, clients, warmUp)
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				if err != nil {
					// The others go on: that one gives in under a load is a result too.
					failed[key{i, clients}] = err
					say("%v", err)
					continue
				}
				all[key{i, clients}] = append(all[key{i, clients}], o)
				say("%-10s round %d, %2d clients, %-32s %9.1f requests/s, median %8.2f ms, p99 %8.2f ms", q.Name, round+1, clients,
					running[i].Title, o.PerSecond(), milliseconds(o.Quantile(0.5)), milliseconds(o.Quantile(0.99)))
			}
		}
	}
	var measures []Measure
	for _, clients := range b.Clients {
		for i, p := range running {
			if err := failed[key{i, clients}]; err != nil {
				measures = append(measures, Measure{Question: q.Name, Server: p.Key, Clients: clients, Failed: err.Error()})
				continue
			}
			measures = append(measures, summary(q.Name, p, clients, all[key{i, clients}]))
		}
	}
	return measures, nil
}

// load warms a server up and loads it.
func (b *bench) load(ctx context.Context, p *process, q questions.Question, d dataset.Dataset, clients int, warmUp time.Duration) (o once, err error) {
	cfg := load.Config{Address: p.Address, Requests: requests(q, p.kind, d), Clients: clients, Duration: warmUp}
	cfg.Check = func(answer []byte) error {
		// Canonical alters nothing of the answer, and fails where it has errors.
		_, err := q.Canonical(p.kind, slices.Clone(answer))
		return err
	}
	if warmUp > 0 {
		if _, err := load.Run(ctx, cfg); err != nil {
			return o, fmt.Errorf("%s, %s: %w", p.Title, q.Name, err)
		}
	}
	// What the clients do has to be the same for all.
	cfg.Check, cfg.Duration = nil, b.Duration
	own := load.Watch(p.ID())
	neo4j := func() (load.Usage, error) { return load.Usage{}, nil }
	if p.db != nil {
		neo4j = load.Watch(p.db.pid)
	}
	o.Result, err = load.Run(ctx, cfg)
	var ownErr, neo4jErr error
	o.own, ownErr = own()
	if o.neo4j, neo4jErr = neo4j(); neo4jErr != nil {
		o.neo4j = load.Usage{} // it runs in a container
	}
	if err != nil {
		return o, fmt.Errorf("%s, %s: %w", p.Title, q.Name, err)
	}
	if ownErr != nil {
		say("what %s uses cannot be measured here: %v", p.Title, ownErr)
		o.own = load.Usage{}
	}
	return o, nil
}

// summary takes the median of each figure over the rounds.
func summary(question string, p *process, clients int, rounds []once) Measure {
	of := func(figure func(o once) float64) float64 {
		list := make([]float64, len(rounds))
		for i, o := range rounds {
			list[i] = figure(o)
		}
		return median(list)
	}
	perThousand := func(u load.Usage, o once) float64 { return u.CPU.Seconds() * 1000 / float64(o.Requests) }
	m := Measure{
		Question: question, Server: p.Key, Clients: clients,
		PerSecond:   of(func(o once) float64 { return o.PerSecond() }),
		Median:      of(func(o once) float64 { return milliseconds(o.Quantile(0.5)) }),
		P99:         of(func(o once) float64 { return milliseconds(o.Quantile(0.99)) }),
		CPU:         of(func(o once) float64 { return perThousand(o.own, o) }),
		Neo4jCPU:    of(func(o once) float64 { return perThousand(o.neo4j, o) }),
		MemoryMB:    of(func(o once) float64 { return float64(o.own.Memory) / 1e6 }),
		AnswerBytes: rounds[0].AnswerBytes(),
	}
	for _, o := range rounds {
		m.Rounds = append(m.Rounds, o.PerSecond())
	}
	return m
}
