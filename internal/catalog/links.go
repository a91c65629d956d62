package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// link declares a link field; ends and direction are checked when all links are known.
func (c *compiler) link(t *Type, def *ast.FieldDefinition) (*Field, error) {
	f := &Field{Name: def.Name, Description: def.Description, Owner: t}
	name := def.Type.NamedType
	if def.Type.Elem != nil {
		f.Many, name = true, def.Type.Elem.NamedType
	}
	if f.Target = c.types[name]; f.Target == nil {
		return nil, at(def.Position, "link %s.%s leads to %s, which is no type of the model", t.Name, def.Name, name)
	}
	if f.Many != def.Type.NonNull || (f.Many && !def.Type.Elem.NonNull) {
		return nil, at(def.Position, "link %s.%s must be [%s!]! (any number) or %s (at most one, may be absent)", t.Name, def.Name, name, name)
	}
	d := def.Directives.ForName("relationship")
	if d == nil {
		if !f.Many {
			return nil, at(def.Position, "link %s.%s is @via others: it must be [%s!]!", t.Name, def.Name, name)
		}
		return f, nil
	}
	kind, properties := argument(d, "type"), argument(d, "properties")
	if f.Link = c.links[kind]; f.Link == nil {
		f.Link = &Link{Type: kind}
		c.links[kind], c.carried[f.Link] = f.Link, properties
		c.Links = append(c.Links, f.Link)
	}
	f.Out = argument(d, "direction") == "OUT"
	if first := c.carried[f.Link]; first != properties {
		return nil, at(def.Position, "links of type %s have properties %s elsewhere and %s here", kind, cmp.Or(first, "none"), cmp.Or(properties, "none"))
	}
	if properties != "" {
		if f.Link.Properties = c.props[properties]; f.Link.Properties == nil {
			return nil, at(def.Position, "link %s.%s has properties %s, which is no type with @relationshipProperties", t.Name, def.Name, properties)
		}
	}
	return f, nil
}

// linkFields gives a type the fields of its interfaces, before its own, and enters the ends of its links.
func (c *compiler) linkFields(t *Type) error {
	own := t.Fields
	t.Fields = nil
	for _, i := range t.Interfaces {
		for _, f := range i.Fields {
			if f.Owner == i {
				t.add(f)
			}
		}
	}
	for _, f := range own {
		if t.Field(f.Name) != f && t.fields[f.Name].Owner != t {
			return at(c.definitions[t].Position, "type %s repeats the field %s of an interface", t.Name, f.Name)
		}
		t.add(f)
		if f.Link == nil {
			continue
		}
		from, to := t.Members, f.Target.Members
		if !f.Out {
			from, to = to, from
		}
		f.Link.From = union(f.Link.From, from)
		f.Link.To = union(f.Link.To, to)
	}
	return c.distinct(t)
}

// distinct finds fields of the same name, which two interfaces or the parts of a date may give a type. Names that
// differ only in case count as the same, as they do in SQLite.
func (c *compiler) distinct(t *Type) error {
	seen := map[string]bool{}
	for _, f := range t.Fields {
		if name := strings.ToLower(f.Name); seen[name] {
			return at(c.definitions[t].Position, "type %s has two fields called %s, counting inherited ones and the parts of dates: rename one", t.Name, f.Name)
		}
		seen[strings.ToLower(f.Name)] = true
	}
	return nil
}

func union(a, b []*Type) []*Type {
	for _, t := range b {
		if !slices.Contains(a, t) {
			a = append(a, t)
		}
	}
	return a
}

// viaFields resolves the links that follow from others.
func (c *compiler) viaFields(t *Type) error {
	for _, def := range c.definitions[t].Fields {
		d := def.Directives.ForName("via")
		if d == nil {
			continue
		}
		f := t.Field(def.Name)
		f.Via = &Via{}
		for _, list := range []struct {
			argument string
			into     *[]Path
		}{{"paths", &f.Via.Paths}, {"unless", &f.Via.Unless}} {
			for _, text := range names(d, list.argument) {
				path, err := c.viaPath(t, f, text)
				if err != nil {
					return at(def.Position, "link %s.%s %s", t.Name, def.Name, err)
				}
				*list.into = append(*list.into, path)
			}
		}
		if name := argument(d, "orderBy"); name != "" {
			if f.Via.OrderBy = f.Target.Field(name); f.Via.OrderBy == nil || !f.Via.OrderBy.Ordered {
				return at(def.Position, "link %s.%s is ordered by %s, which is no field with @ordered of %s", t.Name, def.Name, name, f.Target.Name)
			}
		}
		if len(f.Via.Paths) == 0 {
			return at(def.Position, "link %s.%s goes via no path: name one at least", t.Name, def.Name)
		}
	}
	return nil
}

