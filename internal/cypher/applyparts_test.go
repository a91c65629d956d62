package cypher_test

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestParts writes a change set as several transactions: in each order of changes, with a mistake in it, and interrupted.
func TestParts(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	c := storetest.Model(t)
	const works, size = 300, 10
	var mixed []store.Change
	for change := range library(works) {
		mixed = append(mixed, change)
	}
	exported := slices.Clone(mixed)
	slices.SortStableFunc(exported, func(x, y store.Change) int {
		rank := map[bool]int{true: 0, false: 1}
		return rank[x.Node != nil] - rank[y.Node != nil]
	})
	w := storetest.SampleWrite()
	w.Repeatable = true
	for name, changes := range map[string][]store.Change{"mixed": mixed, "exported": exported} {
		t.Run(name, func(t *testing.T) {
			empty(t, server)
			s := open(t, server, c)
			s.SetPartSize(size)
			if _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			apply := func(all iter.Seq2[store.Change, error]) (store.Outcome, error) { return s.Apply(t.Context(), w, all) }
			sound := func() {
				t.Helper()
				if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
					t.Errorf("check: %v, %v", problems, err)
				}
			}

			wrong := append(slices.Clone(changes), store.Change{Link: &store.Link{Type: "MADE_BY", From: storetest.ID("work", 1), To: storetest.ID("writer", 1), Place: "last"}})
			_, err := apply(values(wrong, nil, 0))
			if invalid := (*store.InvalidChange)(nil); !errors.As(err, &invalid) || invalid.Place != "last" {
				t.Errorf("a link to nothing: %v", err)
			}
			if is, err := s.Empty(t.Context()); err != nil || !is {
				t.Errorf("what is wrong was written: %v", err)
			}

			failure := errors.New("interrupted")
			passes := 0
			interrupted := func(yield func(store.Change, error) bool) {
				// The first pass checks.
				if passes++; passes < 2 {
					values(changes, nil, 0)(yield)
					return
				}
				values(changes, failure, len(changes)*3/4)(yield)
			}
			if _, err := apply(interrupted); !errors.Is(err, failure) {
				t.Errorf("interrupted: %v", err)
			}
			if is, err := s.Empty(t.Context()); err != nil || is {
				t.Errorf("nothing was written before the interruption: %v", err)
			}
			sound()

			first, err := apply(values(changes, nil, 0))
			if err != nil || first.Created+first.Unchanged != len(changes) || first.Created == 0 || first.Unchanged == 0 {
				t.Errorf("completed with %+v, %v", first, err)
			}
			sound()
			again, err := apply(values(changes, nil, 0))
			if err != nil || again.Unchanged != len(changes) || again.Revision != first.Revision {
				t.Errorf("again: %+v, %v, after revision %d", again, err, first.Revision)
			}
			if got := connect(t, server)("MATCH (w:Work)-[:MADE_BY]->(:Writer) RETURN count(*)", nil)[0][0]; got != int64(works) {
				t.Errorf("%v links", got)
			}
		})
	}
}

// values yields changes and, if failure is not nil, that after n of them.
func values(changes []store.Change, failure error, n int) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for i, c := range changes {
			if failure != nil && i == n {
				yield(store.Change{}, failure)
				return
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}
