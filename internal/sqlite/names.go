package sqlite

import "strings"

// Tables and columns of the store's own begin with an underscore, which no name of the model does: the model's kinds
// and fields may be called kind or name.
const (
	pkColumn       = "_pk"
	kindColumn     = "_kind"
	nameColumn     = "_name"   // the folded name
	listedColumn   = "_listed" // whether search finds the node unasked
	hashColumn     = "_hash"
	fromColumn     = "_from"
	toColumn       = "_to"
	revisionColumn = "_revision"
	textColumn     = "_text"

	searchTable  = "_search"
	storeTable   = "_store"
	stepTable    = "_step"
	historyTable = "_history"
	deletedTable = "_deleted"
	appliedTable = "_applied"
)

// quote makes an identifier of a name of the catalog, which may be a word of SQL such as Order.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal makes a text literal of a name of the catalog.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// linkTable is the name of the table of a type of link.
func linkTable(linkType string) string { return "link_" + linkType }
