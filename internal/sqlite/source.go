package sqlite

import (
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// access begins the innermost query of a Select: where its nodes come from and which of them it wants.
func (r *renderer) access(s *plan.Select, outer scope) *access {
	a := &access{renderer: r, sel: s, alias: r.alias("n"), base: s.Type}
	if s.Type.Form == catalog.Union {
		a.base = r.node()
	}
	if page := a.page(outer); page != nil {
		a.edge, a.link = r.alias("e"), page.Order.Link
		r.followPage(a, page, outer)
		return a
	}
	r.source(a, outer)
	for _, p := range []plan.Predicate{s.Where, s.Visible} {
		if p != nil {
			a.where = append(a.where, r.predicate(p, a))
		}
	}
	return a
}

// source writes FROM, and the part of WHERE that says where the nodes come from. Links stand before the nodes they lead
// to: CROSS JOIN keeps SQLite from reading all nodes and asking each for its link.
func (r *renderer) source(a *access, outer scope) {
	table := quote(r.table(a.base).name) + " " + a.alias
	id := a.alias + "." + quote(catalog.IDField)
	// reached holds the kinds that the source alone leads to.
	reached := a.base.Members
	a.from = table
	switch from := a.sel.From.(type) {
	case plan.All:
	case plan.ByID:
		a.where = append(a.where, id+" = "+r.param(from.Param, asValue))
	case plan.ByIDs:
		a.where = append(a.where, id+" IN "+r.list(from.Param))
	case plan.Referenced:
		a.where = append(a.where, id+" = "+outer.property(from.Property))
	case plan.Follow:
		a.edge, a.link = r.alias("e"), from.Field.Link
		near, far := ends(from.Field.Out)
		a.where = append(a.where, a.edge+"."+quote(near)+" = "+outer.pk())
		reached = farKinds(from.Field)
		a.from = quote(linkTable(a.link.Type)) + " " + a.edge + " CROSS JOIN " + table + " ON " + a.pk() + " = " + a.edge + "." + quote(far)
	case plan.Via:
		a.where = append(a.where, a.pk()+" IN "+r.paths(from.Paths, outer), a.pk()+" <> "+outer.pk())
		if len(from.Unless) > 0 {
			a.where = append(a.where, a.pk()+" NOT IN "+r.paths(from.Unless, outer))
		}
		reached = nil
		for _, path := range from.Paths {
			reached = append(reached, farKinds(path[len(path)-1].From.(plan.Follow).Field)...)
		}
	case plan.Grouped:
		a.where = append(a.where, a.pk()+" = "+outer.pk())
	case plan.Match:
		search := r.alias("s")
		a.from = quote(searchTable) + " " + search + " CROSS JOIN " + table + " ON " + a.pk() + " = " + search + ".rowid"
		a.where = append(a.where, search+"."+quote(searchTable)+" MATCH "+r.param(from.Query, asMatch))
		if from.Kinds == plan.NoParam {
			a.where = append(a.where, a.searched(listedColumn)+" = 1")
		} else {
			a.where = append(a.where, a.kind()+" IN "+r.list(from.Kinds))
		}
	default:
		r.fail("there is no source %T", from)
	}
	// A table holds the nodes of its type only; that of Node stands for unions too.
	if !contained(reached, a.sel.Type.Members) && a.sel.Type.Form == catalog.Union {
		var kinds []string
		for _, m := range a.sel.Type.Members {
			kinds = append(kinds, literal(m.Name))
		}
		a.where = append(a.where, a.kind()+" IN ("+strings.Join(kinds, ", ")+")")
	}
}

// list is the values of a list parameter as a set.
func (r *renderer) list(p plan.ParamIndex) string {
	return "(SELECT value FROM json_each(" + r.param(p, asValue) + "))"
}

// ends returns the columns of the near and the far end of a link, seen from the node of the field.
func ends(out bool) (near, far string) {
	if out {
		return fromColumn, toColumn
	}
	return toColumn, fromColumn
}

// farKinds returns the kinds that can stand at the far end of the field's link.
func farKinds(f *catalog.Field) []*catalog.Type {
	if f.Out {
		return f.Link.To
	}
	return f.Link.From
}

// contained tells whether all of the kinds are among others.
func contained(kinds, others []*catalog.Type) bool {
	return !slices.ContainsFunc(kinds, func(k *catalog.Type) bool { return !slices.Contains(others, k) })
}

// countsLinks tells whether the number of a Select's nodes is the number of links, so that no node need be read.
func (a *access) countsLinks() bool {
	from, ok := a.sel.From.(plan.Follow)
	return ok && a.sel.Where == nil && a.sel.Visible == nil && contained(farKinds(from.Field), a.sel.Type.Members)
}
