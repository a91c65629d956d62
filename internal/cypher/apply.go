package cypher

import (
	"context"
	"fmt"
	"iter"

	"github.com/google/uuid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// batchSize is how many nodes or links one statement writes: enough that round trips do not count, few enough that a
// change set of any size needs little memory here.
const batchSize = 1000

// progressEvery is after how many changes Write.Progress is called.
const progressEvery = 1000

// applier is one Apply under way.
type applier struct {
	*transaction
	write    store.Write
	preparer *store.Preparer
	outcome  store.Outcome
	known    *known
	// revision is what changed nodes and links get; it becomes the store's if anything changes.
	revision int64
	changed  bool

	// What waits for the next statement. Deletions wait only when nodes and links do not.
	nodes     []*store.PreparedNode
	links     []*store.PreparedLink
	deletions []deletion
	waiting   map[string]bool

	// What ReplaceLinks has to know: the nodes of the change set and the ids of its links.
	replaced []string
	kept     map[uuid.UUID]bool
}

// deletion is a node or a link to delete.
type deletion struct {
	node string
	link *store.PreparedLink
}

// Apply implements store.Store. A change set that can be repeated is written in parts when it is large: see applyparts.go.
func (s *Store) Apply(ctx context.Context, w store.Write, changes iter.Seq2[store.Change, error]) (store.Outcome, error) {
	done, err := s.use()
	if err != nil {
		return store.Outcome{}, err
	}
	defer done()
	if s.parted(w) {
		return s.applyParts(ctx, w, changes)
	}
	return s.apply(ctx, w, changes, newKnown(0))
}

// apply writes the changes as one transaction. What is known of the store is brought up to date.
func (s *Store) apply(ctx context.Context, w store.Write, changes iter.Seq2[store.Change, error], known *known) (store.Outcome, error) {
	preparer, err := store.NewPreparer(s.catalog, w)
	if err != nil {
		return store.Outcome{}, err
	}
	t, record, err := s.exclusive(ctx)
	if err != nil {
		return store.Outcome{}, err
	}
	defer t.end(ctx)
	if err := record.check(modelDigest(s.catalog)); err != nil {
		return store.Outcome{}, err
	}
	known.at(record.Revision)
	a := &applier{
		transaction: t, write: w, preparer: preparer, known: known, revision: record.Revision + 1,
		outcome: store.Outcome{Revision: record.Revision}, waiting: map[string]bool{}, kept: map[uuid.UUID]bool{},
	}
	if before, ok, err := a.before(ctx); ok || err != nil {
		return before, err
	}
	if err := a.take(ctx, changes); err != nil {
		return store.Outcome{}, err
	}
	if err := a.finish(ctx); err != nil {
		return store.Outcome{}, err
	}
	known.revision = a.outcome.Revision
	return a.outcome, nil
}

// before returns the outcome of an earlier Apply with the same idempotency key.
func (a *applier) before(ctx context.Context) (o store.Outcome, ok bool, err error) {
	if a.write.IdempotencyKey == "" {
		return o, false, nil
	}
	_, err = a.run(ctx, "MATCH (r:"+requestLabel+" {key: $key}) RETURN r.created, r.updated, r.unchanged, r.deleted, r.revision",
		map[string]any{"key": a.write.IdempotencyKey}, func(row []any) error {
			ok = true
			for i, n := range []*int{&o.Created, &o.Updated, &o.Unchanged, &o.Deleted} {
				v, _ := row[i].(int64)
				*n = int(v)
			}
			o.Revision, _ = row[4].(int64)
			return nil
		})
	return o, ok, err
}

// take takes the changes one by one.
func (a *applier) take(ctx context.Context, changes iter.Seq2[store.Change, error]) error {
	taken := 0
	for c, err := range store.Ahead(a.preparer.Changes(changes)) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return store.Fail(store.ErrTimeout, err)
		}
		if err := a.change(ctx, c); err != nil {
			return err
		}
		if taken++; taken%progressEvery == 0 && a.write.Progress != nil {
			a.write.Progress(taken)
		}
	}
	if err := a.preparer.Finish(); err != nil {
		return err
	}
	return a.flush(ctx)
}

