package plan

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

func times(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

func chain(open, leaf, end string, n int) string {
	return strings.Repeat(open, n) + leaf + strings.Repeat(end, n)
}

// wide are limits that documents of a megabyte keep.
var wide = Limits{
	DefaultPageSize: 1, PageSize: 1000, Depth: math.MaxInt32, Fields: math.MaxInt32, Aliases: math.MaxInt32, RootFields: math.MaxInt32,
	Conditions: math.MaxInt32, FilterDepth: math.MaxInt32, Links: math.MaxInt32, Nodes: math.MaxInt64,
}

// TestLinear plans documents of two sizes: four times the document may cost six times the allocations, not sixteen times
// and not a power.
func TestLinear(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits Limits
		small  int
		query  func(n int) string
	}{
		{"aliases", wide, 500, func(n int) string {
			return "{ works { nodes {" + times(n, func(i int) string { return fmt.Sprintf(" a%d: title", i) }) + " } } }"
		}},
		{"mentions of one field", wide, 500, func(n int) string { return "{" + strings.Repeat(" works { nodes { title } }", n) + " }" }},
		{"fields with arguments of their own", wide, 100, func(n int) string {
			return "{ works { nodes {" + times(n, func(i int) string { return fmt.Sprintf(" a%d: notes(first: %d) { nodes { id } }", i, i) }) + " } } }"
		}},
		{"fragments in one another", wide, 100, func(n int) string {
			return "{ works { nodes { ...F0 } } }" + times(n, func(i int) string {
				return fmt.Sprintf(" fragment F%d on Work { a%d: id ...F%d ...F%d }", i, i, i+1, i+1)
			}) +
				fmt.Sprintf(" fragment F%d on Work { id }", n)
		}},
		{"fields whose mentions double at each level", wide, 5, func(n int) string {
			return "{ works { nodes { ...F0 } } }" + times(n, func(i int) string {
				return fmt.Sprintf(" fragment F%d on Work { aboutWork { ...F%d } aboutWork { ...F%d id } }", i, i+1, i+1)
			}) + fmt.Sprintf(" fragment F%d on Work { id }", n)
		}},
		{"levels of nodes of several kinds", wide, 5, func(n int) string {
			return "{ makers { nodes { " + chain("__typename made { nodes { makers { nodes { ", "__typename", " } } } }", n) + " } } }"
		}},
		{"levels of unions", wide, 5, func(n int) string {
			return "{ works { nodes { " + chain("about { __typename ... on Work { title ", "id", " } }", n) + " } } }"
		}},
		{"conditions", wide, 200, func(n int) string {
			return `{ works(where: {OR: [` + strings.Repeat(`{title: {eq: "a"}, pages: {gt: 1}} `, n) + `]}) { totalCount } }`
		}},
		{"values of a list", wide, 500, func(n int) string {
			return `{ works(where: {title: {in: [` + strings.Repeat(`"a" `, n) + `]}}) { totalCount } }`
		}},
		{"a refused bomb of fragments", DefaultLimits, 22, func(n int) string {
			return "{ works { nodes { ...F0 } } }" + times(n, func(i int) string { return fmt.Sprintf(" fragment F%d on Work { ...F%d ...F%d }", i, i+1, i+1) }) +
				fmt.Sprintf(" fragment F%d on Work { id }", n)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newToyPlanner(t, c.limits)
			cost := func(n int) float64 {
				doc := p.parsed(t, c.query(n))
				return testing.AllocsPerRun(1, func() {
					plan, err := p.Plan(doc.Operations[0], doc.Fragments, nil)
					if err == nil {
						_, err = plan.Bind(nil)
					}
					if c.limits == wide && err != nil {
						t.Fatal(err)
					}
				})
			}
			small, large := cost(c.small), cost(4*c.small)
			t.Logf("%.0f and %.0f allocations", small, large)
			if large > 6*small+200 {
				t.Errorf("four times the document: %.0f allocations instead of %.0f", large, small)
			}
		})
	}
}

