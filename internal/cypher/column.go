package cypher

import (
	"fmt"
	"strconv"
	"strings"

	"attrigraph/internal/plan"
)

// column renders one position of a row; sc is the Select that the row is of, nil at the root.
func (r *renderer) column(c plan.Column, sc *scope) (string, error) {
	switch c := c.(type) {
	case plan.Value:
		if sc == nil {
			break
		}
		v, err := r.read(c.Operand, sc)
		return v.text, err
	case plan.List:
		return r.list(c.Select, sc, "")
	case plan.One:
		t, err := r.list(c.Select, sc, " LIMIT 1")
		if !counts(c.Select) {
			t = r.let(t, sc)
		}
		return "head(" + t + ")", err
	case plan.Count:
		return r.count(c.Select, sc)
	case plan.Exists:
		return r.exists(c.Select, sc)
	case plan.LinkCount:
		return r.linkCount(c, sc)
	case plan.Groups:
		return r.groupPage(c, sc)
	case plan.GroupTotals:
		return r.groupTotals(c, sc)
	case plan.ShortestPath:
		return r.shortestPath(c, sc)
	case plan.Neighborhood:
		return r.neighborhood(c, sc)
	case plan.StoreRevision:
		return "head(" + r.let("COLLECT { MATCH (s:"+storeLabel+") RETURN s.revision AS v }", sc) + ")", nil
	}
	return "", fmt.Errorf("the plan has a column %T where that is not possible", c)
}

// list renders the rows of a Select; limit stands where the Select itself has none. The alias is for the server, which
// would name the column by its whole text.
func (r *renderer) list(s *plan.Select, outer *scope, limit string) (string, error) {
	sc := enter(s, outer)
	r.linkPage(sc)
	columns := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		t, err := r.column(c, sc)
		if err != nil {
			return "", err
		}
		columns[i] = t
	}
	order, err := r.order(sc)
	if err != nil {
		return "", err
	}
	if s.Limit != plan.NoParam {
		limit = " LIMIT " + r.param(s.Limit, "", nil)
	}
	source, err := r.begin(sc, order, limit)
	if err != nil {
		return "", err
	}
	body, row := source+with(sc, order+limit)+sc.lets.clause(variables(sc))+" RETURN ", "["+strings.Join(columns, ", ")+"]"
	if counts(s) {
		return r.call(body+"collect("+row+")", outer), nil
	}
	return "COLLECT { " + body + row + " AS v }", nil
}

// with orders and cuts the nodes before anything is read of them. Via is the only Source that meets a node twice.
func with(sc *scope, order string) string {
	_, distinct := sc.From.(plan.Via)
	if order == "" && !distinct {
		return ""
	}
	if distinct {
		return " WITH DISTINCT " + variables(sc) + order
	}
	return " WITH " + variables(sc) + order
}

// variables are the names that what follows the pattern needs.
func variables(sc *scope) string {
	if !sc.linked {
		return sc.node()
	}
	link, _ := sc.link()
	return sc.node() + ", " + link
}

// lets are lists that get a name before the row is put together. The server answers a list within a function call, such
// as head, by a nested plan that is slower and that PROFILE does not show.
type lets []string

// let names a list and returns the name.
func (r *renderer) let(list string, sc *scope) string {
	to, depth := &r.lets, "c"
	if sc != nil {
		to, depth = &sc.lets, "c"+strconv.Itoa(sc.depth)+"_"
	}
	name := depth + strconv.Itoa(len(*to))
	*to = append(*to, list+" AS "+name)
	return name
}

// clause is the WITH of the lists and of the variables that go on, after the CALLs that lists come from.
func (l lets) clause(variables string) string {
	if len(l) == 0 {
		return ""
	}
	calls := ""
	names := make([]string, len(l))
	for i, list := range l {
		names[i] = list
		if body, ok := strings.CutPrefix(list, called); ok {
			names[i] = list[strings.LastIndex(list, " ")+1:]
			calls += " CALL (" + variables + ") { " + body + " }"
		}
	}
	if variables != "" {
		variables += ", "
	}
	return calls + " WITH " + variables + strings.Join(names, ", ")
}

// count renders how many nodes a Select has. Where nothing but the kind or the link matters Neo4j knows the number.
func (r *renderer) count(s *plan.Select, outer *scope) (string, error) {
	sc := enter(s, outer)
	if start := s.Start(); start != nil && len(start.Steps) > 0 && outer == nil && s.Limit == plan.NoParam {
		return r.countFrom(start, sc)
	}
	match, err := r.match(sc)
	if err != nil {
		return "", err
	}
	limit := ""
	if s.Limit != plan.NoParam {
		limit = " LIMIT " + r.param(s.Limit, "", nil)
	}
	_, search := s.From.(plan.Match)
	if end := with(sc, limit); end != "" || search {
		return "COUNT { " + match + end + " RETURN " + sc.node() + " }", nil
	}
	return "COUNT { " + strings.TrimPrefix(match, "MATCH ") + " }", nil
}

// exists renders whether a Select has any node.
func (r *renderer) exists(s *plan.Select, outer *scope) (string, error) {
	sc := enter(s, outer)
	r.linkPage(sc)
	match, err := r.match(sc)
	if err != nil {
		return "", err
	}
	_, search := s.From.(plan.Match)
	_, via := s.From.(plan.Via)
	switch {
	case search, via:
		match += " RETURN " + sc.node()
	case sc.page == nil: // the short form of EXISTS takes no hint
		match = strings.TrimPrefix(match, "MATCH ")
	}
	return "EXISTS { " + match + " }", nil
}
