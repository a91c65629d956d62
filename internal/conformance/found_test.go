package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestPaths asks for the path between all pairs of nodes of a random graph of the project's model, and holds it to what
// loops over the graph's links find: it is the first of the shortest by its list of ids, and none leads from an actor to
// an incident, or to a target, but over a claim. SQLite answers all pairs, Neo4j one of some.
func TestPaths(t *testing.T) {
	m := realModel(t)
	g := newRandomGraph(m.catalog, 11, 4, 6)
	w := newWorld(t, m, recorded, g.changes)
	kinds := map[string]string{}
	var ids []string
	for _, n := range g.nodes {
		kinds[n.ID] = n.Kind
		ids = append(ids, n.ID)
	}
	slices.Sort(ids)
	is := func(id string, names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return m.catalog.Type(kinds[id]).Implements(m.catalog.Type(name)) })
	}
	// The links over which a path may lead, said without the model's @guarded.
	near := map[string][]string{}
	for _, l := range g.links {
		inside := func(id string) bool { return is(id, "Incident", "Target") }
		if inside(l.From) != inside(l.To) && !is(l.From, "Claim") && !is(l.To, "Claim") {
			continue
		}
		near[l.From] = append(near[l.From], l.To)
		near[l.To] = append(near[l.To], l.From)
	}
	for _, list := range near {
		slices.Sort(list)
	}
	const query = `query ($from: ID!, $to: ID!) { path(from: $from, to: $to) { length nodes { id } steps { type from { id } to { id } reversed } } }`
	var between, direct, longest, none int
	for i, from := range ids {
		distance := distances(near, from)
		for j, to := range ids {
			var a answer
			vars := map[string]any{"from": from, "to": to}
			if (i*len(ids)+j)%29 == 0 {
				a = w.both(t, query, vars)
			} else {
				a = w.sides[0].run(t.Context(), query, vars)
			}
			if a.Errors != nil || a.statements != 1 {
				t.Fatalf("from %s to %s: %d statements, %s", from, to, a.statements, a)
			}
			path := readPath(t, a.Data)
			if want := firstPath(near, distance, from, to); !slices.Equal(path, want) {
				t.Fatalf("from %s to %s: got %v, want %v", from, to, path, want)
			}
			if path == nil {
				none++
			}
			longest = max(longest, len(path)-1)
			if !is(from, "Actor") || !is(to, "Incident", "Target") || path == nil {
				continue
			}
			between++
			if !slices.ContainsFunc(path, func(id string) bool { return is(id, "Claim") }) {
				direct++
			}
		}
	}
	t.Logf("%d nodes, %d links; the longest path has %d links, %d pairs have none, %d paths lead from actors to incidents and targets", len(ids), len(g.links), longest, none, between)
	if direct > 0 || between < 10 || longest < 4 || none == 0 {
		t.Errorf("%d of %d paths lead from an actor to an incident or target without a claim; or the graph tests little", direct, between)
	}
}

// distances is how many links lead to each node from one, up to 6.
func distances(near map[string][]string, from string) map[string]int {
	distance := map[string]int{from: 0}
	for level, n := []string{from}, 1; n <= 6; n++ {
		var next []string
		for _, x := range level {
			for _, y := range near[x] {
				if _, known := distance[y]; !known {
					distance[y] = n
					next = append(next, y)
				}
			}
		}
		level = next
	}
	return distance
}

// firstPath walks from one node to the other, at each the first of the neighbors that lie on a shortest path; nil where
// there is none.
func firstPath(near map[string][]string, distance map[string]int, from, to string) []string {
	if _, known := distance[to]; !known {
		return nil
	}
	onPath := map[string]bool{to: true}
	for level, n := []string{to}, distance[to]; n > 0; n-- {
		var next []string
		for _, x := range level {
			for _, y := range near[x] {
				if d, known := distance[y]; known && d == n-1 && !onPath[y] {
					onPath[y] = true
					next = append(next, y)
				}
			}
		}
		level = next
	}
	path := []string{from}
	for len(path) <= distance[to] {
		at := path[len(path)-1]
		i := slices.IndexFunc(near[at], func(y string) bool { return onPath[y] && distance[y] == len(path) })
		path = append(path, near[at][i])
	}
	return path
}

