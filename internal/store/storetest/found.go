package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// shortestPath answers a plan.ShortestPath by trying every path of 0 links, of 1 link and so on, in order of ids.
func (o *oracle) shortestPath(p plan.ShortestPath) []any {
	seen := o.sel(&plan.Select{From: plan.All{}, Type: p.Nodes.Type, Where: p.Nodes.Where, Visible: p.Nodes.Visible, Limit: plan.NoParam}, item{})
	slices.SortFunc(seen, func(a, b item) int { return strings.Compare(a.node.ID, b.node.ID) })
	find := func(id any) *oracleNode {
		for _, i := range seen {
			if i.node.ID == id {
				return i.node
			}
		}
		return nil
	}
	from, to := find(o.values[p.From]), find(o.values[p.To])
	nodes, steps := []any{}, []any{}
	if from != nil && to != nil {
		for length := range o.values[p.Longest].(int64) + 1 {
			path := o.pathOf(p, seen, from, to, int(length))
			for i, n := range path {
				nodes = append(nodes, o.row(p.Nodes.Columns, item{node: n}))
				if i > 0 {
					steps = append(steps, o.stepOf(p, path[i-1], n))
				}
			}
			if path != nil {
				break
			}
		}
	}
	return []any{from != nil, to != nil, nodes, steps}
}

// pathOf is the first path of that many links.
func (o *oracle) pathOf(p plan.ShortestPath, seen []item, from, to *oracleNode, length int) []*oracleNode {
	if length == 0 {
		if from == to {
			return []*oracleNode{to}
		}
		return nil
	}
	for _, next := range seen {
		if o.stepOf(p, from, next.node) == nil {
			continue
		}
		if rest := o.pathOf(p, seen, next.node, to, length-1); rest != nil {
			return append([]*oracleNode{from}, rest...)
		}
	}
	return nil
}

