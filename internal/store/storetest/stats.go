package storetest

import (
	"testing"

	"attrigraph/internal/plan"
)

func (q *query) linkCount(link string, visible plan.Predicate) plan.Column {
	return plan.LinkCount{Link: q.catalog.Link(link), Ends: q.sel(access{of: "Node", visible: visible})}
}

// stats covers LinkCount and StoreRevision.
func (f *fixture) stats(t *testing.T) {
	f.cases(t, []readCase{
		{"links", `[4,4,1,8,6]`, func(q *query) []plan.Column {
			var columns []plan.Column
			for _, link := range q.catalog.Links {
				columns = append(columns, q.linkCount(link.Type, nil))
			}
			return columns
		}},
		{"links that can be seen", `[1,4,0,6,2,6]`, func(q *query) []plan.Column {
			works := q.cmp("Node.id", plan.GTE, ID("work", 1))
			works = plan.And{works, q.cmp("Node.id", plan.LT, ID("writer", 1))}
			noted := plan.Not{Predicate: q.linked(access{of: "Note", from: q.follow("Node.notes")})}
			return []plan.Column{
				q.linkCount("ABOUT", plan.Not{Predicate: q.cmp("Node.id", plan.LTE, ID("work", 3))}), q.linkCount("FRIEND_OF", plan.Not{Predicate: works}),
				q.linkCount("HEADED_BY", plan.Or{}), q.linkCount("NOTED_IN", plan.And{}), q.linkCount("ABOUT", works),
				q.linkCount("MADE_BY", plan.Or{noted, plan.Not{Predicate: q.cmp("Node.id", plan.EQ, ID("work", 1))}}),
			}
		}},
		{"revision", `[1]`, func(*query) []plan.Column { return []plan.Column{plan.StoreRevision{}} }},
	})
}

// linkCount counts the links of which both ends are among what the Select has.
func (o *oracle) linkCount(c plan.LinkCount) int64 {
	ends := map[*oracleNode]bool{}
	for _, i := range o.sel(c.Ends, item{}) {
		ends[i.node] = true
	}
	var n int64
	for _, l := range o.links {
		if l.link == c.Link && ends[l.from] && ends[l.to] {
			n++
		}
	}
	return n
}

// whole draws a column that looks at the graph as a whole.
func (g *generator) whole(depth int) plan.Column {
	if !g.chance(4, "count of links") {
		return g.searching(depth)
	}
	return plan.LinkCount{Link: draw(g, "link", g.catalog.Links), Ends: g.seen(depth)}
}

// seen draws a Select of all nodes that a reader may see.
func (g *generator) seen(depth int) *plan.Select {
	s := &plan.Select{From: plan.All{}, Type: g.catalog.Node(), Limit: plan.NoParam}
	if g.chance(2, "visible") {
		s.Visible = g.predicate(s, min(depth, 2))
	}
	return s
}
