package conformance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestGroups holds the groups of connections to literal answers on both stores.
func TestGroups(t *testing.T) {
	w := newSample(t)
	t.Run("answers", func(t *testing.T) { w.expect(t, grouped) })
	t.Run("pages", func(t *testing.T) {
		const all = `{ works { groups(by: MAKERS, first: 200) { nodes { count node { id } } } } }`
		const query = `query ($after: String) { works { groups(by: MAKERS, first: 2, after: $after) { nodes { count node { id } } pageInfo { endCursor hasNextPage hasPreviousPage } } } }`
		w.walkGroups(t, query, "groups", "nodes", all)
	})
}

var grouped = []asked{
	{
		"values", `{ works { groups(by: GENRE) { totalCount nodes { value count first last node { id } __typename } } } }`, nil,
		`{"works":{"groups":{"totalCount":4,"nodes":[{"value":"NOVEL","count":2,"first":"2001","last":"2001","node":null,"__typename":"Group"},{"value":"POEM","count":2,"first":"1999","last":"2001-01","node":null,"__typename":"Group"},{"value":"ESSAY","count":1,"first":null,"last":null,"node":null,"__typename":"Group"},{"value":null,"count":1,"first":"2001-01-01","last":"2001-01-01","node":null,"__typename":"Group"}]}}}`,
	},
	{
		"numbers, truth values and years as text", `{ works { pages: groups(by: PAGES, first: 2) { nodes { value count } } groups(by: DATE_YEAR) { nodes { value count } } } writers { groups(by: ALIVE) { nodes { value count } } } }`, nil,
		`{"works":{"pages":{"nodes":[{"value":"100","count":2},{"value":"-5","count":1}]},"groups":{"nodes":[{"value":"2001","count":3},{"value":null,"count":2},{"value":"1999","count":1}]}},"writers":{"groups":{"nodes":[{"value":"true","count":2},{"value":null,"count":2},{"value":"false","count":1}]}}}`,
	},
	{
		"kinds", `{ makers { groups(by: NODE_KIND) { nodes { value count first } } } }`, nil,
		`{"makers":{"groups":{"nodes":[{"value":"Writer","count":5,"first":null},{"value":"Studio","count":3,"first":null}]}}}`,
	},
	{
		"a page of nodes changes nothing, a filter does", `{ works(first: 1, where: {pages: {eq: 100}}) { totalCount nodes { id } groups(by: GENRE) { nodes { value count } } } }`, nil,
		`{"works":{"totalCount":2,"nodes":[{"id":"work-1"}],"groups":{"nodes":[{"value":"NOVEL","count":1},{"value":"POEM","count":1}]}}}`,
	},
	{
		"nodes, with what is read of them", `{ works { groups(by: ABOUT, first: 3) { nodes { value count node { id ... on Studio { name made { groups(by: GENRE) { nodes { value count } } } } } } } } }`, nil,
		`{"works":{"groups":{"nodes":[{"value":null,"count":2,"node":null},{"value":null,"count":1,"node":{"id":"studio-1","name":"Ada Works","made":{"groups":{"nodes":[{"value":"NOVEL","count":1}]}}}},{"value":null,"count":1,"node":{"id":"work-1"}}]}}}`,
	},
	{
		"of links", `{ writers(first: 2) { nodes { name made { groups(by: GENRE) { nodes { value count } totalCount } } } } }`, nil,
		`{"writers":{"nodes":[{"name":"Ada","made":{"groups":{"nodes":[{"value":"NOVEL","count":1},{"value":"POEM","count":1}],"totalCount":2}}},{"name":"` + "\uE000" + `mer","made":{"groups":{"nodes":[{"value":"ESSAY","count":1},{"value":"POEM","count":1}],"totalCount":2}}}]}}`,
	},
	{
		"two mentions", `{ works { groups(by: GENRE, first: 1) { nodes { value } } ...more } } fragment more on WorkConnection { groups(by: GENRE, first: 1) { nodes { count } totalCount } }`, nil,
		`{"works":{"groups":{"nodes":[{"value":"NOVEL","count":2}],"totalCount":4}}}`,
	},
	{
		"of kinds that are asked for different things", `{ makers(first: 4) { nodes { ... on Studio { made { groups(by: TITLE) { nodes { value count } } } } ... on Writer { alive } } } }`, nil,
		`{"makers":{"nodes":[{"made":{"groups":{"nodes":[{"value":"Alpha","count":1}]}}},{"made":{"groups":{"nodes":[{"value":"Beta","count":1}]}}},{"made":{"groups":{"nodes":[]}}},{"alive":false}]}}`,
	},
	{
		"by a variable", `query ($by: WorkGroupBy!) { works { groups(by: $by, first: 1) { nodes { value count } } } }`,
		map[string]any{"by": "GENRES"},
		`{"works":{"groups":{"nodes":[{"value":null,"count":4}]}}}`,
	},
	{
		"an empty page", `{ works { groups(by: GENRE, first: 0) { nodes { value } pageInfo { hasNextPage endCursor } } } }`, nil,
		`{"works":{"groups":{"nodes":[],"pageInfo":{"hasNextPage":true,"endCursor":null}}}}`,
	},
	{
		"of what a search finds", `{ search(query: "alpha", kinds: [WORK, NOTE, SECRET], first: 1) { totalCount groups(by: NODE_KIND) { nodes { value count } } } }`, nil,
		`{"search":{"totalCount":5,"groups":{"nodes":[{"value":"Work","count":3},{"value":"Note","count":1},{"value":"Secret","count":1}]}}}`,
	},
	{"no way to group", `{ works { groups { totalCount } } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: Field "groups" argument "by" of type "WorkGroupBy!" is required, but it was not provided.`},
	{"an unknown way", `{ works { groups(by: TEXT) { totalCount } } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: Value "TEXT" does not exist in "WorkGroupBy!" enum.`},
	{"too many", `{ works { groups(by: GENRE, first: 201) { totalCount } } }`, nil, `BAD_USER_INPUT at [works groups]: groups(first:) is 201; a page of groups has 200 nodes at the most, ask for the next ones with a cursor`},
	{"another order's cursor", `{ works { groups(by: GENRE, after: "AQ") { nodes { count } } } }`, nil, `BAD_USER_INPUT at [works groups]: groups(after:) is no cursor of this server`},
	{
		"pages of groups multiply", `{ works { groups(by: MAKERS, first: 200) { nodes { node { ... on Maker { made(first: 200) { nodes { makers(first: 200) { nodes { made(first: 2) { totalCount } } } } } } } } } } }`, nil,
		"LIMIT_EXCEEDED at []: the page sizes allow an answer of",
	},
	{
		"totals of a matrix", `{ critique(by: WRITER) { totalCount totals { count novels implied first last } rows { maker { name } note { id } count novels implied first last } } }`, nil,
		`{"critique":{"totalCount":3,"totals":{"count":2,"novels":1,"implied":0,"first":"2001","last":"2001"},"rows":[{"maker":{"name":"Ada"},"note":{"id":"note-1"},"count":2,"novels":1,"implied":0,"first":"2001","last":"2001"},{"maker":{"name":"Ada"},"note":{"id":"note-2"},"count":1,"novels":1,"implied":0,"first":"2001","last":"2001"},{"maker":{"name":"` + "\uE000" + `mer"},"note":{"id":"note-1"},"count":1,"novels":0,"implied":0,"first":"2001-01","last":"2001-01"}]}}`,
	},
}

