package catalog

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// datePrecisionEnum is the enum of the model that the precision field beside each date has.
const datePrecisionEnum = "DatePrecision"

// linkProvenance is what every link says about its own recording.
var linkProvenance = []*Field{
	{Name: "recordedAt", Scalar: DateTime, Description: "When the link was recorded; null where no single link leads to the node, as at the top level."},
	{Name: "recordedBy", Scalar: Text, Description: "Who recorded the link; null where no single link leads to the node."},
	{Name: "recordedFrom", Scalar: Text, Description: "From which file or import the link was recorded, if from any."},
}

// Compile reads the model's SDL. Every error names the place in the SDL and what it should be.
func Compile(name, sdl string) (*Catalog, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: name, Input: sdl})
	if err != nil {
		return nil, err
	}
	c := &compiler{
		Catalog: &Catalog{
			types: map[string]*Type{}, links: map[string]*Link{}, enums: map[string]*Enum{},
			props: map[string]*Properties{}, ids: map[string]*Type{},
		},
		definitions: map[*Type]*ast.Definition{},
		carried:     map[*Link]string{},
	}
	if err := c.compile(doc); err != nil {
		return nil, err
	}
	return c.Catalog, nil
}

type compiler struct {
	*Catalog
	definitions map[*Type]*ast.Definition
	// carried holds the name of the properties with which a link was first declared; empty for none.
	carried map[*Link]string
}

func (c *compiler) compile(doc *ast.SchemaDocument) error {
	if err := check(doc); err != nil {
		return err
	}
	for _, def := range doc.Definitions {
		if err := c.declare(def); err != nil {
			return err
		}
	}
	if c.Node() == nil || c.Node().Form != Interface {
		return fmt.Errorf("the model has no interface %s: declare it with the fields that every node has", NodeInterface)
	}
	steps := []func(*Type) error{c.inherit, c.members, c.scalars, c.linkFields, c.linkOrders, c.viaFields, c.entries, c.directives, c.guard, c.requirements}
	for _, step := range steps {
		for _, t := range c.Types {
			if err := step(t); err != nil {
				return err
			}
		}
	}
	for _, p := range c.Properties {
		if err := c.references(doc, p); err != nil {
			return err
		}
	}
	if err := c.matrices(doc); err != nil {
		return err
	}
	if err := c.finishLinks(); err != nil {
		return err
	}
	c.walks()
	return nil
}

// declare enters a definition under its name; what refers to other definitions is filled in later.
func (c *compiler) declare(def *ast.Definition) error {
	switch def.Kind {
	case ast.Scalar:
		return nil
	case ast.Enum:
		if def.Name == "RelationshipDirection" {
			return nil
		}
		e := &Enum{Name: def.Name, Description: def.Description}
		for _, v := range def.EnumValues {
			e.Values = append(e.Values, EnumEntry{Name: v.Name, Description: v.Description})
		}
		c.Enums = append(c.Enums, e)
		c.enums[e.Name] = e
		return nil
	case ast.Object:
		if def.Directives.ForName("relationshipProperties") != nil {
			return c.declareProperties(def)
		}
		if def.Directives.ForName("matrix") != nil {
			return nil
		}
		if def.Directives.ForName("node") == nil {
			return at(def.Position, "type %s has neither @node nor @relationshipProperties", def.Name)
		}
	case ast.Interface, ast.Union:
	default:
		return at(def.Position, "input %s has no meaning in the model: leave it out, the API has its own inputs", def.Name)
	}
	t := &Type{Name: def.Name, Description: def.Description, fields: map[string]*Field{}}
	switch def.Kind {
	case ast.Interface:
		t.Form = Interface
	case ast.Union:
		t.Form = Union
	default:
		t.Form, t.IDPrefix, t.EnumName = Kind, kebab(def.Name), upperSnake(def.Name)
		c.ids[t.IDPrefix] = t
	}
	if node := def.Directives.ForName("node"); node != nil {
		t.Plural = argument(node, "plural")
	}
	c.Types = append(c.Types, t)
	c.types[t.Name] = t
	c.definitions[t] = def
	return nil
}

func (c *compiler) declareProperties(def *ast.Definition) error {
	p := &Properties{Name: def.Name, Description: def.Description, fields: map[string]*Field{}}
	c.Properties = append(c.Properties, p)
	c.props[p.Name] = p
	return nil
}

// inherit gives a type the interfaces it implements, those of its interfaces first.
func (c *compiler) inherit(t *Type) error {
	if err := c.implement(t, []*Type{t}); err != nil {
		return err
	}
	if t.Form != Union && t != c.Node() && !slices.Contains(t.Interfaces, c.Node()) {
		return at(c.definitions[t].Position, "%s must implement %s", t.Name, NodeInterface)
	}
	return nil
}

