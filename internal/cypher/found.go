package cypher

import (
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// This file holds what the searches from given nodes on have in common. They go from a set of nodes to the next one, in
// steps that are written out: Cypher has no recursion but for paths, of which there can be millions between two nodes that
// are both linked to the same ten thousand.

// taken renders what a walk asks of the link r from one node to another, as conditions that follow others. That links are
// of the model's types goes without saying: to name them all would make the server plan twice as long.
func (r *renderer) taken(w *catalog.Walk, links plan.ParamIndex, from, to string) string {
	var conditions string
	if links != plan.NoParam {
		conditions = " AND type(r) IN " + r.param(links, "", nil)
	}
	for _, g := range w.Guards {
		kinds := make([]string, len(g.Kinds))
		for i, k := range g.Kinds {
			kinds[i] = quote(k.Name)
		}
		in, by := ":"+strings.Join(kinds, "|"), ":"+quote(g.By.Name)
		conditions += " AND (" + from + by + " OR " + to + by + " OR (" + from + in + ") = (" + to + in + "))"
	}
	return conditions
}

// seek renders the node with the id, if it is one that the Select may find.
func (r *renderer) seek(s *plan.Select, name string, id plan.ParamIndex, outer *scope) (string, error) {
	sc := enter(s, outer)
	sc.name = name
	conditions, err := r.visible(sc)
	return "MATCH (" + name + ":" + catalog.NodeInterface + ") WHERE " + name + "." + catalog.IDField + " = " + r.param(id, "", nil) + conditions, err
}

// reached renders the conditions on a node that a search comes to.
func (r *renderer) reached(s *plan.Select, name string, outer *scope) (string, error) {
	sc := enter(s, outer)
	sc.name = name
	return r.visible(sc)
}

// foundRows renders the rows of the nodes in a list.
func (r *renderer) foundRows(s *plan.Select, list string, outer *scope) (string, error) {
	sc := enter(s, outer)
	columns := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		t, err := r.column(c, sc)
		if err != nil {
			return "", err
		}
		columns[i] = t
	}
	return "COLLECT { UNWIND " + list + " AS " + sc.node() + sc.lets.clause(sc.node()) + " RETURN [" + strings.Join(columns, ", ") + "] AS v }", nil
}

// shortestPath searches from both ends until the two searches meet. Each step goes on at the end whose last set of nodes
// is the smaller, so that a node with very many links costs little where the other has few.
//
// f and g are the sets that the searches from the two ends have come to, fo and go the ones before, fl and gl lists of all
// of them. A set is two lists: nodes, and for each the place in the set before of the node that leads to it. The sets are in
// an order that makes the first path by ids fall out: forward, a node stands where the first list of ids that leads to it
// does, since its place is that of the first node that leads to it and then its id; backward, sets are in order of id, so
// that the first of a node's places leads on to the first id. Nodes that were in one of the two sets before lie no farther
// and are left out. met is the first place in f of a node that is in g too: it is on the first of the shortest paths.
func (r *renderer) shortestPath(p plan.ShortestPath, outer *scope) (string, error) {
	from, err := r.seek(p.Nodes, "a", p.From, outer)
	if err != nil {
		return "", err
	}
	to, err := r.seek(p.Nodes, "b", p.To, outer)
	if err != nil {
		return "", err
	}
	visible, err := r.reached(p.Nodes, "m", outer)
	if err != nil {
		return "", err
	}
	rows, err := r.foundRows(p.Nodes, "path", outer)
	if err != nil {
		return "", err
	}
	longest := r.param(p.Longest, "", nil)
	var t strings.Builder
	t.WriteString("COLLECT { " + optional("", from, "a") + " " + optional("", to, "b") +
		" WITH a, b, CASE WHEN a IS NULL OR b IS NULL THEN [] ELSE [a] END AS f, CASE WHEN a IS NULL OR b IS NULL THEN [] ELSE [b] END AS g" +
		" WITH a, b, f, g, [] AS fo, [] AS go, [[f, [null]]] AS fl, [[g, [null]]] AS gl, CASE WHEN a.id = b.id THEN 0 END AS met")
	for step := range plan.LongestPath {
		t.WriteString("\nWITH *, met IS NULL AND " + longest + " > " + strconv.Itoa(step) + " AND size(f) > 0 AND size(g) > 0 AS on, size(f) <= size(g) AS ahead" +
			" CALL (f, g, fo, go, on, ahead) { CALL (f, g, fo, go, on, ahead) { WITH CASE WHEN ahead THEN f ELSE g END AS s, on" +
			" UNWIND CASE WHEN on THEN range(0, size(s) - 1) ELSE [] END AS i WITH s[i] AS n, i MATCH (n)-[r]-(m) WHERE true" +
			r.taken(p.Walk, p.Links, "n", "m") + visible + " RETURN m, i" +
			" UNION ALL UNWIND CASE WHEN NOT on THEN [] WHEN ahead THEN f + fo ELSE g + go END AS m RETURN m, -1 AS i }" +
			" WITH m, ahead, min(i) AS i WHERE i >= 0 WITH m, i ORDER BY CASE WHEN ahead THEN i ELSE 0 END, m.id RETURN collect(m) AS ms, collect(i) AS places }" +
			" WITH a, b, met, on, CASE WHEN on AND ahead THEN ms ELSE f END AS f, CASE WHEN on AND NOT ahead THEN ms ELSE g END AS g," +
			" CASE WHEN on AND ahead THEN f ELSE fo END AS fo, CASE WHEN on AND NOT ahead THEN g ELSE go END AS go," +
			" fl + CASE WHEN on AND ahead THEN [[ms, places]] ELSE [] END AS fl, gl + CASE WHEN on AND NOT ahead THEN [[ms, places]] ELSE [] END AS gl" +
			" CALL (f, g, on) { UNWIND CASE WHEN on THEN [i IN range(0, size(f) - 1) | [f[i], i]] + [x IN g | [x, -1]] ELSE [] END AS x" +
			" WITH x[0] AS m, max(x[1]) AS i, count(*) AS sets WHERE sets = 2 RETURN min(i) AS now }" +
			" WITH a, b, f, g, fo, go, fl, gl, coalesce(met, now) AS met")
	}
	trace := func(list, from, add string) string {
		return "reduce(t = {i: " + from + ", p: []}, k IN range(size(" + list + ") - 1, 0, -1) | {i: " + list + "[k][1][t.i], p: " + add + "}).p"
	}
	t.WriteString("\nWITH a, b, fl, gl, met, CASE WHEN met IS NOT NULL THEN head([k IN range(0, size(g) - 1) WHERE g[k] = f[met]]) END AS at" +
		" WITH a, b, CASE WHEN met IS NULL THEN [] ELSE " + trace("fl", "met", "[fl[k][0][t.i]] + t.p") + " + tail(" + trace("gl", "at", "t.p + [gl[k][0][t.i]]") + ") END AS path" +
		" WITH a, b, path, " + rows + " AS found RETURN [a IS NOT NULL, b IS NOT NULL, found, COLLECT { UNWIND range(0, size(path) - 2) AS k CALL (path, k) { WITH path[k] AS x, path[k + 1] AS y MATCH (x)-[r]-(y) WHERE true" +
		r.taken(p.Walk, p.Links, "x", "y") +
		" WITH type(r) AS t, startNode(r) <> x AS reversed ORDER BY t, reversed LIMIT 1 RETURN [t, reversed] AS v } RETURN v }] AS v }")
	return "head(" + r.let(t.String(), outer) + ")", nil
}

