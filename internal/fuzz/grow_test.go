package fuzz

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// grower changes an operation so that it mostly stays valid: fields, arguments and values that the schema has.
type grower struct {
	*draw
	schema    *ast.Schema
	doc       *ast.QueryDocument
	op        *ast.OperationDefinition
	variables map[string]any
	names     int
}

// maxGrown is how long an operation may be that is grown: without the server's limits, validation would take too long.
const maxGrown = 8 << 10

// grow returns a changed operation and its variables. What is no valid operation is returned as it is.
func grow(d *draw, schema *ast.Schema, query, variables string) (string, string) {
	if d.done() || len(query) > maxGrown {
		return query, variables
	}
	doc, errs := gqlparser.LoadQueryWithRules(schema, query, nil)
	if len(errs) > 0 || len(doc.Operations) == 0 {
		return query, variables
	}
	g := &grower{draw: d, schema: schema, doc: doc, op: doc.Operations[0]}
	if json.Unmarshal([]byte(variables), &g.variables) != nil || g.variables == nil {
		g.variables = map[string]any{}
	}
	for range d.below(8) {
		g.step()
	}
	var text strings.Builder
	formatter.NewFormatter(&text).FormatQueryDocument(doc)
	raw, err := json.Marshal(g.variables)
	if err != nil {
		panic(err) // it came out of JSON
	}
	return text.String(), string(raw)
}

// site is a place with a selection.
type site struct {
	set *ast.SelectionSet
	def *ast.Definition
}

// sites are all places where a field can be added.
func (g *grower) sites() []site {
	var all []site
	var walk func(set *ast.SelectionSet, def *ast.Definition)
	walk = func(set *ast.SelectionSet, def *ast.Definition) {
		if def == nil || !def.IsCompositeType() {
			return
		}
		all = append(all, site{set, def})
		for _, s := range *set {
			switch s := s.(type) {
			case *ast.Field:
				if s.Definition != nil && len(s.SelectionSet) > 0 {
					walk(&s.SelectionSet, g.schema.Types[s.Definition.Type.Name()])
				}
			case *ast.InlineFragment:
				below := def
				if s.TypeCondition != "" {
					below = g.schema.Types[s.TypeCondition]
				}
				walk(&s.SelectionSet, below)
			}
		}
	}
	walk(&g.op.SelectionSet, g.schema.Query)
	for _, f := range g.doc.Fragments {
		walk(&f.SelectionSet, g.schema.Types[f.TypeCondition])
	}
	return all
}

// step makes one change.
func (g *grower) step() {
	at := pick(g.draw, g.sites())
	set := *at.set
	chosen := g.below(len(set))
	switch g.below(8) {
	case 0, 1:
		*at.set = append(set, g.field(at.def, 0))
	case 2: // wrapped in a fragment
		set[chosen] = &ast.InlineFragment{TypeCondition: g.condition(at.def), SelectionSet: ast.SelectionSet{set[chosen]}}
	case 3: // once more, to be merged
		*at.set = append(set, set[chosen])
	case 4: // under another key
		if f, ok := set[chosen].(*ast.Field); ok {
			again := *f
			again.Alias = g.name("k")
			*at.set = append(set, &again)
		}
	case 5: // left out or not
		if f, ok := set[chosen].(*ast.Field); ok {
			f.Directives = append(f.Directives, g.conditional())
		}
	case 6: // with other arguments
		if f, ok := set[chosen].(*ast.Field); ok && f.Definition != nil {
			f.Arguments = g.arguments(f.Definition)
		}
	case 7: // moved into a fragment with a name
		name := g.name("F")
		g.doc.Fragments = append(g.doc.Fragments, &ast.FragmentDefinition{Name: name, TypeCondition: at.def.Name, SelectionSet: ast.SelectionSet{set[chosen]}})
		set[chosen] = &ast.FragmentSpread{Name: name}
	}
}

func (g *grower) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d_%d", prefix, len(g.op.SelectionSet), g.names)
}

