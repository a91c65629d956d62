package plan

import "attrigraph/internal/catalog"

// This file adds to the language of ir.go what counts: nodes in groups that share a value or a node they lead to.

// Grouping says how the nodes of its Select fall into groups. A node is in each group whose keys it has, once.
type Grouping struct {
	// Select finds the nodes that are counted; its Order and Columns are empty, its Limit is NoParam.
	*Select
	// Keys are what the nodes of a group share. A node that has several values of a key is in several groups.
	Keys []GroupKey
	// Measures are what is read of a group beside its keys. The first is a Tally, by which groups are ordered.
	Measures []Measure
	// Apart leaves out the groups whose keys are all the same node.
	Apart bool
	// Implied keeps groups to which only implied paths lead.
	Implied bool
}

// GroupKey is a value that nodes share, or a node that they lead to.
type GroupKey struct {
	// Value is the stored value; a list is as many values as it has, and none is the group of the absent value. Nil where
	// the key is a node.
	Value *Operand
	// Year tells that Value is a date and the key its year, absent where the date does not lie within one.
	Year bool
	// Paths lead from a node that is counted to the nodes that its key can be.
	Paths []GroupPath
	// Optional tells that nodes from which no path leads anywhere are the group of no node; there is one path of one step
	// then. Else they are in no group.
	Optional bool
	// Node reads the key's node: its From is Grouped, its first column the id. Nil where the key is a value.
	Node *Select
}

// GroupPath is a way over links from a node that is counted to a key.
type GroupPath struct {
	// Steps begin at the node that is counted.
	Steps Path
	// Implied tells that what the path says of the node is not said by the node itself. A node that another path leads to the
	// same key is not counted as implied.
	Implied bool
}

// Measure is what is read of a group.
type Measure struct {
	What MeasureKind
	// Where is the condition on nodes that a Tally counts; nil for all.
	Where Predicate
	// Implied tells that a Tally counts the nodes that only implied paths lead to the group. All other measures look at the
	// others only.
	Implied bool
	// Date is the date of an Earliest or Latest: the field with PartText, of the Select's Type.
	Date *catalog.Field
}

// MeasureKind tells measures apart.
type MeasureKind uint8

// The measures.
const (
	Tally    MeasureKind = iota // how many nodes the group has
	Earliest                    // the date whose first day comes first, as it was given
	Latest                      // the date whose last day comes last, as it was given
)

// HasImplied tells whether an implied path leads to one of the keys.
func (g *Grouping) HasImplied() bool {
	for _, k := range g.Keys {
		for _, p := range k.Paths {
			if p.Implied {
				return true
			}
		}
	}
	return false
}

// Sifted tells whether groups are left out because only implied paths lead to them.
func (g *Grouping) Sifted() bool { return !g.Implied && g.HasImplied() }

// Several tells whether a node can come to one group in more than one way.
func (g *Grouping) Several() bool {
	for _, k := range g.Keys {
		if len(k.Paths) > 1 || len(k.Paths) == 1 && len(k.Paths[0].Steps) > 1 || k.Value != nil && k.Value.Field != nil && k.Value.Field.List {
			return true
		}
	}
	return false
}

// Grouped is the Source of a GroupKey's Node: the node that is the group's key.
type Grouped struct{}

func (Grouped) isSource() {}

type (
	// Groups reads an array of groups, each a row of its keys and measures; a key that is a node is a row of its own, or null.
	// Groups with most nodes come first, then those with the first keys, by id where the key is a node, absent ones last.
	Groups struct {
		*Grouping
		// After holds the parameters with the tally and the keys of the group after which to begin; nil to begin at the start.
		After []ParamIndex
		// Until asks for what is not after that group instead.
		Until bool
		// Limit is the parameter with the greatest number of groups.
		Limit ParamIndex
	}
	// GroupTotals reads one row: how many groups there are, and each measure over all nodes that are in one, each counted once.
	GroupTotals struct{ *Grouping }
)

func (Groups) isColumn()      {}
func (GroupTotals) isColumn() {}

// Row returns what the values of a group's row are, as columns: of the keys, then of the measures.
func (g Groups) Row() []Column {
	var row []Column
	for _, k := range g.Keys {
		if k.Node != nil {
			row = append(row, One{k.Node})
			continue
		}
		o := *k.Value
		if f := o.Field; f != nil && (k.Year || f.List) {
			o.Field = &catalog.Field{Name: f.Name, Scalar: catalog.Text}
		}
		row = append(row, Value{o})
	}
	return append(row, g.measured()...)
}

// Row returns what the values of the row of totals are, as columns.
func (g GroupTotals) Row() []Column {
	return append([]Column{Value{Operand{Of: OfRank}}}, g.measured()...)
}

func (g *Grouping) measured() []Column {
	var row []Column
	for _, m := range g.Measures {
		if m.What == Tally {
			row = append(row, Value{Operand{Of: OfRank}}) // a whole number, as ranks are
		} else {
			row = append(row, Value{Operand{Field: m.Date}})
		}
	}
	return row
}
