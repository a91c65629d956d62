package sqlite

import (
	"slices"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// neighborhood searches from one node on, depth by depth. A row of _search is what is known after a step: level is the
// last element of levels, which holds for each depth the keys of the nodes that are shown, the places of their types of link
// among all, and how many nodes there were; shown holds all keys that are shown; room is how many more may be.
func (r *renderer) neighborhood(c plan.Neighborhood) cell {
	w := &walker{renderer: r, walk: c.Walk, links: c.Links}
	types := c.Walk.Links()
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = `"` + t.Type + `"`
	}
	name := func(place string) string {
		return "json_extract(" + literal("["+strings.Join(names, ",")+"]") + ", '$[' || (" + place + ") || ']')"
	}
	// A link is one number: the key of the far node and the place of the type.
	many := strconv.Itoa(max(1, len(types)))
	number := func(key string, link *catalog.Link) string {
		return key + " * " + many + " + " + strconv.Itoa(slices.Index(types, link))
	}
	met := r.among(c.Nodes, "(SELECT x, min(t) AS t FROM (SELECT k.value / "+many+" AS x, k.value % "+many+" AS t FROM json_each(s.level, '$[0]') p CROSS JOIN "+quote(catalog.NodeInterface)+
		" n ON n._pk = p.value CROSS JOIN json_each("+w.next("n._kind", "n._pk", false, number)+") k UNION ALL SELECT value, -1 FROM json_each(s.shown)) GROUP BY x HAVING min(t) >= 0) g", "g.x")
	if c.Kinds != plan.NoParam {
		met.where = append(met.where, met.kind()+" IN "+r.list(c.Kinds))
	}
	ranked := met.query("g.x AS x, g.t AS t, row_number() OVER (ORDER BY g.t, "+met.alias+"."+quote(catalog.IDField)+") AS i", "", "")
	first := func(what string) string {
		return "json_group_array(q." + what + " ORDER BY q.i) FILTER (WHERE q.i <= s.room)"
	}
	step := "(SELECT json_array(" + first("x") + ", " + first("t") + ", count(*)) FROM (" + ranked + ") q)"
	search := "_search(depth, level, levels, shown, room) AS (SELECT 0, l, json_array(json(l)), json_array(x), " + r.param(c.Limit, asValue) +
		" FROM (SELECT x, json_array(json_array(x), json_array(NULL), 1) AS l FROM (SELECT " + r.seek(c.Nodes, c.Of) + " AS x) WHERE x IS NOT NULL)" +
		" UNION ALL SELECT s.depth + 1, v.value, json_insert(s.levels, '$[#]', json(v.value))" +
		", (SELECT json_group_array(value) FROM (SELECT value FROM json_each(s.shown) UNION ALL SELECT value FROM json_each(v.value, '$[0]')))" +
		", s.room - json_array_length(v.value, '$[0]') FROM _search s CROSS JOIN json_each(json_array(" + step + ")) v WHERE s.depth < " + r.param(c.Depth, asValue) +
		" AND json_array_length(s.level, '$[0]') > 0)"
	node := quote(catalog.NodeInterface)
	levels := r.search("SELECT (WITH RECURSIVE "+search+" SELECT levels FROM _search ORDER BY depth DESC LIMIT 1) AS v") + ".v"
	nodes := "json_each(" + levels + ") l CROSS JOIN json_each(l.value, '$[0]') p"
	placed := "(SELECT n._pk AS pk, n._kind AS kind, n.id AS id, row_number() OVER (ORDER BY l.key, p.key) - 1 AS place FROM " + nodes +
		" CROSS JOIN " + node + " n ON n._pk = p.value LIMIT -1)"
	// A window over all links to a node and the node itself tells where a link leads, and whether to a node that is shown.
	links := "(SELECT json_group_array(json_array(" + name("t") + ", x, y)) FROM (SELECT * FROM (SELECT t, x, max(place) OVER w AS y, a, max(id) OVER w AS b FROM (" +
		"SELECT k.value / " + many + " AS pk, k.value % " + many + " AS t, a.place AS x, a.id AS a, NULL AS place, NULL AS id FROM " + placed +
		" a CROSS JOIN json_each(" + w.next("a.kind", "a.pk", true, number) + ") k UNION ALL SELECT pk, NULL, NULL, NULL, place, id FROM " + placed +
		") WINDOW w AS (PARTITION BY pk)) WHERE t IS NOT NULL AND y IS NOT NULL ORDER BY t, a, b LIMIT -1))"
	list := func(what, from string) cell {
		return cell{"(SELECT json_group_array(" + what + ") FROM (" + from + " LIMIT -1))", asJSON}
	}
	row := jsonRow([]cell{
		r.foundRows(c.Nodes, nodes, "p.value", "l.key, p.key"),
		list("d", "SELECT l.key AS d FROM "+nodes+" ORDER BY l.key, p.key"),
		list("t", "SELECT "+name("json_extract(l.value, '$[1][' || p.key || ']')")+" AS t FROM "+nodes+" ORDER BY l.key, p.key"),
		{"(SELECT json_group_array(json(value)) FROM (SELECT value FROM json_each(u.value) ORDER BY key LIMIT " + strconv.Itoa(plan.NeighborhoodLinks) + "))", asJSON},
		{"json_array_length(u.value)", asScalar},
		list("n", "SELECT json_extract(value, '$[2]') AS n FROM json_each("+levels+") WHERE key > 0 ORDER BY key"),
	})
	return jsonOrNull("SELECT " + row + " FROM json_each(json_array(" + links + ")) u WHERE " + levels + " IS NOT NULL")
}
