package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"

	"attrigraph/internal/plan"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// newSample is a world with the toy model's sample graph, recorded by "sampler".
func newSample(t *testing.T) *world {
	t.Helper()
	return newWorld(t, toyModel(t), storetest.SampleWrite(), func() iter.Seq2[store.Change, error] {
		return storetest.Changes(storetest.Sample()...)
	})
}

// TestRules holds GraphQL's rules, which are the executor's to keep, to literal answers on both stores.
func TestRules(t *testing.T) {
	w := newSample(t)
	t.Run("selections", func(t *testing.T) { w.expect(t, selections) })
	t.Run("inputs", func(t *testing.T) { w.expect(t, inputs) })
	t.Run("nodes", func(t *testing.T) { w.expect(t, nodes) })
	t.Run("links", func(t *testing.T) { w.expect(t, links) })
	t.Run("page sizes", func(t *testing.T) { w.expect(t, pageSizes) })
	t.Run("cursors", w.cursors)
	t.Run("sub-plans", w.subPlans)
}

var selections = []asked{
	{
		"mentions are merged", `{ works(first: 1) { nodes { title } } works(first: 1) { nodes { pages } totalCount ...F } } fragment F on WorkConnection { nodes { genre title } }`, nil,
		`{"works":{"nodes":[{"title":"Alpha","pages":100,"genre":"NOVEL"}],"totalCount":6}}`,
	},
	{
		"to-one mentions are merged", `{ works(first: 1) { nodes { about { ... on Writer { born } } about { ...G } } } } fragment G on Topic { ... on Maker { name } ... on Writer { alive born } }`, nil,
		"{\"works\":{\"nodes\":[{\"about\":{\"born\":\"1900-05\",\"name\":\"\uE000mer\",\"alive\":true}}]}}",
	},
	{
		"fragments on interfaces and unions", `{ works(first: 3) { nodes { about { __typename ... on Node { id } ... on Maker { name } ... on Work { title } ... on Topic { __typename } } } } }`, nil,
		"{\"works\":{\"nodes\":[{\"about\":{\"__typename\":\"Writer\",\"id\":\"writer-2\",\"name\":\"\uE000mer\"}},{\"about\":{\"__typename\":\"Work\",\"id\":\"work-1\",\"title\":\"Alpha\"}},{\"about\":{\"__typename\":\"Studio\",\"id\":\"studio-1\",\"name\":\"Ada Works\"}}]}}",
	},
	// The kinds agree on the first mention of the field and on the number of mentions, not on what is selected.
	{
		"mentions are merged kind by kind", `{ makers(where: {name: {startsWith: "Ada"}}) { nodes { made { totalCount } ... on Writer { made { nodes { title } } } ... on Studio { made { nodes { pages } } } } } }`, nil,
		`{"makers":{"nodes":[{"made":{"totalCount":1,"nodes":[{"pages":100}]}},{"made":{"totalCount":2,"nodes":[{"title":"Alpha"},{"title":"alpha beta"}]}},{"made":{"totalCount":1,"nodes":[{"title":"100%_sure"}]}}]}}`,
	},
	{
		"order of first mention", `{ works(first: 1) { nodes { ...F pages } } } fragment F on Node { ... on Work { title } id }`, nil,
		`{"works":{"nodes":[{"title":"Alpha","id":"work-1","pages":100}]}}`,
	},
	{
		"fragments without condition", `query ($yes: Boolean!, $no: Boolean = false) { works(first: 1) { nodes { ... { title } ... @include(if: $no) { pages } id @skip(if: $yes) genre @include(if: $yes) @skip(if: $no) ...F @skip(if: $yes) ...F @include(if: $yes) } } } fragment F on Work { tags }`,
		map[string]any{"yes": true},
		`{"works":{"nodes":[{"title":"Alpha","genre":"NOVEL","tags":["greek","letter"]}]}}`,
	},
	{"nothing is left", `query ($no: Boolean!) { works @include(if: $no) { totalCount } }`, map[string]any{"no": false}, `{}`},
	{"nothing is left of a node", `{ works(first: 2) { nodes { id @skip(if: true) } } }`, nil, `{"works":{"nodes":[{},{}]}}`},
	{
		"__typename everywhere", `{ __typename works(first: 1) { __typename edges { __typename node { t: __typename } } pageInfo { __typename } nodes { makers(first: 1) { __typename edges { __typename } } } } search(query: "greek") { __typename edges { __typename node { __typename } highlights { __typename } } pageInfo { __typename } } }`, nil,
		`{"__typename":"Query","works":{"__typename":"WorkConnection","edges":[{"__typename":"WorkEdge","node":{"t":"Work"}}],"pageInfo":{"__typename":"PageInfo"},"nodes":[{"makers":{"__typename":"MakerMakingConnection","edges":[{"__typename":"MakerMakingEdge"}]}}]},` +
			`"search":{"__typename":"SearchConnection","edges":[{"__typename":"SearchEdge","node":{"__typename":"Work"},"highlights":[{"__typename":"Highlight"}]}],"pageInfo":{"__typename":"PageInfo"}}}`,
	},
	{
		"aliases with different arguments", `{ a: works(first: 1) { nodes { t: title title } } b: works(first: 1, orderBy: {title: DESC}) { nodes { title } edges { node { p: pages } } } }`, nil,
		`{"a":{"nodes":[{"t":"Alpha","title":"Alpha"}]},"b":{"nodes":[{"title":"😀 grin"}],"edges":[{"node":{"p":7}}]}}`,
	},
	{
		"introspection next to data", `{ __type(name: "Genre") { kind enumValues { name } } works(first: 1) { nodes { title } } __schema { queryType { name } } none: __type(name: "Book") { name } }`, nil,
		`{"__type":{"kind":"ENUM","enumValues":[{"name":"NOVEL"},{"name":"POEM"},{"name":"ESSAY"}]},"works":{"nodes":[{"title":"Alpha"}]},"__schema":{"queryType":{"name":"Query"}},"none":null}`,
	},
}

