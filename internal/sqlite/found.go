package sqlite

import (
	"slices"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// This file holds what the searches from given nodes on have in common. They go from a set of nodes to the next one. A
// recursive query of SQLite sees one row of itself at a time, so a row holds a whole set as a JSON array. From the nodes of
// a set an arm for each type of link leads on; CASE takes those of the kind of the node only, since a look into each of the
// tables of links, for each node, would take most of the time.
//
// SQLite copies what a name of WITH stands for to where it is used, and refuses to do so once a statement has 1,000
// cursors, of which each table takes one. So each such name is used once, kinds that have nearly the same links share
// their arms, and the searches stand in FROM of the whole statement, where SQLite sees them before all else.

// search adds a search to FROM of the statement and returns its name; query answers its columns in one row. OFFSET keeps
// SQLite from copying the search to each place where a column is used, where it would be run again.
func (r *renderer) search(query string) string {
	name := r.alias("f")
	r.from = append(r.from, "("+query+" LIMIT 1 OFFSET 0) "+name)
	return name
}

// walker renders the steps of a walk.
type walker struct {
	*renderer
	walk *catalog.Walk
	// links is the parameter with the types of link that may be taken, or NoParam.
	links plan.ParamIndex
}

// next is a query for what the links of the node lead to: kind and pk are expressions of the node, value makes the value
// of a link from the expression of the far node's key and the link. Only links along their direction are taken if out is
// set. It answers a JSON array.
func (w *walker) next(kind, pk string, out bool, value func(far string, link *catalog.Link) string) string {
	var b strings.Builder
	b.WriteString("CASE")
	for _, g := range w.groups() {
		var arms []string
		for _, s := range g.steps {
			if s.Out || !out {
				arms = append(arms, w.arm(s, pk, value))
			}
		}
		if len(arms) == 0 {
			continue
		}
		kinds := make([]string, len(g.kinds))
		for i, k := range g.kinds {
			kinds[i] = literal(k.Name)
		}
		b.WriteString(" WHEN " + kind + " IN (" + strings.Join(kinds, ", ") + ") THEN (SELECT json_group_array(v) FROM (" + strings.Join(arms, " UNION ALL ") + "))")
	}
	if b.Len() == len("CASE") {
		return "NULL"
	}
	return b.String() + " END"
}

// group is kinds that share their arms: what leads on from one of them finds nothing at the others.
type group struct {
	kinds []*catalog.Type
	steps []catalog.WalkStep
}

// groups takes kinds together whose links are nearly the same.
func (w *walker) groups() []group {
	var groups []group
	for _, kind := range w.node().Members {
		steps, found := w.walk.From(kind), false
		for i, g := range groups {
			all := slices.Clone(g.steps)
			for _, s := range steps {
				if !slices.ContainsFunc(all, func(t catalog.WalkStep) bool { return t.Link == s.Link && t.Out == s.Out }) {
					all = append(all, s)
				}
			}
			kinds := append(slices.Clone(g.kinds), kind)
			if most := max(len(steps), len(g.steps)); len(all) <= most+most/4+2 && w.sameFor(kinds, all) {
				groups[i], found = group{kinds, all}, true
				break
			}
		}
		if !found {
			groups = append(groups, group{[]*catalog.Type{kind}, steps})
		}
	}
	return groups
}

// sameFor tells whether the steps are right for all of the kinds: free, and not one that the walk must not take from some.
func (w *walker) sameFor(kinds []*catalog.Type, steps []catalog.WalkStep) bool {
	for _, s := range steps {
		near := s.Link.From
		if !s.Out {
			near = s.Link.To
		}
		for _, k := range kinds {
			taken := slices.ContainsFunc(w.walk.From(k), func(t catalog.WalkStep) bool { return t.Link == s.Link && t.Out == s.Out && t.All })
			if slices.Contains(near, k) && !taken {
				return false
			}
		}
	}
	return true
}

// arm is the query for what one type of link leads to. The node at the other end is looked at only where the walk may not
// go on to all kinds that can be there.
func (w *walker) arm(s catalog.WalkStep, pk string, value func(far string, link *catalog.Link) string) string {
	edge := w.alias("e")
	near, far := ends(s.Out)
	far = edge + "." + quote(far)
	text := "SELECT " + value(far, s.Link) + " AS v FROM " + quote(linkTable(s.Link.Type)) + " " + edge
	where := " WHERE " + edge + "." + quote(near) + " = " + pk
	if !s.All {
		end := w.alias("n")
		kinds := make([]string, len(s.Onto))
		for i, k := range s.Onto {
			kinds[i] = literal(k.Name)
		}
		text += " CROSS JOIN " + quote(catalog.NodeInterface) + " " + end + " ON " + end + "." + quote(pkColumn) + " = " + far
		where += " AND " + end + "." + quote(kindColumn) + " IN (" + strings.Join(kinds, ", ") + ")"
	}
	return text + where + w.taken(s.Link)
}

// taken asks whether links of the type may be taken.
func (w *walker) taken(link *catalog.Link) string {
	if w.links == plan.NoParam {
		return ""
	}
	return " AND " + literal(link.Type) + " IN " + w.list(w.links)
}

// seek is a query for the key of the node with the id, if it is one that the Select may find.
func (r *renderer) seek(s *plan.Select, id plan.ParamIndex) string {
	by := *s
	by.From = plan.ByID{Param: id}
	a := r.access(&by, rootScope{})
	return "(" + a.query(a.pk(), "", "") + ")"
}

// among begins a query of nodes whose keys are in a column of what from names: conditions of the Select hold for them.
func (r *renderer) among(s *plan.Select, from, key string) *access {
	by := *s
	by.From = plan.All{}
	a := r.access(&by, rootScope{})
	a.from = from + " CROSS JOIN " + a.from + " ON " + a.pk() + " = " + key
	return a
}

// foundRows renders the rows of found nodes as the items of a JSON array: from names where their keys are, order what they are ordered by.
func (r *renderer) foundRows(s *plan.Select, from, key, order string) cell {
	by := *s
	by.Where, by.Visible = nil, nil // what was found holds to them
	a := r.among(&by, from, key)
	o := &output{renderer: r, access: a, alias: r.alias("r"), columns: []string{a.pk()}}
	row := r.row(s.Columns, o)
	columns := make([]string, len(o.columns))
	for i, c := range o.columns {
		columns[i] = c + " AS c" + strconv.Itoa(i)
	}
	query := a.query(strings.Join(columns, ", "), " ORDER BY "+order, " LIMIT -1")
	return items(row, "("+query+") "+o.alias+strings.Join(o.joins, ""))
}
