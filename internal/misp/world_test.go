package misp_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/misp"
	"attrigraph/internal/store"
	"attrigraph/internal/store/opentest"
)

func openSQLite(t testing.TB) store.Store { return opentest.SQLite(t, importertest.Model(t)) }

// published returns a file of MISP's repository, in memory: the tests read it many times.
func published(t testing.TB, name string) importer.Input {
	t.Helper()
	return importertest.Text(name, string(importertest.Content(t, importertest.Zipped("testdata/"+name+".gz"))))
}

// done is what an import did.
type done struct {
	outcome store.Outcome
	totals  []importer.Counts
	notes   []importer.Note
}

// of returns the counts of a type of record.
func (d done) of(t testing.TB, recordType string) importer.Counts {
	t.Helper()
	for _, c := range d.totals {
		if c.Read != c.Accepted+c.Merged+c.Rejected {
			t.Errorf("%+v does not add up", c)
		}
		if c.Type == recordType {
			return c
		}
	}
	t.Fatalf("no counts of %q in %+v", recordType, d.totals)
	return importer.Counts{}
}

// count returns how many notes have the action and contain the text.
func (d done) count(action importer.Action, text string) int {
	n := 0
	for _, note := range d.notes {
		if note.Action == action && strings.Contains(note.Reason, text) {
			n++
		}
	}
	return n
}

var recorded = store.Provenance{At: "2026-11-23T00:00:00.000Z", By: "test"}

// run imports files into a store.
func run(t testing.TB, s store.Store, keepGoing bool, files ...importer.Input) (done, error) {
	t.Helper()
	var d done
	session := &importer.Session{
		Context: t.Context(), Catalog: importertest.Model(t), Recorded: recorded, KeepGoing: keepGoing,
		Note: func(n importer.Note) { d.notes = append(d.notes, n) },
		Holds: func(_ context.Context, ids []string) (map[string]bool, error) {
			all := read(t, s).nodes
			held := map[string]bool{}
			for _, id := range ids {
				held[id] = all[id] != nil
			}
			return held, nil
		},
	}
	i, err := misp.Import(session, files)
	if err != nil {
		return d, err
	}
	d.outcome, err = s.Apply(t.Context(), i.Write, i.Changes)
	d.totals = session.Totals()
	return d, err
}

func mustRun(t testing.TB, s store.Store, files ...importer.Input) done {
	t.Helper()
	d, err := run(t, s, false, files...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// graph is what a store holds.
type graph struct {
	nodes map[string]*store.Node
	// out and in hold the links of a node by type.
	out, in map[string]map[string][]*store.Link
}

func read(t testing.TB, s store.Store) *graph {
	t.Helper()
	g := &graph{nodes: map[string]*store.Node{}, out: map[string]map[string][]*store.Link{}, in: map[string]map[string][]*store.Link{}}
	err := s.Export(t.Context(), func(r store.Record) error {
		if r.Node != nil {
			g.nodes[r.Node.ID] = r.Node
			return nil
		}
		for _, end := range []struct {
			links map[string]map[string][]*store.Link
			id    string
		}{{g.out, r.Link.From}, {g.in, r.Link.To}} {
			if end.links[end.id] == nil {
				end.links[end.id] = map[string][]*store.Link{}
			}
			end.links[end.id][r.Link.Type] = append(end.links[end.id][r.Link.Type], r.Link)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// of returns the nodes of a kind for which keep answers true.
func (g *graph) of(kind string, keep func(n *store.Node) bool) []*store.Node {
	var out []*store.Node
	for _, n := range g.nodes {
		if n.Kind == kind && keep(n) {
			out = append(out, n)
		}
	}
	return out
}

// to returns the nodes at the ends of a node's links.
func (g *graph) to(n *store.Node, link string) []*store.Node {
	var out []*store.Node
	for _, l := range g.out[n.ID][link] {
		out = append(out, g.nodes[l.To])
	}
	return out
}

// names returns the names of nodes.
func names(nodes []*store.Node) string {
	var out []string
	for _, n := range nodes {
		name, _ := n.Props["name"].(string)
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// named returns the one node of a kind with a name.
func (g *graph) named(t testing.TB, kind, name string) *store.Node {
	t.Helper()
	found := g.of(kind, func(n *store.Node) bool { return n.Props["name"] == name })
	if len(found) != 1 {
		t.Fatalf("%d nodes %s %q", len(found), kind, name)
	}
	return found[0]
}

// attack puts the groups of MITRE ATT&CK into a store, as the import of STIX names them.
func attack(t testing.TB, s store.Store) {
	t.Helper()
	raw, err := os.ReadFile("testdata/intrusion-sets.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Apply(t.Context(), store.Write{Provenance: store.Provenance{At: recorded.At, By: "test", From: "stix"}}, func(yield func(store.Change, error) bool) {
		for _, id := range bytes.Fields(raw) {
			n := &store.Node{ID: ident.ForImport("threat-group", "stix", string(id)), Kind: "ThreatGroup", Props: map[string]any{"name": string(id)}}
			if !yield(store.Change{Node: n}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func every(*store.Node) bool { return true }
