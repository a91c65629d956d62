// Package stix reads and writes bundles of STIX 2.1.
//
// Somebody else's objects are kept as they came, each in a Source, beside what the model can say of them: groups,
// campaigns, and the claims that relationships and aliases make. Objects that an export wrote carry the nodes and links
// themselves, so that an export that is imported gives the same graph.
package stix

import (
	"errors"
	"iter"

	"attrigraph/internal/importer"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// dataset makes the ids of what is mapped from STIX objects, and is the Provenance.From of their imports. It names no
// bundle: an object is the same in whichever bundle it comes, so a later one replaces its links.
const dataset = "stix"

// Import is the importer.Format of STIX bundles, of version 2.1 and of version 2.0 as MITRE ATT&CK still publishes them.
// All files together are one set of objects. They are read three times: to learn what there is, for the nodes, and for the
// links. Memory holds one object at a time, and of every object its name, its ends and the like.
func Import(s *importer.Session, files []importer.Input) (*importer.Import, error) {
	x := newIndex(s)
	for i, f := range files {
		if err := x.read(i, f); err != nil {
			return nil, err
		}
	}
	if err := x.finish(); err != nil {
		return nil, err
	}
	write := store.Write{Provenance: s.Recorded, ReplaceLinks: true}
	write.From = dataset
	return &importer.Import{Write: write, Changes: changes(x, files)}, nil
}

// errStopped tells that whoever takes the changes wants no more.
var errStopped = errors.New("stopped")

func changes(x *index, files []importer.Input) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		m := &mapping{index: x, session: x.session, shared: map[string]bool{}, yield: yield}
		if err := m.run(files); err != nil && !errors.Is(err, errStopped) {
			yield(store.Change{}, err)
		}
	}
}

// run hands over all nodes, then all links.
func (m *mapping) run(files []importer.Input) error {
	for _, m.nodes = range []bool{true, false} {
		for i, f := range files {
			if err := m.read(i, f); err != nil {
				return err
			}
		}
		if !m.nodes {
			break
		}
		for _, c := range m.index.own.rest() {
			if err := m.change(c); err != nil {
				return err
			}
			m.remark(importer.Doubtful, c.Node.Place, "Source", c.Node.ID, "the object that it is the source of is not in the file")
		}
	}
	return nil
}

func (m *mapping) read(file int, in importer.Input) error {
	entries, next := m.index.files[file], 0
	changed := &store.InvalidChange{Place: in.Name, Reason: "the file changed while it was read; import it again"}
	_, err := readBundle(in, func(at place, raw []byte, _ error) error {
		if next == len(entries) {
			return changed
		}
		e := entries[next]
		next++
		if e == nil || e.failed || !m.nodes && !e.hasLinks() {
			return nil // rejected or merged, or nothing is left to say of it
		}
		o, err := ParseObject(raw)
		if err != nil || o.Text("id") != e.id {
			return changed
		}
		return m.object(o, e)
	})
	if err == nil && next < len(entries) {
		return changed
	}
	return err
}

// object hands over the nodes or the links of one object.
func (m *mapping) object(o *Object, e *entry) error {
	if e.own {
		plain := m.index.own.foreign(o)
		if plain == nil {
			return m.ownObject(o, e)
		}
		o = plain
	}
	if m.nodes {
		m.session.Accept(e.kind, 1)
		m.dangling(o, e)
	}
	return m.foreign(o, e)
}

// ownObject hands over what an object of an export holds.
func (m *mapping) ownObject(o *Object, e *entry) error {
	at := e.at.String()
	links, dangling, err := m.index.own.links(o, at)
	changes := links
	if err == nil && m.nodes {
		changes, err = m.index.own.nodes(o, at)
	}
	if err != nil {
		e.failed = true
		delete(m.index.own.ids, e.id) // so that nobody's links lead to it
		return m.session.Mistake(at, e.kind, e.id, "%s", err)
	}
	if m.nodes {
		m.session.Accept(e.kind, 1)
		for _, ref := range dangling {
			m.remark(importer.Doubtful, at, e.kind, e.id, "it refers to %s, which is not in the file", text.Quote(ref))
		}
	}
	for _, c := range changes {
		if err := m.change(c); err != nil {
			return err
		}
	}
	return nil
}
