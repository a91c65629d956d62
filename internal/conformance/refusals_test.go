package conformance

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestRefusals asks for more than the limits allow and for what there is not. Each limit is tried at its bound, where
// the operation is answered on both stores, and one above it.
func TestRefusals(t *testing.T) {
	w := newSample(t)
	for _, c := range []struct {
		name  string
		query func(n int) string
		// most is the greatest n that is answered; why is part of the refusal of most+1 and of far.
		most, far int
		why       string
	}{
		{"nesting", nested, 15, 60, "LIMIT_EXCEEDED at []: the operation has %d levels of nesting of which 15 are allowed; split it into several"},
		{"aliases", func(n int) string {
			return "{ works(first: 0) { nodes {" + times(n, func(i int) string { return fmt.Sprintf(" a%d: id", i) }) + " } } }"
		}, 500, 900, "LIMIT_EXCEEDED at []: the operation has %d aliases, with fragments expanded, of which 500 are allowed; split it into several"},
		{"aliases at the root", func(n int) string {
			return "{" + times(n, func(i int) string { return fmt.Sprintf(" a%d: __typename", i) }) + " }"
		}, 500, 900, "LIMIT_EXCEEDED at []: the operation has %d aliases, with fragments expanded, of which 500 are allowed; split it into several"},
		{
			"root fields", func(n int) string { return "{" + strings.Repeat(" __typename", n) + " }" }, 500, 900,
			"LIMIT_EXCEEDED at []: the operation has %d root fields of which 500 are allowed; split it into several",
		},
		{"page sizes", func(n int) string {
			// 200·(1+200·(1+200)+71·(1+137)) and 200 are 10 million; a and b share the page of works.
			return "{ a: works(first: 200) { nodes { makers(first: 200) { nodes { made(first: 200) { nodes { id } } } } } }" +
				" b: works(first: 200) { nodes { makers(first: 71) { nodes { made(first: 137) { nodes { id } } } } } }" +
				fmt.Sprintf(" c: writers(first: 200) { totalCount } d: studios(first: %d) { totalCount } }", n)
		}, 0, 150, "LIMIT_EXCEEDED at []: the page sizes allow an answer of 1000%04d nodes, of which 10000000 are allowed; ask for smaller pages"},
		{"conditions", func(n int) string {
			return "{ works(where: {OR: [" + strings.Repeat("{id: {in: []}} ", n-1) + "]}) { totalCount } }"
		}, 300, 450, "LIMIT_EXCEEDED at [works]: the operation's filters have more than 300 conditions; use in: [...] for many values, or split the operation"},
		{"nesting of a filter", func(n int) string {
			return "{ works(where: " + strings.Repeat("{NOT: ", n-1) + "{}" + strings.Repeat("}", n-1) + ") { totalCount } }"
		}, 20, 900, "LIMIT_EXCEEDED at [works]: the filter nests more than 20 conditions in one another; ask a simpler question"},
		{"links in filters", func(n int) string {
			return "{ works(where: " + times(n, func(i int) string { return []string{"{makers: {some: ", "{made: {some: "}[i%2] }) + "{}" +
				strings.Repeat("}}", n) + ") { totalCount } }"
		}, 14, 18, "LIMIT_EXCEEDED at []: the operation follows %d links one after another, in fields, filters and what computed fields read, of which 14 are allowed; ask in several steps"},
		{"links in fields and filters", func(n int) string {
			return "{ works(first: 1) { nodes { makers(first: 1) { nodes { made(where: " +
				times(n-2, func(i int) string { return []string{"{makers: {some: ", "{made: {some: "}[i%2] }) + "{}" + strings.Repeat("}}", n-2) + ") { totalCount } } } } } }"
		}, 14, 16, "LIMIT_EXCEEDED at []: the operation follows %d links one after another, in fields, filters and what computed fields read, of which 14 are allowed; ask in several steps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for n, why := range map[int]string{c.most - 1: "", c.most: "", c.most + 1: c.why, c.far: c.why} {
				if n < 0 {
					continue
				}
				if strings.Contains(why, "%") {
					why = fmt.Sprintf(why, n)
				}
				got := outcome(t, w.both(t, c.query(n), nil))
				if why == "" && !strings.HasPrefix(got, "{") || why != "" && got != why {
					t.Errorf("%d: got %.300s\nwant %s", n, got, why)
				}
			}
		})
	}
	t.Run("fragments", w.bombs)
	t.Run("others", func(t *testing.T) { w.expect(t, refused) })
}

