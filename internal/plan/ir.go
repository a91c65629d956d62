package plan

import "attrigraph/internal/catalog"

// This file is the language between planner and renderers: what one statement has to read, in words that are neither
// Cypher nor SQL. A statement answers one row with a value for each of Plan.Roots; nested reads are arrays of positional
// rows, so that keys never travel.

// Select is one access to nodes: where they come from, which of them, in what order, how many, and what is read of each.
type Select struct {
	From Source
	// Type is what the nodes can be; a node of no member of Type is not selected.
	Type *catalog.Type
	// Where is nil where every node is selected.
	Where Predicate
	// Visible is the predicate of what the reader may see; nil means everything. Every Select has its own, so that
	// nothing is counted, ordered or tested that the reader may not see.
	Visible Predicate
	// Order is a total order: its last key is the id. It is empty where order does not matter (Count, Exists, One by id).
	Order []OrderKey
	// Limit is the parameter with the greatest number of rows, or NoParam for no limit.
	Limit   ParamIndex
	Columns []Column
}

// ParamIndex is a position in Plan.Params.
type ParamIndex int

// NoParam stands where there is no parameter.
const NoParam ParamIndex = -1

// Source says where the nodes of a Select come from.
type Source interface{ isSource() }

type (
	// All reads every node of the Select's Type.
	All struct{}
	// ByID reads the node with the id in Param.
	ByID struct{ Param ParamIndex }
	// ByIDs reads the nodes whose ids are in the list in Param.
	ByIDs struct{ Param ParamIndex }
	// Follow reads the nodes at the other end of Field's link from the node of the enclosing Select.
	Follow struct{ Field *catalog.Field }
	// Via reads the distinct nodes that one of Paths and none of Unless leads to, without the node of the enclosing Select.
	Via struct{ Paths, Unless []Path }
	// Referenced reads the node whose id is in the link property Property of the link by which the enclosing Select,
	// whose From is a Follow, reached its node.
	Referenced struct{ Property *catalog.Field }
	// Match reads the nodes that the full-text query in Query (a text.Query) finds: all words, the last as a prefix.
	// Kinds is the parameter with the list of kind names to search, or NoParam: then only listed nodes are found.
	Match struct{ Query, Kinds ParamIndex }
)

// Path is links one after another: the From of each Select is a Follow from the node before it, the first one's from the
// node of the Select that encloses the Via.
type Path []*Select

func (All) isSource()        {}
func (ByID) isSource()       {}
func (ByIDs) isSource()      {}
func (Follow) isSource()     {}
func (Via) isSource()        {}
func (Referenced) isSource() {}
func (Match) isSource()      {}

// Of tells what an Operand is a value of.
type Of uint8

// What an Operand can be a value of.
const (
	OfNode Of = iota // a stored field of the node
	OfLink           // a property, or the provenance, of the link by which a Follow reached the node
	OfRank           // how well a Match found the node: 0 exact name, 1 name starts with, 2 all words in the name, 3 elsewhere
	OfKind           // the name of the node's kind
	OfName           // the folded name that search ranks by
)

// Operand is a stored value that can be read, compared and ordered by.
type Operand struct {
	Of Of
	// On is the type that has the field: the Select's Type, or one of its members; then the value is read for nodes of
	// that kind and is absent, or of no meaning, for others.
	On *catalog.Type
	// Field is nil for OfRank, OfKind and OfName.
	Field *catalog.Field
}

// Nullable tells whether the value can be absent.
func (o Operand) Nullable() bool {
	switch o.Of {
	case OfNode:
		return !o.Field.NonNull
	case OfLink:
		return !o.Field.NonNull && !isLinkProvenance(o.Field)
	}
	return false
}

func isLinkProvenance(f *catalog.Field) bool { return f.Owner == nil && f.Name == "recordedAt" }

// OrderKey is one key of an order.
type OrderKey struct {
	Operand
	Desc bool
	// NullsFirst is set in the reverse of an order only: absent values come last in both directions.
	NullsFirst bool
}

// Column is one position of a row.
type Column interface{ isColumn() }

type (
	// Value reads a stored value; lists of scalars are arrays.
	Value struct{ Operand }
	// List reads an array of rows in the Select's order.
	List struct{ *Select }
	// One reads the first row in the Select's order, or null.
	One struct{ *Select }
	// Count reads how many nodes the Select has; its Columns are empty.
	Count struct{ *Select }
	// Exists reads whether the Select has any node; its Columns are empty.
	Exists struct{ *Select }
)

func (Value) isColumn()  {}
func (List) isColumn()   {}
func (One) isColumn()    {}
func (Count) isColumn()  {}
func (Exists) isColumn() {}

// Predicate is a condition on a node. Conditions have two values: a comparison with an absent value is false, and Not
// is the exact complement.
type Predicate interface{ isPredicate() }

type (
	// And holds where all hold; an empty And holds.
	And []Predicate
	// Or holds where one holds; an empty Or does not.
	Or []Predicate
	// Not holds where its Predicate does not.
	Not struct{ Predicate }
	// Compare compares a value with a parameter. Op HasAll, HasAny and In take a list.
	Compare struct {
		Operand
		Op    Op
		Param ParamIndex
	}
	// Absent holds where the value's absence is what the boolean in Param says.
	Absent struct {
		Operand
		Param ParamIndex
	}
	// Empty holds where the list's emptiness is what the boolean in Param says.
	Empty struct {
		Operand
		Param ParamIndex
	}
	// Linked holds where the Select, whose From is Follow, Via or Referenced, has any node.
	Linked struct{ *Select }
	// Counted compares the number of nodes of the Select, whose From is Follow or Via, with a parameter.
	Counted struct {
		*Select
		Op    Op
		Param ParamIndex
	}
	// After holds where the node comes strictly after the one whose keys are in Params, one for each key of Order. A
	// parameter is nil where the key was absent.
	After struct {
		Order  []OrderKey
		Params []ParamIndex
	}
)

func (And) isPredicate()     {}
func (Or) isPredicate()      {}
func (Not) isPredicate()     {}
func (Compare) isPredicate() {}
func (Absent) isPredicate()  {}
func (Empty) isPredicate()   {}
func (Linked) isPredicate()  {}
func (Counted) isPredicate() {}
func (After) isPredicate()   {}

// Op is a comparison.
type Op uint8

// The comparisons. Text is compared by code point; EQ, In and Has… by identity.
const (
	EQ Op = iota
	GT
	GTE
	LT
	LTE
	In         // the value is in the list in the parameter
	Contains   // the text contains the parameter
	StartsWith // the text starts with the parameter
	EndsWith   // the text ends with the parameter
	Has        // the list holds the parameter
	HasAny     // the list holds one of the parameter's values
	HasAll     // the list holds all of the parameter's values
)

var opNames = [...]string{"=", ">", ">=", "<", "<=", "in", "contains", "startsWith", "endsWith", "has", "hasAny", "hasAll"}

// String names the comparison as plans print it.
func (op Op) String() string { return opNames[op] }
