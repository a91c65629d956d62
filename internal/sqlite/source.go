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
		a.where = append(a.where, a.pk()+" IN "+r.via(from.Field.Via, outer), a.pk()+" <> "+outer.pk())
		reached = farKinds(from.Field.Via[1])
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

// via is the set of keys that two links lead to.
func (r *renderer) via(fields []*catalog.Field, outer scope) string {
	first, second := r.alias("e"), r.alias("e")
	near1, far1 := ends(fields[0].Out)
	near2, far2 := ends(fields[1].Out)
	q := "(SELECT " + second + "." + quote(far2) + " FROM " + quote(linkTable(fields[0].Link.Type)) + " " + first
	if !contained(farKinds(fields[0]), fields[0].Target.Members) {
		q += r.between(first, far1, fields[0].Target)
	}
	return q + " CROSS JOIN " + quote(linkTable(fields[1].Link.Type)) + " " + second + " ON " + second + "." + quote(near2) + " = " +
		first + "." + quote(far1) + " WHERE " + first + "." + quote(near1) + " = " + outer.pk() + ")"
}

// between joins the node in the middle of a via where its link could lead to other kinds than the field's.
func (r *renderer) between(edge, far string, t *catalog.Type) string {
	node := r.alias("n")
	join := " CROSS JOIN " + quote(r.table(t).name) + " " + node + " ON " + node + "." + quote(pkColumn) + " = " + edge + "." + quote(far)
	if t.Form == catalog.Union {
		var kinds []string
		for _, m := range t.Members {
			kinds = append(kinds, literal(m.Name))
		}
		join += " AND " + node + "." + quote(kindColumn) + " IN (" + strings.Join(kinds, ", ") + ")"
	}
	return join
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
