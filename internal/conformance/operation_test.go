package conformance

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
)

// operation is a generated GraphQL operation: its text, and how to draw values for its variables. All sets of values
// have the same structure, so that they are one shape.
type operation struct {
	text string
	vars []*variable
}

type variable struct {
	name string
	typ  *ast.Type
	// example is the value whose structure all drawn values have.
	example any
}

// generator draws operations over any API schema.
type generator struct {
	t      *rapid.T
	schema *ast.Schema
	graph  *randomGraph
	vars   []*variable
	names  int
	// fragments holds the definitions of named fragments.
	fragments []string
	// budget bounds the number of fields.
	budget int
}

func generate(t *rapid.T, schema *ast.Schema, graph *randomGraph) operation {
	g := &generator{t: t, schema: schema, graph: graph, budget: 60}
	body := g.selection(schema.Query, 0)
	var head strings.Builder
	for i, v := range g.vars {
		if i > 0 {
			head.WriteString(", ")
		}
		fmt.Fprintf(&head, "$%s: %s", v.name, v.typ)
	}
	text := "query "
	if head.Len() > 0 {
		text += "(" + head.String() + ") "
	}
	return operation{text: text + body + "\n" + strings.Join(g.fragments, "\n"), vars: g.vars}
}

// draw returns one set of values for the operation's variables.
func (o operation) draw(t *rapid.T, schema *ast.Schema, graph *randomGraph) map[string]any {
	g := &generator{t: t, schema: schema, graph: graph}
	vars := map[string]any{}
	for _, v := range o.vars {
		vars[v.name] = g.again(v.typ, v.example)
	}
	return vars
}

func (g *generator) n(below int) int {
	if below <= 1 {
		return 0
	}
	return rapid.IntRange(0, below-1).Draw(g.t, "n")
}

func (g *generator) chance(oneIn int) bool { return g.n(oneIn) == 0 }

func (g *generator) name(prefix string) string {
	g.names++
	return prefix + strconv.Itoa(g.names)
}

// selection draws the fields of an object, interface or union.
func (g *generator) selection(def *ast.Definition, depth int) string {
	var b strings.Builder
	b.WriteString("{")
	fields := 1 + g.n(4)
	for range fields {
		g.budget--
		switch {
		case def.Kind == ast.Union || (def.Kind == ast.Interface && g.chance(3)):
			b.WriteString(g.onKind(def, depth))
		case g.chance(20):
			b.WriteString(" ... on " + def.Name + g.selection(def, depth+1))
		case g.chance(20) && def.Name != g.schema.Query.Name:
			name := g.name("F")
			g.fragments = append(g.fragments, "fragment "+name+" on "+def.Name+g.selection(def, depth+1))
			b.WriteString(" ..." + name)
		default:
			b.WriteString(g.field(def, depth))
		}
	}
	b.WriteString(" __typename }")
	return b.String()
}

// onKind draws a fragment on one of the kinds that an interface or union has.
func (g *generator) onKind(def *ast.Definition, depth int) string {
	possible := g.schema.GetPossibleTypes(def)
	kind := possible[g.n(len(possible))]
	return " ... on " + kind.Name + g.selection(kind, depth+1)
}

// field draws one field under a key of its own, sometimes twice so that the mentions have to be merged.
func (g *generator) field(def *ast.Definition, depth int) string {
	f := def.Fields[g.n(len(def.Fields))]
	if f.Name == "pageInfo" || f.Name == "totalCount" {
		// A page without its nodes tests little: draw once more.
		f = def.Fields[g.n(len(def.Fields))]
	}
	target := g.schema.Types[f.Type.Name()]
	if strings.HasPrefix(f.Name, "__") || (target.IsCompositeType() && (depth > 6 || g.budget < 0)) {
		return " " + g.name("k") + ": __typename"
	}
	text := " " + g.name("k") + ": " + f.Name + g.arguments(f)
	if g.chance(15) {
		v := g.variable(ast.NonNullNamedType("Boolean", nil), g.chance(2))
		text += " @" + []string{"include", "skip"}[g.n(2)] + "(if: $" + v + ")"
	}
	if !target.IsCompositeType() {
		return text
	}
	if !g.chance(8) {
		return text + g.selection(target, depth+1)
	}
	return text + g.selection(target, depth+1) + text + g.selection(target, depth+1)
}