func (a *applier) change(ctx context.Context, c store.PreparedChange) error {
	switch {
	case c.Node != nil:
		return a.addNode(ctx, c.Node)
	case c.Link != nil:
		return a.addLink(ctx, c.Link)
	case c.DeleteNode != "":
		return a.delete(ctx, c.DeleteNode, deletion{node: c.DeleteNode})
	}
	l, err := a.linkToDelete(c.DeleteLink)
	if err != nil {
		return err
	}
	return a.delete(ctx, l.ID, deletion{link: l})
}

func (a *applier) addNode(ctx context.Context, n *store.PreparedNode) error {
	if len(a.deletions) > 0 || a.waiting[n.ID] || len(a.nodes) == batchSize {
		if err := a.flush(ctx); err != nil {
			return err
		}
	}
	a.waiting[n.ID] = true
	a.nodes = append(a.nodes, n)
	if a.write.ReplaceLinks && !n.IfAbsent {
		a.replaced = append(a.replaced, n.ID)
	}
	return nil
}

func (a *applier) addLink(ctx context.Context, l *store.PreparedLink) error {
	if len(a.deletions) > 0 || a.waiting[l.ID] || len(a.links) == batchSize {
		if err := a.flush(ctx); err != nil {
			return err
		}
	}
	a.waiting[l.ID] = true
	a.links = append(a.links, l)
	if a.write.ReplaceLinks {
		a.kept[uuid.MustParse(l.ID)] = true
	}
	return nil
}

func (a *applier) delete(ctx context.Context, id string, d deletion) error {
	if len(a.nodes)+len(a.links) > 0 || a.waiting[id] || len(a.deletions) == batchSize {
		if err := a.flush(ctx); err != nil {
			return err
		}
	}
	a.waiting[id] = true
	a.deletions = append(a.deletions, d)
	return nil
}

// flush writes what waits: nodes, then the links that may join them, or deletions.
func (a *applier) flush(ctx context.Context) error {
	if a.known.expected > 0 || max(len(a.nodes), len(a.links)) == batchSize {
		// There is so much to write that it pays.
		if err := a.learn(ctx); err != nil {
			return err
		}
	}
	if err := a.writeNodes(ctx); err != nil {
		return err
	}
	if err := a.writeLinks(ctx); err != nil {
		return err
	}
	if err := a.writeDeletions(ctx); err != nil {
		return err
	}
	a.nodes, a.links, a.deletions = a.nodes[:0], a.links[:0], a.deletions[:0]
	clear(a.waiting)
	return nil
}

// finish replaces links, records the revision and the request, and commits.
func (a *applier) finish(ctx context.Context) error {
	if err := a.replaceLinks(ctx); err != nil {
		return err
	}
	if a.changed {
		a.outcome.Revision = a.revision
		if err := a.exec(ctx, "MATCH (s:"+storeLabel+") SET s.revision = $revision", map[string]any{"revision": a.revision}); err != nil {
			return err
		}
	}
	if a.write.IdempotencyKey != "" {
		o := a.outcome
		if err := a.exec(ctx, "CREATE (r:"+requestLabel+") SET r = $request", map[string]any{"request": map[string]any{
			"key": a.write.IdempotencyKey, "created": o.Created, "updated": o.Updated, "unchanged": o.Unchanged,
			"deleted": o.Deleted, "revision": o.Revision, catalog.RecordedAtField: a.write.At,
		}}); err != nil {
			return err
		}
	}
	if !a.changed && a.write.IdempotencyKey == "" {
		return nil
	}
	return a.commit(ctx)
}

// grouped returns the elements in groups of one key, keys in order of first appearance.
func grouped[K comparable, T any](list []T, key func(T) K) iter.Seq2[K, []T] {
	return func(yield func(K, []T) bool) {
		var keys []K
		groups := map[K][]T{}
		for _, t := range list {
			k := key(t)
			if _, ok := groups[k]; !ok {
				keys = append(keys, k)
			}
			groups[k] = append(groups[k], t)
		}
		for _, k := range keys {
			if !yield(k, groups[k]) {
				return
			}
		}
	}
}

// conflict is the error of a node whose revision is not the expected one.
func conflict(id string, expected int64) error {
	return fmt.Errorf("%s does not have revision %d: read it again and repeat the change: %w", id, expected, store.ErrConflict)
}