// implement gives t the interfaces of the last type on the path, over which they are reached from t.
func (c *compiler) implement(t *Type, path []*Type) error {
	def := c.definitions[path[len(path)-1]]
	for _, name := range def.Interfaces {
		i := c.types[name]
		if i == nil || i.Form != Interface {
			return at(def.Position, "%s implements %s, which is no interface of the model", def.Name, name)
		}
		if slices.Contains(path, i) {
			return at(def.Position, "interface %s implements itself, directly or over others", name)
		}
		if err := c.implement(t, append(path, i)); err != nil {
			return err
		}
		if !slices.Contains(t.Interfaces, i) {
			t.Interfaces = append(t.Interfaces, i)
		}
	}
	return nil
}

func (c *compiler) members(t *Type) error {
	switch t.Form {
	case Kind:
		t.Members = []*Type{t}
	case Interface:
		for _, k := range c.Types {
			if k.Form == Kind && slices.Contains(k.Interfaces, t) {
				t.Members = append(t.Members, k)
			}
		}
	case Union:
		for _, name := range c.definitions[t].Types {
			k := c.types[name]
			if k == nil || k.Form != Kind {
				return at(c.definitions[t].Position, "union %s names %s, which is no kind of node", t.Name, name)
			}
			if slices.Contains(t.Members, k) {
				return at(c.definitions[t].Position, "union %s names %s twice", t.Name, name)
			}
			t.Members = append(t.Members, k)
		}
	}
	if len(t.Members) == 0 {
		return at(c.definitions[t].Position, "%s has no kinds: let a type implement it or name its members", t.Name)
	}
	return nil
}

// directives resolves what the type's directives say about its fields.
func (c *compiler) directives(t *Type) error {
	def := c.definitions[t]
	if d := def.Directives.ForName("node"); d != nil {
		if name := argument(d, "title"); name != "" {
			if t.Title = t.Field(name); t.Title == nil || t.Title.Scalar != Text || t.Title.List || !t.Title.IsStored() || t.Title.Hidden {
				return at(def.Position, "type %s has the title %s, which is no stored text field of it", t.Name, name)
			}
		}
	}
	if err := c.identity(t); err != nil {
		return err
	}
	// A kind has the principal date of its interfaces, unless it names its own.
	for _, of := range append(slices.Clone(t.Interfaces), t) {
		d := c.definitions[of].Directives.ForName("node")
		if d == nil || argument(d, "date") == "" {
			continue
		}
		if t.Date = t.Field(argument(d, "date")); t.Date == nil || t.Date.Part != PartText {
			return at(def.Position, "type %s has the date %s, which is no date field of it", t.Name, argument(d, "date"))
		}
	}
	if d := def.Directives.ForName("unlisted"); d != nil {
		return c.unlisted(t, d)
	}
	return nil
}

// identity resolves the field whose value makes the node's id.
func (c *compiler) identity(t *Type) error {
	for _, def := range c.definitions[t].Fields {
		d := def.Directives.ForName("identity")
		if d == nil {
			continue
		}
		f := t.Field(def.Name)
		switch {
		case t.Form != Kind:
			return at(def.Position, "%s.%s is an identity: only a kind can have one, not an interface", t.Name, def.Name)
		case t.Identity != nil:
			return at(def.Position, "%s has two identities, %s and %s: keep one", t.Name, t.Identity.Field.Name, def.Name)
		case f.Scalar != Text || f.List || !f.IsStored():
			return at(def.Position, "%s.%s is an identity: it must be a single stored text", t.Name, def.Name)
		}
		t.Identity = &Identity{Field: f, Dataset: argument(d, "dataset")}
	}
	return nil
}

// unlisted resolves which nodes of a kind search leaves out.
func (c *compiler) unlisted(t *Type, d *ast.Directive) error {
	t.Unlisted = &Unlisted{}
	pos, name, values := c.definitions[t].Position, argument(d, "field"), names(d, "values")
	if (name == "") != (len(values) == 0) {
		return at(pos, "type %s is unlisted with only one of field and values: give both or none", t.Name)
	}
	if name == "" {
		return nil
	}
	f := t.Field(name)
	if f == nil || !f.IsStored() || f.Hidden || f.List || (f.Scalar != Text && f.Scalar != EnumValue) {
		return at(pos, "type %s is unlisted by %s, which is no single stored text or enum field of it", t.Name, name)
	}
	for _, v := range values {
		if f.Enum != nil && !f.Enum.Has(v) {
			return at(pos, "type %s is unlisted by %s: %s, which is no value of %s", t.Name, name, v, f.Enum.Name)
		}
	}
	t.Unlisted.Field, t.Unlisted.Values = f, values
	return nil
}

func (t *Type) add(f *Field) {
	t.Fields = append(t.Fields, f)
	t.fields[f.Name] = f
}

func argument(d *ast.Directive, name string) string {
	a := d.Arguments.ForName(name)
	if a == nil || a.Value.Kind == ast.NullValue {
		return ""
	}
	return a.Value.Raw
}

// names returns the list of names that an argument holds.
func names(d *ast.Directive, name string) []string {
	a := d.Arguments.ForName(name)
	if a == nil {
		return nil
	}
	var out []string
	for _, child := range a.Value.Children {
		out = append(out, child.Value.Raw)
	}
	return out
}

func at(pos *ast.Position, format string, args ...any) error {
	return gqlerror.ErrorPosf(pos, format, args...)
}
