package storetest

import (
	"slices"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/text"

	"pgregory.net/rapid"
)

// random asks random plans of the store and of the oracle.
func (f *fixture) random(t *testing.T) {
	f.compareRandom(t, func(g *generator) []plan.Column {
		var roots []plan.Column
		for range rapid.IntRange(1, 2).Draw(g.t, "roots") {
			roots = append(roots, g.column(nil, 3))
		}
		return roots
	})
}

// compareRandom asks what is drawn of the store and of the oracle.
func (f *fixture) compareRandom(t *testing.T, drawn func(*generator) []plan.Column) {
	reference := newOracle(t, f.catalog, Sample())
	rapid.Check(t, func(t *rapid.T) {
		q := &query{t: t, catalog: f.catalog}
		g := &generator{t: t, query: q}
		roots := drawn(g)
		reference.values = q.values
		want, err := Canonical(rows.Of(reference.row(roots, item{})), roots)
		if err != nil {
			t.Fatalf("the oracle's row: %v", err)
		}
		statement := f.explain(q, roots)
		got, err := q.run(f.t.Context(), f.store, roots...)
		if err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
		if got != want {
			t.Fatalf("got  %s\nwant %s\nparameters %q\n%s", got, want, q.values, statement)
		}
	})
}

// generator draws parts of plans.
type generator struct {
	t *rapid.T
	*query
}

func (g *generator) chance(of int, what string) bool {
	return rapid.IntRange(1, of).Draw(g.t, what) == 1
}

func draw[T any](g *generator, what string, list []T) T {
	return list[rapid.IntRange(0, len(list)-1).Draw(g.t, what)]
}

// column draws a column that reads nodes: at the root if outer is nil, else at the nodes of outer.
func (g *generator) column(outer *plan.Select, depth int) plan.Column {
	if outer == nil && g.chance(4, "whole graph") {
		return g.whole(depth)
	}
	s := g.sel(outer, depth)
	switch rapid.IntRange(0, 5).Draw(g.t, "column") {
	case 0:
		s.Order = nil
		return plan.Count{Select: s}
	case 1:
		s.Order = nil
		return plan.Exists{Select: s}
	case 2:
		s.Columns, s.Limit = g.columns(s, depth), plan.NoParam
		return plan.One{Select: s}
	}
	s.Columns = g.columns(s, depth)
	if g.chance(2, "limited") {
		s.Limit = g.param(int64(rapid.IntRange(0, 4).Draw(g.t, "limit")))
	}
	return plan.List{Select: s}
}

func (g *generator) columns(s *plan.Select, depth int) []plan.Column {
	columns := []plan.Column{plan.Value{Operand: g.operand("Node.id")}}
	for range rapid.IntRange(0, 4).Draw(g.t, "width") {
		switch {
		case g.chance(6, "kind"):
			columns = append(columns, plan.Value{Operand: plan.Operand{Of: plan.OfKind}})
		case depth > 0 && g.chance(3, "nested"):
			columns = append(columns, g.column(s, depth-1))
		default:
			columns = append(columns, plan.Value{Operand: g.any(s, func(*catalog.Field) bool { return true })})
		}
	}
	return columns
}

// sel draws where nodes come from, which are wanted and in what order.
func (g *generator) sel(outer *plan.Select, depth int) *plan.Select {
	s := &plan.Select{Limit: plan.NoParam}
	g.source(s, outer)
	if g.chance(2, "where") {
		s.Where = g.predicate(s, min(depth, 2))
	}
	if g.chance(5, "visible") {
		s.Visible = g.predicate(s, 1)
	}
	if from, ok := s.From.(plan.Follow); ok && from.Field.OrderedBy != nil && g.chance(2, "kept order") {
		g.keptOrder(s, from.Field)
		return s
	}
	for range rapid.IntRange(0, 2).Draw(g.t, "keys") {
		s.Order = append(s.Order, plan.OrderKey{
			Operand: g.any(s, func(f *catalog.Field) bool { return !f.List }),
			Desc:    rapid.Bool().Draw(g.t, "desc"), NullsFirst: rapid.Bool().Draw(g.t, "nulls"),
		})
	}
	s.Order = append(s.Order, plan.OrderKey{Operand: g.operand("Node.id"), Desc: rapid.Bool().Draw(g.t, "desc")})
	if g.chance(3, "after") {
		and := plan.And{g.after(s.Order)}
		if s.Where != nil {
			and = append(and, s.Where)
		}
		s.Where = and
		if g.chance(4, "not after") {
			s.Where = plan.Not{Predicate: s.Where}
		}
	}
	return s
}