var inputs = func() []asked {
	const byGenre = `query ($n: Int = 1, $g: Genre) { works(first: $n, where: {genre: {eq: $g}}) { nodes { id } } }`
	const sized = `query ($n: Int) { works(first: $n) { nodes { id } } }`
	return []asked{
		{"absent variables", byGenre, nil, `{"works":{"nodes":[{"id":"work-1"}]}}`},
		{"given variables", byGenre, map[string]any{"g": "POEM", "n": 5}, `{"works":{"nodes":[{"id":"work-2"},{"id":"work-6"}]}}`},
		{"null where a value is compared", byGenre, map[string]any{"g": nil}, `BAD_USER_INPUT at [works]: $g compares with null, which never holds; ask for absent values with isNull: true`},
		{"null replaces the default", byGenre, map[string]any{"n": nil}, `{"works":{"nodes":[{"id":"work-1"},{"id":"work-2"},{"id":"work-3"},{"id":"work-4"},{"id":"work-5"},{"id":"work-6"}]}}`},
		{"a filter that is null", `query ($w: WorkWhere) { works(where: $w) { totalCount } }`, map[string]any{"w": nil}, `{"works":{"totalCount":6}}`},
		{"a null inside of a filter", `query ($w: WorkWhere) { works(where: $w) { totalCount } }`, map[string]any{"w": map[string]any{"pages": nil, "title": map[string]any{"eq": "Beta"}}}, `{"works":{"totalCount":1}}`},
		{"a list of one condition", `{ works(where: {AND: {pages: {gt: 1}}, OR: {genre: {eq: POEM}}}) { nodes { id } } }`, nil, `{"works":{"nodes":[{"id":"work-2"}]}}`},
		{"a list of one value", `{ works(where: {genre: {in: POEM}, tags: {hasAll: []}, pages: {in: 100}}) { nodes { id } } nodes(ids: "#work-1") { id } }`, nil, `{"works":{"nodes":[{"id":"work-2"}]},"nodes":[{"id":"work-1"}]}`},
		{"a list of one in variables", `query ($o: [WorkOrder!], $i: [ID!]!) { works(first: 1, orderBy: $o) { nodes { id } } nodes(ids: $i) { id } }`, map[string]any{"o": map[string]any{"title": "DESC"}, "i": storetest.ID("work", 2)}, `{"works":{"nodes":[{"id":"work-4"}]},"nodes":[{"id":"work-2"}]}`},
		{"variables inside of literals", `query ($t: String!, $n: Int!) { works(where: {OR: [{title: {in: [$t, "Beta"]}}, {pages: {lt: $n}}]}) { nodes { id } } }`, map[string]any{"t": "Alpha", "n": 0}, `{"works":{"nodes":[{"id":"work-1"},{"id":"work-3"},{"id":"work-6"}]}}`},
		{"an Int beyond 32 bits", `{ works(first: 99999999999) { totalCount } }`, nil, `BAD_USER_INPUT at [works]: works(first:): 99999999999 is no whole number of 32 bits`},
		{"an Int beyond 64 bits", `{ works(where: {pages: {lt: 99999999999999999999}}) { totalCount } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: Int cannot represent non 32-bit signed integer value: 99999999999999999999`},
		{"an Int variable beyond 32 bits", sized, map[string]any{"n": 99999999999}, `BAD_USER_INPUT at [works]: $n: 99999999999 is no whole number of 32 bits`},
		{"the greatest Int", `{ works(where: {pages: {lt: 2147483647, gt: -2147483648}}) { totalCount } }`, nil, `{"works":{"totalCount":5}}`},
		{"text for an Int", sized, map[string]any{"n": "5"}, `BAD_USER_INPUT at [works]: $n: "5" is no whole number of 32 bits`},
		{"a fraction for an Int", sized, map[string]any{"n": 1.5}, `BAD_USER_INPUT at []: $n: is no whole number of 32 bits`},
		{"an enum in the wrong case", `{ works(where: {genre: {eq: poem}}) { totalCount } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: `},
		{"an enum variable in the wrong case", byGenre, map[string]any{"g": "poem"}, `BAD_USER_INPUT at [works]: $g: poem is no Genre`},
		{"a direction in the wrong case", `query ($d: SortDirection!) { works(orderBy: {title: $d}) { totalCount } }`, map[string]any{"d": "asc"}, `BAD_USER_INPUT at [works]: $d must be ASC or DESC`},
		{"a kind in the wrong case", `query ($k: [NodeKind!]) { search(query: "a", kinds: $k) { totalCount } }`, map[string]any{"k": []any{"WORK", "note"}}, `BAD_USER_INPUT at [search]: $k: note is no NodeKind`},
		{"two fields in one entry of an order", `{ works(orderBy: {title: ASC, pages: ASC}) { totalCount } }`, nil, `GRAPHQL_VALIDATION_FAILED at []: OneOf Input Object "WorkOrder" must specify exactly one key.`},
		{"two fields in one entry of an order in variables", `query ($o: [WorkOrder!]) { works(orderBy: $o) { totalCount } }`, map[string]any{"o": []any{map[string]any{"title": "ASC", "id": "ASC"}}}, `BAD_USER_INPUT at [works]: $o[0]: each entry must name exactly one field, such as {id: ASC}; write a list for several`},
		{"no field in an entry of an order", `query ($o: [WorkOrder!]) { works(orderBy: $o) { totalCount } }`, map[string]any{"o": map[string]any{}}, `BAD_USER_INPUT at [works]: $o[0]: each entry must name exactly one field`},
		{"lists of one inside of a filter in variables", `query ($w: WorkWhere) { works(where: $w) { nodes { id } } }`, map[string]any{"w": map[string]any{"OR": map[string]any{"genre": map[string]any{"in": "POEM"}, "pages": map[string]any{"in": 100}}}}, `{"works":{"nodes":[{"id":"work-2"}]}}`},
		{"the same field twice in an order", `{ works(orderBy: [{title: ASC}, {title: DESC}]) { totalCount nodes { id } } }`, nil, `BAD_USER_INPUT at [works]: works(orderBy:) orders by title twice`},
	}
}()

