package eurepoc_test

import (
	"testing"

	"pgregory.net/rapid"

	"attrigraph/internal/eurepoc"
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// graph is what an import hands over, by id.
type graph struct {
	nodes map[string]*store.Node
	// kinds holds the nodes of each kind in the order in which they came.
	kinds map[string][]*store.Node
	// out and in hold the ids at the other end of links by type and end.
	out, in map[string]map[string][]string
}

// build runs an import and checks each change against the model, as stores do.
func build(t rapid.TB, s *importer.Session, files ...importer.Input) (*graph, error) {
	t.Helper()
	im, err := eurepoc.Import(s, files)
	if err != nil {
		return nil, err
	}
	p, err := store.NewPreparer(s.Catalog, im.Write)
	if err != nil {
		t.Fatal(err)
	}
	g := &graph{nodes: map[string]*store.Node{}, kinds: map[string][]*store.Node{}, out: map[string]map[string][]string{}, in: map[string]map[string][]string{}}
	links := map[[3]string]bool{}
	for c, err := range im.Changes {
		if err != nil {
			return g, err
		}
		switch {
		case c.Node != nil:
			if g.nodes[c.Node.ID] != nil {
				t.Fatalf("the node %s comes twice: %v", c.Node.ID, c.Node.Props)
			}
			if _, err := p.Node(c.Node); err != nil {
				t.Fatal(err)
			}
			g.nodes[c.Node.ID] = c.Node
			g.kinds[c.Node.Kind] = append(g.kinds[c.Node.Kind], c.Node)
		case c.Link != nil:
			l := c.Link
			if g.nodes[l.From] == nil || g.nodes[l.To] == nil {
				t.Fatalf("the link %s comes before its nodes", l.Type)
			}
			if key := [3]string{l.Type, l.From, l.To}; links[key] {
				t.Fatalf("the link %v comes twice", key)
			} else {
				links[key] = true
			}
			if _, err := p.Link(l); err != nil {
				t.Fatal(err)
			}
			for _, end := range []struct {
				side     map[string]map[string][]string
				from, to string
			}{{g.out, l.From, l.To}, {g.in, l.To, l.From}} {
				if end.side[l.Type] == nil {
					end.side[l.Type] = map[string][]string{}
				}
				end.side[l.Type][end.from] = append(end.side[l.Type][end.from], end.to)
			}
		}
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	return g, nil
}

// made is the graph of version 1.1, its notes and its totals. Tests only read them.
type made struct {
	graph  *graph
	notes  []importer.Note
	totals []importer.Counts
}

var realMade *made

// realGraph imports version 1.1, once for all tests.
func realGraph(t testing.TB) (*graph, []importer.Note, []importer.Counts) {
	t.Helper()
	if realMade == nil {
		s, notes := session(t)
		g, err := build(t, s, realInputs(t)...)
		if err != nil {
			t.Fatal(err)
		}
		realMade = &made{g, *notes, s.Totals()}
	}
	return realMade.graph, realMade.notes, realMade.totals
}