// arguments draws arguments that fit together; required ones always.
func (g *generator) arguments(f *ast.FieldDefinition) string {
	var args []string
	paged := false
	for _, a := range f.Arguments {
		required := a.Type.NonNull
		if !required && !g.chance(2) {
			continue
		}
		var value any
		switch a.Name {
		case "after", "before":
			continue
		case "first", "last":
			if paged {
				continue
			}
			paged = true
			value = int64(g.n(8))
		case "where":
			// Most filters of nothing but chance meet nothing.
			if g.chance(2) {
				continue
			}
			value = g.value(a.Type, 0)
		default:
			value = g.value(a.Type, 0)
		}
		args = append(args, a.Name+": "+g.argument(a.Type, value))
	}
	if len(args) == 0 {
		return ""
	}
	return "(" + strings.Join(args, ", ") + ")"
}

// argument writes a value as a literal, as a variable, or as a literal with variables in it.
func (g *generator) argument(typ *ast.Type, value any) string {
	if g.chance(2) {
		return "$" + g.variable(typ, value)
	}
	return g.literal(typ, value)
}

func (g *generator) variable(typ *ast.Type, value any) string {
	name := g.name("v")
	g.vars = append(g.vars, &variable{name: name, typ: typ, example: value})
	return name
}

func (g *generator) literal(typ *ast.Type, value any) string {
	def := g.schema.Types[typ.Name()]
	switch v := value.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = g.argument(typ.Elem, e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, f := range def.Fields {
			if child, ok := v[f.Name]; ok {
				write := g.argument
				if def.Directives.ForName("oneOf") != nil {
					write = g.literal // objects with one field take no nullable variables
				}
				parts = append(parts, f.Name+": "+write(f.Type, child))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case string:
		if def.Kind == ast.Enum {
			return v
		}
	}
	raw, err := json.Marshal(value)
	if err != nil {
		g.t.Fatal(err)
	}
	return string(raw)
}

// value draws a value of an input type.
func (g *generator) value(typ *ast.Type, depth int) any {
	if typ.Elem != nil {
		n := g.n(3)
		if depth == 0 {
			n++
		}
		list := []any{}
		for range n {
			list = append(list, g.value(typ.Elem, depth+1))
		}
		return list
	}
	def := g.schema.Types[typ.Name()]
	if def.Kind != ast.InputObject {
		return g.scalar(def)
	}
	object := map[string]any{}
	n := 1 + g.n(2)
	if def.Directives.ForName("oneOf") != nil {
		n = 1
	}
	for range n {
		f := def.Fields[g.n(len(def.Fields))]
		nested := g.schema.Types[f.Type.Name()].Kind == ast.InputObject
		if nested && depth > 4 {
			continue
		}
		object[f.Name] = g.value(f.Type, depth+1)
	}
	if object["edge"] != nil && len(object) == 1 {
		delete(object, "edge") // an error: edge restricts some, every or none
	}
	return object
}

// again draws another value of the same structure.
func (g *generator) again(typ *ast.Type, example any) any {
	switch e := example.(type) {
	case nil:
		return nil
	case []any:
		list := make([]any, len(e))
		for i := range e {
			list[i] = g.again(typ.Elem, e[i])
		}
		return list
	case map[string]any:
		object := map[string]any{}
		def := g.schema.Types[typ.Name()]
		for k, v := range e {
			object[k] = g.again(def.Fields.ForName(k).Type, v)
		}
		return object
	case bool:
		return e
	case int64:
		return int64(g.n(5))
	}
	if typ.Name() == "SortDirection" || strings.HasSuffix(typ.Name(), catalog.GroupBySuffix) {
		return example
	}
	return g.scalar(g.schema.Types[typ.Name()])
}

func (g *generator) scalar(def *ast.Definition) any {
	switch def.Name {
	case "Int":
		return int64(g.n(5))
	case "Boolean":
		return g.chance(2)
	case "ID":
		kinds := g.graph.catalog.Kinds()
		ids := g.graph.ids[kinds[g.n(len(kinds))]]
		return ids[g.n(len(ids))]
	case "Date":
		return g.graph.dates[g.n(len(g.graph.dates))]
	case "DateTime":
		return fmt.Sprintf("2025-0%d-01T00:00:00Z", 1+g.n(9))
	}
	if def.Kind == ast.Enum {
		return def.EnumValues[g.n(len(def.EnumValues))].Name
	}
	s := []rune(g.graph.texts[g.n(len(g.graph.texts))])
	if len(s) > 1 && g.chance(2) {
		from := g.n(len(s))
		s = s[from : from+1+g.n(len(s)-from)]
	}
	return string(s)
}
