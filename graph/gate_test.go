package graph_test

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
)

// gate is a store whose reads wait until the test lets them go on, or their context ends.
type gate struct {
	store.Store
	begun  chan struct{}
	opened chan struct{}
}

func newGate(s store.Store) *gate {
	return &gate{Store: s, begun: make(chan struct{}, 1000), opened: make(chan struct{})}
}

func (g *gate) Read(ctx context.Context, p *plan.Plan, values []any, visit func(rows.Value) error) error {
	g.begun <- struct{}{}
	select {
	case <-g.opened:
		return g.Store.Read(ctx, p, values, visit)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// counted asks the store for something small.
const counted = "{ incidents { totalCount } }"

// observed collects what a handler observes.
type observed struct {
	mu   sync.Mutex
	list []*graph.Observation
}

func (o *observed) observe(_ context.Context, one *graph.Observation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, one)
}

// take waits for n observations and returns them.
func (o *observed) take(t *testing.T, n int) []*graph.Observation {
	t.Helper()
	var list []*graph.Observation
	eventually(t, func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		list = o.list
		return len(list) >= n
	})
	if len(list) != n {
		t.Fatalf("%d operations were observed, want %d", len(list), n)
	}
	return list
}

// eventually waits until a condition holds; it is given more time than anything takes.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what the test waits for does not happen")
		}
	}
}

// serverOf serves a handler over real HTTP.
func serverOf(t *testing.T, h *graph.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}
