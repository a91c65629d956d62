package csvexport

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// DefaultTable is the table that Write writes when none is named: who accuses whom of what.
const DefaultTable = "attributions"

// The names by which the model calls what an export must not leave out.
const (
	sourceLink   = "SOURCED_FROM"
	licenceField = "licence"
)

// Options say which table to write and how.
type Options struct {
	// Table is one of Tables, or empty for DefaultTable.
	Table string
	// ByteOrderMark begins the file with a byte order mark, without which Excel does not take it for UTF-8.
	ByteOrderMark bool
}

// Tables returns the names of the tables, in the order of the model: the plurals of the kinds.
func Tables(c *catalog.Catalog) []string {
	var names []string
	for _, k := range c.Kinds() {
		names = append(names, k.Plural)
	}
	return names
}

// Write writes the table of one kind. The records are read three times: memory holds the links of the rows and the titles
// of what these lead to. An unknown table is an error that lists the tables.
func Write(w io.Writer, c *catalog.Catalog, records iter.Seq2[store.Record, error], o Options) error {
	if o.Table == "" {
		o.Table = DefaultTable
	}
	i := slices.Index(Tables(c), o.Table)
	if i < 0 {
		return fmt.Errorf("there is no table %q; the tables are %s", o.Table, strings.Join(Tables(c), ", "))
	}
	t := &table{catalog: c, kind: c.Kinds()[i], ends: map[string][][]end{}, nodes: map[string]title{}}
	t.columns = linkColumns(t.kind)
	t.order = t.layout()
	if err := t.readLinks(records); err != nil {
		return err
	}
	if err := t.readTitles(records); err != nil {
		return err
	}
	out := buffered(w, o.ByteOrderMark)
	if err := row(out, t.heads()); err != nil {
		return err
	}
	for r, err := range records {
		switch {
		case err != nil:
			return err
		case r.Node == nil:
			return out.Flush()
		case r.Node.Kind != t.kind.Name:
			continue
		}
		cells, err := t.cells(r.Node)
		if err != nil {
			return fmt.Errorf("node %s: %w", r.Node.ID, err)
		}
		if err := row(out, cells); err != nil {
			return err
		}
	}
	return out.Flush()
}

// table is what is known of the rows before they are written.
type table struct {
	catalog *catalog.Catalog
	kind    *catalog.Type
	columns []linkColumn
	// order holds the stored fields and the indexes of columns, in the order of the table.
	order []column
	// ends holds, by id of a row, what the links of each of columns lead to.
	ends map[string][][]end
	// nodes holds the titles of all that rows name.
	nodes map[string]title
}

// end is the other end of a link, with the link's own properties.
type end struct {
	id    string
	props map[string]any
}

type title struct{ text, licence string }

// linkColumn is a link that has columns.
type linkColumn struct {
	field      *catalog.Field
	properties []*catalog.Field
}

// column is a stored field or, where that is nil, the link with an index.
type column struct {
	field *catalog.Field
	link  int
}

// layout orders the columns for reading: the title, fields and links as the model has them, then what every node has, then
// what leads to the row.
func (t *table) layout() []column {
	var title, first, general, incoming []column
	for _, f := range t.kind.Fields {
		at := slices.IndexFunc(t.columns, func(c linkColumn) bool { return c.field == f })
		switch {
		case f == t.kind.Title:
			title = append(title, column{field: f})
		case at >= 0 && !f.Out:
			incoming = append(incoming, column{link: at})
		case at >= 0 && f.Owner == t.catalog.Node():
			general = append(general, column{link: at})
		case at >= 0:
			first = append(first, column{link: at})
		case f.IsStored() && own(t.catalog, f):
			first = append(first, column{field: f})
		}
	}
	return slices.Concat(title, first, general, incoming)
}

// linkColumns returns the links of a kind that belong to a row: all that lead out, and those that lead in of which no node
// has very many. Fields that are the same link give it its columns once, under the first name.
func linkColumns(kind *catalog.Type) []linkColumn {
	var out []linkColumn
	for _, f := range kind.Fields {
		if f.Link == nil || !f.Out && len(f.OrderedBy) > 0 ||
			slices.ContainsFunc(out, func(c linkColumn) bool { return c.field.Link == f.Link && c.field.Out == f.Out }) {
			continue
		}
		c := linkColumn{field: f}
		if f.Link.Properties != nil {
			c.properties = slices.DeleteFunc(slices.Clone(f.Link.Properties.Fields), func(p *catalog.Field) bool { return p.Part > catalog.PartText })
		}
		out = append(out, c)
	}
	return out
}

