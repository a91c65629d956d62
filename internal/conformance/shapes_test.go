package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/cypher"
	"attrigraph/internal/plan"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
)

// explainer plans and renders operations without a store.
type explainer struct {
	model
	planner *plan.Planner
}

func newExplainer(t *testing.T, m model) explainer {
	t.Helper()
	p, err := plan.NewPlanner(m.schema, m.catalog, plan.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return explainer{m, p}
}

// texts returns the shape of the variables and the statements' texts for it; an error where the values are refused.
func (e explainer) texts(doc *ast.QueryDocument, raw map[string]any) (shape string, texts []string, err error) {
	op := doc.Operations[0]
	vars, err := validator.VariableValues(e.schema, op, raw)
	if err != nil {
		return "", nil, err
	}
	shape = plan.Shape(e.schema, op, vars)
	p, err := e.planner.Plan(op, doc.Fragments, vars)
	if err != nil {
		return shape, nil, err
	}
	values, err := p.Bind(vars)
	if err != nil {
		return shape, nil, err
	}
	for _, explain := range []func(*catalog.Catalog, *plan.Plan, []any) (store.Statement, error){sqlite.Explain, cypher.Explain} {
		s, err := explain(e.catalog, p, values)
		if err != nil {
			return shape, nil, fmt.Errorf("a plan cannot be rendered: %w", err)
		}
		texts = append(texts, s.Text)
	}
	return shape, texts, nil
}

// TestShapes draws 1,000 sets of variables for each operation: sets of one shape have one statement text on each store,
// whatever their values, and no text holds a value. Sets of two shapes may share a text only where they differ in a
// truth value or in what comes to the same, such as null and nothing.
func TestShapes(t *testing.T) {
	const sets = 1000
	const marker = "zqx" // begins every text that is drawn; no statement may hold it
	for _, c := range []struct {
		model model
		query string
	}{
		{toyModel(t), `query ($w: WorkWhere, $o: [WorkOrder!], $n: Int, $yes: Boolean!) { works(where: $w, orderBy: $o, first: $n) { totalCount nodes { title @include(if: $yes) pages makers(first: $n) { nodes { id } } } } }`},
		{toyModel(t), `query ($w: MakerWhere, $ids: [ID!]!, $t: [String!]) { makers(where: $w) { edges { cursor node { name } } } nodes(ids: $ids) { id } works(where: {tags: {hasAny: $t}}) { totalCount } }`},
		{toyModel(t), `query ($q: String!, $k: [NodeKind!], $n: Int = 3) { search(query: $q, kinds: $k, first: $n) { totalCount edges { rank cursor } } }`},
		{toyModel(t), `query ($w: WorkWhere, $by: WorkGroupBy!, $n: Int, $c: CritiqueGroupBy!, $dead: Boolean!) { works(where: $w) { groups(by: $by, first: $n) { nodes { value node { id } first } } } critique(by: $c, where: $w, dead: $dead, first: $n) { rows { count implied } totalCount } }`},
		{realModel(t), `query ($w: AttributionWhere, $o: [AttributionOrder!], $n: Int) { attributions(where: $w, orderBy: $o, last: $n) { nodes { id accusers { nodes { name } } } pageInfo { endCursor hasNextPage } } }`},
	} {
		e := newExplainer(t, c.model)
		doc, errs := gqlparser.LoadQueryWithRules(c.model.schema, c.query, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		byShape := map[string]string{}
		answered := 0
		for i := range sets {
			vars := rapid.Custom(func(rt *rapid.T) map[string]any {
				d := drawer{t: rt, schema: c.model.schema, marker: marker}
				vars := map[string]any{}
				for _, v := range doc.Operations[0].VariableDefinitions {
					if v.Type.NonNull || d.n(4) > 0 {
						vars[v.Variable] = d.value(v.Type, 0)
					}
				}
				return vars
			}).Example(i)
			shape, texts, err := e.texts(doc, vars)
			if err != nil {
				if strings.Contains(err.Error(), "cannot be rendered") {
					t.Fatal(err)
				}
				continue
			}
			answered++
			text := strings.Join(texts, "\n")
			if strings.Contains(text, marker) {
				t.Fatalf("a statement holds a value of %v:\n%s", vars, text)
			}
			if have, known := byShape[shape]; known && have != text {
				t.Fatalf("the shape %q has two texts:\n%s\n%s", shape, have, text)
			}
			byShape[shape] = text
		}
		texts := slices.Compact(slices.Sorted(maps.Values(byShape)))
		t.Logf("%d sets, %d shapes, %d texts", answered, len(byShape), len(texts))
		if answered < sets/2 || len(byShape) == answered {
			t.Errorf("%s\nof %d sets %d were planned, in %d shapes: the sets are drawn badly", c.query, sets, answered, len(byShape))
		}
	}
	t.Run("differences", func(t *testing.T) {
		e := newExplainer(t, toyModel(t))
		doc, errs := gqlparser.LoadQueryWithRules(e.schema, `query ($w: WorkWhere, $o: [WorkOrder!], $yes: Boolean! = true) { works(where: $w, orderBy: $o) { nodes { title pages @include(if: $yes) } } }`, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		object := func(pairs ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i < len(pairs); i += 2 {
				m[pairs[i].(string)] = pairs[i+1]
			}
			return m
		}
		shapes, texts := map[string]bool{}, map[string]bool{}
		different := []map[string]any{
			object(), object("yes", false), object("o", object("title", "ASC")), object("o", object("title", "DESC")), object("o", object("pages", "ASC")),
			object("o", []any{object("title", "ASC"), object("pages", "ASC")}), object("o", []any{object("pages", "ASC"), object("title", "ASC")}),
			object("w", object("title", object("eq", "a"))), object("w", object("title", object("gt", "a"))), object("w", object("text", object("eq", "a"))),
			object("w", object("OR", []any{object("title", object("eq", "a")), object("text", object("eq", "a"))})),
			object("w", object("AND", []any{object("title", object("eq", "a")), object("text", object("eq", "a"))})),
			object("w", object("NOT", object("title", object("eq", "a")))),
			object("w", object("makers", object("some", object("name", object("eq", "a"))))), object("w", object("makers", object("none", object("name", object("eq", "a"))))),
		}
		for _, vars := range different {
			shape, text, err := e.texts(doc, vars)
			if err != nil {
				t.Fatal(err)
			}
			shapes[shape], texts[strings.Join(text, "\n")] = true, true
		}
		if len(shapes) != len(different) || len(texts) != len(different) {
			t.Errorf("%d questions have %d shapes and %d texts", len(different), len(shapes), len(texts))
		}
	})
}

// drawer draws any value of an input type.
type drawer struct {
	t      *rapid.T
	schema *ast.Schema
	marker string
}

func (d *drawer) n(below int) int { return rapid.IntRange(0, below-1).Draw(d.t, "n") }

func (d *drawer) value(typ *ast.Type, depth int) any {
	if !typ.NonNull && d.n(12) == 0 {
		return nil
	}
	if typ.Elem != nil {
		list := make([]any, d.n(3))
		for i := range list {
			list[i] = d.value(typ.Elem, depth)
		}
		return list
	}
	def := d.schema.Types[typ.NamedType]
	switch {
	case def.Kind == ast.Enum:
		return def.EnumValues[d.n(len(def.EnumValues))].Name
	case def.Kind == ast.InputObject:
		m := map[string]any{}
		for range 1 + d.n(2) {
			f := def.Fields[d.n(len(def.Fields))]
			if strings.HasSuffix(def.Name, "Order") {
				return map[string]any{f.Name: []string{"ASC", "DESC"}[d.n(2)]}
			}
			if depth > 4 && d.schema.Types[f.Type.Name()].Kind == ast.InputObject && !strings.HasSuffix(f.Type.Name(), "Filter") {
				continue
			}
			m[f.Name] = d.value(f.Type, depth+1)
		}
		return m
	}
	switch def.Name {
	case "Boolean":
		return d.n(2) == 0
	case "Int":
		return float64(d.n(100))
	case "ID":
		return fmt.Sprintf("work--%08d-0000-4000-8000-000000000001", d.n(1000))
	case "Date":
		return fmt.Sprintf("%04d-%02d", 1900+d.n(100), 1+d.n(12))
	case "DateTime":
		return fmt.Sprintf("%04d-01-01T00:00:00.000Z", 1900+d.n(100))
	}
	return d.marker + strings.Repeat("é'\"`$", d.n(3)) + fmt.Sprint(d.n(1000))
}
