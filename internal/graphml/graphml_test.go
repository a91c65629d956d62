package graphml_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/graphml"
	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/misp"
	"attrigraph/internal/pythontest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

func write(t rapid.TB, c *catalog.Catalog, records []store.Record) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := graphml.Write(&out, c, jsonltest.Records(records)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// document is a file as XML.
type document struct {
	Keys []struct {
		ID   string `xml:"id,attr"`
		For  string `xml:"for,attr"`
		Name string `xml:"attr.name,attr"`
		Type string `xml:"attr.type,attr"`
	} `xml:"key"`
	Graph struct {
		Data  []data    `xml:"data"`
		Nodes []element `xml:"node"`
		Edges []element `xml:"edge"`
	} `xml:"graph"`
}

type element struct {
	ID     string `xml:"id,attr"`
	Source string `xml:"source,attr"`
	Target string `xml:"target,attr"`
	Data   []data `xml:"data"`
}

type data struct {
	Key   string `xml:"key,attr"`
	Value string `xml:",chardata"`
}

func parse(t rapid.TB, raw []byte) document {
	t.Helper()
	var d document
	if err := xml.Unmarshal(raw, &d); err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	return d
}

// values returns data by key, each of which may be there once.
func (e element) values(t rapid.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, d := range e.Data {
		if _, twice := out[d.Key]; twice {
			t.Fatalf("%s has %s twice", e.ID, d.Key)
		}
		out[d.Key] = d.Value
	}
	return out
}

// TestKeys holds that each key is declared once, and that no field of the model has the name of a key of the format.
func TestKeys(t *testing.T) {
	for _, c := range []*catalog.Catalog{storetest.Model(t), importertest.Model(t)} {
		d := parse(t, write(t, c, nil))
		ids, names := map[string]bool{}, map[string]bool{}
		for _, k := range d.Keys {
			if ids[k.ID] || names[k.For+" "+k.Name] {
				t.Errorf("%+v is there twice", k)
			}
			ids[k.ID], names[k.For+" "+k.Name] = true, true
		}
		for _, own := range []string{"nodeKind", "label", "type"} {
			for _, k := range c.Kinds() {
				if k.Field(own) != nil && own != "type" {
					t.Errorf("%s has a field %s", k, own)
				}
			}
			for _, l := range c.Links {
				if l.Field(own) != nil {
					t.Errorf("%s has a property %s", l.Type, own)
				}
			}
		}
	}
}

// TestIsTheGraph holds that the file says what the graph says, for any graph.
func TestIsTheGraph(t *testing.T) {
	for name, c := range map[string]*catalog.Catalog{"toy": storetest.Model(t), "model": importertest.Model(t)} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				records := jsonltest.Graph(t, c)
				raw := write(t, c, records)
				if !bytes.Equal(raw, write(t, c, records)) {
					t.Fatal("the same graph gave other bytes")
				}
				d := parse(t, raw)
				declared := map[string]bool{}
				for _, k := range d.Keys {
					declared[k.ID] = true
				}
				elements := map[string]element{}
				ends := map[string]int{}
				for _, e := range d.Graph.Nodes {
					elements[e.ID] = e
				}
				for _, e := range d.Graph.Edges {
					if _, from := elements[e.Source]; !from {
						t.Fatalf("%s begins nowhere", e.ID)
					}
					if _, to := elements[e.Target]; !to {
						t.Fatalf("%s ends nowhere", e.ID)
					}
					ends[e.Source+" "+e.Target]++
				}
				for _, e := range d.Graph.Edges {
					elements[e.ID] = e
				}
				for _, r := range records {
					id, prefix := "", "e_"
					var props map[string]any
					var fields []*catalog.Field
					var by string
					if r.Node != nil {
						id, prefix, props, by = r.Node.ID, "n_", r.Node.Props, r.Node.Recorded.By
						fields = c.Type(r.Node.Kind).StoredFields()
					} else {
						l := r.Link
						id, props, by = ident.ForLink(l.Type, l.From, l.To), l.Props, l.Recorded.By
						fields = c.Link(l.Type).StoredFields()
						if elements[id].Source == "" {
							prefix = "n_"
							if ends[l.From+" "+id] != 1 || ends[id+" "+l.To] != 1 || ends[l.From+" "+l.To] != 0 {
								t.Fatalf("the link %s is not a node between its ends", l.Type)
							}
						} else if elements[id].Source != l.From || elements[id].Target != l.To || elements[id].values(t)["e_type"] != l.Type {
							t.Fatalf("%+v is not %+v", elements[id], l)
						}
					}
					values := elements[id].values(t)
					if values[prefix+"recordedBy"] != by {
						t.Fatalf("recorded by %q, want %q", values[prefix+"recordedBy"], by)
					}
					for _, f := range fields {
						want, given := props[f.Name]
						if !given {
							continue
						}
						got := values[prefix+f.Name]
						if list, ok := want.([]string); ok {
							var back []string
							if err := json.Unmarshal([]byte(got), &back); err != nil || !cmp.Equal(list, back) {
								t.Fatalf("%s is %s, want %q: %v", f.Name, got, list, err)
							}
						} else if f.Scalar != catalog.Date && got != fmt.Sprint(want) {
							t.Fatalf("%s is %q, want %q", f.Name, got, want)
						} else if f.Scalar == catalog.Date && (values[prefix+f.Name+"Precision"] == "" || got == "") {
							t.Fatalf("%s is %q, want %q", f.Name, got, want)
						}
					}
					for k := range values {
						if !declared[k] {
							t.Fatalf("%s is not declared", k)
						}
					}
				}
			})
		})
	}
}

