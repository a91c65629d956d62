package sqlite

import (
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// shortestPath searches from both ends until the two searches meet. Each step goes on at the end whose last set of nodes
// is the smaller, so that a node with very many links costs little where the other has few.
//
// A row of _search is what is known after a step. turn is the end that the next step starts from (0 the first, 1 the last
// node); f and b are the sets that the searches from the two ends have come to, fo and bo the ones before, fl and bl
// lists of all of them, of which the last are at fd and bd. A set is two JSON arrays: keys of nodes, and for each the place
// in the set before of the node that leads to it. The sets are in an order that makes the first path by ids fall out:
// forward, a node stands where the first list of ids that leads to it does, since its place is that of the first node that
// leads to it and then its id; backward, sets are in order of id, so that the first of a node's places leads on to the first
// id. Nodes that were in one of the two sets before lie no farther and are left out. met is the first place in f of a node
// that is in b too: it is on the first of the shortest paths.
func (r *renderer) shortestPath(p plan.ShortestPath) cell {
	w := &walker{renderer: r, walk: p.Walk, links: p.Links}
	far := func(key string, _ *catalog.Link) string { return key }
	this, before := "CASE s.turn WHEN 0 THEN s.f ELSE s.b END", "CASE s.turn WHEN 0 THEN s.fo ELSE s.bo END"
	reached := r.among(p.Nodes, "(SELECT x, min(i) AS i FROM (SELECT k.value AS x, p.key AS i FROM json_each("+this+", '$[0]') p CROSS JOIN "+quote(catalog.NodeInterface)+
		" n ON n._pk = p.value CROSS JOIN json_each("+w.next("n._kind", "n._pk", false, far)+") k UNION ALL SELECT value, -1 FROM json_each("+this+
		", '$[0]') UNION ALL SELECT value, -1 FROM json_each("+before+", '$[0]')) GROUP BY x HAVING min(i) >= 0) g", "g.x")
	step := "(SELECT json_array(json_group_array(q.x), json_group_array(q.i)) FROM (" +
		reached.query("g.x, g.i", " ORDER BY CASE s.turn WHEN 0 THEN g.i ELSE 0 END, "+reached.alias+"."+quote(catalog.IDField), " LIMIT -1") + ") q)"
	forward, backward := "CASE s.turn WHEN 0 THEN v.value ELSE s.f END", "CASE s.turn WHEN 1 THEN v.value ELSE s.b END"
	size := func(set string) string { return "json_array_length(" + set + ", '$[0]')" }
	add := func(turn, list string) string {
		return "CASE s.turn WHEN " + turn + " THEN json_insert(" + list + ", '$[#]', json(v.value)) ELSE " + list + " END"
	}
	met := "(SELECT min(i) FROM (SELECT max(i) AS i FROM (SELECT value AS x, key AS i FROM json_each(" + forward + ", '$[0]') UNION ALL SELECT value, -1 FROM json_each(" +
		backward + ", '$[0]')) GROUP BY x HAVING count(*) = 2))"
	start := func(key string) string { return "json_array(json_array(" + key + "), json_array(0))" }
	search := "_search(step, turn, fd, bd, f, b, fo, bo, fl, bl, met) AS (SELECT 0, 0, 0, 0, " + start("e.a") + ", " + start("e.b") + ", '[[]]', '[[]]', json_array(" +
		start("e.a") + "), json_array(" + start("e.b") + "), CASE WHEN e.a = e.b THEN 0 END WHERE e.a IS NOT NULL AND e.b IS NOT NULL" +
		" UNION ALL SELECT s.step + 1, " + size(forward) + " > " + size(backward) + ", s.fd + (s.turn = 0), s.bd + (s.turn = 1), " + forward + ", " + backward +
		", CASE s.turn WHEN 0 THEN s.f ELSE s.fo END, CASE s.turn WHEN 1 THEN s.b ELSE s.bo END, " + add("0", "s.fl") + ", " + add("1", "s.bl") + ", " + met +
		" FROM _search s CROSS JOIN json_each(json_array(" + step + ")) v WHERE s.met IS NULL AND s.step < " + r.param(p.Longest, asValue) +
		" AND " + size("s.f") + " > 0 AND " + size("s.b") + " > 0)"
	// From where the searches met back to the first node, and on to the last.
	at := func(list string, what string) string {
		return "json_extract(" + list + ", '$[' || d || '][" + what + "][' || i || ']')"
	}
	trace := "(WITH RECURSIVE _back(d, i) AS (SELECT s.fd, s.met UNION ALL SELECT d - 1, " + at("s.fl", "1") + " FROM _back WHERE d > 0), " +
		"_on(d, i) AS (SELECT s.bd, (SELECT j.key FROM (SELECT json_extract(s.f, '$[0][' || s.met || ']') AS x LIMIT 1) m CROSS JOIN json_each(s.b, '$[0]') j WHERE j.value = m.x) UNION ALL SELECT d - 1, " +
		at("s.bl", "1") + " FROM _on WHERE d > 0) SELECT json_group_array(x) FROM (SELECT d AS place, " + at("s.fl", "0") + " AS x FROM _back UNION ALL SELECT s.fd + s.bd - d, " +
		at("s.bl", "0") + " FROM _on WHERE d < s.bd ORDER BY 1 LIMIT -1))"
	v := r.search("SELECT e.a, e.b, (WITH RECURSIVE " + search + " SELECT " + trace + " FROM _search s WHERE s.met IS NOT NULL) AS path FROM (SELECT " +
		r.seek(p.Nodes, p.From) + " AS a, " + r.seek(p.Nodes, p.To) + " AS b LIMIT 1 OFFSET 0) e")
	nodes := "json_each(" + v + ".path)"
	return cell{jsonRow([]cell{
		{v + ".a IS NOT NULL", asJSON},
		{v + ".b IS NOT NULL", asJSON},
		r.foundRows(p.Nodes, nodes+" p", "p.value", "p.key"),
		{"(SELECT json_group_array(json(l)) FROM (SELECT (" + w.between("x.value", "y.value") + ") AS l FROM " + nodes + " x JOIN " + nodes +
			" y ON y.key = x.key + 1 ORDER BY x.key LIMIT -1))", asJSON},
	}), asJSON}
}

// between is a query for the first link between two nodes, by type and along its direction before against it.
func (w *walker) between(x, y string) string {
	var arms []string
	for _, link := range w.walk.Links() {
		arms = append(arms, "SELECT "+literal(link.Type)+" AS t, _from <> "+x+" AS r FROM "+quote(linkTable(link.Type))+
			" WHERE (_from, _to) IN (VALUES ("+x+", "+y+"), ("+y+", "+x+"))"+w.taken(link))
	}
	if len(arms) == 0 {
		return "NULL"
	}
	return "SELECT json_array(t, r) FROM (" + strings.Join(arms, " UNION ALL ") + ") ORDER BY t, r LIMIT 1"
}
