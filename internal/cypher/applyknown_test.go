package cypher_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// expected is what a store that holds something is to make of changes, which it holds afterwards.
func expected(held map[string]string, changes []store.Change) (o store.Outcome) {
	for _, c := range changes {
		id, says := "", ""
		if c.Node != nil {
			id, says = c.Node.ID, fmt.Sprint(c.Node.Props)
		} else {
			id, says = c.Link.Type+c.Link.From+c.Link.To, fmt.Sprint(c.Link.Props)
		}
		was, found := held[id]
		switch held[id] = says; {
		case !found:
			o.Created++
		case was == says:
			o.Unchanged++
		default:
			o.Updated++
		}
	}
	return o
}

func counts(o store.Outcome) string {
	return fmt.Sprintf("created %d, updated %d, unchanged %d, deleted %d", o.Created, o.Updated, o.Unchanged, o.Deleted)
}

// retitled are the works and their links with other titles, which their links are ordered by.
func retitled(changes []store.Change) []store.Change {
	out := slices.Clone(changes)
	for i, c := range out {
		if c.Node != nil && c.Node.Kind == "Work" {
			n := *c.Node
			n.Props = map[string]any{"title": "Another " + fmt.Sprint(c.Node.Props["title"])}
			out[i].Node = &n
		}
	}
	return out
}

// TestKnown applies change sets to stores that hold some of it: what is left unasked is counted and kept as if it had been.
func TestKnown(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	c := storetest.Model(t)
	all := slices.Collect(func(yield func(store.Change) bool) {
		for change := range library(700) {
			if !yield(change) {
				return
			}
		}
	})
	writers := all[:70]
	some := append(slices.Clone(writers), all[70+200:70+300]...)
	twice := append(slices.Clone(all), retitled(some)...)
	begin := func(t *testing.T, partSize int) *cypher.Store {
		empty(t, server)
		s := open(t, server, c)
		s.SetPartSize(partSize)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}
	w := storetest.SampleWrite()
	apply := func(t *testing.T, s *cypher.Store, w store.Write, changes []store.Change) store.Outcome {
		t.Helper()
		o, err := s.Apply(t.Context(), w, values(changes, nil, 0))
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	for _, parted := range []bool{false, true} {
		w.Repeatable = parted
		t.Run(fmt.Sprintf("parted %t", parted), func(t *testing.T) {
			s := begin(t, 100)
			held := map[string]string{}
			check := func(changes []store.Change) {
				t.Helper()
				want := expected(held, changes)
				if got := apply(t, s, w, changes); counts(got) != counts(want) {
					t.Errorf("%s, want %s", counts(got), counts(want))
				}
				if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
					t.Errorf("check: %v, %v", problems, err)
				}
			}
			check(retitled(some))
			gone := some[70].Node.ID
			apply(t, s, storetest.SampleWrite(), []store.Change{{DeleteNode: gone}})
			for id := range held {
				if strings.Contains(id, gone) {
					delete(held, id)
				}
			}
			// Some is there and says something else, one has a tombstone, and some comes twice.
			check(twice)
			check(all)
			check(all)
			if left := connect(t, server)("MATCH (t:_Tombstone) RETURN count(t)", nil)[0][0]; left != int64(0) {
				t.Errorf("%v tombstones of nodes that are there", left)
			}
		})
	}
	t.Run("statements", func(t *testing.T) {
		const size = 100
		s := begin(t, size)
		w.Repeatable = true
		before := s.Statements()
		apply(t, s, w, all)
		// A part begins with two statements and ends with one. It holds works and the links to their makers.
		parts := int64(len(all)/size + 1)
		if n := s.Statements() - before; n > 5*parts+3 {
			t.Errorf("%d new records took %d statements in %d parts", len(all), n, parts)
		}
	})
	t.Run("others write", func(t *testing.T) {
		s := begin(t, 100)
		w.Repeatable = true
		passes := 0
		done := make(chan error, 1)
		var other store.Outcome
		_, err := s.Apply(t.Context(), w, func(yield func(store.Change, error) bool) {
			if passes++; passes == 2 {
				// A part is being written, so that this waits for its end.
				go func() {
					o, err := s.Apply(t.Context(), storetest.SampleWrite(), values(retitled(append(slices.Clone(writers), all[len(all)-10:]...)), nil, 0))
					other = o
					done <- err
				}()
			}
			values(all, nil, 0)(yield)
		})
		if err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		t.Logf("the other: %s", counts(other))
		if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("check: %v, %v", problems, err)
		}
		if got := connect(t, server)("MATCH (w:Work)-[:MADE_BY]->(:Writer) RETURN count(*), count(DISTINCT w)", nil)[0]; got[0] != int64(700) || got[1] != int64(700) {
			t.Errorf("%v links of %v works", got[0], got[1])
		}
	})
}
