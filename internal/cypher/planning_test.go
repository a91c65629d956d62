package cypher

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestPlanningGate runs many requests of few new texts: each text is planned once, no more at a time than there are slots.
func TestPlanningGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slots, texts, requests = 2, 5, 50
		p := newPlanning(slots)
		var now, most, planned atomic.Int64
		plan := func() error {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			now.Add(-1)
			planned.Add(1)
			return nil
		}
		var group sync.WaitGroup
		for i := range requests {
			group.Go(func() {
				if err := p.pass(t.Context(), p.key(fmt.Sprint("text ", i%texts), nil), plan); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if planned.Load() != texts || most.Load() != slots {
			t.Errorf("%d texts were planned, %d at once; want %d and %d", planned.Load(), most.Load(), texts, slots)
		}
		// What was planned passes while the slots are taken.
		for range slots {
			p.slots <- struct{}{}
		}
		if err := p.pass(t.Context(), p.key("text 0", nil), plan); err != nil || planned.Load() != texts {
			t.Errorf("a known text: %v, %d were planned", err, planned.Load())
		}
		// What was not waits no longer than its context.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.pass(ctx, p.key("new", nil), plan); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for a slot: %v", err)
		}
		for range slots {
			<-p.slots
		}
		if err := p.pass(t.Context(), p.key("new", nil), plan); err != nil || planned.Load() != texts+1 {
			t.Errorf("after a slot became free: %v, %d were planned", err, planned.Load())
		}
		p.forget()
		if err := p.pass(t.Context(), p.key("text 0", nil), plan); err != nil || planned.Load() != texts+2 {
			t.Errorf("a text that was forgotten: %v, %d were planned", err, planned.Load())
		}
	})
}

// TestPlanningFails lets one request fail while another waits for the same text: the other plans it itself.
func TestPlanningFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlanning(1)
		broken := errors.New("broken")
		var group sync.WaitGroup
		group.Go(func() {
			if err := p.pass(t.Context(), p.key("text", nil), func() error { time.Sleep(time.Second); return broken }); !errors.Is(err, broken) {
				t.Errorf("the first request: %v", err)
			}
		})
		synctest.Wait()
		planned := false
		group.Go(func() {
			if err := p.pass(t.Context(), p.key("text", nil), func() error { planned = true; return nil }); err != nil {
				t.Errorf("the second request: %v", err)
			}
		})
		group.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			if err := p.pass(ctx, p.key("text", nil), func() error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a request that cannot wait: %v", err)
			}
		})
		group.Wait()
		if !planned {
			t.Error("the second request did not plan the text")
		}
	})
}

// TestPlanningKey tells apart what the server plans apart, and nothing else.
func TestPlanningKey(t *testing.T) {
	p := newPlanning(1)
	params := func(id string, n int64) map[string]any { return map[string]any{"id": id, "n": n, "none": nil} }
	one := p.key("text", params("work--1", 5))
	if p.key("text", params("work--22", 7)) != one {
		t.Error("other values make another key")
	}
	for name, other := range map[string]uint64{
		"another text":        p.key("other", params("work--1", 5)),
		"a longer value":      p.key("text", params("work--1 and more than that", 5)),
		"a value for nothing": p.key("text", map[string]any{"id": "work--1", "n": int64(5), "none": ""}),
		"exchanged values":    p.key("text", map[string]any{"id": nil, "n": int64(5), "none": "work--1"}),
	} {
		if other == one {
			t.Errorf("%s has the same key", name)
		}
	}
	for n, want := range map[int]int{0: 0, 1: 1, 2: 2, 10: 2, 11: 3, 100: 3, 101: 4} {
		if got := magnitude(n); got != want {
			t.Errorf("the magnitude of %d is %d, want %d", n, got, want)
		}
	}
}

// TestPlanningBounded plans more texts than are remembered: the oldest are new again.
func TestPlanningBounded(t *testing.T) {
	p := newPlanning(1)
	planned := 0
	pass := func(i int) {
		if err := p.pass(t.Context(), p.key(fmt.Sprint(i), nil), func() error { planned++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3*mostPlanned + 7 {
		pass(i)
	}
	if len(p.texts) != mostPlanned || len(p.order) != mostPlanned {
		t.Errorf("%d texts are remembered, want %d", len(p.texts), mostPlanned)
	}
	before := planned
	pass(3*mostPlanned + 6)
	pass(2*mostPlanned + 7)
	if planned != before {
		t.Error("one of the last texts was planned again")
	}
	if pass(2*mostPlanned + 6); planned != before+1 {
		t.Error("an older text was not planned again")
	}
}