// readPath returns the ids of a path, after it has made sure that its steps are the links between them.
func readPath(t *testing.T, data []byte) []string {
	t.Helper()
	type node struct{ ID string }
	var read struct {
		Path *struct {
			Length int
			Nodes  []node
			Steps  []struct {
				Type     string
				From, To node
				Reversed bool
			}
		}
	}
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	if read.Path == nil {
		return nil
	}
	var ids []string
	for _, n := range read.Path.Nodes {
		ids = append(ids, n.ID)
	}
	if read.Path.Length != len(ids)-1 || len(read.Path.Steps) != len(ids)-1 {
		t.Fatalf("the parts of a path do not fit: %s", data)
	}
	for i, s := range read.Path.Steps {
		from, to := ids[i], ids[i+1]
		if s.Reversed {
			from, to = to, from
		}
		if s.From.ID != from || s.To.ID != to || s.Type == "" {
			t.Fatalf("step %d is no link between its nodes: %s", i, data)
		}
	}
	return ids
}

// TestFound asks for paths, neighborhoods and numbers of the sample graph on both stores.
func TestFound(t *testing.T) {
	w := newSample(t)
	w.expect(t, []asked{
		{"stats", `{ stats { nodes links kinds { kind count } linkTypes { type count } revision } }`, nil, `{"stats":{"nodes":18,"links":23,"kinds":[{"kind":"WRITER","count":5},{"kind":"STUDIO","count":3},{"kind":"WORK","count":6},{"kind":"NOTE","count":3},{"kind":"SECRET","count":1}],"linkTypes":[{"type":"ABOUT","count":4},{"type":"FRIEND_OF","count":4},{"type":"HEADED_BY","count":1},{"type":"MADE_BY","count":8},{"type":"NOTED_IN","count":6}],"revision":1}}`},
		{"stats with aliases and fragments", `{ a: stats { n: nodes ...S } stats { kinds { __typename } } } fragment S on Stats { __typename links n: nodes }`, nil, `{"a":{"n":18,"__typename":"Stats","links":23},"stats":{"kinds":[{"__typename":"KindCount"},{"__typename":"KindCount"},{"__typename":"KindCount"},{"__typename":"KindCount"},{"__typename":"KindCount"}]}}`},
		{"path", `{ path(from: "#work-1", to: "#writer-3") { __typename length nodes { __typename id ... on Writer { name } } steps { type reversed from { id } to { ... on Maker { made { totalCount } } } } } }`, nil, `{"path":{"__typename":"Path","length":2,"nodes":[{"__typename":"Work","id":"work-1"},{"__typename":"Writer","id":"writer-1","name":"Ada"},{"__typename":"Writer","id":"writer-3","name":"𐐀nne"}],"steps":[{"type":"MADE_BY","reversed":false,"from":{"id":"work-1"},"to":{"made":{"totalCount":2}}},{"type":"FRIEND_OF","reversed":false,"from":{"id":"writer-1"},"to":{"made":{"totalCount":1}}}]}}`},
		{"no path", `{ path(from: "#writer-5", to: "#writer-3") { length } p: path(from: "#work-1", to: "#writer-3", maxLength: 1) { length } q: path(from: "#work-1", to: "#writer-3", via: []) { length } }`, nil, `{"path":null,"p":null,"q":null}`},
		{"path to itself", `{ path(from: "#writer-5", to: "#writer-5", maxLength: null, via: null) { length nodes { id } steps { type } } }`, nil, `{"path":{"length":0,"nodes":[{"id":"writer-5"}],"steps":[]}}`},
		{"path over some links", `query ($via: [LinkType!]) { path(from: "#work-1", to: "#work-2", via: $via) { nodes { id } } }`, map[string]any{"via": []string{"MADE_BY"}}, `{"path":{"nodes":[{"id":"work-1"},{"id":"writer-1"},{"id":"work-2"}]}}`},
		{"path shared by two aliases", `{ a: path(from: "#work-1", to: "#writer-1") { length } b: path(to: "#writer-1", from: "#work-1") { nodes { id } } }`, nil, `{"a":{"length":1},"b":{"nodes":[{"id":"work-1"},{"id":"writer-1"}]}}`},
		{"neighborhood", `{ neighborhood(id: "#secret-1", depth: 3, limit: 3) { node { id } nodes { depth type node { id } } links { type from { id } to { id __typename } } linkCount depths { depth found omitted } } }`, nil, `{"neighborhood":{"node":{"id":"secret-1"},"nodes":[{"depth":1,"type":"NOTED_IN","node":{"id":"note-3"}},{"depth":2,"type":"NOTED_IN","node":{"id":"writer-1"}},{"depth":3,"type":"FRIEND_OF","node":{"id":"writer-2"}}],"links":[{"type":"FRIEND_OF","from":{"id":"writer-1"},"to":{"id":"writer-2","__typename":"Writer"}},{"type":"FRIEND_OF","from":{"id":"writer-2"},"to":{"id":"writer-1","__typename":"Writer"}},{"type":"NOTED_IN","from":{"id":"secret-1"},"to":{"id":"note-3","__typename":"Note"}},{"type":"NOTED_IN","from":{"id":"writer-1"},"to":{"id":"note-3","__typename":"Note"}}],"linkCount":4,"depths":[{"depth":1,"found":1,"omitted":0},{"depth":2,"found":1,"omitted":0},{"depth":3,"found":5,"omitted":4}]}}`},
		{"neighborhood of kinds", `{ neighborhood(id: "#writer-1", kinds: [WORK], links: [MADE_BY, FRIEND_OF]) { nodes { node { id } } linkCount } }`, nil, `{"neighborhood":{"nodes":[{"node":{"id":"work-1"}},{"node":{"id":"work-2"}}],"linkCount":2}}`},
		{"neighborhood of nobody", `{ neighborhood(id: "#writer-5", depth: 2) { nodes { depth } links { type } depths { depth found omitted } } }`, nil, `{"neighborhood":{"nodes":[],"links":[],"depths":[{"depth":1,"found":0,"omitted":0},{"depth":2,"found":0,"omitted":0}]}}`},
		{"neighborhood without room", `{ neighborhood(id: "#writer-1", depth: 2, limit: 0) { nodes { depth } depths { depth found omitted } } }`, nil, `{"neighborhood":{"nodes":[],"depths":[{"depth":1,"found":6,"omitted":6},{"depth":2,"found":0,"omitted":0}]}}`},

		{"path from nothing", `{ path(from: "#work-9", to: "#writer-3") { length } stats { nodes } }`, nil, `NOT_FOUND at [path]: there is no node with the id work-9 | {"path":null,"stats":{"nodes":18}}`},
		{"path to nothing", `{ path(from: "#work-1", to: "#writer-9") { length } }`, nil, `NOT_FOUND at [path]: there is no node with the id writer-9 | {"path":null}`},
		{"neighborhood of nothing", `{ neighborhood(id: "#work-9") { node { id } } }`, nil, `NOT_FOUND at [neighborhood]: there is no node with the id work-9 | {"neighborhood":null}`},
		{"path of no id", `{ path(from: "x", to: "#writer-9") { length } }`, nil, `BAD_USER_INPUT at [path]: path(from:): `},
		{"path that is too long", `{ path(from: "#work-1", to: "#writer-9", maxLength: 7) { length } }`, nil, `BAD_USER_INPUT at [path]: path(maxLength:) is 7; it can be 1 to 6`},
		{"path of nothing", `query ($n: Int) { path(from: "#work-1", to: "#writer-9", maxLength: $n) { length } }`, map[string]any{"n": 0}, `BAD_USER_INPUT at [path]: $n is 0; it can be 1 to 6`},
		{"neighborhood too deep", `{ neighborhood(id: "#work-1", depth: 4) { node { id } } }`, nil, `BAD_USER_INPUT at [neighborhood]: neighborhood(depth:) is 4; it can be 1 to 3`},
		{"neighborhood too large", `{ neighborhood(id: "#work-1", limit: 201) { node { id } } }`, nil, `BAD_USER_INPUT at [neighborhood]: neighborhood(limit:) is 201; it can be 0 to 200`},
		{"unknown type of link", `{ path(from: "#work-1", to: "#writer-9", via: [LOVES]) { length } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: Value "LOVES" does not exist in "LinkType!" enum`},
		{"unknown type of link in variables", `query ($via: [LinkType!]) { path(from: "#work-1", to: "#writer-9", via: $via) { length } }`, map[string]any{"via": []string{"LOVES"}}, `BAD_USER_INPUT at []: `},
		{"too many searches", `{` + times(4, func(i int) string {
			return fmt.Sprintf(` p%d: path(from: "#work-1", to: "#writer-1", maxLength: %d) { length }`, i, i+1)
		}) + ` }`, nil, `LIMIT_EXCEEDED at [p3]: the operation asks for more than 3 paths and neighborhoods; split it into several`},
		{"pages in a neighborhood", `{ neighborhood(id: "#work-1", limit: 200) { nodes { node { notes(first: 200) { nodes { of(first: 200) { nodes { notes(first: 2) { totalCount } } } } } } } } }`, nil, `LIMIT_EXCEEDED at []: the page sizes allow an answer of 24160401 nodes`},
	})
	// The most that one operation can ask for, beside as many tables as it may.
	query := "{" + times(3, func(i int) string {
		return fmt.Sprintf(` n%d: neighborhood(id: "#work-1", limit: %d) { nodes { node { %s } } }`, i, i, times(60, func(i int) string {
			return fmt.Sprintf(" l%d: notes(first: %d) { nodes { id } }", i, i)
		}))
	}) + " }"
	if a := w.sides[0].run(t.Context(), written(query), nil); a.Errors != nil || !strings.Contains(string(a.Data), `"l59"`) {
		t.Errorf("many tables: %.300s", a)
	}
}