var nodes = []asked{
	{"no such node", `{ node(id: "#work-99") { id } ok: node(id: "#work-1") { id } }`, nil, `NOT_FOUND at [node]: there is no node with the id work-99 | {"node":null,"ok":{"id":"work-1"}}`},
	{"nodes in the order of ids", `{ nodes(ids: ["#work-2", "#studio-1", "#work-1", "#work-2"]) { id ... on Maker { name } } }`, nil, `{"nodes":[{"id":"work-2"},{"id":"studio-1","name":"Ada Works"},{"id":"work-1"},{"id":"work-2"}]}`},
	{"some nodes missing", `{ nodes(ids: ["#work-2", "#work-99", "#work-1"]) { id } }`, nil, `NOT_FOUND at [nodes 1]: there is no node with the id work-99 | {"nodes":[{"id":"work-2"},null,{"id":"work-1"}]}`},
	{"no ids", `{ nodes(ids: []) { id } }`, nil, `{"nodes":[]}`},
	{"an id that is none", `{ node(id: "work-1") { id } }`, nil, `BAD_USER_INPUT at [node]: node(id:): `},
	{"an id of no kind", `{ nodes(ids: ["#work-1", "#book-1"]) { id } }`, nil, `BAD_USER_INPUT at [nodes]: nodes(ids:): there is no kind of node "book"`},
	{"the same field of several nodes", `{ a: node(id: "#work-1") { ... on Work { title } } b: node(id: "#work-3") { ... on Work { title } } }`, nil, `{"a":{"title":"Alpha"},"b":{"title":"Beta"}}`},
}

