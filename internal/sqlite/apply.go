package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/store"
)

// progressEvery is how many changes lie between two looks at the context and two calls of Write.Progress.
const progressEvery = 256

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, w store.Write, changes iter.Seq2[store.Change, error]) (store.Outcome, error) {
	preparer, err := store.NewPreparer(s.catalog, w)
	if err != nil {
		return store.Outcome{}, err
	}
	if w.At, err = date.Instant(w.At); err != nil {
		return store.Outcome{}, err
	}
	var outcome store.Outcome
	err = s.withWriter(ctx, true, func() error {
		defer s.fill(ctx)()
		return s.transact(ctx, func(*sql.Conn) error {
			var err error
			outcome, err = s.apply(ctx, w, preparer, changes)
			return err
		})
	})
	if err != nil {
		return store.Outcome{}, err
	}
	return outcome, nil
}

// apply writes the changes in the transaction that is open.
func (s *Store) apply(ctx context.Context, w store.Write, preparer *store.Preparer, changes iter.Seq2[store.Change, error]) (store.Outcome, error) {
	a := &application{
		Store: s, write: w, preparer: preparer, unbroken: context.WithoutCancel(ctx),
		nodes:   knownNodes{most: s.memory.nodes, recent: map[string]*nodeState{}},
		created: createdNodes{most: s.memory.created, keys: map[createdNode]uint32{}, all: true, orders: orderMemory{most: s.memory.values, nodes: s.memory.created, known: map[orderValue]uint32{}}},
		links:   knownLinks{hashes: map[linkKey]string{}}, counts: map[counted]int{}, inserts: map[*table]*batch{}, cached: writeCache,
	}
	a.queue.insert = a.inserted
	defer a.leave()
	if err := a.begin(); err != nil {
		return store.Outcome{}, err
	}
	if w.IdempotencyKey != "" {
		done, err := a.repeated()
		if done || err != nil {
			return a.outcome, err
		}
	}
	if err := a.all(ctx, changes); err != nil {
		return store.Outcome{}, err
	}
	err := cmp.Or(a.finish(), a.queue.wait())
	return a.outcome, err
}

// leave leaves the writing connection as it was, whether or not the Apply has failed.
func (a *application) leave() {
	a.queue.end()
	if a.cached != writeCache {
		_ = a.caching(writeCache, 0) // it fails only where the connection is of no use any more
	}
}

// application is one Apply.
type application struct {
	*Store
	write    store.Write
	preparer *store.Preparer
	unbroken context.Context

	// before is the store's revision, revision what the changes get.
	before, revision int64
	// fresh tells that the store was empty, so that nodes which this Apply did not see are not there; anew is the same when
	// this Apply has forgotten nodes that it saw.
	fresh, anew bool
	// empty tells that the store was empty, bare that it has lost its indexes, unfindable that those of all nodes are among
	// them: see applyindexes.go.
	empty, bare, unfindable bool
	nextPK                  int64
	// firstPK is the first key that this Apply gives to a node.
	firstPK int64
	nodes   knownNodes
	created createdNodes
	// flushed is the key up to which nodes of this Apply are in the store.
	flushed int64
	// lastEnd is the end of a link that was asked for last.
	lastEnd struct {
		id    string
		state *nodeState
	}
	links knownLinks
	// counts holds how many links of an order nodes gained or lost.
	counts map[counted]int
	// given holds the nodes of the change set in their order, for ReplaceLinks.
	given   []*nodeState
	outcome store.Outcome

	queue queue
	// cached is the size of the connection's cache, in KiB.
	cached  int
	inserts map[*table]*batch
	search  *batch
	batches []*batch
	pending bool
}

// nodeState is what is known of a node; pk is 0 if there is none.
type nodeState struct {
	pk, revision int64
	hash         string
	kind         *catalog.Type
	// order holds the values that orders of the node's links need; nil where they have not been read.
	order []any
	// created tells that this Apply made the node, so that links to it are only those in application.links.
	created bool
}

