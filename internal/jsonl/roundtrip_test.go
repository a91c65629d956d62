package jsonl_test

import (
	"bytes"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/jsonl"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

func write(t rapid.TB, c *catalog.Catalog, records []store.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jsonl.Write(&out, c, jsonltest.Records(records)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRoundTrip(t *testing.T) {
	c := storetest.Model(t)
	rapid.Check(t, func(t *rapid.T) {
		records := jsonltest.Graph(t, c)
		raw := write(t, c, records)
		got, err := jsonltest.Collect(jsonl.Read(bytes.NewReader(raw), "x.jsonl"))
		if err != nil {
			t.Fatalf("%v in\n%s", err, raw)
		}
		if !reflect.DeepEqual(got, records) {
			t.Fatalf("read %+v\nfrom %s", got, raw)
		}
		if again := write(t, c, got); !bytes.Equal(again, raw) {
			t.Fatalf("the same graph gave other bytes:\n%s\n%s", raw, again)
		}
		// What is read is what a store accepts.
		p, err := store.NewPreparer(c, store.Write{Provenance: store.Provenance{At: "2025-01-01T00:00:00Z", By: "test"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got {
			if r.Node != nil {
				_, err = p.Node(r.Node)
			} else {
				_, err = p.Link(r.Link)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestCutAnywhere holds that no part of a file passes for the whole.
func TestCutAnywhere(t *testing.T) {
	raw := write(t, storetest.Model(t), []store.Record{
		{Node: &store.Node{ID: "writer--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", Kind: "Writer", Props: map[string]any{"name": "Žofie"}}},
		{Node: &store.Node{ID: "secret--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", Kind: "Secret", Props: map[string]any{"word": "w"}}},
	})
	for n := range raw {
		if _, err := jsonltest.Collect(jsonl.Read(bytes.NewReader(raw[:n]), "x.jsonl")); err == nil {
			t.Errorf("the first %d of %d bytes were read as a whole", n, len(raw))
		}
	}
}
