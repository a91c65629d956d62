package sqlite

import (
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// node writes a node if it says anything new.
func (a *application) node(n *store.PreparedNode) error {
	known, err := a.find(n.ID)
	if err != nil {
		return err
	}
	if n.ExpectedRevision != 0 && n.ExpectedRevision != known.revision {
		return conflict(n, known)
	}
	switch {
	case known.pk == 0:
		err = a.createNode(n, known)
	case n.IfAbsent:
		a.outcome.Unchanged++
		return nil
	case known.hash == n.Hash:
		a.outcome.Unchanged++
	default:
		err = a.updateNode(n, known)
	}
	if a.write.ReplaceLinks {
		a.given = append(a.given, known)
	}
	return err
}

func conflict(n *store.PreparedNode, known *nodeState) error {
	have := fmt.Sprintf("it has revision %d", known.revision)
	if known.pk == 0 {
		have = "it does not exist"
	}
	place := ""
	if n.Place != "" {
		place = n.Place + ": "
	}
	return fmt.Errorf("%s%w: %s was expected at revision %d, but %s; read it again", place, store.ErrConflict, n.ID, n.ExpectedRevision, have)
}

func (a *application) createNode(n *store.PreparedNode, known *nodeState) error {
	*known = nodeState{pk: a.nextPK, revision: a.revision, hash: n.Hash, kind: n.Kind, created: true, order: a.layout.orders[n.Kind].of(n.Values)}
	a.created.put(a.layout.createdNode(n.Kind, n.ID), known.pk)
	a.created.orders.put(known.pk-a.firstPK, known.order)
	a.nextPK++
	a.outcome.Created++
	if err := a.findable(); err != nil {
		return err
	}
	for _, c := range a.layout.copies[n.Kind] {
		if err := a.insert(a.inserting(c.table), a.nodeRow(c, known.pk, n)...); err != nil {
			return err
		}
	}
	if a.search == nil {
		a.search = newBatch(searchTable, []string{"rowid", textColumn}, searchRows)
		a.search.many = "" // which a virtual table would take one by one, in a savepoint
		a.batches = append(a.batches, a.search)
	}
	return a.insert(a.search, known.pk, n.SearchText)
}

func (a *application) updateNode(n *store.PreparedNode, known *nodeState) error {
	if err := a.indexed(); err != nil {
		return err
	}
	if err := a.flush(); err != nil {
		return err
	}
	if err := a.keep(known); err != nil {
		return err
	}
	if err := a.moveLinks(n, known); err != nil {
		return err
	}
	a.lastEnd.id = ""
	known.hash, known.revision = n.Hash, a.revision
	a.outcome.Updated++
	for _, c := range a.layout.copies[n.Kind] {
		row := a.nodeRow(c, known.pk, n)
		if err := a.exec(c.update, append(row[1:], known.pk)...); err != nil {
			return err
		}
	}
	return a.exec("UPDATE _search SET _text = ? WHERE rowid = ?", n.SearchText, known.pk)
}

// keep puts what a node was into the history, once for each revision that others could have seen.
func (a *application) keep(known *nodeState) error {
	if known.revision == a.revision {
		return nil
	}
	return a.exec(a.layout.histories[known.kind], a.revision, known.pk)
}

// nodeRow is the row of a node in one of the tables that hold it.
func (a *application) nodeRow(c *nodeCopy, pk int64, n *store.PreparedNode) []any {
	row := make([]any, 0, len(c.table.columns))
	row = append(row, pk)
	if c.table.of.Form == catalog.Interface {
		row = append(row, n.Kind.Name)
	}
	if c.table.of == a.layout.node {
		row = append(row, n.SearchName, n.Listed, n.Hash)
	}
	for _, i := range c.fields {
		if i == c.revision {
			row = append(row, a.revision)
			continue
		}
		row = append(row, stored(n.Values[i]))
	}
	return row
}

// stored is a value as a column holds it.
func stored(v any) any {
	if list, ok := v.([]string); ok {
		return jsonList(list)
	}
	return v
}

// inserting returns the batch of a table.
func (a *application) inserting(t *table) *batch {
	b := a.inserts[t]
	if b == nil {
		columns := make([]string, len(t.columns))
		for i, c := range t.columns {
			columns[i] = c.name
		}
		b = newBatch(t.name, columns, batchRows)
		if t.of == nil {
			b.nodes = a.inserting(a.layout.types[a.layout.node])
		}
		a.inserts[t] = b
		a.batches = append(a.batches, b)
	}
	return b
}

// nodeCopy is one of the tables that hold the nodes of a kind: the kind's own, or that of an interface.
type nodeCopy struct {
	table *table
	// fields are the positions, among the kind's stored fields, of the table's fields; revision is that of the revision.
	fields   []int
	revision int
	update   string
}

// nodeCopies lists the tables of a kind.
func (l *layout) nodeCopies(kind *catalog.Type) []*nodeCopy {
	position := map[string]int{}
	for i, f := range kind.StoredFields() {
		position[f.Name] = i
	}
	var out []*nodeCopy
	for _, t := range append([]*catalog.Type{kind}, kind.Interfaces...) {
		c := &nodeCopy{table: l.types[t], revision: position[catalog.RevisionField]}
		for _, f := range c.table.fields {
			c.fields = append(c.fields, position[f.Name])
		}
		var set []string
		for _, column := range c.table.columns[1:] {
			set = append(set, quote(column.name)+" = ?")
		}
		c.update = "UPDATE " + quote(t.Name) + " SET " + strings.Join(set, ", ") + " WHERE " + quote(pkColumn) + " = ?"
		out = append(out, c)
	}
	return out
}

// history is the statement that keeps a node of a kind: its parameters are the revision that replaces it, and its key.
func (l *layout) history(kind *catalog.Type) string {
	t := l.types[kind]
	var pairs []string
	for _, f := range t.fields {
		if f.Owner == l.node || f.Hidden {
			continue
		}
		value := quote(f.Name)
		if f.List {
			value = "json(" + value + ")"
		}
		pairs = append(pairs, literal(f.Name)+", "+value)
	}
	return "INSERT INTO _history (id, revision, replacedBy, kind, recordedAt, recordedBy, recordedFrom, data) SELECT id, revision, ?, " +
		literal(kind.Name) + ", recordedAt, recordedBy, recordedFrom, json_object(" + strings.Join(pairs, ", ") + ") FROM " + quote(t.name) +
		" WHERE " + quote(pkColumn) + " = ?"
}