// stepOf is the first link between two nodes that a path may take, or nil.
func (o *oracle) stepOf(p plan.ShortestPath, a, b *oracleNode) any {
	if p.Walk == nil || !mayFollow(p.Walk, a.Kind, b.Kind) {
		return nil
	}
	var first []any
	for _, l := range o.links {
		if p.Links != plan.NoParam && !slices.Contains(o.values[p.Links].([]string), l.link.Type) {
			continue
		}
		for _, reversed := range []bool{false, true} {
			x, y := a, b
			if reversed {
				x, y = b, a
			}
			if l.from != x || l.to != y {
				continue
			}
			if first == nil || l.link.Type < first[0].(string) || l.link.Type == first[0] && !reversed && first[1].(bool) {
				first = []any{l.link.Type, reversed}
			}
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// mayFollow says in its own words what @guarded means: nodes of a guarded kind have on a path only nodes beside them that
// have the same guard or are of the interface.
func mayFollow(w *catalog.Walk, a, b *catalog.Type) bool {
	if len(w.Guards) == 0 {
		return true
	}
	for _, k := range [][2]*catalog.Type{{a, b}, {b, a}} {
		if g := k[0].Guard; g != nil && k[1].Guard != g && !slices.Contains(g.Members, k[1]) {
			return false
		}
	}
	return true
}

// neighborhood answers a plan.Neighborhood.
func (o *oracle) neighborhood(n plan.Neighborhood) any {
	seen := o.sel(&plan.Select{From: plan.All{}, Type: n.Nodes.Type, Where: n.Nodes.Where, Visible: n.Nodes.Visible, Limit: plan.NoParam}, item{})
	allowed := func(x *oracleNode) bool {
		return slices.ContainsFunc(seen, func(i item) bool { return i.node == x })
	}
	type found struct {
		node  *oracleNode
		depth int64
		by    any
	}
	var nodes []found
	for _, i := range seen {
		if i.node.ID == o.values[n.Of] {
			nodes = append(nodes, found{node: i.node})
		}
	}
	if nodes == nil {
		return nil
	}
	has := func(x *oracleNode) int {
		return slices.IndexFunc(nodes, func(f found) bool { return f.node == x })
	}
	taken := func(l *oracleLink) bool {
		return mayFollow(n.Walk, l.from.Kind, l.to.Kind) && (n.Links == plan.NoParam || slices.Contains(o.values[n.Links].([]string), l.link.Type))
	}
	counts := []any{}
	for depth := range o.values[n.Depth].(int64) {
		level := slices.DeleteFunc(slices.Clone(nodes), func(f found) bool { return f.depth != depth })
		if len(level) == 0 {
			break
		}
		by := map[*oracleNode]string{}
		for _, l := range o.links {
			for _, ends := range [][2]*oracleNode{{l.from, l.to}, {l.to, l.from}} {
				near, far := ends[0], ends[1]
				if !taken(l) || !slices.ContainsFunc(level, func(f found) bool { return f.node == near }) || has(far) >= 0 || !allowed(far) {
					continue
				}
				if n.Kinds != plan.NoParam && !slices.Contains(o.values[n.Kinds].([]string), far.Kind.Name) {
					continue
				}
				if t, known := by[far]; !known || l.link.Type < t {
					by[far] = l.link.Type
				}
			}
		}
		var next []found
		for far, t := range by {
			next = append(next, found{far, depth + 1, t})
		}
		slices.SortFunc(next, func(a, b found) int {
			return strings.Compare(a.by.(string)+" "+a.node.ID, b.by.(string)+" "+b.node.ID)
		})
		counts = append(counts, int64(len(next)))
		room := o.values[n.Limit].(int64) - int64(len(nodes)-1)
		nodes = append(nodes, next[:min(int64(len(next)), room)]...)
	}
	rows, depths, types := []any{}, []any{}, []any{}
	for _, f := range nodes {
		rows = append(rows, o.row(n.Nodes.Columns, item{node: f.node}))
		depths, types = append(depths, f.depth), append(types, f.by)
	}
	between := slices.DeleteFunc(slices.Clone(o.links), func(l *oracleLink) bool { return !taken(l) || has(l.from) < 0 || has(l.to) < 0 })
	slices.SortFunc(between, func(a, b *oracleLink) int {
		return strings.Compare(a.link.Type+" "+a.from.ID+" "+a.to.ID, b.link.Type+" "+b.from.ID+" "+b.to.ID)
	})
	links := []any{}
	for _, l := range between {
		links = append(links, []any{l.link.Type, int64(has(l.from)), int64(has(l.to))})
	}
	return []any{rows, depths, types, links, int64(len(links)), counts}
}

// appendPath renders the value of a plan.ShortestPath.
func appendPath(b []byte, v rows.Value, p plan.ShortestPath) ([]byte, error) {
	if v.Len() != 4 {
		return b, fmt.Errorf("a path has %d values", v.Len())
	}
	b, err := appendBool(append(b, '['), v.At(0))
	if err != nil {
		return b, err
	}
	if b, err = appendBool(append(b, ','), v.At(1)); err != nil {
		return b, err
	}
	if b, err = appendColumn(append(b, ','), v.At(2), plan.List{Select: p.Nodes}); err != nil {
		return b, err
	}
	b, err = appendElements(append(b, ','), v.At(3), func(b []byte, step rows.Value) ([]byte, error) {
		b, err := appendText(append(b, '['), step.At(0))
		if err != nil {
			return b, err
		}
		b, err = appendBool(append(b, ','), step.At(1))
		return append(b, ']'), err
	})
	return append(b, ']'), err
}

// appendNeighborhood renders the value of a plan.Neighborhood.
func appendNeighborhood(b []byte, v rows.Value, n plan.Neighborhood) ([]byte, error) {
	if v.IsNull() {
		return append(b, "null"...), nil
	}
	if v.Len() != 6 {
		return b, fmt.Errorf("a neighborhood has %d values", v.Len())
	}
	name := func(b []byte, v rows.Value) ([]byte, error) {
		if v.IsNull() {
			return append(b, "null"...), nil
		}
		return appendText(b, v)
	}
	link := func(b []byte, v rows.Value) ([]byte, error) {
		b, err := appendText(append(b, '['), v.At(0))
		if err != nil {
			return b, err
		}
		if b, err = appendInt(append(b, ','), v.At(1)); err != nil {
			return b, err
		}
		b, err = appendInt(append(b, ','), v.At(2))
		return append(b, ']'), err
	}
	b, err := appendColumn(append(b, '['), v.At(0), plan.List{Select: n.Nodes})
	for i, element := range []func([]byte, rows.Value) ([]byte, error){appendInt, name, link, nil, appendInt} {
		if err != nil {
			return b, err
		}
		if b = append(b, ','); element == nil {
			b, err = appendInt(b, v.At(i+1))
		} else {
			b, err = appendElements(b, v.At(i+1), element)
		}
	}
	return append(b, ']'), err
}

func appendElements(b []byte, v rows.Value, element func([]byte, rows.Value) ([]byte, error)) ([]byte, error) {
	if !v.IsList() {
		return b, fmt.Errorf("there is no list where one belongs")
	}
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = element(b, v.At(i)); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// nodesFound is the Select of what a search finds.
func (q *query) nodesFound(visible plan.Predicate, read ...plan.Column) *plan.Select {
	return q.sel(access{of: "Node", from: plan.Found{}, visible: visible, read: append(q.read("Node.id"), read...)})
}

func (q *query) path(from, to string, longest int64, walk *catalog.Walk, links ...string) plan.ShortestPath {
	p := plan.ShortestPath{From: q.param(from), To: q.param(to), Longest: q.param(longest), Links: plan.NoParam, Walk: walk, Nodes: q.nodesFound(nil)}
	if links != nil {
		p.Links = q.param(links)
	}
	return p
}

func (q *query) neighborhood(of string, depth, limit int64) plan.Neighborhood {
	return plan.Neighborhood{
		Of: q.param(of), Depth: q.param(depth), Limit: q.param(limit), Links: plan.NoParam, Kinds: plan.NoParam,
		Walk: q.catalog.Everywhere, Nodes: q.nodesFound(nil),
	}
}

// found covers ShortestPath and Neighborhood.
func (f *fixture) found(t *testing.T) {
	work, writer, studio, note, secret := ID("work", 1), ID("writer", 1), ID("studio", 1), ID("note", 2), ID("secret", 1)
	f.cases(t, []readCase{
		{"path to itself", `[[true,true,[["work-1"]],[]]]`, func(q *query) []plan.Column {
			return one(q.path(work, work, 1, q.catalog.Guarded))
		}},
		{"path of one link", `[[true,true,[["work-1"],["writer-1"]],[["MADE_BY",false]]],[true,true,[["writer-1"],["work-1"]],[["MADE_BY",true]]]]`, func(q *query) []plan.Column {
			return []plan.Column{q.path(work, writer, 6, q.catalog.Guarded), q.path(writer, work, 1, q.catalog.Guarded)}
		}},
		// Both are friends of each other: along the direction comes first.
		{"path over a link of both directions", `[[true,true,[["writer-2"],["writer-1"]],[["FRIEND_OF",false]]]]`, func(q *query) []plan.Column {
			return one(q.path(ID("writer", 2), writer, 2, q.catalog.Guarded))
		}},
		// work-1 and work-2 both lead from writer-2 to writer-1 in two links; over works alone, the first id counts.
		{"first of two paths", `[[true,true,[["writer-2"],["work-1"],["writer-1"]],[["ABOUT",true],["MADE_BY",false]]]]`, func(q *query) []plan.Column {
			return one(q.path(ID("writer", 2), writer, 6, q.catalog.Guarded, "ABOUT", "MADE_BY"))
		}},
		{"path that is too long", `[[true,true,[],[]],[true,true,[["studio-2"],["work-3"],["studio-1"]],[["MADE_BY",true],["ABOUT",false]]]]`, func(q *query) []plan.Column {
			return []plan.Column{q.path(ID("studio", 2), studio, 1, q.catalog.Guarded), q.path(ID("studio", 2), studio, 2, q.catalog.Guarded)}
		}},
		{"path of six links", `[[true,true,[["studio-2"],["work-3"],["studio-1"],["work-1"],["writer-1"],["writer-3"],["work-4"]],[["MADE_BY",true],["ABOUT",false],["MADE_BY",true],["MADE_BY",false],["FRIEND_OF",false],["MADE_BY",true]]],[true,true,[],[]]]`, func(q *query) []plan.Column {
			links := []string{"MADE_BY", "ABOUT", "FRIEND_OF"}
			return []plan.Column{q.path(ID("studio", 2), ID("work", 4), 6, q.catalog.Guarded, links...), q.path(ID("studio", 2), ID("work", 4), 5, q.catalog.Guarded, links...)}
		}},
		{"no path", `[[true,true,[],[]],[true,true,[],[]]]`, func(q *query) []plan.Column {
			return []plan.Column{q.path(ID("writer", 5), writer, 6, q.catalog.Guarded), q.path(work, writer, 6, q.catalog.Everywhere, []string{}...)}
		}},
		{"path from and to nothing", `[[false,true,[],[]],[true,false,[],[]],[false,false,[],[]]]`, func(q *query) []plan.Column {
			return []plan.Column{
				q.path(ID("work", 9), writer, 6, q.catalog.Guarded), q.path(work, ID("note", 9), 6, q.catalog.Guarded),
				q.path(ID("work", 9), ID("work", 9), 6, q.catalog.Guarded),
			}
		}},
		// A note leads on to makers and notes only.
		{"guarded path", `[[true,true,[["work-1"],["note-2"]],[["NOTED_IN",false]]],[true,true,[],[]],[true,true,[],[]],[true,true,[["work-2"],["writer-1"],["note-3"]],[["MADE_BY",false],["NOTED_IN",false]]]]`, func(q *query) []plan.Column {
			return []plan.Column{
				q.path(work, note, 6, q.catalog.Everywhere), q.path(work, note, 6, q.catalog.Guarded), q.path(secret, ID("note", 3), 6, q.catalog.Guarded),
				q.path(ID("work", 2), ID("note", 3), 6, q.catalog.Guarded),
			}
		}},
		{"path around what cannot be seen", `[[true,true,[["writer-2"],["work-2"],["writer-1"]],[["MADE_BY",true],["MADE_BY",false]]],[true,false,[],[]]]`, func(q *query) []plan.Column {
			hidden, end := q.path(ID("writer", 2), writer, 6, q.catalog.Guarded, "ABOUT", "MADE_BY"), q.path(writer, work, 6, q.catalog.Guarded)
			hidden.Nodes.Visible = plan.Not{Predicate: q.cmp("Node.id", plan.EQ, work)}
			end.Nodes.Visible = hidden.Nodes.Visible
			return []plan.Column{hidden, end}
		}},
		{"path over what counts nothing", `[[true,true,[["studio-2"],["work-3"],["studio-1"]],[["MADE_BY",true],["ABOUT",false]]],[false,true,[],[]]]`, func(q *query) []plan.Column {
			unnoted, start := q.path(ID("studio", 2), studio, 6, q.catalog.Guarded), q.path(writer, ID("writer", 2), 6, q.catalog.Guarded)
			unnoted.Nodes.Visible = q.unnoted()
			start.Nodes.Visible = unnoted.Nodes.Visible
			return []plan.Column{unnoted, start}
		}},
		{"what is read of a path", `[[true,true,[["work-1","Work",[["studio-1"],["writer-1"]],100],["writer-1","Writer",[],null]],[["MADE_BY",false]]]]`, func(q *query) []plan.Column {
			p := q.path(work, writer, 6, q.catalog.Guarded)
			makers := q.list(access{of: "Maker", from: q.follow("Work.makers"), order: []string{"Maker.id"}, read: q.read("Maker.id")})
			p.Nodes.Columns = append(append(p.Nodes.Columns, q.read("#kind")...), makers, q.read("Work.pages")[0])
			return one(p)
		}},

		{"neighborhood", `[[[["writer-1"],["writer-2"],["writer-3"],["studio-1"],["work-1"],["work-2"],["note-3"]],[0,1,1,1,1,1,1],[null,"FRIEND_OF","FRIEND_OF","HEADED_BY","MADE_BY","MADE_BY","NOTED_IN"],[["ABOUT",4,1],["ABOUT",5,4],["FRIEND_OF",0,1],["FRIEND_OF",0,2],["FRIEND_OF",1,0],["FRIEND_OF",2,2],["HEADED_BY",3,0],["MADE_BY",4,3],["MADE_BY",4,0],["MADE_BY",5,0],["MADE_BY",5,1],["NOTED_IN",0,6]],12,[6]]]`, func(q *query) []plan.Column {
			return one(q.neighborhood(writer, 1, 20))
		}},
		{"neighborhood with no room", `[[[["writer-1"],["writer-2"],["writer-3"]],[0,1,1],[null,"FRIEND_OF","FRIEND_OF"],[["FRIEND_OF",0,1],["FRIEND_OF",0,2],["FRIEND_OF",1,0],["FRIEND_OF",2,2]],4,[6,4]],[[["writer-1"]],[0],[null],[],0,[6]]]`, func(q *query) []plan.Column {
			return []plan.Column{q.neighborhood(writer, 2, 2), q.neighborhood(writer, 2, 0)}
		}},
		{"neighborhood of nobody", `[null,[[["writer-5"]],[0],[null],[],0,[0]]]`, func(q *query) []plan.Column {
			return []plan.Column{q.neighborhood(ID("writer", 9), 2, 2), q.neighborhood(ID("writer", 5), 3, 2)}
		}},
		{"neighborhood of some kinds and links", `[[[["secret-1"],["note-3"],["writer-1"],["work-1"],["work-2"]],[0,1,2,3,3],[null,"NOTED_IN","NOTED_IN","MADE_BY","MADE_BY"],[["MADE_BY",3,2],["MADE_BY",4,2],["NOTED_IN",0,1],["NOTED_IN",2,1]],4,[1,1,2]]]`, func(q *query) []plan.Column {
			n := q.neighborhood(secret, 3, 20)
			n.Links, n.Kinds = q.param([]string{"NOTED_IN", "MADE_BY"}), q.param([]string{"Work", "Note", "Writer"})
			return one(n)
		}},
	})
}

// searching draws a ShortestPath or a Neighborhood.
func (g *generator) searching(depth int) plan.Column {
	ids := []string{
		ID("work", 1), ID("work", 2), ID("work", 3), ID("work", 4), ID("work", 5), ID("work", 6), ID("writer", 1), ID("writer", 2), ID("writer", 3), ID("writer", 4),
		ID("studio", 1), ID("studio", 2), ID("note", 1), ID("note", 2), ID("note", 3), ID("secret", 1), ID("work", 9),
	}
	nodes := g.seen(depth)
	nodes.From = plan.Found{}
	nodes.Columns = g.columns(nodes, min(depth, 1))
	walk := draw(g, "walk", []*catalog.Walk{g.catalog.Guarded, g.catalog.Everywhere})
	links := plan.NoParam
	if g.chance(4, "only some links") {
		links = g.param(rapid.SliceOfN(rapid.SampledFrom([]string{"MADE_BY", "ABOUT", "NOTED_IN", "FRIEND_OF", "HEADED_BY"}), 0, 4).Draw(g.t, "links"))
	}
	if g.chance(2, "neighborhood") {
		n := plan.Neighborhood{
			Of: g.param(draw(g, "of", ids)), Depth: g.param(int64(rapid.IntRange(1, 3).Draw(g.t, "depth"))),
			Limit: g.param(int64(rapid.IntRange(0, 20).Draw(g.t, "limit"))), Links: links, Kinds: plan.NoParam, Walk: walk, Nodes: nodes,
		}
		if g.chance(4, "only some kinds") {
			n.Kinds = g.param(rapid.SliceOfN(rapid.SampledFrom([]string{"Work", "Writer", "Note", "Studio"}), 0, 3).Draw(g.t, "kinds"))
		}
		return n
	}
	return plan.ShortestPath{
		From: g.param(draw(g, "from", ids)), To: g.param(draw(g, "to", ids)), Longest: g.param(int64(rapid.IntRange(1, 6).Draw(g.t, "longest"))),
		Links: links, Walk: walk, Nodes: nodes,
	}
}
