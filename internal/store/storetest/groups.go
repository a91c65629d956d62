package storetest

import (
	"slices"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"

	"pgregory.net/rapid"
)

// by is a key that is a stored value.
func (q *query) by(path string) plan.GroupKey {
	q.t.Helper()
	o := q.operand(path)
	return plan.GroupKey{Value: &o}
}

// year is the key of the year of a date.
func (q *query) year(path string) plan.GroupKey {
	q.t.Helper()
	k := q.by(path)
	k.Year = true
	return k
}

// to is the key of the nodes that a link leads to, with the group of no node.
func (q *query) to(path string) plan.GroupKey {
	q.t.Helper()
	k := q.over(q.field(path).Target.Name, q.way(path))
	k.Optional = true
	return k
}

// over is the key of the nodes of a type that paths lead to.
func (q *query) over(of string, paths ...plan.GroupPath) plan.GroupKey {
	q.t.Helper()
	return plan.GroupKey{Paths: paths, Node: q.sel(access{of: of, from: plan.Grouped{}, read: q.read("Node.id")})}
}

// way is a path over links "Type.field"; the nodes that each leads to must be of the type of the next.
func (q *query) way(fields ...string) plan.GroupPath {
	q.t.Helper()
	var p plan.GroupPath
	for i, path := range fields {
		f := q.field(path)
		if i > 0 {
			p.Steps[i-1].Type = f.Owner
		}
		p.Steps = append(p.Steps, &plan.Select{From: plan.Follow{Field: f}, Type: f.Target, Limit: plan.NoParam})
	}
	return p
}

// grouping counts the nodes of an access by keys, with the dates of works and notes.
func (q *query) grouping(a access, keys ...plan.GroupKey) *plan.Grouping {
	q.t.Helper()
	g := &plan.Grouping{Select: q.sel(a), Keys: keys, Measures: []plan.Measure{{What: plan.Tally}}}
	if g.Type.Date != nil {
		g.Measures = append(g.Measures, plan.Measure{What: plan.Earliest, Date: g.Type.Date}, plan.Measure{What: plan.Latest, Date: g.Type.Date})
	}
	return g
}

func (q *query) groups(g *plan.Grouping, limit int64, after ...any) plan.Groups {
	p := plan.Groups{Grouping: g, Limit: q.param(limit)}
	for _, v := range after {
		p.After = append(p.After, q.param(v))
	}
	return p
}

