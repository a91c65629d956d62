package cypher

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// writeLinks creates and updates the waiting links.
func (a *applier) writeLinks(ctx context.Context) error {
	for link, group := range grouped(a.links, func(l *store.PreparedLink) *catalog.Link { return l.Link }) {
		if err := a.writeLinksOf(ctx, quote(link.Type), group); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) writeLinksOf(ctx context.Context, kind string, links []*store.PreparedLink) error {
	var asked, fresh []*store.PreparedLink
	for _, l := range links {
		if a.known.absent(l.ID) {
			fresh = append(fresh, l)
		} else {
			asked = append(asked, l)
		}
	}
	present, err := a.joined(ctx, kind, asked)
	if err != nil {
		return err
	}
	var created, updated []any
	for _, l := range asked {
		j := present[l.ID]
		if j.found && j.hash == l.Hash {
			a.outcome.Unchanged++
			continue
		}
		row := linkRow(l, a.revision, j.from, j.to)
		if j.found {
			updated = append(updated, row)
		} else {
			created = append(created, row)
		}
	}
	from, to, err := a.ends(ctx, links[0].Link, fresh)
	if err != nil {
		return err
	}
	for i, l := range fresh {
		created = append(created, linkRow(l, a.revision, from[i], to[i]))
	}
	if len(created) > 0 {
		counters, err := a.run(ctx, createLinks(kind), map[string]any{"rows": created}, nil)
		if err != nil {
			return err
		}
		if counters.RelationshipsCreated() < len(created) {
			// One of the fresh ones has an end that the store does not hold, and this says which.
			if _, err := a.joined(ctx, kind, fresh); err != nil {
				return err
			}
			return store.Fail(nil, errors.New("fewer links were created than there are ends for"))
		}
	}
	if len(updated) > 0 {
		if err := a.exec(ctx, "UNWIND $rows AS row "+matchLinkByID(kind, "row.id")+"SET r = row.props", map[string]any{"rows": updated}); err != nil {
			return err
		}
	}
	for _, l := range links {
		a.known.wrote(l.ID)
	}
	a.outcome.Created += len(created)
	a.outcome.Updated += len(updated)
	a.changed = a.changed || len(created)+len(updated) > 0
	return nil
}

func linkRow(l *store.PreparedLink, revision int64, from, to linkEnd) map[string]any {
	return map[string]any{"id": l.ID, "from": l.From, "to": l.To, "props": linkProperties(l, revision, from, to)}
}

// joined is what the store holds of a link that is to be, by its id, and of its ends.
type joined struct {
	found    bool
	hash     string
	from, to linkEnd
}

// joined returns what the store holds of links, which are of one type, and finds links whose ends it does not hold.
func (a *applier) joined(ctx context.Context, kind string, links []*store.PreparedLink) (map[string]joined, error) {
	if len(links) == 0 {
		return nil, nil
	}
	rows := make([]any, len(links))
	for i, l := range links {
		rows[i] = map[string]any{"at": i, "id": l.ID, "from": l.From, "to": l.To}
	}
	known := make(map[string]joined, len(links))
	link := links[0].Link
	missing := len(links)
	_, err := a.run(ctx, "UNWIND $rows AS row OPTIONAL "+matchNode("a", catalog.NodeInterface, "row.from")+"OPTIONAL "+matchNode("b", catalog.NodeInterface, "row.to")+
		"OPTIONAL "+matchLinkByID(kind, "row.id")+"RETURN row.at, a IS NULL OR b IS NULL, r IS NOT NULL, r."+hashProperty+", "+
		endValues(link),
		map[string]any{"rows": rows}, func(row []any) error {
			at, _ := row[0].(int64)
			if row[1] == true {
				missing = min(missing, int(at))
			}
			l := links[at]
			j := joined{found: row[2] == true}
			j.hash, _ = row[3].(string)
			j.from, j.to = linkEnds(a.store.catalog, link, l.From, l.To, row[4])
			known[l.ID] = j
			return nil
		})
	if err != nil || missing == len(links) {
		return known, err
	}
	return nil, a.missingEnd(ctx, links[missing])
}

// missingEnd says which end of a link the store does not hold.
func (a *applier) missingEnd(ctx context.Context, l *store.PreparedLink) error {
	var ids []string
	_, err := a.run(ctx, "UNWIND $ids AS id "+matchNodeByID("id")+"RETURN id", map[string]any{"ids": []string{l.From, l.To}}, func(row []any) error {
		id, _ := row[0].(string)
		ids = append(ids, id)
		return nil
	})
	if err != nil {
		return err
	}
	id := l.From
	if slices.Contains(ids, id) {
		id = l.To
	}
	return missing(l, id)
}

func missing(l *store.PreparedLink, id string) error {
	return &store.InvalidChange{Place: l.Place, Reason: fmt.Sprintf(
		"a link %s joins %s to %s, and there is no %s: record the node before the link", l.Link.Type, l.From, l.To, id)}
}

// linkToDelete checks what a deletion names.
func (a *applier) linkToDelete(l *store.Link) (*store.PreparedLink, error) {
	link := a.store.catalog.Link(l.Type)
	if link == nil {
		return nil, &store.InvalidChange{Place: l.Place, Reason: fmt.Sprintf("there is no type of link %q", l.Type)}
	}
	return &store.PreparedLink{ID: ident.ForLink(l.Type, l.From, l.To), Link: link, From: l.From, To: l.To, Place: l.Place}, nil
}

// replaceLinks deletes the links that the nodes of the change set have from its files and that it no longer holds.
func (a *applier) replaceLinks(ctx context.Context) error {
	if !a.write.ReplaceLinks {
		return nil
	}
	for ids := range slices.Chunk(a.replaced, batchSize) {
		surplus := map[string][]string{}
		_, err := a.run(ctx, "UNWIND $ids AS id "+matchNodeByID("id")+"MATCH (n)-[r]->() WHERE coalesce(r.recordedFrom, '') IN $from RETURN type(r), r.id",
			map[string]any{"ids": ids, "from": a.preparer.Origins()}, func(row []any) error {
				kind, _ := row[0].(string)
				id, _ := row[1].(string)
				if u, err := uuid.Parse(id); err != nil || !a.kept[u] {
					surplus[kind] = append(surplus[kind], id)
				}
				return nil
			})
		if err != nil {
			return err
		}
		for kind, ids := range surplus {
			deleted, err := a.deleteLinks(ctx, quote(kind), ids)
			if err != nil {
				return err
			}
			a.outcome.Deleted += deleted
		}
	}
	return nil
}

// deleteLinks deletes links of a type and returns how many there were.
func (a *applier) deleteLinks(ctx context.Context, kind string, ids []string) (int, error) {
	counters, err := a.run(ctx, "UNWIND $ids AS id "+matchLinkByID(kind, "id")+"DELETE r", map[string]any{"ids": ids}, nil)
	if err != nil {
		return 0, err
	}
	a.changed = a.changed || counters.RelationshipsDeleted() > 0
	return counters.RelationshipsDeleted(), nil
}
