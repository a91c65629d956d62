package response_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/response"
	"attrigraph/internal/rows"
	"attrigraph/internal/store/storetest"
)

// source plans an operation on the stores' test model.
func source(t testing.TB, query string) response.Source {
	t.Helper()
	c := storetest.Model(t)
	s := storetest.API(t, c)
	planner, err := plan.NewPlanner(s, c, plan.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	doc, errs := gqlparser.LoadQueryWithRules(s, query, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	p, err := planner.Plan(doc.Operations[0], doc.Fragments, nil)
	if err != nil {
		t.Fatal(err)
	}
	values, err := p.Bind(nil)
	if err != nil {
		t.Fatal(err)
	}
	rule := func(read []byte, _ map[string]any) ([]byte, error) {
		switch {
		case !json.Valid(read):
			panic(fmt.Sprintf("the hidden object is no JSON: %s", read))
		case strings.Contains(string(read), "fail"):
			return nil, errors.New("the rule failed")
		case strings.Contains(string(read), "nothing"):
			return []byte("null"), nil
		}
		return json.Marshal(string(read))
	}
	return response.Source{Plan: p, Values: values, Rules: map[string]response.Rule{"lastNote": rule}}
}

// answered is the data and the errors, "CODE at path" each, for rows as Neo4j hands them over and as SQLite does.
func answered(t testing.TB, src response.Source, row string) (string, string) {
	t.Helper()
	var outcomes [2][2]string
	doc, err := rows.Parse([]byte(row))
	if err != nil {
		t.Fatal(err)
	}
	defer doc.Release()
	var goValues any
	if err := json.Unmarshal([]byte(row), &goValues); err != nil {
		t.Fatal(err)
	}
	for i, v := range []rows.Value{doc.Root(), rows.Of(whole(goValues))} {
		data, errs := response.Append([]byte("before "), src, v)
		text, ok := strings.CutPrefix(string(data), "before ")
		if !ok || !json.Valid([]byte(text)) {
			t.Fatalf("the data is no JSON, or not appended: %s", data)
		}
		var said []string
		for _, e := range errs {
			if e.Message == "" || strings.Contains(e.Message, "\n") {
				t.Errorf("an error's message is %q", e.Message)
			}
			said = append(said, fmt.Sprintf("%v at %s", e.Extensions["code"], e.Path.String()))
		}
		outcomes[i] = [2]string{text, strings.Join(said, ", ")}
	}
	if outcomes[0] != outcomes[1] {
		t.Errorf("rows %s: as text %q, as Go values %q", row, outcomes[0], outcomes[1])
	}
	return outcomes[0][0], outcomes[0][1]
}

// whole makes the numbers of decoded JSON what Neo4j's driver has for them.
func whole(v any) any {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	}
	return v
}

// TestNullPropagation leaves out what the schema promises: the nearest parent that may be null is.
func TestNullPropagation(t *testing.T) {
	const ids = `["work--00000000-0000-4000-8000-000000000001", "work--00000000-0000-4000-8000-000000000002"]`
	for _, c := range []struct{ name, query, row, data, errs string }{
		{"all is there", `{ works { nodes { title pages } } }`, `[[["a",1],["b",null]]]`, `{"works":{"nodes":[{"title":"a","pages":1},{"title":"b","pages":null}]}}`, ""},
		{"up to the root", `{ works { nodes { title } } }`, `[[["a"],[null]]]`, `null`, "INTERNAL at works.nodes[1].title"},
		{"through an edge", `{ works { edges { node { t: title } } } }`, `[[["a"],[null]]]`, `null`, "INTERNAL at works.edges[1].node.t"},
		{
			"to a nullable link", `{ works { nodes { about { ... on Work { title } } id } } }`, `[[[["Work",null],"w1"],[null,"w2"],[["Work","t"],"w3"]]]`,
			`{"works":{"nodes":[{"about":null,"id":"w1"},{"about":null,"id":"w2"},{"about":{"title":"t"},"id":"w3"}]}}`, "INTERNAL at works.nodes[0].about.title",
		},
		{
			"every one of them", `{ works { nodes { about { ... on Work { title } } } } }`, `[[[["Work",null]],[["Work",null]]]]`,
			`{"works":{"nodes":[{"about":null},{"about":null}]}}`, "INTERNAL at works.nodes[0].about.title, INTERNAL at works.nodes[1].about.title",
		},
		{
			"to a list's item", `{ nodes(ids: ` + ids + `) { ... on Work { title } } }`, `[[["Work",null,"work--00000000-0000-4000-8000-000000000001"],["Work","b","work--00000000-0000-4000-8000-000000000002"]]]`,
			`{"nodes":[null,{"title":"b"}]}`, "INTERNAL at nodes[0].title",
		},
		{"ids that no node has", `{ nodes(ids: ` + ids + `) { id } }`, `[[["work--00000000-0000-4000-8000-000000000002"]]]`, `{"nodes":[null,{"id":"work--00000000-0000-4000-8000-000000000002"}]}`, "NOT_FOUND at nodes[0]"},
		{"no node", `{ n: node(id: "work--00000000-0000-4000-8000-000000000001") { id } }`, `[null]`, `{"n":null}`, "NOT_FOUND at n"},
		{"a node without its id", `{ n: node(id: "work--00000000-0000-4000-8000-000000000001") { i: id } }`, `[[null]]`, `{"n":null}`, "INTERNAL at n.i"},
		{
			"a link's property", `{ works { nodes { makers { edges { part share } } } } }`, `[[[[[7,1],["LEAD","x"]]]]]`,
			`{"works":{"nodes":[{"makers":{"edges":[{"part":null,"share":1},{"part":"LEAD","share":null}]}}]}}`, "INTERNAL at works.nodes[0].makers.edges[0].part, INTERNAL at works.nodes[0].makers.edges[1].share",
		},
		{"a kind that there is not", `{ works { nodes { id about { __typename } } } }`, `[[["w",["Nothing"]]]]`, `{"works":{"nodes":[{"id":"w","about":null}]}}`, "INTERNAL at works.nodes[0].about"},
		{"an item of a list of scalars", `{ works { nodes { tags } } }`, `[[[["a",null]]]]`, `null`, "INTERNAL at works.nodes[0].tags"},
		{"a list that is none", `{ works { nodes { genres } } }`, `[[["NOVEL"]]]`, `null`, "INTERNAL at works.nodes[0].genres"},
		{"a page that is none", `{ works { nodes { id } } }`, `[null]`, `null`, "INTERNAL at works"},
		{"a count that is none", `{ works { totalCount } }`, `["1"]`, `null`, "INTERNAL at works.totalCount"},
		{"a row that is too short", `{ works { nodes { id pages } } }`, `[[["a"]]]`, `{"works":{"nodes":[{"id":"a","pages":null}]}}`, "INTERNAL at works.nodes[0].pages"},
		{"no row", `{ works { totalCount } writers { totalCount } }`, `[]`, `null`, "INTERNAL at works.totalCount"},
		{"a computed value", `{ works { nodes { v: verdict } } }`, `[[[[["x","2020"]]]]]`, `{"works":{"nodes":[{"v":"{\"notes\":{\"nodes\":[{\"words\":\"x\",\"date\":\"2020\"}]}}"}]}}`, ""},
		{"a rule that fails", `{ works { nodes { v: verdict } } }`, `[[[[["fail",null]]]]]`, `null`, "INTERNAL at works.nodes[0].v"},
		{"a rule without a value", `{ works { nodes { v: verdict } } }`, `[[[[["nothing",null]]]]]`, `null`, "INTERNAL at works.nodes[0].v"},
		{"what a rule reads", `{ works { nodes { v: verdict } } }`, `[[[[[5,null]]]]]`, `null`, "INTERNAL at works.nodes[0].v"},
		{"introspection that is off", `{ __type(name: "Work") { name } works { totalCount } }`, `[5]`, `{"__type":null,"works":{"totalCount":5}}`, "FORBIDDEN at __type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if data, errs := answered(t, source(t, c.query), c.row); data != c.data || errs != c.errs {
				t.Errorf("%s\ngot  %s %s\nwant %s %s", c.query, data, errs, c.data, c.errs)
			}
		})
	}
}