// groups covers Groups and GroupTotals with values that were counted by hand.
func (f *fixture) groups(t *testing.T) {
	all := func(of string, keys func(q *query) []plan.GroupKey) func(q *query) []plan.Column {
		return func(q *query) []plan.Column {
			g := q.grouping(access{of: of}, keys(q)...)
			return []plan.Column{q.groups(g, 9), plan.GroupTotals{Grouping: g}}
		}
	}
	key := func(k func(q *query) plan.GroupKey) func(q *query) []plan.GroupKey {
		return func(q *query) []plan.GroupKey { return []plan.GroupKey{k(q)} }
	}
	// pair counts works by a writer and a note: by the head of a studio that made the work or, implied, by a writer who did.
	pair := func(q *query, implied bool) *plan.Grouping {
		studio := q.way("Work.makers", "Studio.head")
		writer := q.way("Work.writers")
		writer.Implied = true
		g := q.grouping(access{of: "Work"}, q.over("Writer", studio, writer), q.over("Note", q.way("Node.notes")))
		g.Implied = implied
		g.Measures = append(g.Measures[:2],
			plan.Measure{What: plan.Tally, Implied: true}, plan.Measure{What: plan.Tally, Where: q.cmp("Work.genre", plan.EQ, "NOVEL")},
			plan.Measure{What: plan.Tally, Implied: true, Where: q.cmp("Work.genre", plan.EQ, "NOVEL")})
		return g
	}
	f.cases(t, []readCase{
		{
			"by an enum", `[[["NOVEL",2,"2001","2001"],["POEM",2,"1999","2001-01"],["ESSAY",1,null,null],[null,1,"2001-01-01","2001-01-01"]],[4,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey { return q.by("Work.genre") })),
		},
		{
			"by text", `[[["Alpha",1,"2001","2001"],["Beta",1,"2001-01-01","2001-01-01"],["` + "\uE001" + `",1,null,null],["` + "\U0001F600" + ` grin",1,null,null]]]`,
			func(q *query) []plan.Column {
				two := q.cmp("Work.title", plan.In, []string{"Alpha", "Beta", "\uE001", "\U0001F600 grin"})
				return one(q.groups(q.grouping(access{of: "Work", where: two}, q.by("Work.title")), 9))
			},
		},
		{
			"by a number", `[[[100,2,"2001","2001"],[-5,1,"1999","1999"],[0,1,null,null],[7,1,null,null],[null,1,"2001-01-01","2001-01-01"]],[5,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey { return q.by("Work.pages") })),
		},
		{
			"by a truth value", `[[[true,2,"1900-05","1900-05"],[null,2,"1900-05-28","1900-05-28"],[false,1,"1900","1900"]],[3,5,"1900","1900"]]`,
			all("Writer", key(func(q *query) plan.GroupKey { return q.by("Writer.alive") })),
		},
		{
			"by a list", `[[[null,4,"1999","2001-01"],["ESSAY",1,"2001-01-01","2001-01-01"],["NOVEL",1,"2001","2001"],["POEM",1,"2001-01-01","2001-01-01"]],[4,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey { return q.by("Work.genres") })),
		},
		{
			"by a list that says a value twice", `[[[null,3,"1999","2001-01"],["a",1,"2001-01-01","2001-01-01"],["b",1,"2001-01-01","2001-01-01"],["greek",1,"2001","2001"],["letter",1,"2001","2001"],["new\nline",1,null,null],["quote\"s",1,null,null]],[7,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey { return q.by("Work.tags") })),
		},
		{
			"by year", `[[["2001",3,"2001","2001"],[null,2,null,null],["1999",1,"1999","1999"]],[3,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey { return q.year("Work.date") })),
		},
		{
			"by kind", `[[["Writer",5],["Studio",3]],[2,8]]`,
			all("Maker", key(func(q *query) plan.GroupKey { return q.by("#kind") })),
		},
		{
			"by a link to many", `[[[["writer-1"],2,"2001","2001"],[["writer-2"],2,"2001-01","2001-01"],[["studio-1"],1,"2001","2001"],[["studio-2"],1,"2001-01-01","2001-01-01"],[["writer-3"],1,null,null],[["writer-4"],1,"1999","1999"]],[6,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey { return q.to("Work.makers") })),
		},
		{
			"by a link to several kinds", `[[[null,2,"1999","1999"],[["studio-1"],1,"2001-01-01","2001-01-01"],[["work-1"],1,"2001-01","2001-01"],[["work-5"],1,null,null],[["writer-2"],1,"2001","2001"]],[5,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey { return q.to("Work.about") })),
		},
		{
			"by a link to what counts nothing", `[[[null,3,"1999","2001-01"],[["studio-1"],1,"2001-01-01","2001-01-01"],[["work-5"],1,null,null],[["writer-2"],1,"2001","2001"]],[4,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey {
				k := q.to("Work.about")
				k.Paths[0].Steps[0].Visible = q.unnoted()
				return k
			})),
		},
		{
			"by a link that leads to other kinds too", `[[[null,4,"1999","2001"],[["work-1"],1,"2001-01","2001-01"],[["work-5"],1,null,null]],[3,6,"1999","2001"]]`,
			all("Work", key(func(q *query) plan.GroupKey { return q.to("Work.aboutWork") })),
		},
		{
			"of a union", `[[["Work",6],["Writer",5],["Studio",3]],[3,14]]`,
			all("Topic", key(func(q *query) plan.GroupKey { return q.by("#kind") })),
		},
		{
			"of nothing", `[[],[0,0,null,null]]`, func(q *query) []plan.Column {
				g := q.grouping(access{of: "Work", where: plan.Or{}}, q.to("Work.makers"))
				return []plan.Column{q.groups(g, 9), plan.GroupTotals{Grouping: g}}
			},
		},
		{
			"of links, with conditions and what readers see", `[[["writer-1",[["NOVEL",1,"2001","2001"],["POEM",1,"2001-01","2001-01"]],[2,2,"2001","2001"]],["writer-2",[["ESSAY",1,null,null],["POEM",1,"2001-01","2001-01"]],[2,2,"2001-01","2001-01"]],["writer-3",[["NOVEL",1,null,null]],[1,1,null,null]],["writer-4",[],[0,0,null,null]]]]`,
			func(q *query) []plan.Column {
				g := q.grouping(access{
					of: "Work", from: q.follow("Writer.made"), where: q.cmp("Work.pages", plan.GTE, int64(0)),
					visible: plan.Not{Predicate: plan.And{q.cmp("Work.genre", plan.EQ, "POEM"), q.linked(access{of: "Writer", from: q.follow("Work.makers"), where: q.cmp("Writer.id", plan.EQ, ID("writer", 4))})}},
				}, q.by("Work.genre"))
				return one(q.list(access{of: "Writer", order: []string{"Writer.id"}, limit: 4, read: append(q.read("Writer.id"), q.groups(g, 9), plan.GroupTotals{Grouping: g})}))
			},
		},
		{
			"of links over links", `[[["work-1",[[["writer-1"],1,"2001-01","2001-01"],[["writer-2"],1,"2001-01","2001-01"]]],["work-2",[[["studio-1"],1,"2001","2001"],[["writer-1"],1,"2001","2001"],[["writer-2"],1,null,null]]]]]`,
			func(q *query) []plan.Column {
				others := plan.Via{Paths: []plan.Path{q.way("Work.makers", "Maker.made").Steps}}
				g := q.grouping(access{of: "Work", from: others}, q.to("Work.makers"))
				return one(q.list(access{of: "Work", order: []string{"Work.id"}, limit: 2, read: append(q.read("Work.id"), q.groups(g, 9))}))
			},
		},
		{
			"what is read of the node", `[[[["writer-1",2,[["NOVEL",1],["POEM",1]],["studio-1"]],2],[["writer-2",2,[["ESSAY",1],["POEM",1]],["studio-1"]],2],[["studio-1",1,[["NOVEL",1]],["studio-1"]],1]]]`,
			func(q *query) []plan.Column {
				k := q.to("Work.makers")
				below := q.grouping(access{of: "Work", from: q.follow("Maker.made")}, q.by("Work.genre"))
				below.Measures = below.Measures[:1]
				k.Node.Columns = append(k.Node.Columns, q.count(access{of: "Work", from: q.follow("Maker.made")}), q.groups(below, 9),
					q.one(access{of: "Studio", where: q.cmp("Studio.id", plan.EQ, ID("studio", 1)), read: q.read("Studio.id")}))
				g := q.grouping(access{of: "Work"}, k)
				g.Measures = g.Measures[:1]
				return one(q.groups(g, 3))
			},
		},
		{
			"pairs, what is implied left out", `[[[["writer-1"],["note-1"],1,"2001",1,1,0],[["writer-1"],["note-2"],1,"2001",0,1,0]],[2,1,"2001",1,1,0]]`,
			func(q *query) []plan.Column {
				return []plan.Column{q.groups(pair(q, false), 9), plan.GroupTotals{Grouping: pair(q, false)}}
			},
		},
		{
			"pairs with what is implied", `[[[["writer-1"],["note-1"],1,"2001",1,1,0],[["writer-1"],["note-2"],1,"2001",0,1,0],[["writer-2"],["note-1"],0,null,1,0,0]],[3,1,"2001",1,1,0]]`,
			func(q *query) []plan.Column {
				return []plan.Column{q.groups(pair(q, true), 9), plan.GroupTotals{Grouping: pair(q, true)}}
			},
		},
		{
			"pairs of others", `[[[["studio-1"],["writer-1"],1,"2001","2001"],[["writer-1"],["studio-1"],1,"2001","2001"],[["writer-1"],["writer-2"],1,"2001-01","2001-01"],[["writer-2"],["writer-1"],1,"2001-01","2001-01"]],[4,2,"2001","2001"]]`,
			func(q *query) []plan.Column {
				g := q.grouping(access{of: "Work"}, q.over("Maker", q.way("Work.makers")), q.over("Maker", q.way("Work.makers")))
				g.Apart = true
				return []plan.Column{q.groups(g, 9), plan.GroupTotals{Grouping: g}}
			},
		},
	})
	t.Run("pages", f.groupPages)
	t.Run("random", f.randomGroups)
}