func times(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// nested is n levels of connections.
func nested(n int) string {
	fields := [2]string{"makers", "made"}
	var b strings.Builder
	b.WriteString("{ works(first: 1) { nodes {")
	for i := range n - 1 {
		b.WriteString(" " + fields[i%2] + "(first: 1) { nodes {")
	}
	return b.String() + " __typename" + strings.Repeat(" } }", n) + " }"
}

// bombs are short documents that stand for long ones: they are refused, or answered, at once.
func (w *world) bombs(t *testing.T) {
	for name, c := range map[string]struct{ query, want string }{
		"doubling": {
			"{ works(first: 1) { nodes { ...F0 } } }" + times(22, func(i int) string {
				return fmt.Sprintf(" fragment F%d on Work { ...F%d ...F%d }", i, i+1, i+1)
			}) + " fragment F22 on Work { title }", "LIMIT_EXCEEDED at []: the operation has 4194306 fields, with fragments expanded, of which 10000 are allowed; split it into several",
		},
		"kinds": {
			"{ makers(first: 1) { nodes {" + strings.Repeat(" __typename friendsOfKind: made(first: 1) { nodes { makers(first: 1) { nodes {", 6) + " __typename" + strings.Repeat(" } } } }", 6) + " } } }",
			`{"makers":{"nodes":[{"__typename":"Studio"`,
		},
	} {
		start := time.Now()
		got := outcome(t, w.both(t, c.query, nil))
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %.300s\nwant %s", name, got, c.want)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

var refused = []asked{
	{"an unknown root field", "{ books { id } }", nil, `GRAPHQL_VALIDATION_FAILED at []: Cannot query field "books" on type "Query".`},
	{"an unknown field", "{ works { nodes { names } } }", nil, `GRAPHQL_VALIDATION_FAILED at []: Cannot query field "names" on type "Work".`},
	{"an unknown filter", `{ works(where: {names: {eq: "a"}}) { totalCount } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: Field "names" is not defined by type "WorkWhere".`},
	{"an unknown filter in variables", `query ($w: WorkWhere) { works(where: $w) { totalCount } }`, map[string]any{"w": map[string]any{"names": nil}}, `BAD_USER_INPUT at []: $w.names: unknown field`},
	{"conflicting fields", `{ works(first: 1) { nodes { id } } works(first: 2) { nodes { id } } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: Fields "works" conflict because they have differing arguments.`},
	{"a fragment that cannot match", `{ works { nodes { ... on Writer { name } } } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: Fragment cannot be spread here as objects of type "Work" can never be of type "Writer".`},
	{"a document that ends too early", "{ works { nodes { id } }", nil, `GRAPHQL_PARSE_FAILED at []: Expected Name, found <EOF>`},
	{"no document", "", nil, "at []: "},
	{"a mutation", `mutation { addWork { id } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: `},
	{"a subscription", `subscription { works { totalCount } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: `},
	{"a variable that must be given", `query ($q: String!) { search(query: $q) { totalCount } }`, nil, `BAD_USER_INPUT at []: $q: must be defined`},
	{"a number for a text", `query ($q: String!) { search(query: $q) { totalCount } }`, map[string]any{"q": 5}, `BAD_USER_INPUT at [search]: $q: 5 is no text`},
	{
		"pages of listed nodes multiply", "{ nodes(ids: [" + strings.Repeat(`"#work-1" `, 200) + "]) { ... on Work { makers(first: 200) { nodes { made(first: 200) { nodes { makers(first: 2) { totalCount } } } } } } } }", nil,
		"LIMIT_EXCEEDED at []: the page sizes allow an answer of 24040200 nodes, of which 10000000 are allowed; ask for smaller pages",
	},
	{"too many ids", "{ nodes(ids: [" + strings.Repeat(`"#work-1" `, 201) + "]) { id } }", nil, "BAD_USER_INPUT at [nodes]: nodes(ids:): 201 ids are more than the 200 that one request may name"},
	// What a computed field reads is not counted; the same page asked for besides is.
	{
		"pages that a computed field shares", "{ works(first: 200) { nodes { verdict notes(first: 200) { nodes { of(first: 200) { nodes { makers(first: 1) { totalCount } } } } } } } }", nil,
		"LIMIT_EXCEEDED at []: the page sizes allow an answer of 16040200 nodes, of which 10000000 are allowed; ask for smaller pages",
	},
}