// summary is what networkx read.
type summary struct {
	Directed bool                      `json:"directed"`
	Nodes    map[string]map[string]any `json:"nodes"`
	Edges    map[string]struct {
		From string         `json:"from"`
		To   string         `json:"to"`
		Data map[string]any `json:"data"`
	} `json:"edges"`
	Direct [][2]string       `json:"direct"`
	Graph  map[string]string `json:"graph"`
}

func networkx(t *testing.T, raw []byte) summary {
	t.Helper()
	python := pythontest.Interpreter(t)
	cmd := exec.CommandContext(t.Context(), python, "testdata/summary.py")
	cmd.Stdin = bytes.NewReader(raw)
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &failed)
	}
	var s summary
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNetworkx holds that networkx reads the casebook as it is, with types, and that nothing joins an actor to an incident.
func TestNetworkx(t *testing.T) {
	c := importertest.Model(t)
	records := jsonltest.Cases(t, c)
	s := networkx(t, write(t, c, records))
	nodes, links, reports := 0, 0, 0
	for _, r := range records {
		switch {
		case r.Node != nil:
			nodes++
			got := s.Nodes[r.Node.ID]
			if got["nodeKind"] != r.Node.Kind || got["label"] == nil || got["recordedAt"] != r.Node.Recorded.At {
				t.Fatalf("%s is %v", r.Node.ID, got)
			}
			for name, v := range r.Node.Props {
				var want any
				switch v := v.(type) {
				case int64:
					want = float64(v) // as JSON gives it back: not text
				case bool, string:
					want = v
				case []string:
					continue
				}
				if got[name] != want {
					t.Errorf("%s of %s is %v, want %v", name, r.Node.ID, got[name], want)
				}
			}
		case r.Link.Type == "REPORTED_BY":
			reports++
			if got := s.Nodes[ident.ForLink(r.Link.Type, r.Link.From, r.Link.To)]; got["nodeKind"] != "Link" || got["label"] != "REPORTED_BY" {
				t.Errorf("%+v is %v", r.Link, got)
			}
		default:
			links++
			got := s.Edges[ident.ForLink(r.Link.Type, r.Link.From, r.Link.To)]
			if got.From != r.Link.From || got.To != r.Link.To || got.Data["type"] != r.Link.Type || got.Data["recordedBy"] != r.Link.Recorded.By {
				t.Fatalf("%+v is %+v", r.Link, got)
			}
		}
	}
	if reports == 0 || len(s.Nodes) != nodes+reports || len(s.Edges) != links+2*reports || !s.Directed {
		t.Errorf("networkx read %d nodes and %d edges of %d nodes, %d links and %d links that are nodes", len(s.Nodes), len(s.Edges), nodes, links, reports)
	}
	if len(s.Direct) > 0 {
		t.Errorf("edges between an actor and an incident: %v", s.Direct)
	}
}

