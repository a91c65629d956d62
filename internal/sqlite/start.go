package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/plan"
)

// begin renders the query of a page of all nodes of a type, which a finds; columns, order and limit are those of the page.
//
// Where the condition has a plan.Start the query looks first how many nodes that leads to: s are the keys of the seeds, f
// those of the nodes at the other end of the steps, both only up to plan.FewNodes. If they are fewer than that the page is
// among them; else the nodes are read in the order of the page until it is full. What is not wanted gets a LIMIT of 0, which
// reads nothing.
func (r *renderer) begin(a *access, columns, order, limit string) string {
	start := a.sel.Start()
	if start == nil || a.sel.Limit == plan.NoParam {
		return a.query(columns, order, limit)
	}
	var with []string
	table := func(name, query string) string {
		with = append(with, name+" AS MATERIALIZED ("+query+")")
		return name
	}
	cut := fmt.Sprintf(" LIMIT %d", plan.FewNodes)
	s := r.alias("s")
	seeds, steps := r.seeds(start, a, s)
	found := table(s, seeds+cut)
	few := fmt.Sprintf("(SELECT count(*) FROM %s) < %d", s, plan.FewNodes)
	if steps != "" {
		found = table(r.alias("f"), "SELECT DISTINCT pk FROM ("+steps+") LIMIT CASE WHEN "+few+strings.Replace(cut, " LIMIT", " THEN", 1)+" ELSE 0 END")
		few += fmt.Sprintf(" AND (SELECT count(*) FROM %s) < %d", found, plan.FewNodes)
	}
	w := table(r.alias("w"), "SELECT "+few+" AS few")
	limited := func(when string) string {
		return " LIMIT CASE WHEN " + when + "(SELECT few FROM " + w + ")" + strings.Replace(limit, " LIMIT", " THEN", 1) + " ELSE 0 END"
	}

	far, near := *a, *a
	far.joins, near.joins = slices.Clone(a.joins), slices.Clone(a.joins)
	far.from = found + " CROSS JOIN " + a.from + " ON " + a.pk() + " = " + found + ".pk"
	far.where = r.wherever(start.Rest, &far)
	if len(start.Steps) == 0 {
		// The sign keeps SQLite from the index of the value, whose nodes are too many to be sorted.
		near.where = append([]string{"+" + r.compare(start.Seed, &near)}, r.wherever(start.Rest, &near)...)
	}
	return "WITH " + strings.Join(with, ", ") + " SELECT * FROM (" + far.query(columns, order, limited("")) +
		") UNION ALL SELECT * FROM (" + near.query(columns, order, limited("NOT ")) + ")"
}

// wherever is a condition, as what it adds to WHERE.
func (r *renderer) wherever(p plan.Predicate, a *access) []string {
	if p == nil {
		return nil
	}
	return []string{r.predicate(p, a)}
}

// seeds renders the query of the keys of a Start's seeds and the one of the keys that its steps lead to from those in the
// table s, without its Rest; the latter is empty where there are no steps.
func (r *renderer) seeds(start *plan.Start, a *access, s string) (seeds, steps string) {
	last := a
	var scopes []*access
	for _, step := range start.Steps {
		last = &access{renderer: r, sel: step.Select, alias: r.alias("n"), base: step.Type, edge: r.alias("e"), link: step.From.(plan.Follow).Field.Link}
		scopes = append(scopes, last)
	}
	seed := &access{renderer: r, sel: last.sel, alias: r.alias("n"), base: last.base}
	seed.from = quote(r.table(seed.base).name) + " " + seed.alias
	seed.where = []string{r.compare(start.Seed, seed)}
	seeds = seed.query(seed.pk()+" AS pk", "", "")
	if len(scopes) == 0 {
		return seeds, ""
	}
	key, from := s+".pk", s
	var joins, where []string
	for i := len(scopes) - 1; i >= 0; i-- {
		at, rest := scopes[i], start.Steps[i].Rest
		near, far := ends(start.Steps[i].From.(plan.Follow).Field.Out)
		if at != last || rest != nil {
			from += " CROSS JOIN " + quote(r.table(at.base).name) + " " + at.alias + " ON " + at.pk() + " = " + key
			key = at.pk()
		}
		from += " CROSS JOIN " + quote(linkTable(at.link.Type)) + " " + at.edge + " ON " + at.edge + "." + quote(far) + " = " + key
		key = at.edge + "." + quote(near)
		where = append(where, r.wherever(rest, at)...)
		joins = append(joins, at.joins...)
	}
	path := access{renderer: r, from: from, joins: joins, where: where}
	return seeds, path.query(key+" AS pk", "", "")
}

// countFrom renders how many nodes a Select of all has, from the seeds of its Start.
func (r *renderer) countFrom(start *plan.Start, a *access) string {
	s, f := r.alias("s"), r.alias("f")
	seeds, steps := r.seeds(start, a, s)
	far := *a
	far.from = f + " CROSS JOIN " + a.from + " ON " + a.pk() + " = " + f + ".pk"
	far.where = r.wherever(start.Rest, &far)
	return "(WITH " + s + " AS MATERIALIZED (" + seeds + "), " + f + " AS MATERIALIZED (SELECT DISTINCT pk FROM (" + steps + ")) " + far.query("count(*)", "", "") + ")"
}
