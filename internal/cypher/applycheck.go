package cypher

import (
	"context"
	"iter"

	"attrigraph/internal/store"
)

// checking is the check of a large change set under way.
type checking struct {
	*parts
	preparer *store.Preparer
	ends     *knownEnds
	// links tells that a link came that is not put aside.
	links bool
}

// check checks everything that can be before anything is written, and puts aside what is written together. A change set
// that is not large it returns instead, as it was read.
func (p *parts) check(ctx context.Context) (small iter.Seq2[store.Change, error], err error) {
	first := make([]store.Change, 0, min(p.partSize, batchSize))
	c := &checking{parts: p}
	for change, err := range store.Ahead(p.changes) {
		if ctx.Err() != nil {
			return nil, store.Fail(store.ErrTimeout, ctx.Err())
		}
		if c.preparer == nil {
			if err != nil {
				return read(first, err), nil
			}
			if len(first) < p.partSize {
				first = append(first, change)
				continue
			}
			err = c.begin(ctx, first)
			first = nil
		}
		if err == nil {
			err = c.take(ctx, change)
		}
		if err != nil || p.whole {
			return nil, err
		}
	}
	if c.preparer == nil {
		return read(first, nil), nil
	}
	if err := c.preparer.Finish(); err != nil {
		return nil, err
	}
	return nil, c.ends.look(ctx)
}

// read yields changes that were read, and what ended them.
func read(changes []store.Change, err error) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
		if err != nil {
			yield(store.Change{}, err)
		}
	}
}

// begin begins with the changes that were kept as long as there were few.
func (c *checking) begin(ctx context.Context, first []store.Change) (err error) {
	if c.preparer, err = store.NewPreparer(c.catalog, c.write); err != nil {
		return err
	}
	if c.aside, err = newAside(); err != nil {
		return err
	}
	c.ends = &knownEnds{store: c.Store, nodes: newIDs(idBits)}
	for _, change := range first {
		if err := c.take(ctx, change); err != nil || c.whole {
			return err
		}
	}
	return nil
}

// take checks one change.
func (c *checking) take(ctx context.Context, change store.Change) error {
	c.count++
	switch {
	case c.whole:
		return nil
	case change.Node != nil:
		return c.node(change)
	case change.Link != nil:
		return c.link(ctx, change)
	}
	c.whole = true
	return nil
}

func (c *checking) node(change store.Change) error {
	if _, err := c.preparer.Node(change.Node); err != nil {
		return err
	}
	if c.whole = change.Node.ExpectedRevision != 0; c.whole {
		return nil
	}
	c.ends.nodes.add(change.Node.ID)
	c.nodesFirst = c.nodesFirst && !c.links
	if !c.needy(change.Node) {
		return nil
	}
	return c.aside.put(change.Node.ID, change)
}

func (c *checking) link(ctx context.Context, change store.Change) error {
	l, err := c.preparer.Link(change.Link)
	if err != nil {
		return err
	}
	if err := c.ends.meet(ctx, l); err != nil {
		return err
	}
	if c.needed(change.Link) {
		return c.aside.put(change.Link.From, change)
	}
	c.links = true
	return nil
}
