package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
)

// tally counts what became of requests.
type tally struct {
	mu       sync.Mutex
	actions  map[string]int64
	failures map[string]failures
}

// failures are wrong answers of one kind of request; the first is kept.
type failures struct {
	count int64
	first error
}

func newTally() *tally { return &tally{actions: map[string]int64{}, failures: map[string]failures{}} }

// add counts one request of a kind; err says what was wrong with its answer.
func (t *tally) add(kind string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.actions[kind]++
	if err != nil {
		f := t.failures[kind]
		if f.count++; f.first == nil {
			f.first = err
		}
		t.failures[kind] = f
	}
}

func (t *tally) total() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var n int64
	for _, count := range t.actions {
		n += count
	}
	return n
}

// wrong is how many answers were wrong.
func (t *tally) wrong() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var n int64
	for _, f := range t.failures {
		n += f.count
	}
	return n
}

func (t *tally) print(out io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(out, "\n%-24s %10s %8s\n", "", "requests", "wrong")
	for _, kind := range slices.Sorted(maps.Keys(t.actions)) {
		f := t.failures[kind]
		fmt.Fprintf(out, "%-24s %10d %8d\n", kind, t.actions[kind], f.count)
		if f.first != nil {
			fmt.Fprintf(out, "    the first: %v\n", f.first)
		}
	}
}