// after draws a place in an order.
func (g *generator) after(order []plan.OrderKey) plan.After {
	p := plan.After{Order: order}
	for _, k := range order {
		v := g.literal(k.Operand)
		if k.Nullable() && g.chance(3, "null") {
			v = nil
		}
		p.Params = append(p.Params, g.param(v))
	}
	return p
}

// keptOrder draws an order that stores keep of a link, or one that is almost such an order, and places in it.
func (g *generator) keptOrder(s *plan.Select, f *catalog.Field) {
	o := draw(g, "order", f.OrderedBy)
	desc := rapid.Bool().Draw(g.t, "desc")
	if o.Field != nil {
		s.Order = append(s.Order, plan.OrderKey{Operand: plan.Operand{On: f.Target, Field: o.Field}, Desc: desc, NullsFirst: g.chance(4, "nulls first")})
		desc = false
	}
	s.Order = append(s.Order, plan.OrderKey{Operand: plan.Operand{On: f.Target, Field: f.Target.Field(catalog.IDField)}, Desc: desc})
	kept := s.Order
	if rapid.Bool().Draw(g.t, "backward") {
		s.Order = reversed(kept)
	}
	var and plan.And
	if s.Where != nil {
		and = append(and, s.Where)
	}
	for _, order := range [][]plan.OrderKey{kept, reversed(kept)} {
		var p plan.Predicate = g.after(order)
		switch rapid.IntRange(0, 3).Draw(g.t, "place") {
		case 0:
			and = append(and, p)
		case 1:
			and = append(and, plan.Not{Predicate: p})
		}
	}
	if len(and) > 0 {
		s.Where = and
	}
}

// source draws a Source and the type that it can lead to.
func (g *generator) source(s *plan.Select, outer *plan.Select) {
	if outer != nil {
		if from, ok := outer.From.(plan.Follow); ok && from.Field.Link.Properties != nil && g.chance(3, "referenced") {
			s.From, s.Type = plan.Referenced{Property: from.Field.Link.Properties.Field("paidBy")}, g.kind("Maker")
			return
		}
		if fields := g.links(outer.Type); len(fields) > 0 && !g.chance(6, "unconnected") {
			f := draw(g, "link", fields)
			s.Type = f.Target
			if f.Via != nil {
				s.From = viaOf(f)
				return
			}
			s.From = plan.Follow{Field: f}
			return
		}
	}
	s.Type = draw(g, "type", g.catalog.Types)
	ids := []string{ID("work", 1), ID("writer", 2), ID("studio", 1), ID("note", 2), ID("work", 9)}
	switch rapid.IntRange(0, 4).Draw(g.t, "source") {
	case 0:
		s.From = plan.ByID{Param: g.param(draw(g, "id", ids))}
	case 1:
		s.From = plan.ByIDs{Param: g.param(rapid.SliceOfN(rapid.SampledFrom(ids), 0, 4).Draw(g.t, "ids"))}
	case 2:
		parsed, err := text.ParseQuery(draw(g, "words", []string{"alpha", "a", "ada", "beta a", "alpha b", "z"}))
		if err != nil {
			g.t.Fatal(err)
		}
		m := plan.Match{Query: g.param(parsed), Kinds: plan.NoParam}
		if g.chance(2, "kinds") {
			m.Kinds = g.param(rapid.SliceOfN(rapid.SampledFrom([]string{"Work", "Writer", "Note", "Secret", "Studio"}), 0, 3).Draw(g.t, "kinds"))
		}
		s.From = m
	default:
		s.From = plan.All{}
	}
}

// links returns the link fields that nodes of a type have.
func (g *generator) links(t *catalog.Type) []*catalog.Field {
	of := t.Fields
	if t.Form == catalog.Union {
		of = g.catalog.Node().Fields
	}
	return slices.DeleteFunc(slices.Clone(of), func(f *catalog.Field) bool { return !f.IsLink() })
}

// any draws a value that nodes of the Select can have, or their link, or that search gives them.
func (g *generator) any(s *plan.Select, wanted func(*catalog.Field) bool) plan.Operand {
	if from, ok := s.From.(plan.Follow); ok && g.chance(3, "of link") {
		fields := slices.DeleteFunc(slices.Clone(from.Field.Link.StoredFields()), func(f *catalog.Field) bool { return !wanted(f) })
		return plan.Operand{Of: plan.OfLink, Field: draw(g, "property", fields)}
	}
	switch rapid.IntRange(0, 11).Draw(g.t, "of") {
	case 0:
		return plan.Operand{Of: plan.OfKind}
	case 1:
		return plan.Operand{Of: plan.OfName}
	case 2, 3:
		if _, ok := s.From.(plan.Match); ok {
			return plan.Operand{Of: plan.OfRank}
		}
	}
	types := slices.DeleteFunc(slices.Clone(g.catalog.Types), func(t *catalog.Type) bool {
		return t.Form == catalog.Union || t != s.Type && !s.Type.Implements(t) && !slices.Contains(s.Type.Members, t)
	})
	t := draw(g, "on", types)
	fields := slices.DeleteFunc(slices.Clone(t.StoredFields()), func(f *catalog.Field) bool { return !wanted(f) })
	return plan.Operand{On: t, Field: draw(g, "field", fields)}
}

