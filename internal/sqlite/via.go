package sqlite

import (
	"strings"

	"attrigraph/internal/plan"
)

// paths is the set of the keys of nodes that paths lead to.
func (r *renderer) paths(paths []plan.Path, outer scope) string {
	queries := make([]string, len(paths))
	for i, path := range paths {
		queries[i] = r.path(path, outer)
	}
	return "(" + strings.Join(queries, " UNION ALL ") + ")"
}

// path is one query over all steps.
func (r *renderer) path(path plan.Path, outer scope) string {
	from, where, end := r.steps(path, outer)
	return "SELECT " + end.pk() + " FROM " + strings.Join(from, " CROSS JOIN ") + " WHERE " + strings.Join(where, " AND ")
}

// steps returns the tables and conditions of a path and the scope of the node at its end. CROSS JOIN keeps the tables in
// their order. A step that asks nothing of its node leaves the node's table out.
func (r *renderer) steps(path plan.Path, outer scope) (from, where []string, end scope) {
	for _, step := range path {
		a := r.access(step, outer)
		outer = a
		if a.countsLinks() {
			_, far := ends(step.From.(plan.Follow).Field.Out)
			a.from, outer = quote(linkTable(a.link.Type))+" "+a.edge, throughLink{a, far}
		}
		from = append(from, a.from+strings.Join(a.joins, ""))
		where = append(where, a.where...)
	}
	return from, where, outer
}

// throughLink is the scope of a node of which only the link that leads to it is read.
type throughLink struct {
	*access
	far string
}

func (t throughLink) pk() string { return t.edge + "." + quote(t.far) }