// groupPages walks groups page by page: the pages are what was asked for at once.
func (f *fixture) groupPages(t *testing.T) {
	f = f.on(t)
	for _, page := range []struct {
		after []any
		want  string
	}{
		{nil, `[[["NOVEL",2],["POEM",2]]]`},
		{[]any{int64(2), "POEM"}, `[[["ESSAY",1],[null,1]]]`},
		{[]any{int64(2), "NOVEL"}, `[[["POEM",2],["ESSAY",1]]]`},
		{[]any{int64(1), "ESSAY"}, `[[[null,1]]]`},
		{[]any{int64(1), nil}, `[[]]`},
		{[]any{int64(2), nil}, `[[["ESSAY",1],[null,1]]]`},
	} {
		q := f.query()
		g := q.grouping(access{of: "Work"}, q.by("Work.genre"))
		g.Measures = g.Measures[:1]
		f.expect(q, page.want, q.groups(g, 2, page.after...))
	}
}

// randomGroups asks random groups of the store and of the oracle.
func (f *fixture) randomGroups(t *testing.T) {
	f.on(t).compareRandom(t, func(g *generator) []plan.Column {
		grouping := g.grouping(nil)
		column := func() []plan.Column { return []plan.Column{g.groups(grouping), plan.GroupTotals{Grouping: grouping}} }
		if !g.chance(3, "nested") {
			return column()
		}
		s := g.sel(nil, 1)
		grouping = g.grouping(s)
		s.Columns = append([]plan.Column{plan.Value{Operand: g.operand("Node.id")}}, column()...)
		return one(plan.List{Select: s})
	})
}

// grouping draws what is counted and by what.
func (g *generator) grouping(outer *plan.Select) *plan.Grouping {
	s := g.sel(outer, 1)
	s.Order = nil
	out := &plan.Grouping{Select: s, Measures: []plan.Measure{{What: plan.Tally}}, Apart: false, Implied: rapid.Bool().Draw(g.t, "implied")}
	for range rapid.IntRange(1, 2).Draw(g.t, "keys") {
		out.Keys = append(out.Keys, g.groupKey(s))
	}
	if len(out.Keys) == 2 && out.Keys[0].Node != nil && out.Keys[1].Node != nil && !out.Keys[0].Optional && !out.Keys[1].Optional {
		out.Apart = rapid.Bool().Draw(g.t, "apart")
	}
	if g.chance(2, "where") {
		out.Measures = append(out.Measures, plan.Measure{Where: g.nodePredicate(s), Implied: g.chance(3, "implied")})
	}
	if s.Type.Date != nil {
		out.Measures = append(out.Measures, plan.Measure{What: plan.Earliest, Date: s.Type.Date}, plan.Measure{What: plan.Latest, Date: s.Type.Date})
	}
	return out
}

// nodePredicate draws a condition that asks nothing of the link.
func (g *generator) nodePredicate(s *plan.Select) plan.Predicate {
	return g.predicate(&plan.Select{From: plan.All{}, Type: s.Type, Limit: plan.NoParam}, 2)
}

func (g *generator) groupKey(s *plan.Select) plan.GroupKey {
	links := slices.DeleteFunc(slices.Clone(g.links(s.Type)), func(f *catalog.Field) bool { return f.Link == nil })
	if len(links) > 0 && g.chance(2, "by link") {
		f := draw(g, "link", links)
		k := g.to(f.Owner.Name + "." + f.Name)
		if g.chance(3, "optional") {
			if step := k.Paths[0].Steps[0]; g.chance(2, "where") {
				step.Where = g.predicate(step, 1)
			}
			return k
		}
		k.Optional = false
		for range rapid.IntRange(0, 2).Draw(g.t, "more paths") {
			k.Paths = append(k.Paths, g.way(f.Owner.Name+"."+f.Name))
		}
		for i := range k.Paths {
			p := &k.Paths[i]
			p.Implied = g.chance(2, "implied")
			if g.chance(2, "where") {
				p.Steps[0].Where = g.predicate(p.Steps[0], 1)
			}
			back := slices.DeleteFunc(slices.Clone(g.links(f.Target)), func(b *catalog.Field) bool { return b.Link == nil || !b.Target.Overlaps(f.Target) })
			if len(back) > 0 && g.chance(2, "longer") {
				b := draw(g, "link", back)
				p.Steps = append(p.Steps, &plan.Select{From: plan.Follow{Field: b}, Type: b.Target, Limit: plan.NoParam})
				if b.Target != f.Target {
					p.Steps[len(p.Steps)-1].Type = f.Target
				}
			}
		}
		return k
	}
	for {
		o := g.any(&plan.Select{From: plan.All{}, Type: s.Type, Limit: plan.NoParam}, func(*catalog.Field) bool { return true })
		if o.Of == plan.OfName {
			continue
		}
		if f := o.Field; f != nil && (f.Part > catalog.PartText || f.Scalar == catalog.DateTime || !f.List && f.Scalar == catalog.Text && !f.Ordered) {
			continue
		}
		return plan.GroupKey{Value: &o, Year: o.Field != nil && o.Field.Part == catalog.PartText}
	}
}

// groups draws a page of groups.
func (g *generator) groups(of *plan.Grouping) plan.Groups {
	p := plan.Groups{Grouping: of, Limit: g.param(int64(rapid.IntRange(0, 6).Draw(g.t, "limit")))}
	if g.chance(2, "first page") {
		return p
	}
	p.Until = g.chance(3, "until")
	p.After = append(p.After, g.param(int64(rapid.IntRange(0, 3).Draw(g.t, "tally"))))
	for _, k := range of.Keys {
		var v any
		switch {
		case g.chance(4, "null"):
		case k.Node != nil:
			v = draw(g, "id", []string{ID("work", 1), ID("writer", 2), ID("studio", 1), ID("note", 2)})
		case k.Year:
			v = draw(g, "year", []string{"1900", "1999", "2001", "2020"})
		case k.Value.Field != nil && k.Value.Field.List:
			v = draw(g, "element", []string{"NOVEL", "a", "greek"})
		default:
			v = g.literal(*k.Value)
		}
		p.After = append(p.After, g.param(v))
	}
	return p
}
