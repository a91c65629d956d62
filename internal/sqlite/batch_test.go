package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestMixedChangesTakeLinearTime applies nodes and links by turns to a store that has lost its indexes. Links came before the
// nodes that they join, and then SQLite looked at all links for each node.
func TestMixedChangesTakeLinearTime(t *testing.T) {
	apply := func(n int) time.Duration {
		s := openNew(t)
		s.memory.indexed = 10
		start := time.Now()
		_, err := s.Apply(context.Background(), storetest.SampleWrite(), func(yield func(store.Change, error) bool) {
			for i := range n {
				work, writer := storetest.ID("work", i+1), storetest.ID("writer", i+1)
				for _, c := range []store.Change{
					{Node: &store.Node{ID: writer, Kind: "Writer", Props: map[string]any{"name": fmt.Sprint("Writer ", i)}}},
					{Node: &store.Node{ID: work, Kind: "Work", Props: map[string]any{"title": fmt.Sprint("Work ", i)}}},
					{Link: &store.Link{Type: "MADE_BY", From: work, To: writer}},
					{Link: &store.Link{Type: "MADE_BY", From: work, To: storetest.ID("writer", 1+i*2/3)}},
					{Link: &store.Link{Type: "MADE_BY", From: work, To: storetest.ID("writer", 1+i/2)}},
				} {
					if !yield(c, nil) {
						return
					}
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return time.Since(start)
	}
	// It was 60 times as long.
	small, large := max(apply(500), apply(500)), apply(8000)
	if large > 36*small {
		t.Errorf("16 times the works take %d times as long (%v, %v)", large/small, small, large)
	}
}
