package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store/storetest"
)

// TestPaging reads lists page by page, forward and backward, under random orders and filters: the pages make up the
// whole list, and pageInfo says truly whether there is more.
func TestPaging(t *testing.T) {
	if testing.Short() {
		t.Skip("differential runs are left out of short runs")
	}
	storetest.FewNodes(t, 3)
	m := toyModel(t)
	g := newRandomGraph(m.catalog, 11, 30, 60)
	w := newWorld(t, m, recorded, g.changes)
	rapid.Check(t, func(rt *rapid.T) {
		gen := &generator{t: rt, schema: m.schema, graph: g}
		kind := rapid.SampledFrom(pagedTypes(m.catalog)).Draw(rt, "type")
		w.wholly(rt, gen, paged{of: kind, field: kind.Plural}, map[string]any{"orderBy": orderOf(gen, kind)})
	})
}

// TestPagingLinks does the same with the links that the model says can grow large, at the best connected nodes: mostly in
// the orders that the stores keep of them.
func TestPagingLinks(t *testing.T) {
	if testing.Short() {
		t.Skip("differential runs are left out of short runs")
	}
	storetest.FewNodes(t, 3)
	m := toyModel(t)
	g := newRandomGraph(m.catalog, 13, 30, 90)
	w := newWorld(t, m, recorded, g.changes)
	var large []paged
	for _, kind := range m.catalog.Kinds() {
		for _, f := range kind.Fields {
			if f.OrderedBy == nil {
				continue
			}
			for _, id := range g.ids[kind][:5] {
				large = append(large, paged{of: f.Target, field: f.Name, at: kind, id: id, link: f})
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		gen := &generator{t: rt, schema: m.schema, graph: g}
		p := rapid.SampledFrom(large).Draw(rt, "link")
		args := map[string]any{"orderBy": orderOf(gen, p.of)}
		if by := rapid.SampledFrom(p.link.OrderedBy).Draw(rt, "order").Field; by != nil && !gen.chance(4) {
			name := by.Name
			if by.Date != nil {
				name = by.Date.Name
			}
			args["orderBy"] = []any{map[string]any{name: []string{"ASC", "DESC"}[gen.n(2)]}}
		}
		w.wholly(rt, gen, p, args)
	})
}

// paged is a list that is read page by page: a root field, or a link field of the node with an id.
type paged struct {
	of    *catalog.Type
	field string
	at    *catalog.Type
	id    string
	link  *catalog.Field
}

// wholly reads a list whole and by pages of a random size in both directions.
func (w *world) wholly(t *rapid.T, gen *generator, p paged, args map[string]any) {
	if gen.chance(2) {
		args["where"] = gen.value(ast.NamedType(p.of.Name+"Where", nil), 2)
	}
	all := w.page(t, p, args, map[string]any{"first": 200})
	if all.PageInfo.HasNextPage || all.PageInfo.HasPreviousPage || all.TotalCount != len(all.Nodes) {
		t.Fatalf("the whole list of %s is no whole list: %+v", p.field, all)
	}
	size := 1 + gen.n(7)
	for _, backward := range []bool{false, true} {
		got := w.walk(t, p, args, size, backward)
		if !slices.Equal(got, all.ids()) {
			t.Fatalf("%s by pages of %d (backward %t) with %v:\n%v\nthe whole list:\n%v", p.field, size, backward, args, got, all.ids())
		}
	}
}

func pagedTypes(c *catalog.Catalog) []*catalog.Type {
	var types []*catalog.Type
	for _, t := range c.Types {
		if t.Plural != "" {
			types = append(types, t)
		}
	}
	return types
}

func orderOf(g *generator, kind *catalog.Type) []any {
	def := g.schema.Types[kind.Name+"Order"]
	order := []any{}
	var used []string
	for range g.n(3) {
		f := def.Fields[g.n(len(def.Fields))]
		if slices.Contains(used, f.Name) {
			continue
		}
		used = append(used, f.Name)
		order = append(order, map[string]any{f.Name: []string{"ASC", "DESC"}[g.n(2)]})
		if f.Name == "id" {
			break
		}
	}
	return order
}

type listed struct {
	TotalCount int
	PageInfo   struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
	Nodes []struct{ ID string }
	Edges []struct{ Cursor string }
}

func (l listed) ids() []string {
	ids := make([]string, len(l.Nodes))
	for i, n := range l.Nodes {
		ids[i] = n.ID
	}
	return ids
}

// page reads one page on both stores.
func (w *world) page(t *rapid.T, p paged, args, window map[string]any) listed {
	vars, head, open, end := map[string]any{}, "", "", ""
	if p.at != nil {
		head, open, end = ", $id: ID!", "node(id: $id) { ... on "+p.at.Name+" { ", " } }"
		vars["id"] = p.id
	}
	query := fmt.Sprintf(`query ($where: %[1]sWhere, $orderBy: [%[1]sOrder!], $first: Int, $after: String, $last: Int, $before: String%[3]s) {
		%[4]slist: %[2]s(where: $where, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
			totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id } edges { cursor }
		}%[5]s }`, p.of.Name, p.field, head, open, end)
	for k, v := range args {
		vars[k] = v
	}
	for k, v := range window {
		vars[k] = v
	}
	a := w.compare(t, query, vars)
	if a.Errors != nil {
		t.Fatalf("%s with %v: %s", p.field, vars, a.Errors)
	}
	if p.at != nil {
		var data struct{ Node struct{ List listed } }
		if err := json.Unmarshal(a.Data, &data); err != nil {
			t.Fatal(err)
		}
		return data.Node.List
	}
	var data struct{ List listed }
	if err := json.Unmarshal(a.Data, &data); err != nil {
		t.Fatal(err)
	}
	return data.List
}

// walk reads a list page by page from one end.
func (w *world) walk(t *rapid.T, list paged, args map[string]any, size int, backward bool) []string {
	var ids []string
	window := map[string]any{"first": size}
	if backward {
		window = map[string]any{"last": size}
	}
	for n := 0; n < 300; n++ {
		p := w.page(t, list, args, window)
		more, back := p.PageInfo.HasNextPage, p.PageInfo.HasPreviousPage
		if backward {
			more, back = back, more
			ids = append(p.ids(), ids...)
			if p.PageInfo.StartCursor != nil {
				window["before"] = *p.PageInfo.StartCursor
			}
		} else {
			ids = append(ids, p.ids()...)
			if p.PageInfo.EndCursor != nil {
				window["after"] = *p.PageInfo.EndCursor
			}
		}
		if back != (n > 0) {
			t.Fatalf("page %d says that there is something before it: %t", n, back)
		}
		if !more {
			return ids
		}
	}
	t.Fatalf("%s has no last page", list.field)
	return nil
}