var links = []asked{
	{
		"properties and references", `{ works(first: 1) { nodes { makers { edges { part share since sincePrecision recordedAt recordedBy paidBy { name ... on Studio { city } } node { name } } } } } }`, nil,
		`{"works":{"nodes":[{"makers":{"edges":[` +
			`{"part":"HELPER","share":40,"since":null,"sincePrecision":"UNKNOWN","recordedAt":"2024-01-02T03:04:05.678Z","recordedBy":"sampler","paidBy":null,"node":{"name":"Ada Works"}},` +
			`{"part":"LEAD","share":60,"since":"1999","sincePrecision":"YEAR","recordedAt":"2024-01-02T03:04:05.678Z","recordedBy":"sampler","paidBy":{"name":"Ada Works","city":"Paris"},"node":{"name":"Ada"}}]}}]}}`,
	},
	{
		"from the other end", `{ writers(first: 1) { nodes { made(orderBy: {title: DESC}) { edges { part node { title } } } } } }`, nil,
		`{"writers":{"nodes":[{"made":{"edges":[{"part":"LEAD","node":{"title":"alpha beta"}},{"part":"LEAD","node":{"title":"Alpha"}}]}}]}}`,
	},
	{"no link was followed", `{ works(first: 1) { edges { recordedAt recordedBy recordedFrom } } }`, nil, `{"works":{"edges":[{"recordedAt":null,"recordedBy":null,"recordedFrom":null}]}}`},
	{"to one", `{ studios { nodes { head { name friends { nodes { id } } } } } }`, nil, `{"studios":{"nodes":[{"head":{"name":"Ada","friends":{"nodes":[{"id":"writer-2"},{"id":"writer-3"}]}}},{"head":null},{"head":null}]}}`},
	{"to one of another kind", `{ works { nodes { aboutWork { id } } } }`, nil, `{"works":{"nodes":[{"aboutWork":null},{"aboutWork":{"id":"work-1"}},{"aboutWork":null},{"aboutWork":null},{"aboutWork":{"id":"work-5"}},{"aboutWork":null}]}}`},
	{
		"over two links", `{ works { nodes { others { totalCount nodes { id } edges { recordedAt } } } } }`, nil,
		`{"works":{"nodes":[{"others":{"totalCount":1,"nodes":[{"id":"work-2"}],"edges":[{"recordedAt":null}]}},{"others":{"totalCount":2,"nodes":[{"id":"work-1"},{"id":"work-5"}],"edges":[{"recordedAt":null},{"recordedAt":null}]}},{"others":{"totalCount":0,"nodes":[],"edges":[]}},{"others":{"totalCount":0,"nodes":[],"edges":[]}},{"others":{"totalCount":1,"nodes":[{"id":"work-2"}],"edges":[{"recordedAt":null}]}},{"others":{"totalCount":0,"nodes":[],"edges":[]}}]}}`,
	},
	{
		"computed with arguments", `query ($d: Date) { works(first: 1) { nodes { a: verdict b: verdict(asOf: "2020-05") c: verdict(asOf: $d) notes { totalCount } } } }`,
		map[string]any{"d": nil},
		`{"works":{"nodes":[{"a":"{\"notes\":{\"nodes\":[{\"words\":\"Good read\",\"date\":\"2020\"},{\"words\":\"alpha\",\"date\":\"2019\"}]}} as of \u003cnil\u003e","b":"{\"notes\":{\"nodes\":[{\"words\":\"Good read\",\"date\":\"2020\"},{\"words\":\"alpha\",\"date\":\"2019\"}]}} as of 2020-05","c":"{\"notes\":{\"nodes\":[{\"words\":\"Good read\",\"date\":\"2020\"},{\"words\":\"alpha\",\"date\":\"2019\"}]}} as of \u003cnil\u003e","notes":{"totalCount":2}}]}}`,
	},
	{"computed with a bad argument", `{ works(first: 1) { nodes { verdict(asOf: "May") } } }`, nil, `BAD_USER_INPUT at [works nodes verdict]: verdict(asOf:): date "May" is not a date`},
}