func (t *table) readLinks(records iter.Seq2[store.Record, error]) error {
	for r, err := range records {
		if err != nil {
			return err
		}
		if r.Link == nil {
			continue
		}
		for i, c := range t.columns {
			if c.field.Link.Type != r.Link.Type {
				continue
			}
			row, other := r.Link.From, r.Link.To
			if !c.field.Out {
				row, other = other, row
			}
			if prefix, err := ident.Parse(row); err != nil || t.catalog.KindOfID(prefix) != t.kind {
				continue
			}
			if t.ends[row] == nil {
				t.ends[row] = make([][]end, len(t.columns))
			}
			t.ends[row][i] = append(t.ends[row][i], end{other, r.Link.Props})
			t.nodes[other] = title{}
			for _, p := range c.properties {
				if id, ok := r.Link.Props[p.Name].(string); ok && p.Reference != nil {
					t.nodes[id] = title{}
				}
			}
		}
	}
	return nil
}

func (t *table) readTitles(records iter.Seq2[store.Record, error]) error {
	for r, err := range records {
		if err != nil {
			return err
		}
		if r.Node == nil {
			return nil
		}
		if _, wanted := t.nodes[r.Node.ID]; !wanted {
			continue
		}
		known := title{text: r.Node.ID}
		if kind := t.catalog.Type(r.Node.Kind); kind != nil && kind.Title != nil {
			if s, ok := r.Node.Props[kind.Title.Name].(string); ok && s != "" {
				known.text = s
			}
		}
		known.licence, _ = r.Node.Props[licenceField].(string)
		t.nodes[r.Node.ID] = known
	}
	return nil
}

func (t *table) heads() []string {
	names := []string{catalog.IDField}
	for _, o := range t.order {
		if o.field != nil {
			names = append(names, heads(o.field)...)
			continue
		}
		c := t.columns[o.link]
		names = append(names, c.field.Name, c.field.Name+"."+catalog.IDField)
		for _, p := range c.properties {
			names = append(names, c.field.Name+"."+p.Name)
		}
	}
	return append(append(names, "licences"), provenanceColumns...)
}

func (t *table) cells(n *store.Node) ([]string, error) {
	if err := known(t.catalog, t.kind.StoredFields(), n.Props); err != nil {
		return nil, err
	}
	ends := t.ends[n.ID]
	if ends == nil {
		ends = make([][]end, len(t.columns))
	}
	out := []string{n.ID}
	for _, o := range t.order {
		var texts []string
		var err error
		if o.field != nil {
			texts, err = cells(o.field, n.Props[o.field.Name])
		} else {
			texts, err = t.linkCells(t.columns[o.link], ends[o.link])
		}
		if err != nil {
			return nil, err
		}
		out = append(out, texts...)
	}
	return append(append(out, t.licences(n, ends)), provenanceCells(n.Recorded)...), nil
}

// linkCells returns titles, ids and properties of what a link leads to.
func (t *table) linkCells(c linkColumn, ends []end) ([]string, error) {
	var titles, ids []string
	properties := make([][]string, len(c.properties))
	for _, e := range ends {
		titles, ids = append(titles, t.title(e.id)), append(ids, e.id)
		for k, p := range c.properties {
			text, err := t.property(p, e.props[p.Name])
			if err != nil {
				return nil, err
			}
			properties[k] = append(properties[k], text)
		}
	}
	out := []string{join(titles), strings.Join(ids, separator)}
	for _, p := range properties {
		out = append(out, positions(p))
	}
	return out, nil
}

func (t *table) title(id string) string { return cmp.Or(t.nodes[id].text, id) }

// licences joins the licences of the sources of a row and, where it is a source, its own.
func (t *table) licences(n *store.Node, ends [][]end) string {
	var all []string
	add := func(licence string) {
		if licence != "" && !slices.Contains(all, licence) {
			all = append(all, licence)
		}
	}
	if licence, ok := n.Props[licenceField].(string); ok {
		add(licence)
	}
	for i, c := range t.columns {
		if c.field.Link.Type == sourceLink && c.field.Out {
			for _, e := range ends[i] {
				add(t.nodes[e.id].licence)
			}
		}
	}
	return join(all)
}

// property writes a property of a link; one that refers to a node has the node's title.
func (t *table) property(f *catalog.Field, v any) (string, error) {
	if id, ok := v.(string); ok && f.Reference != nil {
		return t.title(id), nil
	}
	return cell(f, v)
}

// positions joins the properties of several links, so that each stands where the title of its node does; a cell of which
// all are absent is empty.
func positions(items []string) string {
	if !slices.ContainsFunc(items, func(s string) bool { return s != "" }) {
		return ""
	}
	return join(items)
}
