package misp

import (
	"slices"
	"strings"

	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

// coiner is who coined a name: producers by UUID, and the text that `origin:<name>` gives.
type coiner struct {
	producers []string
	origin    string
}

const originPrefix = "origin:"

// coiners returns who coined which of the record's names. An entry of `name-attribution` is NAME:UUID.
func (r *record) coiners() map[string]coiner {
	out := map[string]coiner{}
	for _, m := range r.meta {
		if name, ok := strings.CutPrefix(m.name, originPrefix); ok {
			c := out[name]
			if c.origin = r.text(m.name, m.raw); len(c.origin) > maxName {
				r.note("%s is longer than %d bytes; it is in the original only", text.Quote(m.name), maxName)
				c.origin = ""
			}
			out[name] = c
		}
	}
	for _, entry := range r.meta.texts(r, "name-attribution") {
		colon := strings.LastIndexByte(entry, ':')
		if colon <= 0 || colon == len(entry)-1 || len(entry) > maxName {
			r.note("the name-attribution %s is not of the form NAME:UUID; it is in the original only", text.Quote(entry))
			continue
		}
		name, uuid := entry[:colon], strings.ToLower(entry[colon+1:])
		c := out[name]
		if !slices.Contains(c.producers, uuid) {
			c.producers = append(c.producers, uuid)
		}
		out[name] = c
	}
	return out
}

// coinedBy returns the organizations that coined a name. A producer of which only the UUID is known is called by that;
// when the file of producers is imported, it gets its name.
func (m *mapping) coinedBy(r *record, source string, c coiner) []string {
	var out []string
	add := func(part, name string) {
		// The store's name is kept: a file of producers knows better.
		node := m.out.sharedNode("Organization", part, map[string]any{"name": name, "kind": "OTHER"}, true, r.place)
		m.from(node, source, r.place)
		if !slices.Contains(out, node) {
			out = append(out, node)
		}
	}
	for _, uuid := range c.producers {
		name := m.index.producers[uuid]
		if name == "" {
			name = "Producer " + uuid + " in MISP's galaxies"
		}
		add(uuid, name)
	}
	switch uuid := m.index.origins[c.origin]; {
	case c.origin == "":
	case uuid != "":
		if len(c.producers) > 0 && !slices.Contains(c.producers, uuid) {
			m.session.Remark(importer.Doubtful, r.place, m.cluster.sort, r.uuid, "the origin %s is not the producer that name-attribution gives; both are taken", text.Quote(c.origin))
		}
		add(uuid, c.origin)
	default:
		add("origin/"+c.origin, c.origin)
	}
	return out
}

// producer maps a value of the galaxy of producers.
func (m *mapping) producer(r *record, source string) {
	kind := "OTHER"
	for _, sort := range r.meta.texts(r, "company-type") {
		if strings.EqualFold(sort, "cyber security vendor") {
			kind = "VENDOR"
		}
	}
	node := m.out.sharedNode("Organization", r.uuid, map[string]any{"name": r.name, "kind": kind, "description": r.description}, false, r.place)
	m.from(node, source, r.place)
	if code := r.meta.text(r, "country"); code != "" {
		if state, _, ok := m.out.state(code, "", r.place); ok {
			m.once("ORGANIZATION_OF", node, state, r.place)
		} else {
			m.session.Remark(importer.Doubtful, r.place, m.cluster.sort, r.uuid, "the country %s is no code of ISO 3166-1; it is in the original only", text.Quote(code))
		}
	}
}