// walkGroups walks pages by their cursors: together they are what the query all answers at once.
func (w *world) walkGroups(t *testing.T, query, field, list, all string) {
	t.Helper()
	read := func(a answer) (nodes []string, info struct {
		EndCursor                    *string
		HasNextPage, HasPreviousPage bool
	},
	) {
		if a.Errors != nil {
			t.Fatalf("%s", a)
		}
		raw := a.Data
		for range 3 {
			var object map[string]json.RawMessage
			if json.Unmarshal(raw, &object) != nil {
				break
			}
			if found, ok := object[list]; ok {
				var rows []json.RawMessage
				if err := json.Unmarshal(found, &rows); err != nil {
					t.Fatal(err)
				}
				for _, r := range rows {
					nodes = append(nodes, string(r))
				}
				if object["pageInfo"] != nil {
					if err := json.Unmarshal(object["pageInfo"], &info); err != nil {
						t.Fatal(err)
					}
				}
				return nodes, info
			}
			for _, only := range object {
				raw = only
			}
		}
		t.Fatalf("no %s in %s", field, a)
		return
	}
	want, _ := read(w.both(t, all, nil))
	var got []string
	vars := map[string]any{}
	for {
		nodes, info := read(w.both(t, query, vars))
		if previous := len(got) > 0; info.HasPreviousPage != previous {
			t.Errorf("after %d: hasPreviousPage is %t", len(got), info.HasPreviousPage)
		}
		got = append(got, nodes...)
		if more := len(got) < len(want); info.HasNextPage != more {
			t.Fatalf("after %d of %d: hasNextPage is %t", len(got), len(want), info.HasNextPage)
		}
		if !info.HasNextPage {
			break
		}
		vars["after"] = *info.EndCursor
	}
	if len(want) < 5 || !slices.Equal(got, want) {
		t.Errorf("pages have\n%s\nall at once\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// byName joins lines from the highest number down, those of one number by name.
func byName(lines map[int][]string, most int) string {
	var b strings.Builder
	for n := most; n >= 0; n-- {
		slices.Sort(lines[n])
		for _, l := range lines[n] {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}
