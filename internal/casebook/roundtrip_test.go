package casebook_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"attrigraph/internal/casebook"
	"attrigraph/internal/catalog"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/store"
)

func export(t rapid.TB, c *catalog.Catalog, records []store.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := casebook.Export(c, jsonltest.Records(records), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestExportAndLoad holds that an export gives the same graph and the same bytes, in whatever order the records come.
func TestExportAndLoad(t *testing.T) {
	for _, path := range []string{toyModel, "../../schema/model.graphqls"} {
		c := model(t, path)
		t.Run(path, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				records := jsonltest.Graph(t, c)
				raw := export(t, c, records)
				book, err := casebook.Load(c, []casebook.File{{Name: "x.yaml", Data: raw}})
				if err != nil {
					t.Fatalf("%v in\n%s", err, raw)
				}
				got, err := jsonltest.Collect(book.Changes())
				if err != nil || !reflect.DeepEqual(got, records) {
					t.Fatalf("%v: loaded\n%s\nfrom\n%s", err, export(t, c, got), raw)
				}
				rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
				if again := export(t, c, got); !bytes.Equal(again, raw) {
					t.Fatalf("the same graph gave other bytes:\n%s\n%s", raw, again)
				}
			})
		})
	}
}

// TestExportOfCases holds that cases keep their ids and provenance through an export.
func TestExportOfCases(t *testing.T) {
	c := model(t, "../../schema/model.graphqls")
	records := jsonltest.Cases(t, c)
	again, err := casebook.Load(c, []casebook.File{{Name: "export.yaml", Data: export(t, c, records)}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := jsonltest.Collect(again.Changes())
	if err != nil || !reflect.DeepEqual(got, records) {
		t.Fatalf("%v: the export of the bundled cases is another graph", err)
	}
}

func TestExportOfNothing(t *testing.T) {
	c := model(t, toyModel)
	book, err := casebook.Load(c, []casebook.File{{Name: "x.yaml", Data: export(t, c, nil)}})
	if err != nil || book.Len() != 0 {
		t.Fatalf("%d changes, %v", book.Len(), err)
	}
}

func TestExportRefuses(t *testing.T) {
	c := model(t, toyModel)
	const a, b = "writer--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "work--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"
	big := strings.Repeat("x", 9<<20)
	for want, records := range map[string][]store.Record{
		"neither node is exported":   {{Link: &store.Link{Type: "MADE_BY", From: b, To: a}}},
		"does not have in the model": {{Node: &store.Node{ID: a, Kind: "Writer", Props: map[string]any{"nam": "x"}}}},
		"there is no kind of node":   {{Node: &store.Node{ID: a, Kind: "Painter"}}},
		"export jsonl": {
			{Node: &store.Node{ID: a, Kind: "Writer", Props: map[string]any{"name": big}}},
			{Node: &store.Node{ID: b, Kind: "Work", Props: map[string]any{"title": big}}},
		},
	} {
		var out bytes.Buffer
		if err := casebook.Export(c, jsonltest.Records(records), &out); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("want an error with %q and no output, got %v and %d bytes", want, err, out.Len())
		}
	}
}

// TestLinkWithoutItsOrigin holds that a part of a graph keeps the links that lead into it.
func TestLinkWithoutItsOrigin(t *testing.T) {
	c := model(t, toyModel)
	const a, b = "writer--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "work--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"
	recorded := &store.Provenance{At: "2025-05-28T00:00:00.000Z", By: "x"}
	records := []store.Record{
		{Node: &store.Node{ID: a, Kind: "Writer", Props: map[string]any{"name": "A"}, Recorded: recorded}},
		{Link: &store.Link{Type: "MADE_BY", From: b, To: a, Props: map[string]any{"share": int64(3)}, Recorded: recorded}},
	}
	book, err := casebook.Load(c, []casebook.File{{Name: "x.yaml", Data: export(t, c, records)}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := jsonltest.Collect(book.Changes()); err != nil || !reflect.DeepEqual(got, records) {
		t.Fatalf("%+v, %v", got, err)
	}
}

// TestCutFile holds that a file which ends within a line is refused wherever that is.
func TestCutFile(t *testing.T) {
	c := model(t, toyModel)
	raw := []byte("case: {key: a, title: A, recordedAt: 2025-01-01, recordedBy: b}\nwriters:\n  - key: ada\n    name: Ada\n    born: 1815\n")
	if _, err := casebook.Load(c, []casebook.File{{Name: "x.yaml", Data: raw}}); err != nil {
		t.Fatal(err)
	}
	for n := range raw {
		if n > 0 && raw[n-1] == '\n' {
			continue
		}
		if _, err := casebook.Load(c, []casebook.File{{Name: "x.yaml", Data: raw[:n]}}); err == nil {
			t.Errorf("%q was read as a whole", raw[:n])
		}
	}
	if slices.Contains(raw, '\r') {
		t.Fatal("the sample must have line feeds only")
	}
	windows := bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
	book, err := casebook.Load(c, []casebook.File{{Name: "x.yaml", Data: append([]byte("\ufeff"), windows...)}})
	if err != nil || book.Len() != 1 {
		t.Fatalf("line breaks of Windows and a byte order mark: %v", err)
	}
}
