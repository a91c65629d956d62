package cypher

import (
	"fmt"
	"strings"

	"attrigraph/internal/plan"
)

// begin renders where a page of all nodes of a type comes from, up to and without the WITH that orders and cuts it; limit
// is the LIMIT of the page.
//
// Where the condition has a plan.Start the statement looks first how many nodes that leads to: s are the seeds, f the
// nodes at the other end of the steps, both only up to plan.FewNodes. If they are fewer than that the page is among them;
// else the nodes are read in the order of the page until it is full. Each of the two branches begins with an UNWIND of no
// row where it is not the one; the CALL inside the second keeps the order of an index for the LIMIT.
func (r *renderer) begin(sc *scope, order, limit string) (string, error) {
	near, err := r.match(sc)
	if err != nil || sc.outer != nil || sc.Limit == plan.NoParam {
		return near, err
	}
	start := sc.Start()
	if start == nil {
		return near, nil
	}
	seeds, steps, err := r.seeds(start, sc)
	if err != nil {
		return "", err
	}
	rest, err := r.where(start.Rest, sc)
	if err != nil {
		return "", err
	}
	n := sc.node()
	few, found, names := fmt.Sprintf("size(s) < %d", plan.FewNodes), "s", "s"
	clause := fmt.Sprintf("WITH COLLECT { %s RETURN %s LIMIT %d } AS s", seeds, seedOf(start, sc), plan.FewNodes)
	if steps != "" {
		clause += fmt.Sprintf(" WITH s, COLLECT { UNWIND CASE WHEN %s THEN s ELSE [] END AS %s%s RETURN %s LIMIT %d } AS f",
			few, seedOf(start, sc), steps, n, plan.FewNodes)
		few, found, names = few+fmt.Sprintf(" AND size(f) < %d", plan.FewNodes), "f", "s, f"
	}
	if rest != "" {
		rest = " WITH " + n + rest
	}
	return clause + " CALL (" + names + ") { UNWIND CASE WHEN " + few + " THEN " + found + " ELSE [] END AS " + n + rest + " RETURN " + n +
		" UNION ALL UNWIND CASE WHEN " + few + " THEN [] ELSE [0] END AS z CALL () { " + near + " WITH " + n + order + limit + " RETURN " + n +
		" } RETURN " + n + " }", nil
}

// seedOf is the name of the nodes that a Start begins at.
func seedOf(start *plan.Start, sc *scope) string {
	return (&scope{depth: sc.depth + len(start.Steps)}).node()
}

// seeds renders the MATCH of a Start's seeds, and the clauses that lead from them to the scope's nodes, without its Rest.
// Each step is a MATCH of its own, so that a path may take a link there and back as nested conditions can.
func (r *renderer) seeds(start *plan.Start, sc *scope) (seeds, steps string, err error) {
	scopes := []*scope{sc}
	for _, step := range start.Steps {
		scopes = append(scopes, enter(step.Select, scopes[len(scopes)-1]))
	}
	last := scopes[len(scopes)-1]
	seed, err := r.compare(start.Seed, last)
	if err != nil {
		return "", "", err
	}
	seeds = "MATCH (" + last.node() + ":" + labels(r.catalog, last.Type) + ") WHERE " + seed
	var b strings.Builder
	for i := len(start.Steps) - 1; i >= 0; i-- {
		to, from, f := scopes[i], scopes[i+1], start.Steps[i].From.(plan.Follow).Field
		// What the condition reads of the link gives it its name.
		where, err := r.where(start.Steps[i].Rest, from)
		if err != nil {
			return "", "", err
		}
		name, label := "", ""
		if from.linked {
			name = from.linkName()
		}
		if !covers(to.Type.Members, nearEnds(f)) {
			label = ":" + labels(r.catalog, to.Type)
		}
		b.WriteString(" MATCH (" + to.node() + label + ")" + arrow(f, name) + "(" + from.node() + ")" + where + " WITH DISTINCT " + to.node())
	}
	return seeds, b.String(), nil
}

// where is the WHERE clause of a condition, or nothing.
func (r *renderer) where(p plan.Predicate, sc *scope) (string, error) {
	if p == nil {
		return "", nil
	}
	t, err := r.condition(p, sc)
	return " WHERE " + t, err
}

// countFrom renders how many nodes a Select of all has, from the seeds of its Start.
func (r *renderer) countFrom(start *plan.Start, sc *scope) (string, error) {
	seeds, steps, err := r.seeds(start, sc)
	if err != nil {
		return "", err
	}
	rest, err := r.where(start.Rest, sc)
	return "COUNT { " + seeds + steps + rest + " RETURN " + sc.node() + " }", err
}
