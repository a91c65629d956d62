package plan

import "attrigraph/internal/catalog"

// GroupPage is a page of groups, and what is known of all of them. Columns are positions in the enclosing row, -1 where
// nothing asks for them.
type GroupPage struct {
	// Rows is the column of the page's groups.
	Rows int
	// Size is the parameter with the number of groups to read; one more than the page where OneMore is true.
	Size    ParamIndex
	OneMore *bool
	// Before is the column with the groups up to the cursor: any at all means that something precedes the page.
	Before int
	// Totals is the column with the totals over all groups.
	Totals int
	Fields []GroupPageField
}

// GroupPageField is a field of a page of groups.
type GroupPageField struct {
	Key    string
	Prefix []byte
	What   GroupPageFieldKind
	// JSON is the text of a typename.
	JSON []byte
	// Each holds the fields of a group, over its row, or of the totals, over theirs.
	Each []Field
	// Info holds the fields of PageInfo, Cursor says how cursors are made.
	Info   []InfoField
	Cursor *GroupCursor
}

// GroupPageFieldKind tells the fields of a page of groups apart.
type GroupPageFieldKind uint8

// The fields of a page of groups.
const (
	GroupTypename GroupPageFieldKind = iota
	GroupRows
	GroupInfo
	GroupCount
	GroupSums
)

// GroupCursor says how the cursor of a group is made: its tally and its keys.
type GroupCursor struct {
	Signature ParamIndex
	// Tally is the column of the tally in the group's row.
	Tally int
	// Keys are the keys, in the first columns of the row; one without a Field is a node, whose id is the first value of its row.
	Keys []CursorKey
}

// GroupValue prints the value that a group's nodes share as text, whatever its type.
type GroupValue struct {
	Column int
	Field  *catalog.Field
}

func (GroupPage) isOutput()  {}
func (GroupValue) isOutput() {}
