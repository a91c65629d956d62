package graphml

import (
	"slices"

	"attrigraph/internal/catalog"
)

// key declares data that nodes, edges or the graph can have.
type key struct {
	// id is unique in the file; name is what programs show.
	id, target, name, sort, description string
}

// The keys that are not fields of the model.
const (
	kindKey        = "nodeKind"
	labelKey       = "label"
	typeKey        = "type"
	titleKey       = "title"
	descriptionKey = "description"
	licencesKey    = "licences"
)

// keys returns all keys: those of the graph, of nodes and of edges, fields in the order of the model. Fields of one name that
// several kinds have share a key; it is string where their types differ.
func keys(c *catalog.Catalog) []key {
	out := []key{
		{"g_title", "graph", titleKey, "string", "What the file holds."},
		{"g_description", "graph", descriptionKey, "string", "How to read it."},
		{"g_licences", "graph", licencesKey, "string", "Licences and lines of attribution, with a blank line between them."},
		{"n_nodeKind", "node", kindKey, "string", "The kind of node."},
		{"n_label", "node", labelKey, "string", "The node in one line."},
		{"e_type", "edge", typeKey, "string", "The type of link."},
		{"e_label", "edge", labelKey, "string", "The type of link."},
	}
	add := func(prefix, target string, f *catalog.Field) {
		k := key{prefix + f.Name, target, f.Name, sortOf(f), f.Description}
		i := slices.IndexFunc(out, func(o key) bool { return o.id == k.id })
		switch {
		case i < 0:
			out = append(out, k)
		default:
			if out[i].sort != k.sort {
				out[i].sort = "string"
			}
			if out[i].description != k.description {
				// Kinds describe it each in its own words.
				out[i].description = ""
			}
		}
	}
	for _, kind := range c.Kinds() {
		for _, f := range kind.StoredFields() {
			if f.Name != catalog.IDField && f.Name != catalog.RevisionField && !f.Hidden {
				add("n_", "node", f)
			}
		}
	}
	for _, link := range c.Links {
		for _, f := range link.StoredFields() {
			if !f.Hidden {
				add("e_", "edge", f)
			}
		}
	}
	// A link that becomes a node has its properties there.
	for _, link := range c.Links {
		if direct(c, link) {
			for _, f := range link.StoredFields() {
				if !f.Hidden {
					add("n_", "node", f)
				}
			}
		}
	}
	return out
}

func sortOf(f *catalog.Field) string {
	switch {
	case f.List:
	case f.Scalar == catalog.Int:
		return "int"
	case f.Scalar == catalog.Bool:
		return "boolean"
	}
	return "string"
}

// The names by which the model calls those who can be accused, and that of which they can be accused.
const (
	actorInterface = "Actor"
	incidentKind   = "Incident"
	sourceKind     = "Source"
	licenceField   = "licence"
)

// direct tells whether links of a type can join an actor to an incident.
func direct(c *catalog.Catalog, l *catalog.Link) bool {
	actor, incident := c.Type(actorInterface), c.Type(incidentKind)
	if actor == nil || incident == nil {
		return false
	}
	has := func(ends, of []*catalog.Type) bool {
		return slices.ContainsFunc(ends, func(t *catalog.Type) bool { return slices.Contains(of, t) })
	}
	return has(l.From, actor.Members) && has(l.To, incident.Members) || has(l.From, incident.Members) && has(l.To, actor.Members)
}
