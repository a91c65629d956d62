package cypher

import (
	"fmt"
	"strconv"
	"strings"

	"attrigraph/internal/plan"
)

// via renders the nodes that paths lead to: the MATCHes of one path; for several their ends put together, each node once,
// from where the WHERE of the WITH can filter them.
func (r *renderer) via(v plan.Via, sc *scope) (clause string, conditions []string, err error) {
	n, from := sc.node(), sc.outer.node()
	if len(v.Paths) == 1 {
		if clause, conditions, err = r.path(v.Paths[0], sc); err != nil {
			return "", nil, err
		}
	} else {
		lists := make([]string, len(v.Paths))
		for i, path := range v.Paths {
			matches, where, err := r.path(path, sc)
			if err != nil {
				return "", nil, err
			}
			lists[i] = "COLLECT { " + matches + whereClause(where) + " RETURN " + n + " }"
		}
		clause = "UNWIND " + strings.Join(lists, " + ") + " AS " + n + " WITH DISTINCT " + n
	}
	conditions = append(conditions, n+" <> "+from)
	for _, path := range v.Paths {
		if last := path[len(path)-1].From.(plan.Follow).Field; !covers(sc.Type.Members, ends(last)) {
			conditions = append(conditions, n+":"+labels(r.catalog, sc.Type))
			break
		}
	}
	for _, path := range v.Unless {
		matches, where, err := r.path(path, sc)
		if err != nil {
			return "", nil, err
		}
		// The end of the path is a node that is at hand already.
		conditions = append(conditions, "NOT EXISTS { "+matches+whereClause(where)+" }")
	}
	return clause, conditions, nil
}

// path renders a MATCH for each step of a path from the enclosing scope's node to the scope's own, and the conditions that
// follow the last. Each step is a MATCH of its own, so that a path may take a link there and back.
func (r *renderer) path(path plan.Path, sc *scope) (matches string, conditions []string, err error) {
	outer := sc.outer
	for i, step := range path {
		f, ok := step.From.(plan.Follow)
		if !ok {
			return "", nil, fmt.Errorf("the plan has a path over %T", step.From)
		}
		at := enter(step, outer)
		if at.name = sc.node(); i < len(path)-1 {
			at.name = "v" + strconv.Itoa(sc.depth) + "_" + strconv.Itoa(i)
		}
		matches += whereClause(conditions)
		if i > 0 {
			matches += " "
		}
		matches += "MATCH (" + outer.node() + ")" + arrow(f.Field, "") + "(" + at.node() + r.endLabel(f.Field, step.Type) + ")"
		conditions = nil
		for _, p := range []plan.Predicate{step.Where, step.Visible} {
			if p == nil {
				continue
			}
			t, err := r.condition(p, at)
			if err != nil {
				return "", nil, err
			}
			conditions = append(conditions, t)
		}
		if at.linked {
			return "", nil, fmt.Errorf("the plan reads a link on a path")
		}
		outer = at
	}
	return matches, conditions, nil
}

func whereClause(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}