// TestNonNullLink has a link that the schema promises, which no generated API has.
func TestNonNullLink(t *testing.T) {
	title := plan.Field{Key: "t", Prefix: []byte(`"t":`), NonNull: true, Out: plan.Scalar{Column: 0, Field: &catalog.Field{Name: "title", Scalar: catalog.Text}}}
	link := func(key string, nonNull bool, fields ...plan.Field) plan.Field {
		return plan.Field{Key: key, Prefix: []byte(`"` + key + `":`), NonNull: nonNull, Out: plan.Child{Column: 0, NotFound: plan.NoParam, Object: &plan.Object{Kind: -1, ByKind: [][]plan.Field{fields}}}}
	}
	root := func(fields ...plan.Field) response.Source {
		return response.Source{Plan: &plan.Plan{Output: &plan.Object{Kind: -1, ByKind: [][]plan.Field{fields}}}}
	}
	for _, c := range []struct {
		src             response.Source
		row, data, errs string
	}{
		{root(link("a", false, link("b", true, title))), `[[["x"]]]`, `{"a":{"b":{"t":"x"}}}`, ""},
		{root(link("a", false, link("b", true, title))), `[[[null]]]`, `{"a":null}`, "INTERNAL at a.b.t"},
		{root(link("a", false, link("b", true, title))), `[[null]]`, `{"a":null}`, "INTERNAL at a.b"},
		{root(link("a", false, link("b", false, title))), `[[null]]`, `{"a":{"b":null}}`, ""},
		{root(link("a", true, link("b", true, title))), `[[[null]]]`, `null`, "INTERNAL at a.b.t"},
	} {
		if data, errs := answered(t, c.src, c.row); data != c.data || errs != c.errs {
			t.Errorf("%s: got %s %s, want %s %s", c.row, data, errs, c.data, c.errs)
		}
	}
}

