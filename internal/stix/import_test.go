package stix_test

import (
	"context"
	"strings"
	"testing"

	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/stix"
	"attrigraph/internal/store"
)

// attackBundle is the whole bundle of MITRE ATT&CK's groups and campaigns, and what they are said to use.
var attackBundle = importertest.Zipped("testdata/enterprise-attack-actors.json.gz")

// bundle is a bundle of objects, each on a line of its own from the second on.
func bundle(objects ...string) importer.Input {
	return importertest.Text("b.json", `{"type":"bundle","id":"bundle--1","objects":[`+"\n"+strings.Join(objects, ",\n")+"]}")
}

// session is one that keeps what it is told.
type session struct {
	*importer.Session
	notes []importer.Note
}

func newSession(t testing.TB) *session {
	s := &session{Session: &importer.Session{
		Context: t.Context(), Catalog: importertest.Model(t), Recorded: store.Provenance{At: "2026-01-02T03:04:05Z", By: "test"}, KeepGoing: true,
		Holds: func(context.Context, []string) (map[string]bool, error) { return nil, nil },
	}}
	s.Note = func(n importer.Note) { s.notes = append(s.notes, n) }
	return s
}

// noted tells whether there is a note of the action, about the record, whose place and reason have the texts.
func (s *session) noted(action importer.Action, record, place, reason string) bool {
	for _, n := range s.notes {
		if n.Action == action && n.Record == record && strings.Contains(n.Place, place) && strings.Contains(n.Reason, reason) {
			return true
		}
	}
	return false
}

// read holds what an import hands over, by ids.
type read struct {
	session *session
	// from holds the links by type and the id of the node that they come from.
	from  map[[2]string][]string
	nodes map[string]*store.Node
	links map[[3]string]*store.Link
}

// of returns the nodes of a kind.
func (r *read) of(kind string) (found []*store.Node) {
	for _, n := range r.nodes {
		if n.Kind == kind {
			found = append(found, n)
		}
	}
	return found
}

// to returns the nodes to which a node has links of a type.
func (r *read) to(linkType, from string) (found []*store.Node) {
	for _, id := range r.from[[2]string{linkType, from}] {
		found = append(found, r.nodes[id])
	}
	return found
}

// one returns the only node of a kind.
func (r *read) one(t *testing.T, kind string) *store.Node {
	t.Helper()
	found := r.of(kind)
	if len(found) != 1 {
		t.Fatalf("%d nodes of the kind %s", len(found), kind)
	}
	return found[0]
}

// collect reads all of an import and holds it to what stores demand of change sets.
func collect(t testing.TB, s *session, files ...importer.Input) (*read, error) {
	t.Helper()
	im, err := stix.Import(s.Session, files)
	if err != nil {
		return nil, err
	}
	p, err := store.NewPreparer(s.Catalog, im.Write)
	if err != nil {
		t.Fatal(err)
	}
	r := &read{session: s, from: map[[2]string][]string{}, nodes: map[string]*store.Node{}, links: map[[3]string]*store.Link{}}
	for c, err := range im.Changes {
		switch {
		case err != nil:
			return nil, err
		case c.Node != nil:
			if r.nodes[c.Node.ID] != nil {
				t.Errorf("%s comes twice", c.Node.ID)
			}
			if len(r.links) > 0 {
				t.Errorf("%s comes after links", c.Node.ID)
			}
			if _, err := p.Node(c.Node); err != nil {
				t.Error(err)
			}
			r.nodes[c.Node.ID] = c.Node
		case c.Link != nil:
			key := [3]string{c.Link.Type, c.Link.From, c.Link.To}
			if r.links[key] != nil {
				t.Errorf("the link %v comes twice", key)
			}
			if r.nodes[c.Link.From] == nil {
				t.Errorf("the link %v comes from what was not handed over", key)
			}
			if _, err := p.Link(c.Link); err != nil {
				t.Error(err)
			}
			r.links[key] = c.Link
			r.from[[2]string{key[0], key[1]}] = append(r.from[[2]string{key[0], key[1]}], key[2])
		}
	}
	if err := p.Finish(); err != nil {
		t.Error(err)
	}
	for _, c := range s.Totals() {
		if c.Read != c.Accepted+c.Merged+c.Rejected {
			t.Errorf("%+v do not add up", c)
		}
	}
	return r, nil
}

func mustCollect(t testing.TB, s *session, files ...importer.Input) *read {
	t.Helper()
	r, err := collect(t, s, files...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// importInto imports files into a store, which answers what it holds.
func importInto(t testing.TB, st store.Store, s *session, files ...importer.Input) store.Outcome {
	t.Helper()
	s.Holds = func(ctx context.Context, ids []string) (map[string]bool, error) {
		held := map[string]bool{}
		return held, st.Export(ctx, func(r store.Record) error {
			if r.Node != nil {
				held[r.Node.ID] = true
			}
			return nil
		})
	}
	im, err := stix.Import(s.Session, files)
	if err != nil {
		t.Fatal(err)
	}
	out, err := st.Apply(t.Context(), im.Write, im.Changes)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
