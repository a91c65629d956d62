package catalog

import (
	"cmp"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// LinkOrder is an order in which a store keeps the links of a type at each node, so that a page of a node with very
// many links costs what a page of any node costs. Fields declare it with `orderedBy:`; fields that follow the same link
// in the same direction to the same type share it.
type LinkOrder struct {
	Link *Link
	// Out tells, as Field.Out does, that the ordered nodes are at the link's To end.
	Out bool
	// Target is the type of the ordered nodes; links to others are not in the order.
	Target *Type
	// Field is the stored field that orders, the PartKey of a date; nil for the order by id alone. The id follows as the
	// last key.
	Field *Field
}

// Has tells whether links to nodes of the kind are in the order.
func (o *LinkOrder) Has(kind *Type) bool { return slices.Contains(o.Target.Members, kind) }

// Name is a name for what a store keeps of the order, such as "_from_Note_dateKey". It begins with "_" as no field of
// the model does.
func (o *LinkOrder) Name() string {
	end, by := "_from_", IDField
	if o.Out {
		end = "_to_"
	}
	if o.Field != nil {
		by = o.Field.Name
	}
	return end + o.Target.Name + "_" + by
}

// Keys names the texts that a store keeps with a link for the order. The first orders by the field upwards with absent
// values last, then by id upwards. The second, which an order by id alone lacks, read from its end orders by the field
// downwards with absent values last, then by id upwards. The reverse of either is the same text read the other way.
func (o *LinkOrder) Keys() []string {
	if o.Field == nil {
		return []string{o.Name()}
	}
	return []string{o.Name() + "Up", o.Name() + "Down"}
}

// linkOrders resolves `orderedBy:` of the type's own links.
func (c *compiler) linkOrders(t *Type) error {
	for _, def := range c.definitions[t].Fields {
		d := def.Directives.ForName("relationship")
		if d == nil || d.Arguments.ForName("orderedBy") == nil {
			continue
		}
		f := t.Field(def.Name)
		if !f.Many {
			return at(def.Position, "link %s.%s leads to one node at most: it has no pages that orderedBy could make faster", t.Name, f.Name)
		}
		f.OrderedBy = []*LinkOrder{f.Link.order(f, nil)}
		for _, name := range names(d, "orderedBy") {
			by, err := c.orderField(f, name, def)
			if err != nil {
				return err
			}
			o := f.Link.order(f, by)
			if slices.Contains(f.OrderedBy, o) {
				return at(def.Position, "link %s.%s is orderedBy %s twice", t.Name, f.Name, name)
			}
			f.OrderedBy = append(f.OrderedBy, o)
		}
	}
	return nil
}

// orderField returns the stored field by which `orderedBy: [name]` orders. Texts must be indexed because only those are
// bounded in length, which an index of the stores needs.
func (c *compiler) orderField(f *Field, name string, def *ast.FieldDefinition) (*Field, error) {
	fail := func(why string) (*Field, error) {
		return nil, at(def.Position, "link %s.%s is orderedBy %s, %s", f.Owner.Name, f.Name, name, why)
	}
	by := f.Target.Field(name)
	switch {
	case f.Target.Form == Union:
		return fail("but the nodes of " + f.Target.Name + ", a union, have only the id in common: write orderedBy: []")
	case name == IDField:
		return fail("which every such link is: leave it out")
	case by == nil || !by.IsStored() || !by.Ordered:
		return fail("which is no field of " + f.Target.Name + " with @ordered")
	case by.Owner == c.Node() && name == RevisionField:
		return fail("which changes with every state of a node: choose a field that is recorded")
	case by.Scalar == Bool:
		return fail("which is true or false: choose a text, number, date or enum")
	case by.Scalar == Text && !by.Indexed:
		return fail("a text without @indexed: only those are short enough for it")
	case by.Part == PartText:
		return by.Parts[PartKey], nil
	}
	return by, nil
}

// order returns the order of the link that a field asks for; all fields that ask for the same one share it.
func (l *Link) order(f, by *Field) *LinkOrder {
	want := LinkOrder{Link: l, Out: f.Out, Target: f.Target, Field: by}
	for _, o := range l.Orders {
		if *o == want {
			return o
		}
	}
	l.Orders = append(l.Orders, &want)
	slices.SortStableFunc(l.Orders, func(a, b *LinkOrder) int { return cmp.Compare(a.Name(), b.Name()) })
	return &want
}
