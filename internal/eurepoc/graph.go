package eurepoc

import (
	"errors"

	"attrigraph/internal/store"
)

// prefixes are those of the ids of the kinds that the importer makes.
var prefixes = map[string]string{
	"AliasClaim": "alias-claim", "Attribution": "attribution", "Citation": "citation", "Incident": "incident", "Measure": "measure",
	"Organization": "organization", "Person": "person", "Source": "source", "Statement": "statement", "Target": "target",
	"ThreatGroup": "threat-group",
}

// errStopped tells that whoever takes the changes wants no more.
var errStopped = errors.New("stopped")

// graph hands over nodes as they come, and keeps links for the end: a store takes the same changes in half the time when
// the two do not alternate, and the links of this data set are a small part of what its records say.
type graph struct {
	yield func(store.Change, error) bool
	// shared are the ids of nodes that several records name and that were handed over.
	shared map[string]bool
	kept   []store.Link
}

func (g *graph) node(kind, id, place string, props map[string]any) error {
	return g.take(store.Change{Node: &store.Node{ID: id, Kind: kind, Props: props, Place: place}})
}

// once hands over a node that several records name; first tells that it was not handed over before.
func (g *graph) once(n *store.Node) (first bool, err error) {
	if g.shared[n.ID] {
		return false, nil
	}
	g.shared[n.ID] = true
	return true, g.take(store.Change{Node: n})
}

func (g *graph) link(linkType, from, to, place string) {
	g.kept = append(g.kept, store.Link{Type: linkType, From: from, To: to, Place: place})
}

func (g *graph) links(linkType, from string, to []string, place string) {
	for _, id := range to {
		g.link(linkType, from, id, place)
	}
}

// finish hands over the links.
func (g *graph) finish() error {
	for i := range g.kept {
		if err := g.take(store.Change{Link: &g.kept[i]}); err != nil {
			return err
		}
	}
	return nil
}

func (g *graph) take(c store.Change) error {
	if !g.yield(c, nil) {
		return errStopped
	}
	return nil
}
