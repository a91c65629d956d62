package cypher

import (
	"context"

	"attrigraph/internal/catalog"
)

// writeDeletions deletes what waits: links first, so that those named in the change set are counted as such.
func (a *applier) writeDeletions(ctx context.Context) error {
	var nodes []string
	var links []deletion
	for _, d := range a.deletions {
		if d.link != nil {
			links = append(links, d)
		} else {
			nodes = append(nodes, d.node)
		}
	}
	for kind, group := range grouped(links, func(d deletion) string { return d.link.Link.Type }) {
		ids := make([]string, len(group))
		for i, d := range group {
			ids[i] = d.link.ID
		}
		deleted, err := a.deleteLinks(ctx, quote(kind), ids)
		if err != nil {
			return err
		}
		a.outcome.Deleted += deleted
		a.outcome.Unchanged += len(ids) - deleted
	}
	if len(nodes) == 0 {
		return nil
	}
	return a.deleteNodes(ctx, nodes)
}

// deleteNodes deletes nodes with their links and leaves a tombstone for each.
func (a *applier) deleteNodes(ctx context.Context, ids []string) error {
	old, err := a.keepHistory(ctx, ids)
	if err != nil {
		return err
	}
	a.outcome.Unchanged += len(ids) - len(old)
	if len(old) == 0 {
		return nil
	}
	rows := make([]any, len(old))
	for i, props := range old {
		row := map[string]any{
			catalog.IDField: props[catalog.IDField], "kind": props[kindProperty], catalog.RevisionField: a.revision,
			catalog.RecordedAtField: a.write.At, catalog.RecordedByField: a.write.By,
		}
		if a.write.From != "" {
			row[catalog.RecordedFromField] = a.write.From
		}
		rows[i] = row
	}
	a.known.noTombstones = false
	if err := a.exec(ctx, "UNWIND $rows AS row MERGE (t:"+tombstoneLabel+" {id: row.id}) SET t = row", map[string]any{"rows": rows}); err != nil {
		return err
	}
	counters, err := a.run(ctx, "UNWIND $ids AS id "+matchNodeByID("id")+"DETACH DELETE n", map[string]any{"ids": ids}, nil)
	if err != nil {
		return err
	}
	a.outcome.Deleted += counters.NodesDeleted() + counters.RelationshipsDeleted()
	a.changed = true
	return nil
}
