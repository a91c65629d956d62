package catalog

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// scalars declares the stored and computed fields that a type adds to those of its interfaces.
func (c *compiler) scalars(t *Type) error {
	for _, def := range c.definitions[t].Fields {
		if def.Directives.ForName("relationship") != nil || def.Directives.ForName("via") != nil {
			f, err := c.link(t, def)
			if err != nil {
				return err
			}
			t.add(f)
			continue
		}
		parts, err := c.scalar(def)
		if err != nil {
			return err
		}
		for _, f := range parts {
			if f.Scalar == ID && (t != c.Node() || f.Name != IDField) {
				return at(def.Position, "%s.%s is an id: only %s.%s is, ids of others are text", t.Name, f.Name, NodeInterface, IDField)
			}
			f.Owner = t
			t.add(f)
		}
	}
	return nil
}

// scalar returns the fields that one scalar field of the SDL stands for: several for a date.
func (c *compiler) scalar(def *ast.FieldDefinition) ([]*Field, error) {
	f := &Field{
		Name: def.Name, Description: def.Description, NonNull: def.Type.NonNull,
		Searched: def.Directives.ForName("searched") != nil,
		Indexed:  def.Directives.ForName("indexed") != nil,
		Ordered:  def.Directives.ForName("ordered") != nil,
	}
	name := def.Type.NamedType
	if def.Type.Elem != nil {
		f.List, name = true, def.Type.Elem.NamedType
		if name == "" || !def.Type.NonNull || !def.Type.Elem.NonNull || f.Ordered {
			return nil, at(def.Position, "%s is a list: it must be [%s!]! and cannot be ordered", def.Name, cmp.Or(name, "String"))
		}
	}
	switch name {
	case "String":
		f.Scalar = Text
	case "ID":
		f.Scalar, f.Ordered = ID, true
	case "Int":
		f.Scalar = Int
	case "Boolean":
		f.Scalar = Bool
	case "Date":
		f.Scalar = Date
	case "DateTime":
		f.Scalar = DateTime
	default:
		f.Scalar, f.Enum = EnumValue, c.enums[name]
		if f.Enum == nil {
			return nil, at(def.Position, "%s has type %s, which is no scalar or enum of the model: links need @relationship", def.Name, name)
		}
	}
	if f.List && f.Scalar != Text && f.Scalar != EnumValue {
		return nil, at(def.Position, "%s is a list of %s: lists hold text or values of an enum", def.Name, name)
	}
	if f.Searched && f.Scalar != Text {
		return nil, at(def.Position, "%s is searched: it must be text", def.Name)
	}
	if d := def.Directives.ForName("computed"); d != nil {
		f.Computed = &Computed{By: argument(d, "by"), From: argument(d, "from")}
		for _, a := range def.Arguments {
			f.Computed.Args = append(f.Computed.Args, Argument{Name: a.Name, Type: a.Type.String(), Description: a.Description})
		}
		return []*Field{f}, nil
	}
	if f.Scalar != Date {
		return []*Field{f}, nil
	}
	return c.dateParts(f, def)
}

// dateParts returns the date itself and the fields stored beside it.
func (c *compiler) dateParts(f *Field, def *ast.FieldDefinition) ([]*Field, error) {
	precision := c.enums[datePrecisionEnum]
	if precision == nil || f.List || f.NonNull {
		return nil, at(def.Position, "%s is a date: it must be nullable and single, and the model needs the enum %s", f.Name, datePrecisionEnum)
	}
	parts := []*Field{
		f,
		{Name: f.Name + "Precision", Scalar: EnumValue, Enum: precision, NonNull: true, Part: PartPrecision, Description: "How exact `" + f.Name + "` is."},
		{Name: f.Name + "Earliest", Scalar: Date, Part: PartEarliest, Description: "The first day that `" + f.Name + "` can be."},
		{Name: f.Name + "Latest", Scalar: Date, Part: PartLatest, Description: "The last day that `" + f.Name + "` can be."},
		{Name: f.Name + "Key", Scalar: Text, Part: PartKey, Hidden: true, Indexed: f.Indexed},
	}
	f.Part, f.Indexed = PartText, false
	for _, p := range parts {
		p.Date = f
		f.Parts[p.Part] = p
	}
	return parts, nil
}

// references fills in the fields of a type of link properties.
func (c *compiler) references(doc *ast.SchemaDocument, p *Properties) error {
	if len(doc.Definitions.ForName(p.Name).Interfaces) > 0 {
		return at(doc.Definitions.ForName(p.Name).Position, "%s holds properties of links: it implements nothing", p.Name)
	}
	for _, def := range doc.Definitions.ForName(p.Name).Fields {
		var fields []*Field
		if def.Directives.ForName("reference") != nil {
			target := c.types[def.Type.NamedType]
			if target == nil || def.Type.NonNull || len(def.Directives) > 1 {
				return at(def.Position, "%s.%s must refer to a type of the model, be nullable and have no other directive", p.Name, def.Name)
			}
			fields = []*Field{{Name: def.Name, Description: def.Description, Scalar: ID, Reference: target, Target: target}}
		} else {
			var err error
			if fields, err = c.scalar(def); err != nil {
				return err
			}
		}
		for _, f := range fields {
			if f.Scalar == ID && f.Reference == nil {
				return at(def.Position, "%s.%s is an id: refer to a node with @reference, ids of others are text", p.Name, f.Name)
			}
			if slices.ContainsFunc(linkProvenance, func(l *Field) bool { return strings.EqualFold(l.Name, f.Name) }) {
				return at(def.Position, "%s.%s has the name of what every link carries: rename it", p.Name, f.Name)
			}
			if slices.ContainsFunc(p.Fields, func(g *Field) bool { return strings.EqualFold(g.Name, f.Name) }) {
				return at(def.Position, "%s has two fields called %s, counting the parts of dates: rename one", p.Name, f.Name)
			}
			p.Fields = append(p.Fields, f)
			p.fields[f.Name] = f
		}
	}
	return nil
}