// viaPath reads a path: link fields with points between them, each with the condition on what it leads to in braces.
func (c *compiler) viaPath(t *Type, f *Field, text string) (Path, error) {
	var path Path
	at1 := t
	for _, part := range splitPath(text) {
		name, where, conditional := strings.Cut(part, "{")
		step := stepField(at1, name)
		if step == nil || step.Link == nil {
			return nil, fmt.Errorf("goes via %s, which is no stored link of %s", name, at1.Name)
		}
		s := Step{Field: step}
		if conditional {
			s.Where = "{" + where
		}
		path = append(path, s)
		at1 = step.Target
	}
	if !at1.Overlaps(f.Target) {
		return nil, fmt.Errorf("goes via %s, which ends at %s and not at %s", text, at1.Name, f.Target.Name)
	}
	return path, nil
}

// entries reads which links can be asked for at the root.
func (c *compiler) entries(t *Type) error {
	for _, def := range c.definitions[t].Fields {
		d := def.Directives.ForName("entry")
		if d == nil {
			continue
		}
		f := t.Field(def.Name)
		if !f.Many {
			return at(def.Position, "link %s.%s is an entry: it must be to many nodes", t.Name, def.Name)
		}
		f.Entry = &Entry{Field: argument(d, "field"), Argument: argument(d, "argument")}
		for _, other := range c.Entries {
			switch e := other.Entry; {
			case e.Field != f.Entry.Field:
			case e.Argument == f.Entry.Argument:
				return at(def.Position, "links %s and %s are both the entry %s(%s:): give one another argument", other, f, e.Field, e.Argument)
			case other.Target != f.Target || linkProperties(other) != linkProperties(f):
				return at(def.Position, "links %s and %s are both the entry %s and lead to different connections", other, f, e.Field)
			}
		}
		c.Entries = append(c.Entries, f)
	}
	return nil
}

func linkProperties(f *Field) *Properties {
	if f.Link == nil {
		return nil
	}
	return f.Link.Properties
}

// splitPath cuts a path at the points outside of braces.
func splitPath(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == '.' && depth == 0:
			parts, from = append(parts, text[from:i]), i+1
		}
	}
	return append(parts, text[from:])
}

// stepField finds a link field of a type or, for unions, of the members that have it: they must agree.
func stepField(t *Type, name string) *Field {
	if f := t.Field(name); f != nil {
		return f
	}
	var found *Field
	for _, m := range t.Members {
		f := m.Field(name)
		if f == nil {
			continue
		}
		if found != nil && (found.Link != f.Link || found.Out != f.Out) {
			return nil
		}
		found = f
	}
	return found
}

// requirements resolves which links the nodes of a type cannot be without, for the type's members.
func (c *compiler) requirements(t *Type) error {
	d := c.definitions[t].Directives.ForName("requires")
	if d == nil {
		return nil
	}
	for _, name := range names(d, "links") {
		f := t.Field(name)
		if f == nil || f.Link == nil || !f.Out {
			return at(c.definitions[t].Position, "type %s requires %s, which is no outgoing link of it", t.Name, name)
		}
		for _, m := range t.Members {
			if !slices.Contains(m.Required, f) {
				m.Required = append(m.Required, f)
			}
		}
	}
	return nil
}

// finishLinks completes what depends on all types: the order of links and their ends, and the lists of stored fields.
func (c *compiler) finishLinks() error {
	slices.SortFunc(c.Links, func(a, b *Link) int { return cmp.Compare(a.Type, b.Type) })
	order := func(a, b *Type) int { return cmp.Compare(slices.Index(c.Types, a), slices.Index(c.Types, b)) }
	for _, t := range c.Types {
		t.stored = slices.DeleteFunc(slices.Clone(t.Fields), func(f *Field) bool { return !f.IsStored() })
	}
	for _, want := range []struct {
		name   string
		scalar Scalar
		sdl    string
	}{
		{IDField, ID, "ID!"},
		{RecordedAtField, DateTime, "DateTime!"},
		{RecordedByField, Text, "String!"},
		{RecordedFromField, Text, "String"},
		{RevisionField, Int, "Int!"},
	} {
		f := c.Node().Field(want.name)
		if f == nil || f.Scalar != want.scalar || f.List || f.Computed != nil || f.NonNull != strings.HasSuffix(want.sdl, "!") {
			return fmt.Errorf("interface %s lacks the field %s: %s, which every store fills in", NodeInterface, want.name, want.sdl)
		}
	}
	for _, l := range c.Links {
		if l.Properties != nil {
			l.stored = append(l.stored, l.Properties.Fields...)
		}
		l.stored = append(l.stored, linkProvenance...)
		for _, o := range l.Orders {
			for _, kind := range o.Target.Members {
				kind.Orders = append(kind.Orders, o)
			}
		}
		slices.SortFunc(l.From, order)
		slices.SortFunc(l.To, order)
	}
	return nil
}
