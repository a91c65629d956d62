package sqlite

import (
	"attrigraph/internal/plan"
)

// linkCount counts the links of a type. Without a condition on the nodes, as always while the graph has no access
// control, SQLite counts the entries of the smallest index without reading them.
func (r *renderer) linkCount(c plan.LinkCount) string {
	edge := r.alias("e")
	text := "(SELECT count(*) FROM " + quote(linkTable(c.Link.Type)) + " " + edge
	if c.Ends.Where == nil && c.Ends.Visible == nil {
		return text + ")"
	}
	return text + " WHERE " + r.end(c.Ends, edge, fromColumn) + " AND " + r.end(c.Ends, edge, toColumn) + ")"
}

// end asks whether the node at the end of a link is one that a Select has.
func (r *renderer) end(s *plan.Select, edge, column string) string {
	a := r.access(s, rootScope{})
	a.where = append(a.where, a.pk()+" = "+edge+"."+quote(column))
	return "EXISTS (" + a.query("1", "", "") + ")"
}