// condition is the type condition of a fragment: none, the type itself, or one of its kinds.
func (g *grower) condition(def *ast.Definition) string {
	switch g.below(3) {
	case 0:
		return ""
	case 1:
		return def.Name
	}
	return pick(g.draw, g.schema.GetPossibleTypes(def)).Name
}

// conditional is @skip or @include with a literal or a variable.
func (g *grower) conditional() *ast.Directive {
	typ := ast.NonNullNamedType("Boolean", nil)
	return &ast.Directive{
		Name:      pick(g.draw, []string{"include", "skip"}),
		Arguments: ast.ArgumentList{{Name: "if", Value: g.argument(typ)}},
	}
}

// field draws a field with what it needs.
func (g *grower) field(def *ast.Definition, depth int) *ast.Field {
	typename := &ast.Field{Alias: "__typename", Name: "__typename"}
	if len(def.Fields) == 0 || depth > 4 {
		return typename
	}
	f := pick(g.draw, def.Fields)
	out := &ast.Field{Alias: f.Name, Name: f.Name, Definition: f, Arguments: g.arguments(f)}
	if below := g.schema.Types[f.Type.Name()]; below.IsCompositeType() {
		for range 1 + g.below(3) {
			out.SelectionSet = append(out.SelectionSet, g.field(below, depth+1))
		}
	}
	if g.chance(4) {
		out.Alias = g.name("k")
	}
	return out
}

func (g *grower) arguments(f *ast.FieldDefinition) ast.ArgumentList {
	var list ast.ArgumentList
	for _, a := range f.Arguments {
		if a.Type.NonNull || g.chance(2) {
			list = append(list, &ast.Argument{Name: a.Name, Value: g.argument(a.Type)})
		}
	}
	return list
}

// argument is a literal or a variable.
func (g *grower) argument(typ *ast.Type) *ast.Value {
	if !g.chance(3) {
		return g.value(typ, 0)
	}
	name := g.name("v")
	v := &ast.VariableDefinition{Variable: name, Type: typ}
	if g.chance(4) {
		v.DefaultValue = g.value(typ, 0)
	}
	g.op.VariableDefinitions = append(g.op.VariableDefinitions, v)
	if g.chance(8) {
		return &ast.Value{Kind: ast.Variable, Raw: name} // without a value
	}
	given, err := g.value(typ, 0).Value(nil)
	if err != nil {
		given = "no number"
	}
	g.variables[name] = given
	return &ast.Value{Kind: ast.Variable, Raw: name}
}

// value draws a literal of an input type, now and then null or one of another type.
func (g *grower) value(typ *ast.Type, depth int) *ast.Value {
	if g.chance(16) {
		return &ast.Value{Kind: ast.NullValue, Raw: "null"}
	}
	if typ.Elem != nil && !g.chance(8) {
		list := &ast.Value{Kind: ast.ListValue}
		for range g.below(4) {
			list.Children = append(list.Children, &ast.ChildValue{Value: g.value(typ.Elem, depth+1)})
		}
		return list
	}
	def := g.schema.Types[typ.Name()]
	switch {
	case def.Kind == ast.Enum:
		return &ast.Value{Kind: ast.EnumValue, Raw: pick(g.draw, def.EnumValues).Name}
	case def.Kind == ast.InputObject:
		object := &ast.Value{Kind: ast.ObjectValue}
		for range g.below(3) {
			f := pick(g.draw, def.Fields)
			if depth < 8 {
				object.Children = append(object.Children, &ast.ChildValue{Name: f.Name, Value: g.value(f.Type, depth+1)})
			}
		}
		return object
	case def.Name == "Int":
		return &ast.Value{Kind: ast.IntValue, Raw: pick(g.draw, numbers[:9])}
	case def.Name == "Boolean":
		return &ast.Value{Kind: ast.BooleanValue, Raw: pick(g.draw, []string{"true", "false"})}
	}
	return &ast.Value{Kind: ast.StringValue, Raw: pick(g.draw, texts)}
}
