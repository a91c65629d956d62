package plan

import (
	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
)

// This file is the other half of a plan: the shape of the response, in selection order, over the columns of ir.go.

// Object is the response for one node (or for the root): which fields it has depends on the node's kind.
type Object struct {
	// Kind is the column with the name of the node's kind, or -1 where ByKind has one entry only; Kinds holds the
	// positions in ByKind by that name.
	Kind  int
	Kinds map[string]int
	// ByKind holds the fields of each kind that the node can be.
	ByKind [][]Field
}

// Field is one field of a response object.
type Field struct {
	// Key is the response key, Name the field's name.
	Key, Name string
	// Prefix is `"key":` in JSON.
	Prefix []byte
	// NonNull tells that the schema promises a value: its absence makes the parent null.
	NonNull bool
	// Out says what the value is made of.
	Out Output
}

// Output is what a value of the response is made of; columns are positions in the enclosing row.
type Output interface{ isOutput() }

type (
	// Constant is text known when the plan is made: __typename and introspection.
	Constant struct{ JSON []byte }
	// Scalar prints the stored value in Column by the type of Field.
	Scalar struct {
		Column int
		Field  *catalog.Field
	}
	// Child is the object whose row is in Column, or null.
	Child struct {
		Column int
		Object *Object
		// NotFound, when set, makes a missing row an error NOT_FOUND about the id in the parameter.
		NotFound ParamIndex
	}
	// Children is the list of objects whose rows are in Column, at the places that the ids in the parameter IDs say;
	// IDColumn is where each row holds its id.
	Children struct {
		Column, IDColumn int
		IDs              ParamIndex
		Object           *Object
	}
	// Within is what Out makes of the row in Column, or null, with an error NOT_FOUND about the id in the parameter.
	Within struct {
		Column   int
		Out      Output
		NotFound ParamIndex
	}
	// Connection is a page of a connection.
	Connection struct{ *Page }
	// Computed is a value that the rule By computes from the hidden object over the same row and from Args.
	Computed struct {
		By     string
		Hidden []Field
		Args   []ComputedArg
		Field  *catalog.Field
	}
)

// ComputedArg is an argument of a computed field.
type ComputedArg struct {
	Name  string
	Param ParamIndex
}

func (Constant) isOutput()   {}
func (Scalar) isOutput()     {}
func (Child) isOutput()      {}
func (Children) isOutput()   {}
func (Within) isOutput()     {}
func (Connection) isOutput() {}
func (Computed) isOutput()   {}

// Page says how a connection is written; columns are positions in the enclosing row, -1 where nothing asks for them.
type Page struct {
	// Rows is the column of the page's rows.
	Rows int
	// Size is the parameter with the number of rows to read: the page size asked for, or one more where OneMore is true.
	Size ParamIndex
	// OneMore tells whether a row more than the page's is read because something asks whether there is one. All mentions of
	// the page share it.
	OneMore *bool
	// Backward tells that the rows come in reverse (`last`).
	Backward bool
	// Total is the column with the number of nodes without paging.
	Total int
	// Start is the column that tells whether there are nodes up to the cursor `after`, End whether there are any from the
	// cursor `before` on.
	Start, End int
	// Fields are the connection's own fields in selection order.
	Fields []PageField
}

// PageField is a field of a connection.
type PageField struct {
	Key    string
	Prefix []byte
	What   PageFieldKind
	// JSON is the text of a Typename.
	JSON []byte
	// Edges are the fields of an edge, for Edges.
	Edges []EdgeField
	// Node is the object of a node, for Nodes.
	Node *Object
	// Info are the fields of PageInfo.
	Info []InfoField
	// Cursor says how cursors are made, for PageInfo.
	Cursor *Cursor
	// Groups is a GroupPage, for PageGroups.
	Groups Output
}

// PageFieldKind tells the fields of a connection apart.
type PageFieldKind uint8

// The fields of a connection.
const (
	PageTypename PageFieldKind = iota
	PageEdges
	PageNodes
	PageInfo
	PageTotal
	PageGroups
)

// EdgeField is a field of an edge.
type EdgeField struct {
	Key    string
	Prefix []byte
	What   EdgeFieldKind
	JSON   []byte
	Cursor *Cursor
	Node   *Object
	// Out is a link property, for EdgeProperty.
	Out     Output
	NonNull bool
}

// EdgeFieldKind tells the fields of an edge apart.
type EdgeFieldKind uint8

// The fields of an edge.
const (
	EdgeTypename EdgeFieldKind = iota
	EdgeCursor
	EdgeNode
	EdgeProperty
)

// Highlights says where the searched texts of a found node are in its row.
type Highlights struct {
	Query ParamIndex
	// Kind is the column with the name of the node's kind, Kinds the positions in ByKind by that name.
	Kind   int
	Kinds  map[string]int
	ByKind [][]Scalar
	Fields []HighlightField
}

func (Highlights) isOutput() {}

// HighlightField is a field of a highlight: What is "field", "before", "match", "after" or "__typename".
type HighlightField struct {
	Prefix []byte
	What   string
	JSON   []byte
}

// InfoField is a field of PageInfo: What is its name.
type InfoField struct {
	Prefix []byte
	What   string
	JSON   []byte
}

// Cursor says how a row's cursor is made: the signature of order and filter, and the columns of the keys.
type Cursor struct {
	// Signature is bound to order and filter values: see cursor.go.
	Signature ParamIndex
	Keys      []CursorKey
}

// CursorKey is one order key of a row.
type CursorKey struct {
	Column int
	Operand
}

// Introspection is the answer to __schema or __type, which needs no store.
type Introspection struct {
	Field *ast.Field
	Sets  []ast.SelectionSet
}

func (Introspection) isOutput() {}
