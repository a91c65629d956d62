package cypher

import (
	"attrigraph/internal/plan"
)

// linkCount counts the links of a type. Without a condition on the nodes, as always while the graph has no access
// control, Neo4j knows the number.
func (r *renderer) linkCount(c plan.LinkCount, outer *scope) (string, error) {
	from, to := enter(c.Ends, outer), enter(c.Ends, outer)
	from.name, to.name = "a", "b"
	var where string
	for _, end := range []*scope{from, to} {
		conditions, err := r.visible(end)
		if err != nil {
			return "", err
		}
		where += conditions
	}
	link := "-[:" + quote(c.Link.Type) + "]->"
	if where == "" {
		return "COUNT { ()" + link + "() }", nil
	}
	return "COUNT { (" + from.node() + ")" + link + "(" + to.node() + ") WHERE true" + where + " }", nil
}

// visible renders what the scope's Select asks of its nodes, as conditions that follow others.
func (r *renderer) visible(sc *scope) (string, error) {
	var conditions string
	for _, p := range []plan.Predicate{sc.Where, sc.Visible} {
		if p == nil {
			continue
		}
		t, err := r.condition(p, sc)
		if err != nil {
			return "", err
		}
		conditions += " AND " + t
	}
	return conditions, nil
}
