package csvexport_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/csvexport"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// cases returns the model and the bundled cases.
func cases(t testing.TB) (*catalog.Catalog, []store.Record) {
	t.Helper()
	c := importertest.Model(t)
	return c, jsonltest.Cases(t, c)
}

// parse reads a table strictly by RFC 4180; encoding/csv would change line breaks within cells.
func parse(t rapid.TB, raw string) (heads []string, rows []map[string]string) {
	t.Helper()
	if !utf8.ValidString(raw) {
		t.Fatal("the table is not in UTF-8")
	}
	for raw != "" {
		var cells []string
		for {
			var c string
			if quoted, ok := strings.CutPrefix(raw, `"`); ok {
				for {
					part, rest, found := strings.Cut(quoted, `"`)
					if !found {
						t.Fatal("a quoted cell does not end")
					}
					c += part
					if quoted, ok = strings.CutPrefix(rest, `"`); !ok {
						raw = rest
						break
					}
					c += `"`
				}
			} else {
				n := strings.IndexAny(raw, ",\r\n\"")
				c, raw = raw[:n], raw[n:]
			}
			cells = append(cells, c)
			if rest, ok := strings.CutPrefix(raw, "\r\n"); ok {
				raw = rest
				break
			}
			if !strings.HasPrefix(raw, ",") {
				t.Fatalf("a cell %q ends with %.10q", c, raw)
			}
			raw = raw[1:]
		}
		if heads == nil {
			heads = cells
			continue
		}
		if len(cells) != len(heads) {
			t.Fatalf("%d cells in a row, %d in the first", len(cells), len(heads))
		}
		row := map[string]string{}
		for i, h := range heads {
			if _, twice := row[h]; twice {
				t.Fatalf("two columns %q", h)
			}
			row[h] = cells[i]
		}
		rows = append(rows, row)
	}
	return heads, rows
}

func table(t rapid.TB, c *catalog.Catalog, records []store.Record, name string) string {
	t.Helper()
	var out bytes.Buffer
	if err := csvexport.Write(&out, c, jsonltest.Records(records), csvexport.Options{Table: name}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func archive(t rapid.TB, c *catalog.Catalog, records []store.Record) (raw []byte, files map[string]string) {
	t.Helper()
	var out bytes.Buffer
	if err := csvexport.WriteZip(&out, c, jsonltest.Records(records), csvexport.Options{}); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return out.Bytes(), files
}

// text takes the apostrophe away that keeps a text from being a formula.
func text(cell string) string { return strings.TrimPrefix(cell, "'") }

// expected is what a cell says of a value.
func expected(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case int64:
		return strconv.FormatInt(v, 10)
	case []string:
		return strings.Join(v, "; ")
	}
	return fmt.Sprint(v)
}

// TestCellsAreTheGraph holds that tables say what the graph says, for any graph, and that no cell with a text begins with
// a sign that makes a spreadsheet compute.
func TestCellsAreTheGraph(t *testing.T) {
	c := storetest.Model(t)
	rapid.Check(t, func(t *rapid.T) {
		records := jsonltest.Graph(t, c)
		raw, files := archive(t, c, records)
		if again, _ := archive(t, c, records); !bytes.Equal(raw, again) {
			t.Fatal("the same graph gave other bytes")
		}
		byKind := map[string][]map[string]string{}
		for _, k := range c.Kinds() {
			_, byKind[k.Name] = parse(t, files[k.Plural+".csv"])
			_, one := parse(t, table(t, c, records, k.Plural))
			for i, row := range one {
				for name, cell := range byKind[k.Name][i] {
					if row[name] != cell {
						t.Fatalf("%s is %q in the table and %q in the archive", name, row[name], cell)
					}
				}
			}
		}
		_, links := parse(t, files["links.csv"])
		for _, r := range records {
			var row map[string]string
			var props map[string]any
			var fields []*catalog.Field
			if n := r.Node; n != nil {
				row, byKind[n.Kind] = byKind[n.Kind][0], byKind[n.Kind][1:]
				props, fields = n.Props, c.Type(n.Kind).StoredFields()
				if row["id"] != n.ID || row["recordedAt"] != n.Recorded.At || text(row["recordedBy"]) != n.Recorded.By || text(row["recordedFrom"]) != n.Recorded.From {
					t.Fatalf("%v is not %+v", row, n)
				}
			} else {
				l := r.Link
				row, links = links[0], links[1:]
				props, fields = l.Props, c.Link(l.Type).StoredFields()
				if row["type"] != l.Type || row["from"] != l.From || row["to"] != l.To || text(row["recordedBy"]) != l.Recorded.By {
					t.Fatalf("%v is not %+v", row, l)
				}
			}
			for _, f := range fields {
				cell, there := row[f.Name]
				if v, given := props[f.Name]; given && (!there || expected(v) != cell && expected(v) != text(cell) && f.Scalar != catalog.Date) {
					t.Fatalf("%s is %q, want %v", f.Name, cell, v)
				}
				if f.Scalar == catalog.Text && cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
					t.Fatalf("%s is the formula %q", f.Name, cell)
				}
			}
		}
		if len(links) > 0 {
			t.Fatalf("%d links too many", len(links))
		}
	})
}

