package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestOrdersArrive migrates a store whose model had no large links: the links get their places, and what is applied
// again is unchanged.
func TestOrdersArrive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	with := func(c *catalog.Catalog, use func(s *Store)) {
		t.Helper()
		s, err := Open(t.Context(), path, c, Options{Migrating: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close(context.Background())
		use(s)
	}
	with(storetest.ModelWithoutOrders(t), func(s *Store) {
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(storetest.Sample()...)); err != nil {
			t.Fatal(err)
		}
		// More links than one portion of the migration has.
		manyWorks(t, s, keysBatch)
	})
	if _, err := Open(t.Context(), path, storetest.Model(t), Options{}); !errors.Is(err, store.ErrOutdated) {
		t.Fatalf("opening with the orders: got %v, want %v", err, store.ErrOutdated)
	}
	with(storetest.Model(t), func(s *Store) {
		steps, err := s.Migrate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"column link_MADE_BY._from_Work_dateKeyDown", "index link_MADE_BY_by__from_Work_id", "places of 4 links FRIEND_OF in their orders",
		} {
			if !slices.Contains(steps, want) {
				t.Errorf("the steps lack %q: %q", want, steps)
			}
		}
		if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("Check after Migrate: %q, %v", problems, err)
		}
		if steps, err = s.Migrate(t.Context()); err != nil || len(steps) > 0 {
			t.Errorf("migrating again: %q, %v", steps, err)
		}
		manyWorks(t, s, keysBatch)
		if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("Check after another Apply: %q, %v", problems, err)
		}
	})
}

// TestTotals reads how many links a node has from one row, however many there are; the Check of the tests above and of the
// conformance suite holds these rows against the links.
func TestTotals(t *testing.T) {
	s := openNew(t)
	manyWorks(t, s, 300)
	maker := s.catalog.Type("Maker")
	made := maker.Field("made")
	total := plan.Count{Select: &plan.Select{From: plan.Follow{Field: made}, Type: made.Target, Limit: plan.NoParam}}
	p := &plan.Plan{
		Roots: []plan.Column{plan.One{Select: &plan.Select{
			From: plan.ByID{Param: 0}, Type: maker, Limit: plan.NoParam, Columns: []plan.Column{total},
		}}},
		Params: make([]plan.Param, 1),
	}
	st, err := render(s.layout, p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(st.text, linkTable("MADE_BY")) {
		t.Errorf("the statement looks at links: %s", st.text)
	}
	for id, want := range map[string]string{
		storetest.ID("writer", 1): "[[300]]", storetest.ID("writer", 2): "[[30]]", storetest.ID("studio", 1): "[null]",
	} {
		var got string
		if err := s.Read(t.Context(), p, []any{id}, func(row rows.Value) error {
			var err error
			got, err = storetest.Canonical(row, p.Roots)
			return err
		}); err != nil || got != want {
			t.Errorf("the total of %s is %s, want %s, %v", id, got, want, err)
		}
	}
}
