package plan

import (
	"attrigraph/internal/catalog"
)

type (
	// LinkCount reads how many links of the type there are between nodes that the Select, whose From is All, has: its
	// Type is that of both ends.
	LinkCount struct {
		Link *catalog.Link
		Ends *Select
	}
	// StoreRevision reads the number of the store's last change.
	StoreRevision struct{}
)

func (LinkCount) isColumn()     {}
func (StoreRevision) isColumn() {}

type (
	// Struct is an object over the enclosing row that is no node.
	Struct struct{ Fields []Field }
	// Structs is a list of objects over the enclosing row, known when the plan is made but for its values.
	Structs struct{ Each [][]Field }
	// Sum is the sum of the numbers in Columns.
	Sum struct{ Columns []int }
)

func (Struct) isOutput()  {}
func (Structs) isOutput() {}
func (Sum) isOutput()     {}

// wholeNumber is what numbers are printed by that are no field of the model.
var wholeNumber = &catalog.Field{Name: "number", Scalar: catalog.Int, NonNull: true}

// stats plans `stats`: how many nodes of each kind and links of each type there are. Stores know these numbers, or find
// them in their smallest indexes.
func (b *builder) stats(c *collected, r *row) Output {
	return b.structure(c, func(f *collected) Output {
		switch f.field.Name {
		case "nodes":
			var sum Sum
			for _, kind := range b.catalog.Kinds() {
				sum.Columns = append(sum.Columns, b.kindCount(r, kind))
			}
			return sum
		case "links":
			var sum Sum
			for _, link := range b.catalog.Links {
				sum.Columns = append(sum.Columns, b.linkCount(r, link))
			}
			return sum
		case "kinds":
			var list Structs
			for _, kind := range b.catalog.Kinds() {
				list.Each = append(list.Each, b.structure(f, func(f *collected) Output {
					if f.field.Name == "kind" {
						return Constant{JSON: jsonText(kind.EnumName)}
					}
					return Scalar{Column: b.kindCount(r, kind), Field: wholeNumber}
				}).Fields)
			}
			return list
		case "linkTypes":
			var list Structs
			for _, link := range b.catalog.Links {
				list.Each = append(list.Each, b.structure(f, func(f *collected) Output {
					if f.field.Name == "type" {
						return Constant{JSON: jsonText(link.Type)}
					}
					return Scalar{Column: b.linkCount(r, link), Field: wholeNumber}
				}).Fields)
			}
			return list
		}
		return Scalar{Column: r.column("revision", func() Column { return StoreRevision{} }), Field: wholeNumber}
	})
}

// structure plans the selection on an object that is no node; out says what a field of it is made of.
func (b *builder) structure(c *collected, out func(f *collected) Output) Struct {
	name := c.field.Definition.Type.Name()
	var s Struct
	for _, f := range b.collect(c.sets, onName(name)) {
		field := Field{Key: f.key, Name: f.field.Name, Prefix: keyPrefix(f.key), NonNull: f.field.Definition.Type.NonNull}
		if f.field.Name == "__typename" {
			field.Out = Constant{JSON: jsonText(name)}
		} else {
			field.Out = out(f)
		}
		s.Fields = append(s.Fields, field)
	}
	return s
}

func (b *builder) kindCount(r *row, kind *catalog.Type) int {
	return r.column("count of "+kind.Name, func() Column { return Count{b.access(All{}, kind, nil)} })
}

func (b *builder) linkCount(r *row, link *catalog.Link) int {
	return r.column("count of links "+link.Type, func() Column {
		return LinkCount{Link: link, Ends: b.access(All{}, b.catalog.Node(), nil)}
	})
}