// neighborhood searches from one node on, depth by depth. shown are the nodes that are shown, depths and types what is
// said of each, level those of the last depth; counts how many there were at each depth.
func (r *renderer) neighborhood(c plan.Neighborhood, outer *scope) (string, error) {
	middle, err := r.seek(c.Nodes, "a", c.Of, outer)
	if err != nil {
		return "", err
	}
	conditions, err := r.reached(c.Nodes, "m", outer)
	if err != nil {
		return "", err
	}
	if c.Kinds != plan.NoParam {
		conditions += " AND m." + kindProperty + " IN " + r.param(c.Kinds, "", nil)
	}
	rows, err := r.foundRows(c.Nodes, "shown", outer)
	if err != nil {
		return "", err
	}
	depth, limit := r.param(c.Depth, "", nil), r.param(c.Limit, "", nil)
	var t strings.Builder
	t.WriteString("COLLECT { " + middle + " WITH [a] AS shown, [a] AS level, [0] AS depths, [null] AS types, [] AS counts")
	for step := range plan.DeepestNeighborhood {
		next := strconv.Itoa(step + 1)
		t.WriteString("\nWITH *, " + depth + " > " + strconv.Itoa(step) + " AND size(level) > 0 AS on" +
			" CALL (shown, level, on) { CALL (shown, level, on) { UNWIND CASE WHEN on THEN level ELSE [] END AS n MATCH (n)-[r]-(m) WHERE true" +
			r.taken(c.Walk, c.Links, "n", "m") + conditions + " RETURN m, type(r) AS t UNION ALL UNWIND shown AS m RETURN m, '' AS t }" +
			" WITH m, min(t) AS t WHERE t <> '' RETURN collect([m, t]) AS met }" +
			" CALL (met) { UNWIND met AS x WITH x[0] AS m, x[1] AS t ORDER BY t, m.id LIMIT " + limit + " RETURN collect(m) AS ms, collect(t) AS ts }" +
			" WITH *, " + limit + " + 1 - size(shown) AS room" +
			" WITH shown + ms[..room] AS shown, ms[..room] AS level, depths + [x IN ms[..room] | " + next + "] AS depths, types + ts[..room] AS types," +
			" counts + CASE WHEN on THEN [size(met)] ELSE [] END AS counts")
	}
	t.WriteString("\nCALL (shown) { UNWIND range(0, size(shown) - 1) AS i WITH shown[i] AS x, i, shown MATCH (x)-[r]->(y) WHERE y IN shown" +
		r.taken(c.Walk, c.Links, "x", "y") + " WITH type(r) AS t, i, x, y ORDER BY t, x.id, y.id RETURN collect([t, i, y]) AS links }" +
		" WITH shown, depths, types, counts, links, " + rows + " AS found RETURN [found, depths, types, [l IN links[.." + strconv.Itoa(plan.NeighborhoodLinks) + "] | [l[0], l[1], head([k IN range(0, size(shown) - 1) WHERE shown[k] = l[2]])]]," +
		" size(links), counts] AS v }")
	return "head(" + r.let(t.String(), outer) + ")", nil
}