// TestAttributions reads the table that is written by default.
func TestAttributions(t *testing.T) {
	c, records := cases(t)
	heads, rows := parse(t, table(t, c, records, ""))
	for _, h := range []string{
		"id", "summary", "date", "datePrecision", "dateEarliest", "dateLatest", "proposition", "polarity", "confidenceWording", "verification",
		"subject", "subject.id", "accusers", "accusers.id", "accusers.role", "accused", "accused.wording", "denials", "denials.id", "sources", "licences", "recordedFrom",
	} {
		if !slices.Contains(heads, h) {
			t.Errorf("no column %s", h)
		}
	}
	// What a reader looks for comes before what leads to the row.
	if heads[0] != "id" || heads[1] != "summary" || slices.Index(heads, "accused") > slices.Index(heads, "sources") || slices.Index(heads, "sources") > slices.Index(heads, "denials") {
		t.Errorf("the columns are %q", heads)
	}
	found := 0
	for _, row := range rows {
		if row["proposition"] != "HELD_RESPONSIBLE" || row["date"] != "2025-05-28" || row["accused"] != "People's Republic of China" {
			continue
		}
		found++
		want := map[string]string{"polarity": "ASSERTED", "dateEarliest": "2025-05-28", "datePrecision": "DAY"}
		for h, cell := range want {
			if row[h] != cell {
				t.Errorf("%s is %q, want %q", h, row[h], cell)
			}
		}
		if !strings.Contains(row["accusers"], "Czech") || strings.Count(row["accusers.id"], "; ") != strings.Count(row["accusers.role"], "; ") || row["denials"] == "" || row["sources.id"] == "" {
			t.Errorf("accusers %q (%s), denials %q, sources %q", row["accusers"], row["accusers.role"], row["denials"], row["sources.id"])
		}
	}
	if found != 1 {
		t.Errorf("%d such attributions", found)
	}
	n := 0
	for _, r := range records {
		if r.Node != nil && r.Node.Kind == "Attribution" {
			n++
		}
	}
	if len(rows) != n {
		t.Errorf("%d rows for %d attributions", len(rows), n)
	}
}

// TestLicences holds that licences go with what was recorded from the sources that have them.
func TestLicences(t *testing.T) {
	c := importertest.Model(t)
	const id = "--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"
	records := []store.Record{
		{Node: &store.Node{ID: "attribution" + id, Kind: "Attribution", Props: map[string]any{"proposition": "CARRIED_OUT_BY", "polarity": "ASSERTED", "summary": "=1+1"}}},
		{Node: &store.Node{ID: "source" + id, Kind: "Source", Props: map[string]any{"title": "A", "verification": "RELAY", "licence": "CC BY 4.0, A"}}},
		{Link: &store.Link{Type: "SOURCED_FROM", From: "attribution" + id, To: "source" + id}},
	}
	_, rows := parse(t, table(t, c, records, "attributions"))
	if rows[0]["licences"] != "CC BY 4.0, A" || rows[0]["sources"] != "A" || rows[0]["summary"] != "'=1+1" {
		t.Error(rows[0])
	}
	_, rows = parse(t, table(t, c, records, "sources"))
	if rows[0]["licences"] != "CC BY 4.0, A" {
		t.Error(rows[0])
	}
	_, files := archive(t, c, records)
	_, rows = parse(t, files["licences.csv"])
	if diff := cmp.Diff([]map[string]string{{"licence": "CC BY 4.0, A", "sources": "1"}}, rows); diff != "" {
		t.Error(diff)
	}
}

