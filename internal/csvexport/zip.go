package csvexport

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"time"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// The files of the archive that are not tables of a kind.
const (
	readmeFile   = "README.txt"
	linksFile    = "links.csv"
	licencesFile = "licences.csv"
)

// modified is the time of all files, so that the same graph gives the same bytes: the earliest that the format has.
var modified = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

const readme = `Tables of a graph of public attributions of cyber incidents, written by attrigraph.

Each kind of node has a file: one row for each node, with its fields. links.csv has one row for each link: its type, the
ids of the nodes that it joins, its own properties. licences.csv has the licences and lines of attribution that go with what
was imported; name them where you use it.

What is recorded is what was said, not what is true: who accuses whom is in attributions.csv, with the links ACCUSER,
ACCUSED and SUBJECT. A link REPORTED_BY says who reported an incident and accuses nobody.

The files are in UTF-8 as RFC 4180 describes. A text that begins with =, +, -, @, a tab, a line break or an apostrophe has an
apostrophe before it, so that no spreadsheet takes it for a formula. Items of a list are joined with "; ".
`

// WriteZip writes the tables of all kinds that have nodes, those of links and of licences. It reads the records once, as it
// goes: they must come as a store exports them, nodes by id and then links. The same records give the same bytes.
func WriteZip(w io.Writer, c *catalog.Catalog, records iter.Seq2[store.Record, error], o Options) error {
	if o.Table != "" {
		return fmt.Errorf("an archive holds all tables; leave out the table %q or write to a file that does not end in .zip", o.Table)
	}
	a := &archive{zip: zip.NewWriter(w), catalog: c, mark: o.ByteOrderMark, done: map[string]bool{}, licences: map[string]int{}}
	if err := a.open(readmeFile); err != nil {
		return err
	}
	if _, err := a.out.WriteString(readme); err != nil {
		return err
	}
	for r, err := range records {
		if err == nil && r.Node != nil {
			err = a.node(r.Node)
		} else if err == nil && r.Link != nil {
			err = a.link(r.Link)
		}
		if err != nil {
			return err
		}
	}
	if err := a.finish(); err != nil {
		return err
	}
	return a.zip.Close()
}

// archive is a .zip that is being written, one file after the other.
type archive struct {
	zip     *zip.Writer
	catalog *catalog.Catalog
	mark    bool
	// file is the one that is written now; out is nil before the first.
	file string
	out  *bufio.Writer
	done map[string]bool
	// licences counts the sources by licence.
	licences map[string]int
}

// open ends the present file and begins the next.
func (a *archive) open(file string) error {
	if a.out != nil {
		if err := a.out.Flush(); err != nil {
			return err
		}
	}
	if a.done[file] {
		return fmt.Errorf("the records of %s do not come together; export them from a store", file)
	}
	a.file, a.done[file] = file, true
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: file, Method: zip.Deflate, Modified: modified})
	if err != nil {
		return err
	}
	a.out = buffered(w, a.mark)
	return nil
}

func (a *archive) table(file string, heads ...string) error {
	if a.file == file {
		return nil
	}
	if err := a.open(file); err != nil {
		return err
	}
	return row(a.out, heads)
}

func (a *archive) node(n *store.Node) error {
	kind := a.catalog.Type(n.Kind)
	if kind == nil || kind.Form != catalog.Kind {
		return fmt.Errorf("node %s is of the kind %q, which the model does not have", n.ID, n.Kind)
	}
	heads := append([]string{catalog.IDField}, fieldColumns(a.catalog, kind.StoredFields())...)
	if err := a.table(kind.Plural+".csv", append(heads, provenanceColumns...)...); err != nil {
		return err
	}
	if licence, ok := n.Props[licenceField].(string); ok {
		a.licences[licence]++
	}
	cells, err := fieldCells(a.catalog, kind.StoredFields(), n.Props)
	if err != nil {
		return fmt.Errorf("node %s: %w", n.ID, err)
	}
	return row(a.out, append(append([]string{n.ID}, cells...), provenanceCells(n.Recorded)...))
}

func (a *archive) link(l *store.Link) error {
	if err := a.table(linksFile, linkHeads(a.catalog)...); err != nil {
		return err
	}
	link := a.catalog.Link(l.Type)
	if link == nil {
		return fmt.Errorf("link from %s to %s is of the type %q, which the model does not have", l.From, l.To, l.Type)
	}
	cells := []string{ident.ForLink(l.Type, l.From, l.To), l.Type, l.From, l.To}
	used := 0
	for _, name := range propertyNames(a.catalog) {
		text := ""
		if v, given := l.Props[name]; given && link.Properties.Field(name) != nil {
			var err error
			if text, err = cell(link.Field(name), v); err != nil {
				return err
			}
			used++
		}
		cells = append(cells, text)
	}
	if used != len(l.Props) {
		return fmt.Errorf("link %s from %s to %s has a property that the model does not have", l.Type, l.From, l.To)
	}
	return row(a.out, append(cells, provenanceCells(l.Recorded)...))
}

func linkHeads(c *catalog.Catalog) []string {
	return append(append([]string{"id", "type", "from", "to"}, propertyNames(c)...), provenanceColumns...)
}

// propertyNames returns the names of the properties of all links, in the order of the model.
func propertyNames(c *catalog.Catalog) []string {
	var names []string
	for _, p := range c.Properties {
		for _, f := range p.Fields {
			if f.Part <= catalog.PartText && !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

func (a *archive) finish() error {
	// A graph without links has an empty table of them.
	if !a.done[linksFile] {
		if err := a.table(linksFile, linkHeads(a.catalog)...); err != nil {
			return err
		}
	}
	if err := a.table(licencesFile, licenceField, "sources"); err != nil {
		return err
	}
	for _, licence := range slices.Sorted(maps.Keys(a.licences)) {
		if err := row(a.out, []string{safe(licence), fmt.Sprint(a.licences[licence])}); err != nil {
			return err
		}
	}
	return a.out.Flush()
}
