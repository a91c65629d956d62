package main

import (
	"context"
	"fmt"
	"time"
)

// measure is something that is watched.
type measure int

const (
	goroutines measure = iota
	rssAnon            // bytes of memory that the process has to itself
	heap               // bytes of Go's heap in use
	files              // open files, with connections
	running            // operations that use the store
	streams            // websockets and event streams that are open
	measures
)

// sample is the state of the server at a moment.
type sample struct {
	at     time.Duration
	values [measures]float64
}

// sample looks at the server. The request for it is part of what it sees.
func (p *process) sample(ctx context.Context) (sample, error) {
	var s sample
	m, err := p.metrics(ctx)
	if err != nil {
		return s, err
	}
	for measure, names := range map[measure][]string{
		goroutines: {"go_goroutines"},
		heap:       {"go_memstats_heap_inuse_bytes"},
		files:      {"process_open_fds"},
		running:    {"attrigraph_operations_running", "attrigraph_operations_waiting"},
		streams:    {`attrigraph_streams{transport="websocket"}`, `attrigraph_streams{transport="sse"}`},
	} {
		for _, name := range names {
			v, ok := m[name]
			if !ok {
				return s, fmt.Errorf("/metrics has no %s", name)
			}
			s.values[measure] += v
		}
	}
	memory, err := p.ID().AnonymousMemory()
	if err != nil {
		return s, fmt.Errorf("the memory of the server cannot be read: %w", err)
	}
	s.values[rssAnon] = float64(memory)
	return s, nil
}

// idle returns what the server is like at rest: the sample with the fewest goroutines of those until it does not change
// for a while.
func (p *process) idle(ctx context.Context) (sample, error) {
	const calm = 5
	best, err := p.sample(ctx)
	for same, end := 0, time.Now().Add(settle); err == nil && same < calm && time.Now().Before(end); same++ {
		select {
		case <-time.After(settle / 60):
		case <-ctx.Done():
			return best, ctx.Err()
		}
		var s sample
		if s, err = p.sample(ctx); err != nil {
			break
		}
		if s.values[goroutines] != best.values[goroutines] || s.values[streams] != best.values[streams] {
			same = 0
		}
		if s.values[goroutines]+s.values[streams] <= best.values[goroutines]+best.values[streams] {
			best = s
		}
	}
	return best, err
}