// TestExactBytes holds the form of a small table.
func TestExactBytes(t *testing.T) {
	c := storetest.Model(t)
	var out bytes.Buffer
	err := csvexport.WriteZip(&out, c, jsonltest.Records(nil), csvexport.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, files := archive(t, c, nil)
	if !strings.HasSuffix(files["README.txt"], "joined with \"; \".\n") {
		t.Errorf("%q", files["README.txt"])
	}
	if files["licences.csv"] != "licence,sources\r\n" || !strings.HasPrefix(files["links.csv"], "id,type,from,to,") || len(files) != 3 {
		t.Errorf("%q", files)
	}
	real, records := cases(t)
	out.Reset()
	if err := csvexport.Write(&out, real, jsonltest.Records(records), csvexport.Options{Table: "states", ByteOrderMark: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "\ufeffid,name,isoCode,sources,sources.id,") {
		t.Errorf("%.100q", out.String())
	}
	// What is said by, of or to one state can be thousands: that is not in its row.
	if head, _, _ := strings.Cut(out.String(), "\r\n"); strings.Contains(head, "attributionsReceived") {
		t.Error(head)
	}
}

func TestRefusals(t *testing.T) {
	c := storetest.Model(t)
	const a, b, w = "writer--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "writer--4f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "work--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"
	node := func(id, kind string, props map[string]any) store.Record {
		return store.Record{Node: &store.Node{ID: id, Kind: kind, Props: props}}
	}
	for _, x := range []struct {
		want    string
		records []store.Record
	}{
		{"node " + a + ": it has a field that the model does not have", []store.Record{node(a, "Writer", map[string]any{"nam": "x"})}},
		{`node ` + a + ` is of the kind "Painter", which the model does not have`, []store.Record{node(a, "Painter", nil)}},
		{"the records of writers.csv do not come together; export them from a store", []store.Record{node(a, "Writer", nil), node(w, "Work", nil), node(b, "Writer", nil)}},
		{`link from ` + w + ` to ` + a + ` is of the type "PAINTED_BY", which the model does not have`, []store.Record{{Link: &store.Link{Type: "PAINTED_BY", From: w, To: a}}}},
		{"link MADE_BY from " + w + " to " + a + " has a property that the model does not have", []store.Record{{Link: &store.Link{Type: "MADE_BY", From: w, To: a, Props: map[string]any{"x": "y"}}}}},
	} {
		if err := csvexport.WriteZip(io.Discard, c, jsonltest.Records(x.records), csvexport.Options{}); err == nil || err.Error() != x.want {
			t.Errorf("got  %v\nwant %s", err, x.want)
		}
	}
	if err := csvexport.Write(io.Discard, c, jsonltest.Records(nil), csvexport.Options{Table: "painters"}); err == nil || !strings.HasPrefix(err.Error(), `there is no table "painters"; the tables are `) {
		t.Error(err)
	}
	if err := csvexport.WriteZip(io.Discard, c, jsonltest.Records(nil), csvexport.Options{Table: "writers"}); err == nil {
		t.Error("an archive of one table was written")
	}
	failure := fmt.Errorf("store")
	failing := func(yield func(store.Record, error) bool) { yield(store.Record{}, failure) }
	if err := csvexport.Write(io.Discard, c, failing, csvexport.Options{Table: "writers"}); err != failure {
		t.Error(err)
	}
	if err := csvexport.WriteZip(io.Discard, c, failing, csvexport.Options{}); err != failure {
		t.Error(err)
	}
}

// full is a disk without space left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no space left")

// TestFullDisk holds that a table which could not be written does not pass for one that was.
func TestFullDisk(t *testing.T) {
	c, records := cases(t)
	if err := csvexport.Write(full{}, c, jsonltest.Records(records), csvexport.Options{}); !errors.Is(err, errFull) {
		t.Errorf("a table: %v", err)
	}
	if err := csvexport.WriteZip(full{}, c, jsonltest.Records(records), csvexport.Options{}); !errors.Is(err, errFull) {
		t.Errorf("an archive: %v", err)
	}
}
