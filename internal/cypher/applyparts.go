package cypher

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Neo4j holds what a transaction changes in its heap, some kilobytes for each node or link, so that a server takes tens of
// thousands of changes at once and not millions. A large change set that can be iterated over again is therefore checked as
// a whole, without writing, and then written as several transactions. Each leaves a sound store: a node that the model
// wants links of is written in one transaction with these links, for which both are put aside while the whole is checked.

// partSize is what Store.partSize is but for tests.
const partSize = 20_000

// parted tells whether a change set can be written in parts if it is large. The model allows it if no node must have a link
// to a node that must have links itself: only one of the two could be in the first part.
func (s *Store) parted(w store.Write) bool {
	if !w.Repeatable || w.ReplaceLinks || w.IdempotencyKey != "" {
		return false
	}
	needy := func(k *catalog.Type) bool { return len(k.Required) > 0 }
	return !slices.ContainsFunc(s.catalog.Kinds(), func(k *catalog.Type) bool {
		return slices.ContainsFunc(k.Required, func(f *catalog.Field) bool { return slices.ContainsFunc(f.Link.To, needy) })
	})
}

// parts is a change set that is written as several transactions.
type parts struct {
	*Store
	write   store.Write
	changes iter.Seq2[store.Change, error]
	aside   *aside
	// whole tells that the change set must be one transaction for what it holds.
	whole bool
	// count is how many changes there are.
	count int
	// nodesFirst tells that no node comes after a link that is not put aside, so that one more iteration is enough.
	nodesFirst bool
}

func (s *Store) applyParts(ctx context.Context, w store.Write, changes iter.Seq2[store.Change, error]) (store.Outcome, error) {
	p := &parts{Store: s, write: w, changes: changes, nodesFirst: true}
	defer p.remove()
	switch small, err := p.check(ctx); {
	case err != nil:
		return store.Outcome{}, err
	case small != nil:
		return s.apply(ctx, w, small, newKnown(0))
	case p.whole:
		return s.apply(ctx, w, changes, newKnown(0))
	}
	return p.apply(ctx)
}

func (p *parts) remove() {
	if p.aside != nil {
		p.aside.remove()
	}
}

// needed tells whether a link is one that the node from which it leads must have.
func (p *parts) needed(l *store.Link) bool {
	kind := p.kindOf(l.From)
	return kind != nil && slices.ContainsFunc(kind.Required, func(f *catalog.Field) bool { return f.Link.Type == l.Type })
}

func (p *parts) needy(n *store.Node) bool { return len(p.catalog.Type(n.Kind).Required) > 0 }

// piece is a change in the order of writing. A part can end before it if first is set.
type piece struct {
	store.Change
	first bool
}

// pieces yields the changes in the order in which they are written: nodes that need no links, nodes that do with the links
// that they need, other links.
func (p *parts) pieces(yield func(piece, error) bool) {
	each := func(do func(store.Change) bool) bool {
		for c, err := range p.changes {
			if err != nil {
				yield(piece{}, err)
				return false
			}
			if !do(c) {
				return false
			}
		}
		return true
	}
	reached := false
	link := func(c store.Change) bool {
		if c.Link == nil || p.needed(c.Link) {
			return true
		}
		if !reached {
			if reached = true; !p.aside.all(yield) {
				return false
			}
		}
		return yield(piece{c, true}, nil)
	}
	whole := each(func(c store.Change) bool {
		switch {
		case c.Node != nil:
			return p.needy(c.Node) || yield(piece{c, true}, nil)
		case p.nodesFirst:
			return link(c)
		}
		return true
	})
	if whole && !p.nodesFirst {
		whole = each(link)
	}
	if whole && !reached {
		p.aside.all(yield)
	}
}

// apply writes the parts.
func (p *parts) apply(ctx context.Context) (store.Outcome, error) {
	next, stop := iter.Pull2(p.pieces)
	defer stop()
	var total store.Outcome
	taken, written := 0, 0
	w := p.write
	if p.write.Progress != nil {
		w.Progress = func(done int) { p.write.Progress(written + done) }
	}
	known := newKnown(p.count)
	held, over := piece{}, false
	part := func(yield func(store.Change, error) bool) {
		for size := 0; ; size++ {
			c, err := held, error(nil)
			if held = (piece{}); c.Change == (store.Change{}) {
				var ok bool
				if c, err, ok = next(); !ok {
					over = true
					return
				}
			}
			if err == nil && c.first && size >= p.partSize {
				held = c
				return
			}
			if taken++; !yield(c.Change, err) || err != nil {
				over = true
				return
			}
		}
	}
	for !over {
		written = taken
		o, err := p.Store.apply(ctx, w, part, known)
		if err != nil {
			return store.Outcome{}, unfinished(err, written)
		}
		total.Created += o.Created
		total.Updated += o.Updated
		total.Unchanged += o.Unchanged
		total.Revision = o.Revision
	}
	return total, nil
}

// unfinished says that a part of the changes is in the store.
func unfinished(err error, written int) error {
	var invalid *store.InvalidChange
	switch {
	case written == 0:
		return err
	case errors.As(err, &invalid): // which would mean that nothing was written
		return fmt.Errorf("%s; %d changes before it were written, so something else was written meanwhile: repeat the change", invalid, written)
	}
	return fmt.Errorf("%w (%d changes were written; repeat the same to complete it)", err, written)
}
