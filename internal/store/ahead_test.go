package store_test

import (
	"errors"
	"iter"
	"testing"

	"attrigraph/internal/store"
)

// upTo yields the numbers below n and then, if it is not nil, an error; ended is set when it has ended.
func upTo(n int, last error, ended *bool) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		defer func() { *ended = true }()
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if last != nil {
			yield(0, last)
		}
	}
}

func TestAhead(t *testing.T) {
	failure := errors.New("failed")
	for _, n := range []int{0, 1, 63, 64, 65, 1000} {
		for _, last := range []error{nil, failure} {
			ended, got := false, 0
			var err error
			for v, e := range store.Ahead(upTo(n, last, &ended)) {
				if err = e; e == nil {
					if v != got {
						t.Fatalf("%d follows %d values", v, got)
					}
					got++
				}
			}
			if got != n || !errors.Is(err, last) || !ended {
				t.Errorf("%d of %d values, error %v, ended %v", got, n, err, ended)
			}
		}
	}
}

// TestAheadStops makes sure that nothing goes on when the iteration has ended.
func TestAheadStops(t *testing.T) {
	for _, after := range []int{1, 64, 100, 1000} {
		ended := false
		for v := range store.Ahead(upTo(1<<30, nil, &ended)) {
			if v == after-1 {
				break
			}
		}
		if !ended {
			t.Errorf("stopped after %d values, the sequence goes on", after)
		}
	}
}

func TestAheadPanics(t *testing.T) {
	defer func() {
		if r := recover(); r != "here" {
			t.Errorf("recovered %v", r)
		}
	}()
	for range store.Ahead(func(yield func(int, error) bool) { yield(1, nil); panic("here") }) {
	}
	t.Error("no panic")
}
