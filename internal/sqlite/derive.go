package sqlite

import (
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// copies fills the tables of interfaces from those of the kinds, for nodes that were recorded before the model had the
// interface, or the interface the field.
func (m *migration) copies() error {
	for _, t := range m.layout.tables {
		if t.of == nil || t.of.Form != catalog.Interface || t.of == m.layout.node {
			continue
		}
		if err := m.exec("DELETE FROM " + quote(t.name)); err != nil {
			return err
		}
		for _, kind := range t.of.Members {
			from := m.layout.types[kind]
			columns := []string{quote(pkColumn)}
			for _, f := range t.fields {
				columns = append(columns, quote(f.Name))
			}
			list := strings.Join(columns, ", ")
			if err := m.exec("INSERT INTO " + quote(t.name) + " (" + quote(kindColumn) + ", " + list + ") SELECT " +
				literal(kind.Name) + ", " + list + " FROM " + quote(from.name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// derive makes hashes and search texts anew, which depend on the model and not only on what was recorded. A node that
// the model does not allow any more keeps what it had; Check tells of it.
func (m *migration) derive() error {
	p, err := store.NewPreparer(m.catalog, store.Write{Provenance: store.Provenance{At: "2000-01-01T00:00:00.000Z", By: "migrate"}})
	if err != nil {
		return err
	}
	for _, kind := range m.catalog.Kinds() {
		var found []storedNode
		if err := readNodes(m.ctx, m.conn, m.layout, kind, func(n storedNode) error {
			found = append(found, n)
			return nil
		}); err != nil {
			return err
		}
		for _, n := range found {
			prepared, err := p.Node(n.record())
			if err != nil {
				continue
			}
			if err := m.exec("UPDATE "+quote(catalog.NodeInterface)+" SET _hash = ?, _name = ?, _listed = ? WHERE _pk = ?",
				prepared.Hash, prepared.SearchName, prepared.Listed, n.pk); err != nil {
				return err
			}
			if err := m.exec("INSERT OR REPLACE INTO _search (rowid, _text) VALUES (?, ?)", n.pk, prepared.SearchText); err != nil {
				return err
			}
		}
	}
	for _, link := range m.catalog.Links {
		var found []storedLink
		if err := readLinks(m.ctx, m.conn, m.layout, link, func(l storedLink) error {
			found = append(found, l)
			return nil
		}); err != nil {
			return err
		}
		for _, l := range found {
			prepared, err := p.Link(l.record())
			if err != nil {
				continue
			}
			if err := m.exec("UPDATE "+quote(linkTable(link.Type))+" SET _hash = ? WHERE _from = ? AND _to = ?", prepared.Hash, l.from, l.to); err != nil {
				return err
			}
		}
		if err := m.linkKeys(link); err != nil {
			return err
		}
	}
	return nil
}
