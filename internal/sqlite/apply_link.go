package sqlite

import (
	"database/sql"
	"errors"
	"fmt"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// link writes a link if it says anything new.
func (a *application) link(l *store.PreparedLink) error {
	from, to, err := a.linkEnds(l.From, l.To)
	if err != nil {
		return err
	}
	for _, end := range []struct {
		id   string
		node *nodeState
	}{{l.From, from}, {l.To, to}} {
		if end.node.pk == 0 {
			return &store.InvalidChange{Place: l.Place, Reason: fmt.Sprintf("a link %s joins %s, which does not exist: record it first", l.Link.Type, end.id)}
		}
	}
	key := linkKey{l.Link, from.pk, to.pk}
	ascending, err := a.meet(l)
	if err != nil {
		return err
	}
	hash, exists, err := a.findLink(key, from.created || to.created)
	if err != nil {
		return err
	}
	if !ascending {
		a.links.hashes[key] = l.Hash
	}
	t := a.layout.links[l.Link]
	switch {
	case !exists:
		keys, err := a.linkKeys(l, from, to)
		if err != nil {
			return err
		}
		a.outcome.Created++
		if err := a.count(l.Link, from, to, 1); err != nil {
			return err
		}
		return a.insert(a.inserting(t), append(append([]any{from.pk, to.pk, l.Hash, a.revision}, linkValues(l)...), keys...)...)
	case hash == l.Hash:
		a.outcome.Unchanged++
		return nil
	}
	if err := a.flush(); err != nil {
		return err
	}
	a.outcome.Updated++
	return a.exec(a.layout.linkUpdates[l.Link], append(append([]any{l.Hash, a.revision}, linkValues(l)...), from.pk, to.pk)...)
}

func linkValues(l *store.PreparedLink) []any {
	values := make([]any, len(l.Values))
	for i, v := range l.Values {
		values[i] = stored(v)
	}
	return values
}

func (a *application) linkEnds(fromID, toID string) (from, to *nodeState, err error) {
	if from, err = a.end(fromID); err != nil {
		return nil, nil, err
	}
	to, err = a.end(toID)
	return from, to, err
}

// findLink returns the hash of a link; anew tells that one end is of this Apply, so that the store need not be asked.
func (a *application) findLink(key linkKey, anew bool) (hash string, exists bool, err error) {
	hash, exists, sure := a.links.knows(key)
	if exists || anew && sure {
		return hash, exists, nil
	}
	err = a.row("SELECT _hash FROM "+quote(linkTable(key.link.Type))+" WHERE _from = ? AND _to = ?", []any{key.from, key.to}, []any{&hash})
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return hash, err == nil, err
}

// deleteLink removes a link, if it is there.
func (a *application) deleteLink(l *store.Link) error {
	link := a.catalog.Link(l.Type)
	if link == nil {
		return &store.InvalidChange{Place: l.Place, Reason: fmt.Sprintf("there is no type of link %q", l.Type)}
	}
	from, to, err := a.linkEnds(l.From, l.To)
	if err != nil {
		return err
	}
	if err := a.flush(); err != nil {
		return err
	}
	delete(a.links.hashes, linkKey{link, from.pk, to.pk})
	n, err := a.affected("DELETE FROM "+quote(linkTable(l.Type))+" WHERE _from = ? AND _to = ?", from.pk, to.pk)
	if n == 0 {
		a.outcome.Unchanged++
	} else {
		err = errors.Join(err, a.count(link, from, to, -1))
	}
	a.outcome.Deleted += n
	return err
}

// deleteNode removes a node with its links, if it is there, keeps what it was and leaves a tombstone.
func (a *application) deleteNode(id string) error {
	known, err := a.find(id)
	if err != nil {
		return err
	}
	if known.pk == 0 {
		a.outcome.Unchanged++
		return nil
	}
	if err := a.indexed(); err != nil {
		return err
	}
	if err := a.flush(); err != nil {
		return err
	}
	if err := a.uncountNode(known); err != nil {
		return err
	}
	for _, link := range a.catalog.Links {
		for _, column := range []string{fromColumn, toColumn} {
			n, err := a.affected("DELETE FROM "+quote(linkTable(link.Type))+" WHERE "+quote(column)+" = ?", known.pk)
			if err != nil {
				return err
			}
			a.outcome.Deleted += n
		}
	}
	for key := range a.links.hashes {
		if key.from == known.pk || key.to == known.pk {
			delete(a.links.hashes, key)
		}
	}
	if err := a.forgetCounts(known); err != nil {
		return err
	}
	if err := a.keep(known); err != nil {
		return err
	}
	var from any
	if a.write.From != "" {
		from = a.write.From
	}
	if err := a.exec(`INSERT OR REPLACE INTO _deleted (id, revision, kind, at, by, "from") VALUES (?, ?, ?, ?, ?, ?)`,
		id, a.revision, known.kind.Name, a.write.At, a.write.By, from); err != nil {
		return err
	}
	for _, c := range a.layout.copies[known.kind] {
		if err := a.exec("DELETE FROM "+quote(c.table.name)+" WHERE _pk = ?", known.pk); err != nil {
			return err
		}
	}
	a.outcome.Deleted++
	if err := a.exec("DELETE FROM _search WHERE rowid = ?", known.pk); err != nil {
		return err
	}
	delete(a.created.keys, a.layout.createdNode(known.kind, id))
	a.lastEnd.id = ""
	*known = nodeState{}
	return nil
}

// replaceLinks deletes the links that the given nodes have from the files of the change set and that were not given.
func (a *application) replaceLinks() error {
	files := jsonList(a.preparer.Origins())
	seen := map[int64]bool{}
	for _, n := range a.given {
		if n.pk == 0 || seen[n.pk] {
			continue
		}
		seen[n.pk] = true
		for _, link := range a.layout.outgoing[n.kind] {
			if err := a.replaceLinksOf(n, link, files); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *application) replaceLinksOf(n *nodeState, link *catalog.Link, files string) error {
	ends, err := a.numbers("SELECT _to FROM "+quote(linkTable(link.Type))+" WHERE _from = ? AND coalesce(recordedFrom, '') IN (SELECT value FROM json_each(?))", n.pk, files)
	if err != nil {
		return err
	}
	for _, to := range ends {
		if _, given := a.links.hashes[linkKey{link, n.pk, to}]; given {
			continue
		}
		if err := a.exec("DELETE FROM "+quote(linkTable(link.Type))+" WHERE _from = ? AND _to = ?", n.pk, to); err != nil {
			return err
		}
		if len(link.Orders) > 0 {
			var kind string
			if err := a.row("SELECT _kind FROM "+quote(catalog.NodeInterface)+" WHERE _pk = ?", []any{to}, []any{&kind}); err != nil {
				return err
			}
			if err := a.count(link, n, &nodeState{pk: to, kind: a.catalog.Type(kind)}, -1); err != nil {
				return err
			}
		}
		a.outcome.Deleted++
	}
	return nil
}

// linkUpdate is the statement that changes a link: its parameters are hash, revision, all values and the two ends.
func (l *layout) linkUpdate(link *catalog.Link) string {
	set := []string{hashColumn, revisionColumn}
	for _, f := range l.links[link].fields {
		set = append(set, f.Name)
	}
	return "UPDATE " + quote(linkTable(link.Type)) + " SET " + assignments(set) + " WHERE _from = ? AND _to = ?"
}
