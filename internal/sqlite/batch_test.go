package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestAgainWithoutIndexes gives every node and link of a change set twice, and then nodes as they were not, to a store that
// has lost its indexes and remembers of most nodes no more than that it made them.
func TestAgainWithoutIndexes(t *testing.T) {
	s := openNew(t)
	s.memory.nodes, s.memory.links, s.memory.indexed = 1, 1, 3
	sample := storetest.Sample()
	again := append(append([]store.Change(nil), sample...), sample...)
	changed := 0
	for _, c := range sample {
		if c.Node != nil && c.Node.Kind == "Writer" {
			n := *c.Node
			n.Props = map[string]any{"name": "Somebody else"}
			again = append(again, store.Change{Node: &n})
			changed++
		}
	}
	o, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(again...))
	if err != nil {
		t.Fatal(err)
	}
	if o.Created != len(sample) || o.Unchanged != len(sample) || o.Updated != changed {
		t.Errorf("created %d, unchanged %d, updated %d; want %d, %d, %d", o.Created, o.Unchanged, o.Updated, len(sample), len(sample), changed)
	}
	if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("check: %v, %v", problems, err)
	}
}

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