func TestMaxBytes(t *testing.T) {
	for _, c := range []struct{ query, row string }{
		{`{ works { nodes { title } } }`, `[[["a"],["b"],["c"]]]`},
		{`{ works { totalCount } }`, `[12345]`},
		{`{ works { edges { cursor } } }`, `[[["a"],["b"]]]`},
		{`{ n: node(id: "work--00000000-0000-4000-8000-000000000001") { id } }`, `[["` + strings.Repeat("x", 1000) + `"]]`},
		{`{ __typename }`, `[]`},
	} {
		src := source(t, c.query)
		data, errs := answered(t, src, c.row)
		if errs != "" {
			t.Fatal(errs)
		}
		for _, more := range []int{-1, 0, 1} {
			src.MaxBytes = len(data) + more
			want, wantErrs := data, ""
			if more < 0 {
				want, wantErrs = "null", plan.LimitExceeded+" at "
			}
			if got, errs := answered(t, src, c.row); got != want || errs != wantErrs {
				t.Errorf("%s, %d of %d bytes: got %s %s", c.query, src.MaxBytes, len(data), got, errs)
			}
		}
	}
}

const everything = `{
  works(first: 3, orderBy: [{genre: DESC}, {date: ASC}]) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { title tags about { __typename ... on Work { pages } ... on Maker { name } } others(last: 2) { edges { cursor } } verdict }
    edges { cursor node { makers { edges { part share recordedAt paidBy { name } node { __typename id } } } } }
  }
  node(id: "work--00000000-0000-4000-8000-000000000001") { id revision ... on Writer { alive friends { nodes { born } } } }
  nodes(ids: ["work--00000000-0000-4000-8000-000000000001"]) { recordedAt }
  search(query: "a b") { edges { cursor rank highlights { field before match after } node { id } } }
}`

// FuzzRows hands over rows of which some are not what the plan asked for: the answer is JSON, and what is wrong is an
// error, never a panic.
func FuzzRows(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed, uint8(seed%40))
	}
	src := source(f, everything)
	f.Fuzz(func(t *testing.T, seed uint64, oneIn uint8) {
		g := garbler{rand.New(rand.NewPCG(seed, 1)), int(oneIn)}
		raw, err := json.Marshal(g.row(nil, src.Plan.Roots))
		if err != nil {
			t.Fatal(err)
		}
		data, errs := answered(t, src, string(raw))
		if oneIn == 0 && errs != "" && strings.Contains(errs, response.Internal) {
			t.Errorf("rows as the plan wants them: %s %s\n%s", errs, data, raw)
		}
		for _, e := range strings.Split(errs, ", ") {
			if e != "" && !strings.HasPrefix(e, response.Internal) && !strings.HasPrefix(e, response.NotFound) {
				t.Errorf("an error %s", e)
			}
		}
	})
}

// garbler makes rows for columns, one value in so many (none if 0) being something else.
type garbler struct {
	*rand.Rand
	oneIn int
}

func (g garbler) row(of *plan.Select, columns []plan.Column) any {
	row := make([]any, len(columns))
	for i, c := range columns {
		row[i] = g.value(of, c)
	}
	if g.oneIn > 0 && g.IntN(5*g.oneIn) == 0 {
		return row[:g.IntN(len(row)+1)]
	}
	return row
}

func (g garbler) value(of *plan.Select, c plan.Column) any {
	if g.oneIn > 0 && g.IntN(g.oneIn) == 0 {
		return []any{nil, int64(-1), int64(1 << 40), true, "x", []any{}, []any{nil}, []any{[]any{"x"}}}[g.IntN(8)]
	}
	switch c := c.(type) {
	case plan.List:
		list := []any{}
		for range g.IntN(4) {
			list = append(list, g.row(c.Select, c.Columns))
		}
		return list
	case plan.One:
		if g.IntN(3) == 0 {
			return nil
		}
		return g.row(c.Select, c.Columns)
	case plan.Count:
		return int64(g.IntN(100))
	case plan.Exists:
		return g.IntN(2) == 0
	case plan.Value:
		if c.Of == plan.OfKind {
			return of.Type.Members[g.IntN(len(of.Type.Members))].Name
		}
		return g.scalar(c.Operand)
	}
	panic(fmt.Sprintf("a column of type %T", c))
}

func (g garbler) scalar(o plan.Operand) any {
	switch {
	case o.Of == plan.OfRank:
		return int64(g.IntN(4))
	case o.Field == nil:
		return "a"
	case o.Field.List:
		return slices.Repeat([]any{"a \"b\" \u2028"}, g.IntN(3))
	case !o.Field.NonNull && o.Nullable() && g.IntN(4) == 0:
		return nil
	case o.Field.Scalar == catalog.Int:
		return int64(g.IntN(100))
	case o.Field.Scalar == catalog.Bool:
		return g.IntN(2) == 0
	}
	return []string{"a", "b\n\"\\", "\U0001F600", ""}[g.IntN(4)]
}
