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

// graph hands over nodes and links.
type graph struct {
	yield func(store.Change, error) bool
	// shared are the ids of nodes that several records name and that were handed over.
	shared map[string]bool
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

func (g *graph) link(linkType, from, to, place string) error {
	return g.take(store.Change{Link: &store.Link{Type: linkType, From: from, To: to, Place: place}})
}

func (g *graph) links(linkType, from string, to []string, place string) error {
	for _, id := range to {
		if err := g.link(linkType, from, id, place); err != nil {
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
