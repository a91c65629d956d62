package cypher

import (
	"context"
	"encoding/json"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// held is what the store holds of a node or link of a batch.
type held struct {
	hash     string
	revision int64
}

// writeNodes creates and updates the waiting nodes.
func (a *applier) writeNodes(ctx context.Context) error {
	if len(a.nodes) == 0 {
		return nil
	}
	present, err := a.present(ctx)
	if err != nil {
		return err
	}
	var created, updated []*store.PreparedNode
	for _, n := range a.nodes {
		old, found := present[n.ID]
		if n.ExpectedRevision != 0 && old.revision != n.ExpectedRevision {
			return conflict(n.ID, n.ExpectedRevision)
		}
		switch {
		case !found:
			created = append(created, n)
			if n.IfAbsent && a.write.ReplaceLinks {
				a.replaced = append(a.replaced, n.ID)
			}
		case n.IfAbsent, old.hash == n.Hash:
			a.outcome.Unchanged++
		default:
			updated = append(updated, n)
		}
	}
	if err := a.createNodes(ctx, created); err != nil {
		return err
	}
	return a.updateNodes(ctx, updated)
}

// present looks the waiting nodes up, except those that the store is known not to hold.
func (a *applier) present(ctx context.Context) (map[string]held, error) {
	var ids []string
	for _, n := range a.nodes {
		if !a.known.absent(n.ID) {
			ids = append(ids, n.ID)
		}
	}
	if ids == nil {
		return nil, nil
	}
	found := make(map[string]held, len(ids))
	_, err := a.run(ctx, "UNWIND $ids AS id "+matchNodeByID("id")+"RETURN id, n."+hashProperty+", n.revision",
		map[string]any{"ids": ids}, func(row []any) error {
			id, _ := row[0].(string)
			var h held
			h.hash, _ = row[1].(string)
			h.revision, _ = row[2].(int64)
			found[id] = h
			return nil
		})
	return found, err
}

func (a *applier) createNodes(ctx context.Context, nodes []*store.PreparedNode) error {
	if len(nodes) == 0 {
		return nil
	}
	if !a.known.noTombstones {
		ids := make([]string, len(nodes))
		for i, n := range nodes {
			ids[i] = n.ID
		}
		if err := a.exec(ctx, "UNWIND $ids AS id "+matchNode("t", tombstoneLabel, "id")+"DELETE t", map[string]any{"ids": ids}); err != nil {
			return err
		}
	}
	for kind, group := range grouped(nodes, func(n *store.PreparedNode) *catalog.Type { return n.Kind }) {
		rows := a.nodeRows(group)
		if err := a.exec(ctx, createNodes(kind), map[string]any{"rows": rows}); err != nil {
			return err
		}
	}
	for _, n := range nodes {
		a.known.wroteNode(n)
	}
	a.outcome.Created += len(nodes)
	a.changed = true
	return nil
}

func (a *applier) updateNodes(ctx context.Context, nodes []*store.PreparedNode) error {
	if len(nodes) == 0 {
		return nil
	}
	ids := make([]string, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
	}
	old, err := a.keepHistory(ctx, ids)
	if err != nil {
		return err
	}
	rows := a.nodeRows(nodes)
	if err := a.exec(ctx, "UNWIND $rows AS row "+matchNodeByID("row.id")+"SET n = row", map[string]any{"rows": rows}); err != nil {
		return err
	}
	for _, n := range nodes {
		a.known.wroteNode(n)
	}
	a.outcome.Updated += len(nodes)
	a.changed = true
	return a.moveLinks(ctx, nodes, old)
}

func (a *applier) nodeRows(nodes []*store.PreparedNode) []any {
	rows := make([]any, len(nodes))
	for i, n := range nodes {
		rows[i] = nodeProperties(n, a.revision)
	}
	return rows
}

// keepHistory records what the nodes said until now and returns the properties of those that the store holds.
func (a *applier) keepHistory(ctx context.Context, ids []string) ([]map[string]any, error) {
	var old []map[string]any
	var rows []any
	_, err := a.run(ctx, "UNWIND $ids AS id "+matchNodeByID("id")+"RETURN properties(n)", map[string]any{"ids": ids}, func(row []any) error {
		props, _ := row[0].(map[string]any)
		n, err := nodeRecord(a.store.catalog, props)
		if err != nil {
			return store.Fail(nil, err)
		}
		data, err := json.Marshal(n.Props)
		if err != nil {
			return store.Fail(nil, err)
		}
		old = append(old, props)
		h := map[string]any{
			catalog.IDField: n.ID, "kind": n.Kind, catalog.RevisionField: props[catalog.RevisionField], "replacedIn": a.revision,
			catalog.RecordedAtField: n.Recorded.At, catalog.RecordedByField: n.Recorded.By, "data": string(data),
		}
		if n.Recorded.From != "" {
			h[catalog.RecordedFromField] = n.Recorded.From
		}
		rows = append(rows, h)
		return nil
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return old, a.exec(ctx, "UNWIND $rows AS row CREATE (h:"+historyLabel+") SET h = row", map[string]any{"rows": rows})
}
