package sqlite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
)

// table is a table that derives from the catalog.
type table struct {
	name string
	// columns holds the store's own columns first.
	columns []column
	// key is the primary key of a table without rowid; empty where _pk is the rowid.
	key string
	// indexes holds the CREATE INDEX statement of each index by its name.
	indexes []index
	// fields are the catalog's fields with a column each, in the order of the catalog.
	fields []*catalog.Field
	// of is the kind or interface whose nodes the table holds; nil for links.
	of *catalog.Type
}

type column struct{ name, declaration string }

// index is an index of a table. Rows are looked for by one that is kept while a large import goes on without the others.
type index struct {
	name, create string
	kept         bool
}

// layout is all tables of a catalog.
type layout struct {
	tables []*table
	types  map[*catalog.Type]*table
	links  map[*catalog.Link]*table
	// node is the interface that every kind implements.
	node *catalog.Type
	// For writing: the tables and the history statement of each kind, the links that lead from it, the UPDATE of links, the
	// values of each kind that orders of links need.
	copies      map[*catalog.Type][]*nodeCopy
	histories   map[*catalog.Type]string
	outgoing    map[*catalog.Type][]*catalog.Link
	linkUpdates map[*catalog.Link]string
	orders      map[*catalog.Type]*orderFields
	// numbers numbers the kinds.
	numbers map[*catalog.Type]uint16
	// fingerprint changes whenever tables or derived values (search texts, hashes) of the catalog do.
	fingerprint string
}

func newLayout(c *catalog.Catalog) *layout {
	l := &layout{types: map[*catalog.Type]*table{}, links: map[*catalog.Link]*table{}, node: c.Node()}
	for _, t := range c.Types {
		if t.Form == catalog.Union {
			continue
		}
		l.types[t] = typeTable(t, c)
		l.tables = append(l.tables, l.types[t])
	}
	for _, link := range c.Links {
		l.links[link] = tableOfLink(link)
		l.tables = append(l.tables, l.links[link])
		for _, o := range countOrders(link) {
			l.tables = append(l.tables, tableOfCounts(o))
		}
	}
	l.copies, l.histories = map[*catalog.Type][]*nodeCopy{}, map[*catalog.Type]string{}
	l.outgoing, l.linkUpdates = map[*catalog.Type][]*catalog.Link{}, map[*catalog.Link]string{}
	l.orders, l.numbers = map[*catalog.Type]*orderFields{}, map[*catalog.Type]uint16{}
	for i, kind := range c.Kinds() {
		l.numbers[kind] = uint16(i)
		l.copies[kind], l.histories[kind] = l.nodeCopies(kind), l.history(kind)
		l.orders[kind] = orderFieldsOf(kind)
		for _, link := range c.Links {
			if slices.Contains(link.From, kind) {
				l.outgoing[kind] = append(l.outgoing[kind], link)
			}
		}
	}
	for _, link := range c.Links {
		l.linkUpdates[link] = l.linkUpdate(link)
	}
	l.fingerprint = fingerprint(c, l)
	return l
}

func typeTable(t *catalog.Type, c *catalog.Catalog) *table {
	out := &table{name: t.Name, of: t, fields: t.StoredFields()}
	out.columns = append(out.columns, column{pkColumn, "INTEGER PRIMARY KEY"})
	if t.Form == catalog.Interface {
		out.columns = append(out.columns, column{kindColumn, "TEXT NOT NULL DEFAULT ''"})
	}
	if t == c.Node() {
		out.columns = append(out.columns,
			column{nameColumn, "TEXT NOT NULL DEFAULT ' '"}, column{listedColumn, "INTEGER NOT NULL DEFAULT 0"},
			column{hashColumn, "TEXT NOT NULL DEFAULT ''"})
		out.index("kind", kindColumn, catalog.IDField)
	}
	out.addFields()
	out.uniqueIndex("id", catalog.IDField)
	for _, f := range out.fields {
		if f.Indexed && !f.List {
			out.index(f.Name, f.Name, catalog.IDField)
		}
	}
	return out
}

// tableOfLink lays a type of link out for expansion in both directions: one index holds the links from a node together,
// another those to it; orders of a large link have columns and indexes of their own. What a link holds besides its ends is
// in neither: a tree with all of it as the primary key had pages of 25 links, where these have hundreds, and a page with nine
// nested links took a tenth more time.
func tableOfLink(link *catalog.Link) *table {
	out := &table{name: linkTable(link.Type), fields: link.StoredFields()}
	out.columns = append(out.columns,
		column{fromColumn, "INTEGER NOT NULL REFERENCES " + quote(catalog.NodeInterface) + " DEFERRABLE INITIALLY DEFERRED"},
		column{toColumn, "INTEGER NOT NULL REFERENCES " + quote(catalog.NodeInterface) + " DEFERRABLE INITIALLY DEFERRED"},
		column{hashColumn, "TEXT NOT NULL DEFAULT ''"}, column{revisionColumn, "INTEGER NOT NULL DEFAULT 0"})
	out.addFields()
	out.uniqueIndex("out", fromColumn, toColumn)
	out.indexes[0].kept = true
	out.index("in", toColumn, fromColumn)
	out.addOrders(link)
	return out
}

func (t *table) addFields() {
	for _, f := range t.fields {
		t.columns = append(t.columns, column{f.Name, declaration(f)})
	}
}

// declaration is nullable even where the model promises a value, because a column that the model gains later starts
// out without one; Check finds what is missing.
func declaration(f *catalog.Field) string {
	switch {
	case f.List:
		return "TEXT NOT NULL DEFAULT '[]'"
	case f.Scalar == catalog.Int, f.Scalar == catalog.Bool:
		return "INTEGER"
	case f.Part == catalog.PartPrecision:
		return "TEXT NOT NULL DEFAULT 'UNKNOWN'"
	}
	return "TEXT"
}

func (t *table) index(name string, columns ...string) { t.addIndex("INDEX", name, columns) }
func (t *table) uniqueIndex(name string, columns ...string) {
	t.addIndex("UNIQUE INDEX", name, columns)
}

func (t *table) addIndex(what, name string, columns []string) {
	name = t.name + "_by_" + name
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = quote(c)
	}
	t.indexes = append(t.indexes, index{
		name: name, create: fmt.Sprintf("CREATE %s %s ON %s (%s)", what, quote(name), quote(t.name), strings.Join(quoted, ", ")),
	})
}

// create is the CREATE TABLE statement.
func (t *table) create() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", quote(t.name))
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(c.name) + " " + c.declaration)
	}
	if t.key != "" {
		return b.String() + ", PRIMARY KEY (" + t.key + ")) STRICT, WITHOUT ROWID"
	}
	return b.String() + ") STRICT"
}

// fingerprint is a digest of the tables and of what search texts and hashes are made from.
func fingerprint(c *catalog.Catalog, l *layout) string {
	h := sha256.New()
	for _, t := range l.tables {
		fmt.Fprintln(h, t.create())
		for _, i := range t.indexes {
			fmt.Fprintln(h, i.create)
		}
	}
	for _, k := range c.Kinds() {
		fmt.Fprint(h, k.Name, " ", k.Title, " ")
		if k.Unlisted != nil {
			fmt.Fprint(h, "unlisted by ", k.Unlisted.Field, k.Unlisted.Values, " ")
		}
		for _, f := range k.StoredFields() {
			fmt.Fprint(h, f.Name, f.Searched, " ")
		}
		fmt.Fprintln(h)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