// TestNetworkxReadsAnything lets networkx read a graph with every kind, link and awkward text.
func TestNetworkxReadsAnything(t *testing.T) {
	c := importertest.Model(t)
	records := rapid.Custom(func(t *rapid.T) []store.Record { return jsonltest.Graph(t, c) }).Example(7)
	s := networkx(t, write(t, c, records))
	for _, r := range records {
		if n := r.Node; n != nil {
			if got := s.Nodes[n.ID]; got["nodeKind"] != n.Kind {
				t.Fatalf("%s is %v", n.ID, got)
			}
		}
	}
	if len(s.Direct) > 0 {
		t.Errorf("edges between an actor and an incident: %v", s.Direct)
	}
}

// TestNetworkxReadsAnImport lets networkx read MISP's actors, with their licence.
func TestNetworkxReadsAnImport(t *testing.T) {
	c := importertest.Model(t)
	s := &importer.Session{
		Context: t.Context(), Catalog: c, Recorded: store.Provenance{At: "2026-11-23T00:00:00.000Z", By: "test"}, Note: func(importer.Note) {},
		Holds: func(context.Context, []string) (map[string]bool, error) { return nil, nil },
	}
	i, err := misp.Import(s, []importer.Input{importertest.Zipped("../misp/testdata/threat-actor.json.gz")})
	if err != nil {
		t.Fatal(err)
	}
	records, err := jsonltest.Collect(i.Changes)
	if err != nil {
		t.Fatal(err)
	}
	got := networkx(t, write(t, c, records))
	if n := len(got.Nodes) + len(got.Edges); n != len(records) {
		t.Errorf("networkx read %d nodes and edges of %d", n, len(records))
	}
	if len(got.Direct) > 0 || !strings.Contains(got.Graph["licences"], "MISP galaxy") {
		t.Errorf("direct %v, licences %q", got.Direct, got.Graph["licences"])
	}
}

// TestLicences holds that licences are said of the whole graph.
func TestLicences(t *testing.T) {
	c := importertest.Model(t)
	source := func(id, licence string) store.Record {
		return store.Record{Node: &store.Node{ID: "source--" + id, Kind: "Source", Props: map[string]any{"title": "A", "verification": "RELAY", "licence": licence}}}
	}
	d := parse(t, write(t, c, []store.Record{
		source("1f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "CC BY 4.0, B"),
		source("2f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "CC0 <A>"), source("3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "CC BY 4.0, B"),
	}))
	got := element{Data: d.Graph.Data}.values(t)
	if got["g_licences"] != "CC BY 4.0, B\n\nCC0 <A>" || got["g_title"] == "" || !strings.Contains(got["g_description"], "what was said") {
		t.Error(got)
	}
}

func TestRefusals(t *testing.T) {
	c := storetest.Model(t)
	const a, w = "writer--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "work--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"
	for _, x := range []struct {
		want   string
		record store.Record
	}{
		{"node " + a + ": there is a field that the model does not have", store.Record{Node: &store.Node{ID: a, Kind: "Writer", Props: map[string]any{"nam": "x"}}}},
		{`node ` + a + ` is of the kind "Painter", which the model does not have`, store.Record{Node: &store.Node{ID: a, Kind: "Painter"}}},
		{`link from ` + w + ` to ` + a + ` is of the type "PAINTED_BY", which the model does not have`, store.Record{Link: &store.Link{Type: "PAINTED_BY", From: w, To: a}}},
		{"link MADE_BY from " + w + " to " + a + ": there is a field that the model does not have", store.Record{Link: &store.Link{Type: "MADE_BY", From: w, To: a, Props: map[string]any{"x": "y"}}}},
	} {
		if err := graphml.Write(io.Discard, c, jsonltest.Records([]store.Record{x.record})); err == nil || err.Error() != x.want {
			t.Errorf("got  %v\nwant %s", err, x.want)
		}
	}
	failure := errors.New("store")
	if err := graphml.Write(io.Discard, c, func(yield func(store.Record, error) bool) { yield(store.Record{}, failure) }); !errors.Is(err, failure) {
		t.Error(err)
	}
	if err := graphml.Write(full{}, c, jsonltest.Records(nil)); err == nil {
		t.Error("a full disk goes unnoticed")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }
