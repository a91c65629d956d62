package storetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
)

// linkOrders reads pages of large links in the orders that the model declares them with, compares them with the oracle,
// and changes, moves and deletes what is in the orders.
func linkOrders(f *fixture) {
	g := &changing{fixture: f, nodes: map[string]*store.Node{}, links: map[string]*store.Link{}}
	long := strings.Repeat("\u00e9", 4000)
	titles := []string{"Alpha", "alpha", "Alpha", "\U0001F600", "\uE001", "Al", long, "Alpha\tBeta"}
	dates := []string{"", "2001", "2001-01", "2001-01-01", "", "../1999-12", "1950/..", "2001"}
	pages := []any{nil, int64(7), int64(-7), int64(0), nil, int64(1 << 30), int64(7), int64(-1 << 31)}
	genres := []any{"NOVEL", nil, "POEM", "NOVEL", "ESSAY", nil, "POEM", "POEM"}
	work := func(n, values int) *store.Node {
		i := values % len(titles)
		p := props{"title": titles[i], "pages": pages[(i+values/8)%8], "genre": genres[(i+values/8)%8]}
		if d := dates[(i+values/8)%8]; d != "" {
			p["date"] = d
		}
		maps.DeleteFunc(p, func(_ string, v any) bool { return v == nil })
		return &store.Node{ID: ID("work", n), Kind: "Work", Props: p, Recorded: &store.Provenance{At: fmt.Sprintf("2024-01-0%dT00:00:00.000Z", 1+values%3), By: "x"}}
	}
	writer := func(n, values int) *store.Node {
		p := props{"name": titles[values%len(titles)]}
		if d := dates[values%len(dates)]; d != "" {
			p["born"] = d
		}
		return &store.Node{ID: ID("writer", n), Kind: "Writer", Props: p}
	}
	link := func(kind, from string, n int, to string, m int) *store.Link {
		return &store.Link{Type: kind, From: ID(from, n), To: ID(to, m)}
	}
	note := &store.Node{ID: ID("note", 1), Kind: "Note"}
	studio := &store.Node{ID: ID("studio", 1), Kind: "Studio", Props: props{"name": "S"}}
	g.set(note, studio)
	for n := range 12 {
		g.set(writer(n, n))
	}
	for n := range 20 {
		g.set(work(n, n))
		g.join(link("MADE_BY", "work", n, "writer", n%2), link("MADE_BY", "work", n, "studio", 1), link("NOTED_IN", "work", n, "note", 1))
	}
	for n := range 12 {
		// A link to itself is among them.
		g.join(link("FRIEND_OF", "writer", 3, "writer", n), link("FRIEND_OF", "writer", n, "writer", 4), link("NOTED_IN", "writer", n, "note", 1))
	}
	g.commit()
	g.pages()

	// What is ordered by changes, to and from nothing, and what was not in the order joins it.
	for n := range 10 {
		g.set(work(n, n+9))
		g.set(writer(n, n+3))
	}
	g.join(link("MADE_BY", "work", 1, "writer", 2), link("MADE_BY", "work", 3, "writer", 2))
	g.commit()
	g.pages()

	// A node and its link in one change set with a change of it; other changes move nothing.
	g.set(work(20, 1))
	g.join(link("MADE_BY", "work", 20, "writer", 2))
	g.pending = append(g.pending, store.Change{Node: work(20, 6)})
	g.nodes[ID("work", 20)] = work(20, 6)
	g.links["MADE_BY"+ID("work", 0)+ID("writer", 0)].Props = props{"share": int64(3)}
	g.join(g.links["MADE_BY"+ID("work", 0)+ID("writer", 0)])
	g.commit()
	g.pages()

	g.remove(ID("work", 0), ID("writer", 5), ID("work", 20))
	g.commit()
	g.pages()
	g.set(work(0, 5))
	g.join(link("MADE_BY", "work", 0, "writer", 0), link("NOTED_IN", "work", 0, "note", 1))
	g.commit()
	g.pages()
}

// changing is a store and, for the oracle, the graph that it should hold.
type changing struct {
	*fixture
	nodes   map[string]*store.Node
	links   map[string]*store.Link
	pending []store.Change
}

func (g *changing) set(nodes ...*store.Node) {
	for _, n := range nodes {
		g.nodes[n.ID] = n
		g.pending = append(g.pending, store.Change{Node: n})
	}
}

func (g *changing) join(links ...*store.Link) {
	for _, l := range links {
		g.links[l.Type+l.From+l.To] = l
		g.pending = append(g.pending, store.Change{Link: l})
	}
}

func (g *changing) remove(ids ...string) {
	for _, id := range ids {
		delete(g.nodes, id)
		maps.DeleteFunc(g.links, func(_ string, l *store.Link) bool { return l.From == id || l.To == id })
		g.pending = append(g.pending, store.Change{DeleteNode: id})
	}
}

// commit applies what was changed, with the makers that changed works need, and checks the store.
func (g *changing) commit() {
	g.t.Helper()
	for _, c := range slices.Clone(g.pending) {
		if c.Node == nil || c.Node.Kind != "Work" {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(g.links)) {
			if l := g.links[key]; l.Type == "MADE_BY" && l.From == c.Node.ID {
				g.pending = append(g.pending, store.Change{Link: l})
			}
		}
	}
	g.apply(SampleWrite(), g.pending...)
	g.pending = nil
	g.checked()
}

// pages reads each order from both ends, whole, after and up to several places, at every node that has the link.
func (g *changing) pages() {
	g.t.Helper()
	var changes []store.Change
	for _, id := range slices.Sorted(maps.Keys(g.nodes)) {
		changes = append(changes, store.Change{Node: g.nodes[id]})
	}
	for _, key := range slices.Sorted(maps.Keys(g.links)) {
		changes = append(changes, store.Change{Link: g.links[key]})
	}
	reference := newOracle(g.t, g.catalog, changes)
	for _, c := range []struct{ of, link, by string }{
		{"Writer", "Maker.made", "Work.id"},
		{"Maker", "Maker.made", "-Work.id"},
		{"Maker", "Maker.made", "Work.title Work.id"},
		{"Maker", "Maker.made", "-Work.title Work.id"},
		{"Writer", "Maker.made", "-Work.dateKey Work.id"},
		{"Maker", "Maker.made", "Work.dateKey Work.id"},
		{"Maker", "Maker.made", "Work.pages Work.id"},
		{"Studio", "Maker.made", "-Work.pages Work.id"},
		{"Writer", "Writer.friends", "-Writer.bornKey Writer.id"},
		{"Writer", "Writer.friends", "Writer.id"},
		{"Writer", "Writer.friendOf", "-Maker.name Writer.id"},
		{"Writer", "Writer.friendOf", "Writer.name Node.id"},
		{"Note", "Note.of", "Work.id"},
		{"Note", "Note.of", "-Work.genre Work.id"},
		{"Note", "Note.of", "Work.recordedAt Work.id"},
		// These are not declared, and answered all the same.
		{"Maker", "Maker.made", "-Work.dateKey -Work.id"},
		{"Maker", "Maker.made", "^Work.pages Work.id"},
	} {
		for _, backward := range []bool{false, true} {
			q := g.query()
			keys := q.order(strings.Fields(c.by)...)
			if backward {
				keys = reversed(keys)
			}
			page := func(limit int64, where ...plan.Predicate) *plan.Select {
				s := q.sel(access{of: q.field(c.link).Target.Name, from: q.follow(c.link), limit: limit})
				s.Order = keys
				if len(where) > 0 {
					s.Where = plan.And(where)
				}
				for _, k := range keys {
					s.Columns = append(s.Columns, plan.Value{Operand: k.Operand})
				}
				return s
			}
			columns := append(q.read("Node.id"), plan.List{Select: page(0)}, plan.List{Select: page(3)}, plan.Count{Select: q.sel(access{
				of: q.field(c.link).Target.Name, from: q.follow(c.link),
			})})
			// Filters: what some meet, what is never and what is always so, and what an index knows.
			from := q.cmp("Node.recordedFrom", plan.EQ, "sample.yaml")
			for _, where := range []plan.Predicate{
				from,
				plan.Not{Predicate: from},
				plan.And{plan.Or{}, from},
				plan.Not{Predicate: plan.Or{}},
				plan.Or{from, plan.And{}},
				q.cmp("Node.id", plan.GT, ID("work", 3)), q.linked(access{of: "Note", from: q.follow("Node.notes")}),
			} {
				columns = append(columns, plan.List{Select: page(2, where)})
			}
			for _, place := range [][]any{{"Alpha", ID("work", 3)}, {"2001-01/1", ID("work", 2)}, {int64(7), ID("writer", 4)}, {nil, ID("work", 4)}, {"POEM", ID("work", 7)}} {
				if _, number := place[0].(int64); len(keys) == 2 && number != (keys[0].Field.Name == "pages") && place[0] != nil {
					continue
				}
				if place[0] == nil && !keys[0].Nullable() {
					continue
				}
				after := plan.After{Order: keys}
				for _, v := range place[2-len(keys):] {
					after.Params = append(after.Params, q.param(v))
				}
				before := plan.After{Order: reversed(keys), Params: after.Params}
				beyond := page(0, plan.Not{Predicate: after})
				beyond.Order, beyond.Columns = nil, nil
				columns = append(columns, plan.List{Select: page(2, after)}, plan.List{Select: page(2, before)},
					plan.List{Select: page(2, plan.Not{Predicate: before})}, plan.Exists{Select: beyond})
			}
			root := plan.List{Select: &plan.Select{From: plan.All{}, Type: q.kind(c.of), Order: q.order("Node.id"), Limit: plan.NoParam, Columns: columns}}
			root.Order[0].On = root.Type
			reference.values = q.values
			want, err := Canonical(rows.Of(reference.row(one(root), item{})), one(root))
			if err != nil {
				g.t.Fatal(err)
			}
			g.expect(q, want, root)
		}
	}
}
