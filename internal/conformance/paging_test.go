package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
)

// TestPaging reads lists page by page, forward and backward, under random orders and filters: the pages make up the
// whole list, and pageInfo says truly whether there is more.
func TestPaging(t *testing.T) {
	if testing.Short() {
		t.Skip("differential runs are left out of short runs")
	}
	m := toyModel(t)
	g := newRandomGraph(m.catalog, 11, 30, 60)
	w := newWorld(t, m, recorded, g.changes)
	rapid.Check(t, func(rt *rapid.T) {
		gen := &generator{t: rt, schema: m.schema, graph: g}
		kind := rapid.SampledFrom(pagedTypes(m.catalog)).Draw(rt, "type")
		field := m.schema.Query.Fields.ForName(kind.Plural)
		args := map[string]any{"orderBy": orderOf(gen, kind)}
		if gen.chance(2) {
			args["where"] = gen.value(field.Arguments.ForName("where").Type, 2)
		}
		all := w.page(rt, kind, args, map[string]any{"first": 200})
		if all.PageInfo.HasNextPage || all.PageInfo.HasPreviousPage || all.TotalCount != len(all.Nodes) {
			rt.Fatalf("the whole list of %s is no whole list: %+v", kind.Plural, all)
		}
		size := 1 + gen.n(7)
		for _, backward := range []bool{false, true} {
			got := w.walk(rt, kind, args, size, backward)
			if !slices.Equal(got, all.ids()) {
				rt.Fatalf("%s by pages of %d (backward %t) with %v:\n%v\nthe whole list:\n%v", kind.Plural, size, backward, args, got, all.ids())
			}
		}
	})
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
func (w *world) page(t *rapid.T, kind *catalog.Type, args, window map[string]any) listed {
	query := fmt.Sprintf(`query ($where: %[1]sWhere, $orderBy: [%[1]sOrder!], $first: Int, $after: String, $last: Int, $before: String) {
		list: %[2]s(where: $where, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
			totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id } edges { cursor }
		} }`, kind.Name, kind.Plural)
	vars := map[string]any{}
	for k, v := range args {
		vars[k] = v
	}
	for k, v := range window {
		vars[k] = v
	}
	a := w.compare(t, query, vars)
	if a.Errors != nil {
		t.Fatalf("%s with %v: %s", kind.Plural, vars, a.Errors)
	}
	var data struct{ List listed }
	if err := json.Unmarshal(a.Data, &data); err != nil {
		t.Fatal(err)
	}
	return data.List
}

// walk reads a list page by page from one end.
func (w *world) walk(t *rapid.T, kind *catalog.Type, args map[string]any, size int, backward bool) []string {
	var ids []string
	window := map[string]any{"first": size}
	if backward {
		window = map[string]any{"last": size}
	}
	for n := 0; n < 300; n++ {
		p := w.page(t, kind, args, window)
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
	t.Fatalf("%s has no last page", kind.Plural)
	return nil
}
