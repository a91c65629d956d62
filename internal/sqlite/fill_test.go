package sqlite

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// openAlone opens a new store that nobody reads through while it is written to.
func openAlone(t *testing.T) *Store { return openWith(t, Options{Alone: true}) }

// mode says how the writing connection writes.
func (s *Store) mode(t *testing.T) string {
	t.Helper()
	var journal string
	var keys int
	if err := s.writer.QueryRowContext(t.Context(), "SELECT (SELECT journal_mode FROM pragma_journal_mode), (SELECT foreign_keys FROM pragma_foreign_keys)").
		Scan(&journal, &keys); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s, foreign keys %d", journal, keys)
}

const (
	asEver     = "wal, foreign keys 1"
	whenFilled = "delete, foreign keys 0"
)

// TestFill fills an empty file: it is written without the log, and afterwards as ever.
func TestFill(t *testing.T) {
	s := openAlone(t)
	sample, all := storetest.Sample(), 0
	apply := func(want string, fail error) (store.Outcome, error) {
		return s.Apply(t.Context(), storetest.SampleWrite(), func(yield func(store.Change, error) bool) {
			// The change set is read ahead: what is asked of the writing connection has to be asked before it writes.
			if got := s.mode(t); got != want {
				t.Errorf("it writes with %s, want %s", got, want)
			}
			for _, c := range sample {
				if !yield(c, nil) {
					return
				}
			}
			if fail != nil {
				yield(store.Change{}, fail)
			}
		})
	}
	failure := errors.New("the file ends here")
	if _, err := apply(whenFilled, failure); !errors.Is(err, failure) {
		t.Fatal(err)
	}
	if n := len(ids(t, s, "Node")); n != 0 || s.mode(t) != asEver {
		t.Fatalf("after a failure there are %d nodes, and it writes with %s", n, s.mode(t))
	}
	o, err := apply(whenFilled, nil)
	if all = o.Created; err != nil || all != len(sample) || s.mode(t) != asEver {
		t.Fatalf("%+v, %v; it writes with %s", o, err, s.mode(t))
	}
	// A file that holds something is written as ever.
	if o, err := apply(asEver, nil); err != nil || o.Unchanged != all || s.mode(t) != asEver {
		t.Fatalf("%+v, %v; it writes with %s", o, err, s.mode(t))
	}
	if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

// TestFillBesideOthers fills a file that somebody else has open: the log stays, so that they can read.
func TestFillBesideOthers(t *testing.T) {
	s := openAlone(t)
	other, err := Open(t.Context(), s.path, s.catalog, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), func(yield func(store.Change, error) bool) {
		if n := len(ids(t, other, "Node")); n != 0 {
			t.Errorf("others find %d nodes", n)
		}
		for _, c := range storetest.Sample() {
			if !yield(c, nil) {
				return
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if n := len(ids(t, other, "Node")); n == 0 || s.mode(t) != asEver {
		t.Errorf("afterwards others find %d nodes, and it writes with %s", n, s.mode(t))
	}
}