var pageSizes = []asked{
	{
		"first: 0", `{ works(first: 0, where: {genre: {eq: POEM}}) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, nil,
		`{"works":{"totalCount":2,"nodes":[],"edges":[],"pageInfo":{"hasNextPage":true,"hasPreviousPage":false,"startCursor":null,"endCursor":null}}}`,
	},
	{"first: 0 of nothing", `{ works(last: 0, where: {pages: {eq: 1}}) { totalCount pageInfo { hasNextPage hasPreviousPage } } }`, nil, `{"works":{"totalCount":0,"pageInfo":{"hasNextPage":false,"hasPreviousPage":false}}}`},
	{"the count does not depend on the page", `{ works(first: 1, where: {pages: {gte: 0}}) { totalCount nodes { id } } }`, nil, `{"works":{"totalCount":4,"nodes":[{"id":"work-1"}]}}`},
	{"last", `{ works(last: 2) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }`, nil, `{"works":{"nodes":[{"id":"work-5"},{"id":"work-6"}],"pageInfo":{"hasNextPage":false,"hasPreviousPage":true}}}`},
	{"as many as there are", `{ works(first: 6) { pageInfo { hasNextPage hasPreviousPage } } }`, nil, `{"works":{"pageInfo":{"hasNextPage":false,"hasPreviousPage":false}}}`},
	{"first and last", `{ works(first: 1, last: 1) { totalCount } }`, nil, `BAD_USER_INPUT at [works]: first and last together ask for two pages at once; give one of them`},
	{"first and last: null", `{ works(first: 1, last: null) { nodes { id } } }`, nil, `{"works":{"nodes":[{"id":"work-1"}]}}`},
	{"a negative size", `{ works(first: -1) { totalCount } }`, nil, `BAD_USER_INPUT at [works]: works(first:) is -1; a page has 0 to 200 nodes`},
	{"the greatest size", `query ($n: Int) { works(first: $n) { totalCount } }`, map[string]any{"n": 200}, `{"works":{"totalCount":6}}`},
	{"a size that is too great", `query ($n: Int) { works(last: $n) { totalCount } }`, map[string]any{"n": 201}, `BAD_USER_INPUT at [works]: $n is 201; a page of works has 200 nodes at the most, ask for the next ones with a cursor`},
	{"a nested size that is too great", `{ works { nodes { makers(first: 201) { totalCount } } } }`, nil, `BAD_USER_INPUT at [works nodes makers]: makers(first:) is 201; `},
}

// cursors tests what pageInfo says around cursors, and cursors that are refused.
func (w *world) cursors(t *testing.T) {
	a := w.both(t, "{ list: works { nodes { id } edges { cursor } pageInfo { startCursor endCursor } } }", nil)
	var data struct{ List listed }
	if err := json.Unmarshal(a.Data, &data); err != nil {
		t.Fatal(err)
	}
	c := make([]string, 7)
	for i, e := range data.List.Edges {
		c[i+1] = fmt.Sprintf("%q", e.Cursor)
	}
	if info := data.List.PageInfo; *info.StartCursor != data.List.Edges[0].Cursor || *info.EndCursor != data.List.Edges[5].Cursor {
		t.Errorf("pageInfo has other cursors than the edges: %s", a)
	}
	for _, page := range []struct {
		args, ids      string
		next, previous bool
	}{
		{args: "first: 1, after: " + c[2] + ", before: " + c[5], ids: "work-3", next: true, previous: true},
		{args: "first: 2, after: " + c[2] + ", before: " + c[5], ids: "work-3 work-4", next: true, previous: true},
		{args: "last: 1, after: " + c[2] + ", before: " + c[5], ids: "work-4", next: true, previous: true},
		{args: "after: " + c[6], ids: "", next: false, previous: true},
		{args: "last: 2, before: " + c[1], ids: "", next: true, previous: false},
		{args: "last: 2, after: " + c[4], ids: "work-5 work-6", next: false, previous: true},
		{args: "last: 1, after: " + c[4], ids: "work-6", next: false, previous: true},
		{args: "first: 2, before: " + c[3], ids: "work-1 work-2", next: true, previous: false},
		{args: "first: 1, before: " + c[3], ids: "work-1", next: true, previous: false},
		{args: "first: 0, after: " + c[6], ids: "", next: false, previous: true},
		{args: "after: " + c[4] + ", before: " + c[2], ids: "", next: true, previous: true},
		{args: "first: 6, after: null, before: null", ids: "work-1 work-2 work-3 work-4 work-5 work-6"},
	} {
		query := "{ list: works(" + page.args + ") { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }"
		a := w.both(t, query, nil)
		var data struct{ List listed }
		if err := json.Unmarshal(a.Data, &data); err != nil || a.Errors != nil {
			t.Fatalf("%s: %s %v", query, a.Errors, err)
		}
		ids := read([]byte(strings.Join(data.List.ids(), " ")))
		if info := data.List.PageInfo; ids != page.ids || info.HasNextPage != page.next || info.HasPreviousPage != page.previous {
			t.Errorf("%s: %s, next %t, previous %t", query, ids, info.HasNextPage, info.HasPreviousPage)
		}
	}

	const other, none = "is a cursor of another order, filter or field; begin again without it", "is no cursor of this server; use the endCursor or startCursor of a page, or begin without"
	for _, query := range []string{
		"works(orderBy: {id: DESC}, after: $c)", "works(orderBy: {title: ASC}, before: $c)", "works(where: {pages: {gt: 1}}, after: $c)",
		"writers(after: $c)", "search(query: \"alpha\", after: $c)",
	} {
		got := outcome(t, w.both(t, "query ($c: String) { list: "+query+" { nodes { id } } }", map[string]any{"c": data.List.Edges[1].Cursor}))
		if want := "BAD_USER_INPUT at [list]: $c " + other; !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", query, got, want)
		}
	}
	raw, err := base64.RawURLEncoding.DecodeString(data.List.Edges[1].Cursor)
	if err != nil {
		t.Fatal(err)
	}
	forged := func(keys string) string { return base64.RawURLEncoding.EncodeToString(append(raw[:9:9], keys...)) }
	whole := data.List.Edges[1].Cursor
	for cursor, want := range map[string]string{
		"": none, "!": none, whole[:10]: none, whole[:len(whole)-4]: none, whole + "AA": none, "AA" + whole: none, whole + "=": none,
		forged(`[5]`): none, forged(`[null]`): none, forged(`[["a"]]`): none, forged(`[{}]`): none, forged(`[true]`): none, forged(`{}`): none, forged(`"a"`): none,
		forged(`["a"]]`): none, forged(`["\u0000"]`): none, forged(``): none, forged(`null`): other, forged(`[]`): other, forged(`["a", "b"]`): other,
	} {
		got := outcome(t, w.both(t, "query ($c: String) { works(after: $c) { nodes { id } } }", map[string]any{"c": cursor}))
		if want = "BAD_USER_INPUT at [works]: $c " + want; !strings.HasPrefix(got, want) {
			t.Errorf("%q\ngot  %s\nwant %s", cursor, got, want)
		}
	}
}

// subPlans counts the accesses of plans: one for each field with distinct arguments, and none that is not asked for.
func (w *world) subPlans(t *testing.T) {
	for _, c := range []struct{ query, plan string }{
		{`{ works { totalCount } }`, "0 count of Work (all)\n"},
		{`{ works(first: 1) { totalCount pageInfo { hasPreviousPage } } }`, "0 count of Work (all)\n"},
		{
			`{ works(first: 1) { nodes { id } } x: works(first: 1) { edges { node { title } } nodes { pages } } }`,
			"0 list of Work (all) order by Work.id limit 0\n  0 value Work.id\n  1 value Work.title\n  2 value Work.pages\n",
		},
		{
			`{ works(first: 1) { nodes { a: notes(first: 2) { nodes { id } } b: notes(first: 3) { nodes { id } } } edges { node { notes(first: 2) { totalCount } } } } }`,
			"0 list of Work (all) order by Work.id limit 0\n  0 list of Note (-NOTED_IN->) order by Note.id limit 1\n    0 value Note.id\n  1 list of Note (-NOTED_IN->) order by Note.id limit 2\n    0 value Note.id\n  2 count of Note (-NOTED_IN->)\n",
		},
		{`{ works(where: {genre: {eq: POEM}}) { totalCount } }`, "0 count of Work (all) where Work.genre = 0\n"},
		{`{ __typename }`, ""},
	} {
		p := w.planned(t, c.query)
		if got, _, _ := strings.Cut(p.String(), "param "); got != c.plan {
			t.Errorf("%s\ngot\n%swant\n%s", c.query, got, c.plan)
		}
	}
	for _, pair := range [][2]string{
		{
			`{ works(where: {pages: {gt: 1, lt: 5}, title: {eq: "a"}, NOT: {genre: {eq: POEM}, date: {gt: "2000"}}}) { nodes { id } } }`,
			`{ works(where: {NOT: {date: {gt: "2000"}, genre: {eq: POEM}}, title: {eq: "a"}, pages: {lt: 5, gt: 1}}) { nodes { id } } }`,
		},
		{`{ works(first: 3, orderBy: {title: ASC}) { nodes { id } } }`, `{ works(orderBy: {title: ASC}, first: 3) { nodes { id } } }`},
	} {
		if one, two := w.planned(t, pair[0]).String(), w.planned(t, pair[1]).String(); one != two {
			t.Errorf("the order of keys makes another plan:\n%s\n%s", one, two)
		}
	}
}

func (w *world) planned(t *testing.T, query string) *plan.Plan {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(w.schema, query, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	p, err := w.sides[0].es.Plan(doc, doc.Operations[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