// literal draws a value to compare an operand with; many are values of the sample graph.
func (g *generator) literal(o plan.Operand) any {
	texts := []string{
		"", "Alpha", "alpha beta", "Beta", "a", "lpha", "\uE001", "\U0001F600", "100%", "NOVEL", "POEM", "LEAD", "DAY", "Work", "Studio", " alpha ",
		"2001", "2001-01-01", "2001-01-01/1", "1999-12-31", "sampler", "2024-01-02T03:04:05.678Z", ID("work", 2), ID("writer", 3), ID("studio", 1), "Ada",
	}
	switch {
	case o.Of == plan.OfRank || o.Field != nil && o.Field.Scalar == catalog.Int:
		return draw(g, "number", []int64{-5, 0, 1, 2, 7, 40, 100})
	case o.Field != nil && o.Field.Scalar == catalog.Bool:
		return rapid.Bool().Draw(g.t, "bool")
	}
	return draw(g, "text", texts)
}

func (g *generator) predicate(s *plan.Select, depth int) plan.Predicate {
	if depth > 0 {
		switch rapid.IntRange(0, 7).Draw(g.t, "predicate") {
		case 0, 1:
			return plan.Not{Predicate: g.predicate(s, depth-1)}
		case 2:
			return plan.And{g.predicate(s, depth-1), g.predicate(s, depth-1)}
		case 3:
			return plan.Or{g.predicate(s, depth-1), g.predicate(s, depth-1)}
		case 4, 5:
			if fields := g.links(s.Type); len(fields) > 0 {
				linked := &plan.Select{Limit: plan.NoParam}
				f := draw(g, "link", fields)
				linked.Type, linked.From = f.Target, plan.Follow{Field: f}
				if f.Via != nil {
					linked.From = viaOf(f)
				}
				if g.chance(2, "where") {
					linked.Where = g.predicate(linked, depth-1)
				}
				if g.chance(4, "counted") {
					op := draw(g, "op", []plan.Op{plan.EQ, plan.GT, plan.GTE, plan.LT, plan.LTE})
					return plan.Counted{Select: linked, Op: op, Param: g.param(int64(rapid.IntRange(0, 3).Draw(g.t, "number")))}
				}
				return plan.Linked{Select: linked}
			}
		}
	}
	o := g.any(s, func(*catalog.Field) bool { return true })
	if o.Field != nil && g.chance(5, "absent") && !o.Field.List {
		return plan.Absent{Operand: o, Param: g.param(rapid.Bool().Draw(g.t, "bool"))}
	}
	list := func() []string {
		return rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "letter", "greek", "NOVEL", "POEM", "ESSAY", "Alpha", "Ada", "Work", ID("work", 1)}), 0, 3).Draw(g.t, "list")
	}
	compare := func(op plan.Op, v any) plan.Predicate {
		return plan.Compare{Operand: o, Op: op, Param: g.param(v)}
	}
	order := []plan.Op{plan.EQ, plan.GT, plan.GTE, plan.LT, plan.LTE}
	switch {
	case o.Field != nil && o.Field.List:
		switch rapid.IntRange(0, 3).Draw(g.t, "list op") {
		case 0:
			return plan.Empty{Operand: o, Param: g.param(rapid.Bool().Draw(g.t, "bool"))}
		case 1:
			return compare(plan.Has, draw(g, "item", []string{"a", "greek", "POEM", "x"}))
		case 2:
			return compare(plan.HasAny, list())
		}
		return compare(plan.HasAll, list())
	case o.Field != nil && o.Field.Scalar == catalog.Bool:
		return compare(plan.EQ, g.literal(o))
	case o.Of == plan.OfRank || o.Field != nil && o.Field.Scalar == catalog.Int:
		return compare(draw(g, "op", order), g.literal(o))
	}
	op := draw(g, "op", append(order, plan.In, plan.Contains, plan.StartsWith, plan.EndsWith))
	if op == plan.In {
		return compare(op, list())
	}
	return compare(op, g.literal(o))
}