// linkKey names a link.
type linkKey struct {
	link     *catalog.Link
	from, to int64
}

func (a *application) begin() error {
	var last int64
	var filled bool
	err := a.row("SELECT revision, (SELECT coalesce(max(_pk), 0) FROM "+quote(catalog.NodeInterface)+"), EXISTS (SELECT 1 FROM "+
		quote(catalog.NodeInterface)+") FROM _store", nil, []any{&a.before, &last, &filled})
	a.fresh, a.anew, a.empty, a.nextPK, a.firstPK, a.revision = !filled, !filled, !filled, last+1, last+1, a.before+1
	return err
}

// repeated finds the outcome of an earlier Apply with the same key.
func (a *application) repeated() (bool, error) {
	o := &a.outcome
	err := a.row("SELECT created, updated, unchanged, deleted, revision FROM _applied WHERE key = ?", []any{a.write.IdempotencyKey},
		[]any{&o.Created, &o.Updated, &o.Unchanged, &o.Deleted, &o.Revision})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (a *application) all(ctx context.Context, changes iter.Seq2[store.Change, error]) error {
	done := 0
	for change, err := range store.Ahead(a.preparer.Changes(changes)) {
		if err != nil {
			return err
		}
		if err := a.change(change); err != nil {
			return err
		}
		if done++; done%progressEvery == 0 || a.memory.indexed < progressEvery {
			if err := a.without(); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return translate(ctx, err)
			}
			a.progress(done)
		}
	}
	a.progress(done)
	return nil
}

func (a *application) progress(done int) {
	if a.write.Progress != nil {
		a.write.Progress(done)
	}
}

func (a *application) change(c store.PreparedChange) error {
	switch {
	case c.Node != nil:
		return a.node(c.Node)
	case c.Link != nil:
		return a.link(c.Link)
	case c.DeleteNode != "":
		return a.deleteNode(c.DeleteNode)
	}
	return a.deleteLink(c.DeleteLink)
}

// finish checks the change set as a whole and writes what concerns all of it.
func (a *application) finish() error {
	if err := a.preparer.Finish(); err != nil {
		return err
	}
	if err := a.flush(); err != nil {
		return err
	}
	if a.write.ReplaceLinks {
		if err := a.replaceLinks(); err != nil {
			return err
		}
	}
	if err := a.writeCounts(); err != nil {
		return err
	}
	a.forget()
	if err := a.indexed(); err != nil {
		return err
	}
	o := &a.outcome
	o.Revision = a.before
	if o.Created+o.Updated+o.Deleted > 0 {
		o.Revision = a.revision
		if err := a.exec("UPDATE _store SET revision = ?", a.revision); err != nil {
			return err
		}
	}
	if a.write.IdempotencyKey == "" {
		return nil
	}
	return a.exec("INSERT INTO _applied (key, created, updated, unchanged, deleted, revision) VALUES (?, ?, ?, ?, ?, ?)",
		a.write.IdempotencyKey, o.Created, o.Updated, o.Unchanged, o.Deleted, o.Revision)
}

// find returns what is known of the node with an id.
func (a *application) find(id string) (*nodeState, error) {
	if n := a.nodes.get(id); n != nil {
		return n, nil
	}
	n := &nodeState{}
	if !a.fresh && !a.absent(id) {
		column, value := catalog.IDField, any(id)
		if pk, _ := a.createdKey(id); pk != 0 {
			column, value = pkColumn, pk
		}
		var kind string
		err := a.row("SELECT _pk, revision, _hash, _kind FROM "+quote(catalog.NodeInterface)+" WHERE "+quote(column)+" = ?", []any{value},
			[]any{&n.pk, &n.revision, &n.hash, &kind})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if n.kind = a.catalog.Type(kind); err == nil && n.kind == nil {
			return nil, &store.InvalidChange{Reason: fmt.Sprintf("%s is a %s, which the model does not have any more", id, kind)}
		}
	}
	n.created = n.pk >= a.firstPK
	return n, a.remember(id, n)
}
