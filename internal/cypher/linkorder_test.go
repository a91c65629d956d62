package cypher_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/catalog"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// prolific is a graph of two writers, the first with few works, the second with many. A tenth has no date, and there are
// but a hundred dates.
func prolific(few, many int) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for w := range 2 {
			if !yield(store.Change{Node: &store.Node{ID: storetest.ID("writer", w), Kind: "Writer", Props: map[string]any{"name": fmt.Sprint("Writer ", w)}}}, nil) {
				return
			}
		}
		for i := range few + many {
			props := map[string]any{"title": fmt.Sprintf("Title %d", i*7919%(few+many)), "pages": int64(i % 300)}
			if i%10 > 0 {
				props["date"] = fmt.Sprint(1500 + i%100)
			}
			w := 1
			if i < few {
				w = 0
			}
			for _, c := range []store.Change{
				{Node: &store.Node{ID: storetest.ID("work", i), Kind: "Work", Props: props}},
				{Link: &store.Link{Type: "MADE_BY", From: storetest.ID("work", i), To: storetest.ID("writer", w)}},
			} {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// pagesOfLinks are columns that read pages of a writer's works, by what they are.
func pagesOfLinks(c *catalog.Catalog) map[string]plan.Column {
	work := c.Type("Work")
	made := plan.Follow{Field: c.Type("Maker").Field("made")}
	key := func(name string, desc, nullsFirst bool) plan.OrderKey {
		return plan.OrderKey{Operand: plan.Operand{On: work, Field: work.Field(name)}, Desc: desc, NullsFirst: nullsFirst}
	}
	sel := func(where plan.Predicate, order ...plan.OrderKey) *plan.Select {
		return &plan.Select{
			From: made, Type: work, Where: where, Order: order, Limit: 1,
			Columns: []plan.Column{plan.Value{Operand: plan.Operand{On: work, Field: work.Field("id")}}},
		}
	}
	pages := map[string]plan.Column{
		"total": plan.Count{Select: &plan.Select{From: made, Type: work, Limit: plan.NoParam}},
	}
	for _, o := range []struct {
		name  string
		param plan.ParamIndex
	}{{"id", 2}, {"title", 3}, {"dateKey", 4}, {"pages", 5}} {
		for _, desc := range []bool{false, true} {
			order := []plan.OrderKey{key(o.name, desc, false), key("id", false, false)}
			back := []plan.OrderKey{key(o.name, !desc, true), key("id", true, false)}
			params := []plan.ParamIndex{o.param, 2}
			if o.name == "id" {
				order, back, params = order[:1], back[:1], params[:1]
			}
			after := plan.After{Order: order, Params: params}
			before := sel(plan.Not{Predicate: after})
			before.Columns, before.Limit = nil, plan.NoParam
			name := fmt.Sprintf("%s, downwards %t", o.name, desc)
			pages[name+", first"] = plan.List{Select: sel(nil, order...)}
			pages[name+", last"] = plan.List{Select: sel(nil, back...)}
			pages[name+", after"] = plan.List{Select: sel(after, order...)}
			pages[name+", last before"] = plan.List{Select: sel(plan.After{Order: back, Params: params}, back...)}
			pages[name+", whether anything is before"] = plan.Exists{Select: before}
			if o.name == "pages" {
				continue // the filter below would leave out the half that comes first
			}
			pages[name+", filtered"] = plan.List{Select: sel(plan.Compare{Operand: plan.Operand{On: work, Field: work.Field("pages")}, Op: plan.GT, Param: 5}, order...)}
		}
	}
	return pages
}

// TestLargeLinks profiles pages of a node with 200 links and of one with 20,000 in each order that the model declares:
// they cost the same.
func TestLargeLinks(t *testing.T) {
	if testing.Short() {
		t.Skip("the graph is large")
	}
	const few, many = 200, 20_000
	server := neo4jtest.Exclusive(t)
	c := storetest.Model(t)
	s := open(t, server, c)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), prolific(few, many)); err != nil {
		t.Fatal(err)
	}
	t.Logf("applied in %v", time.Since(began))
	connect(t, server)("CALL db.resampleOutdatedIndexes()", nil)
	for name, column := range pagesOfLinks(c) {
		p := &plan.Plan{
			Roots: []plan.Column{plan.One{Select: &plan.Select{
				From: plan.ByID{Param: 0}, Type: c.Type("Writer"), Limit: plan.NoParam, Columns: []plan.Column{column},
			}}},
			Params: make([]plan.Param, 6),
		}
		var hits [2]int64
		for i := range hits {
			values := []any{storetest.ID("writer", i), int64(6), storetest.ID("work", []int{few / 2, few + many/2}[i]), "Title 2", "1550/3", int64(150)}
			st, err := s.Explain(p, values)
			if err != nil {
				t.Fatal(err)
			}
			found, err := s.Plan(t.Context(), st.Text, st.Params, true)
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, detail(err), st.Text)
			}
			hits[i] = found.DBHits
			if has(found, "Sort") || has(found, "Top") || has(found, "PartialSort") || has(found, "PartialTop") {
				t.Errorf("%s: the server sorts\n%s\n%s", name, st.Text, operators(found))
			}
			// A filter costs what has to be looked at until enough nodes meet it, here half of all.
			near := int64(20)
			if strings.HasSuffix(name, "filtered") {
				near = many / 10
			}
			if i == 1 && hits[1] > hits[0]+near {
				t.Errorf("%s: %d db hits with %d links, %d with %d\n%s\n%s", name, hits[0], few, hits[1], many, st.Text, operators(found))
			}
		}
		t.Logf("%s: %d and %d db hits", name, hits[0], hits[1])
	}
}

// TestWarm plans a statement before it is asked for the first time: reading it sends one statement, and nothing is
// planned a second time.
func TestWarm(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	c := storetest.Model(t)
	s := open(t, server, c)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	work := c.Type("Work")
	id := plan.Operand{On: work, Field: work.Field("id")}
	p := &plan.Plan{
		Roots: []plan.Column{plan.List{Select: &plan.Select{
			From: plan.All{}, Type: work, Order: []plan.OrderKey{{Operand: id}}, Limit: 0, Columns: []plan.Column{plan.Value{Operand: id}},
		}}},
		Params: make([]plan.Param, 1),
	}
	st, err := s.Explain(p, []any{int64(7)})
	if err != nil {
		t.Fatal(err)
	}
	broken := store.Statement{Text: "CYPHER 5 RETURN nothing"}
	before := s.Statements()
	if err := s.Warm(t.Context(), []store.Statement{broken, st}); err == nil {
		t.Error("a statement that the server refuses was warmed")
	}
	if err := s.Warm(t.Context(), []store.Statement{st}); err != nil {
		t.Error(detail(err))
	}
	if got := s.Statements() - before; got != 0 {
		t.Errorf("%d statements were counted", got)
	}
	if got := s.Planned(); got != 1 {
		t.Errorf("%d statements were planned, want 1", got)
	}
	for range 3 {
		if err := s.Read(t.Context(), p, []any{int64(20)}, func(rows.Value) error { return nil }); err != nil {
			t.Fatal(detail(err))
		}
	}
	if planned, sent := s.Planned(), s.Statements()-before; planned != 1 || sent != 3 {
		t.Errorf("%d statements were planned and %d sent, want 1 and 3", planned, sent)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Warm(over, []store.Statement{st}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", detail(err))
	}
}
