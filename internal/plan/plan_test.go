package plan

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"attrigraph/internal/apigen"
	"attrigraph/internal/catalog"
)

var update = flag.Bool("update", false, "rewrite testdata/plan.golden")

// newToyPlanner plans for the stores' test model, which has every feature of the engine.
func newToyPlanner(t testing.TB, limits Limits) *Planner {
	t.Helper()
	model, err := os.ReadFile("../store/storetest/model.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Compile("model.graphqls", string(model))
	if err != nil {
		t.Fatal(err)
	}
	sdl, err := apigen.SDL(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "toy", Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlanner(s, c, limits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// parsed is a document as the planner gets it, without the validator's rules.
func (p *Planner) parsed(t testing.TB, query string) *ast.QueryDocument {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatal(err)
	}
	validator.Walk(p.schema, doc, &validator.Events{})
	return doc
}

func (p *Planner) mustPlan(t testing.TB, query string, vars map[string]any) *Plan {
	t.Helper()
	doc := p.parsed(t, query)
	plan, err := p.Plan(doc.Operations[0], doc.Fragments, vars)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return plan
}

const everything = `query ($n: Int, $after: String) {
  works(first: $n, after: $after, where: {OR: [{title: {contains: "a"}}, {NOT: {date: {lte: "2000"}}}], makers: {edge: {part: {eq: LEAD}}, some: {name: {in: ["Ada"]}}, every: {made: {none: {}}}}}, orderBy: [{genre: DESC}]) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes { title about { ... on Work { pages } ... on Maker { name } } others(last: 2) { edges { cursor } } }
    edges { node { makers(orderBy: {name: ASC}) { edges { part paidBy { name } node { __typename } } } verdict(asOf: "2020") } }
  }
  node(id: "work--00000000-0000-4000-8000-000000000001") { id }
  nodes(ids: []) { recordedAt }
  search(query: "a b", kinds: [WORK]) { edges { rank highlights { match } } }
  groups: works { groups(by: MAKERS, first: $n) { totalCount nodes { count first last node { id } } pageInfo { hasNextPage endCursor } } }
  critique(by: WRITER, where: {pages: {lt: 9}}, dead: true) { rows { maker { id } count novels implied } totals { count } }
}`

// TestString is what `attrigraph explain` shows of a plan that has a bit of everything.
func TestString(t *testing.T) {
	got := newToyPlanner(t, DefaultLimits).mustPlan(t, everything, map[string]any{"n": json.Number("3"), "after": "x"}).String()
	if golden := "testdata/plan.golden"; *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/plan.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s\n(-update rewrites the file)", got, want)
	}
}

// TestKeyOrder writes the same filter in two orders, as a literal and in variables.
func TestKeyOrder(t *testing.T) {
	p := newToyPlanner(t, DefaultLimits)
	one := p.mustPlan(t, `{ works(first: 2, where: {title: {gt: "a", lt: "b"}, pages: {eq: 1}}, orderBy: {id: ASC}) { nodes { id } } }`, nil)
	two := p.mustPlan(t, `{ works(orderBy: {id: ASC}, where: {pages: {eq: 1}, title: {lt: "b", gt: "a"}}, first: 2) { nodes { id } } }`, nil)
	if one.String() != two.String() {
		t.Errorf("two plans:\n%s\n%s", one, two)
	}
	const query = `query ($w: WorkWhere) { works(where: $w) { nodes { id } } }`
	vars := map[string]any{"w": map[string]any{"title": map[string]any{"gt": "a", "lt": "b"}, "pages": map[string]any{"eq": json.Number("1")}}}
	op := p.parsed(t, query).Operations[0]
	shape, text := Shape(p.schema, op, vars), p.mustPlan(t, query, vars).String()
	for range 20 { // Go's maps have a new order each time
		if s := Shape(p.schema, op, vars); s != shape {
			t.Fatalf("shapes %s and %s", shape, s)
		}
		if s := p.mustPlan(t, query, vars).String(); s != text {
			t.Fatalf("plans\n%s\n%s", text, s)
		}
	}
}

// TestBind reads what variables hold, of every Go type that transports and gqlparser make.
func TestBind(t *testing.T) {
	p := newToyPlanner(t, DefaultLimits)
	work := "work--00000000-0000-4000-8000-000000000001"
	for _, c := range []struct {
		head, body string
		value      any
		want, err  string
	}{
		{"Int", "works(where: {pages: {eq: $v}})", json.Number("5"), `5`, ""},
		{"Int", "works(where: {pages: {eq: $v}})", float64(-5), `-5`, ""},
		{"Int", "works(where: {pages: {eq: $v}})", int64(5), `5`, ""},
		{"Int", "works(where: {pages: {eq: $v}})", json.Number("2147483648"), "", "$v: 2147483648 is no whole number of 32 bits"},
		{"Int", "works(where: {pages: {eq: $v}})", json.Number("-2147483648"), "-2147483648", ""},
		{"Int", "works(where: {pages: {eq: $v}})", json.Number("1e3"), "1000", ""},
		{"Int", "works(where: {pages: {eq: $v}})", json.Number("1e400"), "", "$v: 1e400 is no whole number of 32 bits"},
		{"Int", "works(where: {pages: {eq: $v}})", 1.5, "", "$v: 1.5 is no whole number of 32 bits"},
		{"Int", "works(where: {pages: {eq: $v}})", "5", "", `$v: "5" is no whole number of 32 bits`},
		{"Int", "works(where: {pages: {eq: $v}})", true, "", `$v: true is no whole number of 32 bits`},
		{"[Int!]", "works(where: {pages: {in: $v}})", []any{json.Number("1"), int64(2)}, `[1,2]`, ""},
		{"[Int!]", "works(where: {pages: {in: $v}})", []json.Number{"7"}, `[7]`, ""},
		{"[Int!]", "works(where: {pages: {in: $v}})", []any{"1"}, "", `$v: "1" is no whole number of 32 bits`},
		{"String", "works(where: {title: {eq: $v}})", "x", `"x"`, ""},
		{"String", "works(where: {title: {eq: $v}})", json.Number("5"), "", "$v: 5 is no text"},
		{"String", "works(where: {title: {eq: $v}})", "a\xff", "", "$v: text is not valid UTF-8"},
		{"[String!]", "works(where: {tags: {hasAny: $v}})", []string{"x"}, `["x"]`, ""},
		{"[String!]", "works(where: {tags: {hasAny: $v}})", []any{nil}, "", "$v: the list holds null; leave it out, or use isNull"},
		{"Boolean", "writers(where: {alive: {eq: $v}})", true, `true`, ""},
		{"Boolean", "writers(where: {alive: {eq: $v}})", "true", "", `$v: "true" is neither true nor false`},
		{"Genre", "works(where: {genre: {eq: $v}})", "POEM", `"POEM"`, ""},
		{"Genre", "works(where: {genre: {eq: $v}})", "Poem", "", `$v: Poem is no Genre`},
		{"ID", "works(where: {id: {eq: $v}})", json.Number("5"), `"5"`, ""},
		{"[ID!]!", "a: nodes(ids: $v) { id } works", []any{work, work}, `["` + work + `","` + work + `"]`, ""},
		{"Date", "works(where: {date: {gte: $v}})", json.Number("2001"), `"2001-01-01/"`, ""},
		{"Date", "works(where: {date: {lt: $v}})", "2001-02", `"2001-02-01"`, ""},
		{"Date", "works(where: {date: {lte: $v}})", "2001-02", `"2001-02-28"`, ""},
		{"Date", "works(where: {date: {eq: $v}})", "2001-2", "", `$v: date "2001-2" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD`},
		{"DateTime", "works(where: {recordedAt: {gt: $v}})", "2024-01-02T04:04:05+01:00", `"2024-01-02T03:04:05.000Z"`, ""},
		{"DateTime", "works(where: {recordedAt: {gt: $v}})", "yesterday", "", `$v: `},
	} {
		vars := map[string]any{"v": c.value}
		plan := p.mustPlan(t, "query ($v: "+c.head+") { "+c.body+" { totalCount } }", vars)
		values, err := plan.Bind(vars)
		if c.err != "" {
			var e *gqlerror.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Message, c.err) || e.Extensions["code"] != BadUserInput || len(e.Path) != 1 {
				t.Errorf("%s of %#v: got %v, want %s", c.body, c.value, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s of %#v: %v", c.body, c.value, err)
			continue
		}
		if got, _ := json.Marshal(values[0]); string(got) != c.want {
			t.Errorf("%s of %#v: got %s, want %s", c.body, c.value, got, c.want)
		}
	}
}