// TestMegabyte plans or refuses documents of up to a megabyte under the default limits, long before a request's time is
// over. Fragments are fewer, because gqlparser's own time grows with the square of their number; the transports' limit of
// tokens bounds it.
func TestMegabyte(t *testing.T) {
	p := newToyPlanner(t, DefaultLimits)
	filter := map[string]any{}
	for range 9_000 { // encoding/json reads 10,000 levels
		filter = map[string]any{"NOT": filter}
	}
	deep := map[string]any{"w": filter}
	for name, query := range map[string]string{
		"fields":     "{ works { nodes { " + strings.Repeat("title ", 160_000) + "} } }",
		"root":       "{ " + strings.Repeat("__typename ", 90_000) + "}",
		"text":       `{ works(where: {title: {eq: "` + strings.Repeat("a", 1<<20) + `"}}) { totalCount } }`,
		"conditions": "{ works(where: {AND: [" + strings.Repeat("{pages: {eq: 1}} ", 60_000) + "]}) { totalCount } }",
		"nesting":    "{ works(where: " + chain("{NOT: ", "{}", "}", 900) + ") { totalCount } }",
		"variables":  "query ($w: WorkWhere) { works(where: $w) { totalCount } }",
		"ids":        "{ nodes(ids: [" + strings.Repeat(`"work--00000000-0000-4000-8000-000000000001" `, 23_000) + "]) { id } }",
		"fragments": "{ works { nodes { ...F0 } } }" + times(2_000, func(i int) string {
			return fmt.Sprintf(" fragment F%d on Work { ...F%d ...F%d title ...F%d }", i, i+1, i+1, i+1)
		}) +
			" fragment F2000 on Work { id }",
	} {
		doc := p.parsed(t, query)
		start := time.Now()
		Shape(p.schema, doc.Operations[0], deep)
		plan, err := p.Plan(doc.Operations[0], doc.Fragments, deep)
		if err == nil {
			_, err = plan.Bind(deep)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: %v for %d bytes", name, took, len(query))
		}
		var e *gqlerror.Error
		switch {
		case name == "text" && err != nil:
			t.Errorf("%s: %v", name, err)
		case name != "text" && !errors.As(err, &e):
			t.Errorf("%s was planned", name)
		case name != "text" && name != "ids" && e.Extensions["code"] != LimitExceeded:
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestManyKinds merges selections in a way that makes every path of kinds another question: the plan would grow with a
// power of the depth.
func TestManyKinds(t *testing.T) {
	p := newToyPlanner(t, wide)
	p.limits.Fields = 1000
	query := "{ makers { nodes { ...A0 ...B0 } } }" + times(14, func(i int) string {
		return fmt.Sprintf(" fragment A%[1]d on Maker { ... on Writer { made { nodes { makers { nodes { ...A%[2]d a%[1]d: id } } } } } ... on Studio { made { nodes { makers { nodes { ...A%[2]d b%[1]d: id } } } } } }"+
			" fragment B%[1]d on Maker { ... on Writer { made { nodes { makers { nodes { ...B%[2]d ...C%[2]d } } } } } ... on Studio { made { nodes { makers { nodes { ...B%[2]d } } } } } }"+
			" fragment C%[1]d on Maker { made { nodes { makers { nodes { ...C%[2]d } } } } }", i, i+1)
	}) + " fragment A14 on Maker { id } fragment B14 on Maker { id } fragment C14 on Maker { name }"
	doc := p.parsed(t, query)
	_, err := p.Plan(doc.Operations[0], doc.Fragments, nil)
	var e *gqlerror.Error
	if !errors.As(err, &e) || e.Extensions["code"] != LimitExceeded || !strings.Contains(e.Message, "kinds of nodes") && !strings.Contains(e.Message, "fields") {
		t.Errorf("got %v", err)
	}
}
