package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
	"attrigraph/internal/text"
)

// openNew opens an empty, migrated store for the toy model.
func openNew(t testing.TB) *Store { return openWith(t, Options{}) }

func openWith(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "graph.db"), storetest.Model(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// manyWorks fills a store with works by a few writers, all of them by the first.
func manyWorks(t testing.TB, s *Store, n int) {
	t.Helper()
	_, err := s.Apply(context.Background(), storetest.SampleWrite(), func(yield func(store.Change, error) bool) {
		for i := range 10 {
			yield(store.Change{Node: &store.Node{ID: storetest.ID("writer", i+1), Kind: "Writer", Props: map[string]any{"name": fmt.Sprint("Writer ", i)}}}, nil)
		}
		for i := range n {
			id := storetest.ID("work", i+1)
			props := map[string]any{"title": fmt.Sprint("Work ", i), "genre": []string{"NOVEL", "POEM"}[i%2], "date": fmt.Sprint(1000 + i%1000), "pages": int64(i % 300)}
			for _, c := range []store.Change{
				{Node: &store.Node{ID: id, Kind: "Work", Props: props}},
				{Link: &store.Link{Type: "MADE_BY", From: id, To: storetest.ID("writer", 1), Props: map[string]any{"share": int64(i % 100)}}},
				{Link: &store.Link{Type: "MADE_BY", From: id, To: storetest.ID("writer", 1+i%10)}},
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
}

// TestQueryPlans holds SQLite's plans of the shapes that every page has against a large store: no table of nodes or
// links is read from end to end, and no page is sorted that an index can give in order.
func TestQueryPlans(t *testing.T) {
	s := openNew(t)
	manyWorks(t, s, 500)
	c := s.catalog
	field := func(of, name string) *catalog.Field { return c.Type(of).Field(name) }
	node := func(of, name string) plan.Operand { return plan.Operand{On: c.Type(of), Field: field(of, name)} }
	key := func(of, name string, desc bool) plan.OrderKey {
		return plan.OrderKey{Operand: node(of, name), Desc: desc}
	}
	id := []plan.Column{plan.Value{Operand: node("Work", "id")}}
	byID := []plan.OrderKey{key("Work", "id", false)}
	byTitle := []plan.OrderKey{key("Work", "title", false), key("Work", "id", false)}
	byDate := []plan.OrderKey{key("Work", "dateKey", true), key("Work", "id", true)}
	page := func(where plan.Predicate, order []plan.OrderKey) plan.Column {
		return plan.List{Select: &plan.Select{From: plan.All{}, Type: c.Type("Work"), Where: where, Order: order, Limit: 0, Columns: id}}
	}
	equal := func(o plan.Operand) plan.Predicate { return plan.Compare{Operand: o, Op: plan.EQ, Param: 1} }
	linked := func(field *catalog.Field, where plan.Predicate) plan.Linked {
		return plan.Linked{Select: &plan.Select{From: plan.Follow{Field: field}, Type: field.Target, Where: where, Limit: plan.NoParam}}
	}
	writer := func(columns ...plan.Column) plan.Column {
		return plan.One{Select: &plan.Select{From: plan.ByID{Param: 1}, Type: c.Type("Writer"), Limit: plan.NoParam, Columns: columns}}
	}
	follow := func(f *catalog.Field, where plan.Predicate, order []plan.OrderKey) *plan.Select {
		return &plan.Select{From: plan.Follow{Field: f}, Type: f.Target, Where: where, Order: order, Limit: 0, Columns: id}
	}
	made := func(where plan.Predicate, order ...plan.OrderKey) plan.Column {
		return plan.List{Select: follow(field("Maker", "made"), where, order)}
	}
	after := func(order ...plan.OrderKey) plan.Predicate {
		return plan.After{Order: order, Params: []plan.ParamIndex{1, 1}[:len(order)]}
	}
	newest := []plan.OrderKey{key("Work", "dateKey", true), key("Work", "id", false)}
	oldest := []plan.OrderKey{{Operand: node("Work", "dateKey"), NullsFirst: true}, key("Work", "id", true)}
	byName := []plan.OrderKey{key("Writer", "name", true), key("Writer", "id", false)}
	byGenre := []plan.OrderKey{key("Work", "genre", true), key("Work", "id", false)}
	// counted groups the works of a writer by their makers: by the link, or by the heads of studios and writers.
	counted := func(optional bool, paths ...plan.GroupPath) plan.Column {
		return writer(plan.Groups{Limit: 0, Grouping: &plan.Grouping{
			Select: &plan.Select{From: plan.Follow{Field: field("Maker", "made")}, Type: c.Type("Work"), Limit: plan.NoParam},
			Keys: []plan.GroupKey{{Optional: optional, Paths: paths, Node: &plan.Select{
				From: plan.Grouped{}, Type: c.Type("Maker"), Limit: plan.NoParam, Columns: []plan.Column{plan.Value{Operand: node("Maker", "id")}},
			}}},
			Measures: []plan.Measure{{What: plan.Tally}, {What: plan.Earliest, Date: c.Type("Work").Date}},
		}})
	}
	way := func(implied bool, fields ...*catalog.Field) plan.GroupPath {
		p := plan.GroupPath{Implied: implied}
		for i, f := range fields {
			if i > 0 {
				p.Steps[i-1].Type = f.Owner
			}
			p.Steps = append(p.Steps, &plan.Select{From: plan.Follow{Field: f}, Type: f.Target, Limit: plan.NoParam})
		}
		return p
	}
	for _, test := range []struct {
		name string
		root plan.Column
		// scan allows a scan of an index in its order, which LIMIT ends; sort allows to sort the links of one node, or
		// the few nodes that were found. Where a condition has a plan.Start both are meant; what comes after UNION ALL, for
		// the case that they are not few, may not sort.
		scan, sort bool
	}{
		{"first page by id", page(nil, byID), true, false},
		{"page after an id", page(plan.After{Order: byID, Params: []plan.ParamIndex{1}}, byID), false, false},
		{"first page by title", page(nil, byTitle), true, false},
		{"page after a title", page(plan.After{Order: byTitle, Params: []plan.ParamIndex{1, 1}}, byTitle), false, false},
		{"first page by date", page(nil, byDate), true, false},
		{"indexed field", page(equal(node("Work", "title")), byTitle), true, true},
		{"indexed enum by id", page(equal(node("Work", "genre")), byID), true, true},
		{"beginning of an indexed field", page(plan.Compare{Operand: node("Work", "title"), Op: plan.StartsWith, Param: 1}, byTitle), false, false},
		{"links of a node", writer(plan.List{Select: follow(field("Node", "notes"), nil, []plan.OrderKey{key("Note", "words", false), key("Note", "id", false)})}), false, true},
		{"large link by id", writer(made(nil, byID...)), false, false},
		{"large link by id after", writer(made(after(byID...), byID...)), false, false},
		{"large link by text", writer(made(nil, byTitle...)), false, false},
		{"large link by date downwards", writer(made(nil, newest...)), false, false},
		{"large link by date downwards, after", writer(made(after(newest...), newest...)), false, false},
		{"large link from its end", writer(made(nil, oldest...)), false, false},
		{"large link between two places", writer(made(plan.And{after(newest...), after(oldest...)}, newest...)), false, false},
		{"large link by number", writer(made(nil, key("Work", "pages", false), key("Work", "id", false))), false, false},
		{"large link by another order", writer(made(nil, key("Work", "genre", false), key("Work", "id", false))), false, true},
		{"large link by a field both ways", writer(made(nil, key("Work", "title", true), key("Work", "id", true))), false, false},
		{"something before a place in a large link", writer(plan.Exists{Select: follow(field("Maker", "made"), plan.Not{Predicate: after(newest...)}, nil)}), false, false},
		{"large link out", writer(plan.List{Select: follow(field("Writer", "friends"), nil, []plan.OrderKey{key("Writer", "bornKey", true), key("Writer", "id", false)})}), false, false},
		{"large link to its own kind", writer(plan.List{Select: follow(field("Writer", "friendOf"), nil, byName)}), false, false},
		{"large link to one kind of several", plan.List{Select: &plan.Select{From: plan.All{}, Type: c.Type("Note"), Order: []plan.OrderKey{key("Note", "id", false)}, Limit: 0, Columns: []plan.Column{
			plan.List{Select: follow(field("Note", "of"), nil, byGenre)},
		}}}, true, false},
		{"number of links", writer(plan.Count{Select: &plan.Select{From: plan.Follow{Field: field("Maker", "made")}, Type: c.Type("Work"), Limit: plan.NoParam}}), false, false},
		{"groups of a large link", counted(true, way(false, field("Work", "makers"))), false, true},
		{"groups of a large link over paths", counted(false, way(false, field("Work", "writers")), way(true, field("Work", "makers"), field("Studio", "head"))), false, true},
		{"filter by the far end's id", page(linked(field("Work", "makers"), equal(node("Maker", "id"))), byTitle), true, true},
		{"filter by the far end's name", page(linked(field("Work", "makers"), equal(node("Maker", "name"))), byTitle), true, true},
		{"filter over two links", page(linked(field("Work", "makers"), linked(field("Maker", "made"), equal(node("Work", "title")))), byTitle), true, true},
		{"search", plan.List{Select: &plan.Select{
			From: plan.Match{Query: 2, Kinds: plan.NoParam}, Type: c.Type("Work"), Limit: 0, Columns: id,
			Order: []plan.OrderKey{{Operand: plan.Operand{Of: plan.OfRank}}, key("Work", "id", false)},
		}}, false, true},
		{"via", plan.One{Select: &plan.Select{From: plan.ByID{Param: 1}, Type: c.Type("Work"), Limit: plan.NoParam, Columns: []plan.Column{
			plan.List{Select: &plan.Select{From: plan.Via{Paths: []plan.Path{{
				{From: plan.Follow{Field: field("Work", "makers")}, Type: c.Type("Maker"), Limit: plan.NoParam},
				{From: plan.Follow{Field: field("Maker", "made")}, Type: c.Type("Work"), Limit: plan.NoParam},
			}}}, Type: c.Type("Work"), Order: byID, Limit: 0, Columns: id}},
		}}}, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			q, err := text.ParseQuery("work")
			if err != nil {
				t.Fatal(err)
			}
			p := &plan.Plan{Roots: []plan.Column{test.root}, Params: make([]plan.Param, 3)}
			st, err := render(s.layout, p)
			if err != nil {
				t.Fatal(err)
			}
			args, err := st.bind([]any{int64(20), storetest.ID("writer", 1), q})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := s.readers.Query("EXPLAIN QUERY PLAN "+st.text, args...)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var lines []string
			many, made := false, map[string]bool{}
			for rows.Next() {
				var line string
				var x int
				if err := rows.Scan(&x, &x, &x, &line); err != nil {
					t.Fatal(err)
				}
				lines = append(lines, line)
				scans := strings.HasPrefix(line, "SCAN n") || strings.HasPrefix(line, "SCAN e")
				if scans && !(test.scan && strings.Contains(line, "INDEX")) {
					t.Errorf("reads a whole table: %s", line)
				}
				many = many || line == "UNION ALL" && strings.Contains(st.text, " AS few")
				if name, ok := strings.CutPrefix(line, "MATERIALIZE "); ok {
					if made[name] {
						t.Errorf("makes %s twice", name)
					}
					made[name] = true
				}
				if strings.Contains(line, "TEMP B-TREE") && (!test.sort || many) {
					t.Errorf("sorts: %s", line)
				}
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			if t.Failed() {
				t.Logf("%s\n%s", st.text, strings.Join(lines, "\n"))
			}
		})
	}
}
