package cypher_test

import (
	"flag"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/catalog"
	"attrigraph/internal/cypher"
	"attrigraph/internal/ident"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/plan"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// scale is the size of the larger of the two graphs whose costs TestCost compares.
var scale = flag.Int("scale", 2000, "number of works in the larger graph of TestCost")

// library is a graph of n works by n/10 writers, three works of ten without a date and one of five without a genre.
func library(n int) iter.Seq2[store.Change, error] {
	id := func(kind string, i int) string { return ident.ForImport(kind, "library", fmt.Sprint(i)) }
	return func(yield func(store.Change, error) bool) {
		for i := range n / 10 {
			if !yield(store.Change{Node: &store.Node{ID: id("writer", i), Kind: "Writer", Props: map[string]any{"name": fmt.Sprint("Writer ", i)}}}, nil) {
				return
			}
		}
		for i := range n {
			props := map[string]any{"title": fmt.Sprintf("Title %05d", i), "pages": int64(i % 100)}
			if i%10 >= 3 {
				props["date"] = fmt.Sprintf("%04d-%02d-%02d", 1000+i%997, 1+i%12, 1+i%28)
			}
			if i%5 > 0 {
				props["genre"] = []string{"NOVEL", "POEM"}[i%2]
			}
			if !yield(store.Change{Node: &store.Node{ID: id("work", i), Kind: "Work", Props: props}}, nil) {
				return
			}
			if !yield(store.Change{Link: &store.Link{Type: "MADE_BY", From: id("work", i), To: id("writer", i%(n/10))}}, nil) {
				return
			}
		}
	}
}

// shape is a plan of the cost test.
type shape struct {
	name string
	// fixed tells that the cost does not depend on the size of the graph.
	fixed bool
	// linear tells that the cost grows with the graph, and no faster.
	linear bool
	// has and hasNot are operators that the server's plan has, or has not.
	has, hasNot string
	plan        *plan.Plan
	values      []any
}

func shapes(c *catalog.Catalog) []shape {
	work, writer := c.Type("Work"), c.Type("Writer")
	of := func(t *catalog.Type, name string) plan.Operand {
		return plan.Operand{Of: plan.OfNode, On: t, Field: t.Field(name)}
	}
	key := func(name string, desc bool) plan.OrderKey { return plan.OrderKey{Operand: of(work, name), Desc: desc} }
	id := key("id", false)
	page := func(where plan.Predicate, order ...plan.OrderKey) plan.Column {
		return plan.List{Select: &plan.Select{
			From: plan.All{}, Type: work, Where: where, Order: order, Limit: 0,
			Columns: []plan.Column{plan.Value{Operand: of(work, "id")}, plan.Value{Operand: of(work, "title")}},
		}}
	}
	link := &plan.Select{
		From: plan.Follow{Field: writer.Field("made")}, Type: work, Order: []plan.OrderKey{key("dateKey", true), id}, Limit: 0,
		Columns: []plan.Column{plan.Value{Operand: of(work, "id")}},
	}
	made := &plan.Select{From: plan.Follow{Field: writer.Field("made")}, Type: work, Limit: plan.NoParam}
	nested := plan.List{Select: &plan.Select{
		From: plan.All{}, Type: writer, Order: []plan.OrderKey{{Operand: of(writer, "id")}}, Limit: 0,
		Columns: []plan.Column{plan.List{Select: link}, plan.Count{Select: made}},
	}}
	after := func(order []plan.OrderKey, params ...plan.ParamIndex) plan.Predicate {
		return plan.After{Order: order, Params: params}
	}
	title := []plan.OrderKey{key("title", false), id}
	date := []plan.OrderKey{key("dateKey", true), id}
	build := func(name string, fixed bool, has, hasNot string, values []any, roots ...plan.Column) shape {
		params := make([]plan.Param, len(values))
		return shape{name: name, fixed: fixed, has: has, hasNot: hasNot, plan: &plan.Plan{Roots: roots, Params: params}, values: values}
	}
	counted := func(from plan.Source, t *catalog.Type, k plan.GroupKey) *plan.Grouping {
		return &plan.Grouping{
			Select: &plan.Select{From: from, Type: t, Limit: plan.NoParam}, Keys: []plan.GroupKey{k},
			Measures: []plan.Measure{{What: plan.Tally}, {What: plan.Earliest, Date: t.Date}},
		}
	}
	genre := of(work, "genre")
	byGenre := counted(plan.Follow{Field: writer.Field("made")}, work, plan.GroupKey{Value: &genre})
	makers := &plan.Select{From: plan.Follow{Field: work.Field("makers")}, Type: c.Type("Maker"), Limit: plan.NoParam}
	byMaker := counted(plan.All{}, work, plan.GroupKey{
		Paths: []plan.GroupPath{{Steps: plan.Path{makers}}}, Optional: true,
		Node: &plan.Select{From: plan.Grouped{}, Type: c.Type("Maker"), Limit: plan.NoParam, Columns: []plan.Column{plan.Value{Operand: of(c.Type("Maker"), "id")}}},
	})
	ofWriters := plan.List{Select: &plan.Select{
		From: plan.All{}, Type: writer, Order: []plan.OrderKey{{Operand: of(writer, "id")}}, Limit: 0,
		Columns: []plan.Column{plan.Groups{Grouping: byGenre, Limit: 0}, plan.GroupTotals{Grouping: byGenre}},
	}}
	size := []any{int64(5)}
	growing := func(s shape) shape { s.linear = true; return s }
	return []shape{
		build("groups of links", true, "Expand(All)", "NodeByLabelScan", size, ofWriters),
		growing(build("groups of all by a link", false, "OptionalExpand(All)", "Sort", size, plan.Groups{Grouping: byMaker, Limit: 0}, plan.GroupTotals{Grouping: byMaker})),
		build("by id", true, "NodeIndexScan", "Sort", size, page(nil, id)),
		build("by id downwards", true, "NodeIndexScan", "Sort", size, page(nil, key("id", true))),
		build("by id after", true, "NodeUniqueIndexSeekByRange", "Sort", append(size, "work--4"), page(after([]plan.OrderKey{id}, 1), id)),
		build("by title", true, "NodeIndexScan", "Sort", size, page(nil, title...)),
		build("by title after", true, "NodeIndexSeekByRange", "Union", append(size, "Title 00100", "work--0"), page(after(title, 1, 2), title...)),
		build("by date downwards", true, "NodeIndexScan", "Sort", size, page(nil, date...)),
		build("by date downwards, after", true, "NodeIndexSeekByRange", "Union", append(size, "1500-05-01/2", "work--0"), page(after(date, 1, 2), date...)),
		build("after those without a date", false, "NodeIndexSeekByRange", "Union", append(size, nil, "work--f"), page(after(date, 1, 2), date...)),
		build("count of a kind", true, "NodeCountFromCountStore", "NodeByLabelScan", nil, plan.Count{Select: &plan.Select{From: plan.All{}, Type: work, Limit: plan.NoParam}}),
		build("nested page with count", true, "DirectedRelationshipIndexSeek", "Top", size, nested),
		build("by pages, no index", false, "Top", "Sort", size, page(nil, key("pages", false), id)),
		build("filter that nothing meets", true, "NodeIndexSeek", "NodeByLabelScan", append(size, "ESSAY"),
			page(plan.Compare{Operand: of(work, "genre"), Op: plan.EQ, Param: 1}, title...)),
	}
}

// TestCost profiles pages in a small and a larger graph: what an index or a link answers costs the same in both.
func TestCost(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	c := storetest.Model(t)
	costs := map[string]int64{}
	for _, n := range []int{*scale / 4, *scale} {
		empty(t, server)
		s := open(t, server, c)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := s.Apply(t.Context(), storetest.SampleWrite(), library(n)); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d works: applied in %v", n, time.Since(began))
		// The planner counts on the index samples, which follow the writes.
		connect(t, server)("CALL db.resampleOutdatedIndexes()", nil)
		for _, sh := range shapes(c) {
			st, err := s.Explain(sh.plan, sh.values)
			if err != nil {
				t.Fatal(err)
			}
			found, err := s.Plan(t.Context(), st.Text, st.Params, true)
			if err != nil {
				t.Fatalf("%s: %v\n%s", sh.name, err, st.Text)
			}
			t.Logf("%d works, %s: %d db hits", n, sh.name, found.DBHits)
			small, again := costs[sh.name]
			costs[sh.name] = found.DBHits
			if again && sh.fixed && found.DBHits > small+small/5+10 {
				t.Errorf("%s: %d db hits with %d works, %d with a quarter of them\n%s\n%s", sh.name, found.DBHits, n, small, st.Text, operators(found))
			}
			if again && sh.linear && found.DBHits > 4*small+4*small/10 {
				t.Errorf("%s: %d db hits with %d works, %d with a quarter of them: more than four times as many\n%s\n%s", sh.name, found.DBHits, n, small, st.Text, operators(found))
			}
			if !has(found, sh.has) || has(found, sh.hasNot) {
				t.Errorf("%s: the plan must have %s and not %s\n%s\n%s", sh.name, sh.has, sh.hasNot, st.Text, operators(found))
			}
		}
	}
}

func has(i *cypher.Inspection, name string) bool {
	for _, o := range i.Operators {
		if strings.TrimSuffix(o.Name, "@neo4j") == name {
			return true
		}
	}
	return false
}

func operators(i *cypher.Inspection) string {
	var b strings.Builder
	for _, o := range i.Operators {
		fmt.Fprintf(&b, "%s%s %s rows %d hits %d\n", strings.Repeat("  ", o.Depth), o.Name, o.Details, o.Rows, o.DBHits)
	}
	return b.String()
}
