package dataset

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"attrigraph/internal/store"
)

// errNotHeld stops an Apply that only asks whether an earlier one is known.
var errNotHeld = errors.New("not held")

// Held tells whether the store holds this data set wholly.
func (d Dataset) Held(ctx context.Context, s store.Store) (bool, error) {
	// The key of the last Apply is the marker: with a key that it knows, the store answers without a look at the changes.
	_, err := s.Apply(ctx, d.keyed("complete"), func(yield func(store.Change, error) bool) { yield(store.Change{}, errNotHeld) })
	if errors.Is(err, errNotHeld) {
		return false, nil
	}
	return err == nil, err
}

// Fill writes the data set into a store that is empty or holds a part of it, in transactions of at least portion
// changes. progress is called with the number of changes written.
func (d Dataset) Fill(ctx context.Context, s store.Store, portion int, progress func(done int)) error {
	if err := d.Check(); err != nil {
		return err
	}
	next, stop := iter.Pull2(d.Changes())
	defer stop()
	cutter := &cutter{next: next, portion: portion}
	for n := 0; !cutter.over; n++ {
		// An interrupted Fill goes on where it stopped, because portions have keys of their own.
		if _, err := s.Apply(ctx, d.keyed(fmt.Sprintf("portion %d of %d", n, portion)), cutter.cut()); err != nil {
			return err
		}
		if cutter.taken == 0 {
			cutter.skip()
		}
		cutter.taken = 0
		progress(cutter.done)
	}
	_, err := s.Apply(ctx, d.keyed("complete"), func(func(store.Change, error) bool) {})
	return err
}

func (d Dataset) keyed(what string) store.Write {
	w := d.Write()
	w.IdempotencyKey = d.String() + " " + what
	return w
}

// cutter cuts a sequence of changes into portions that begin with a node.
type cutter struct {
	next    func() (store.Change, error, bool)
	portion int
	// held is the first change of the next portion.
	held        *store.Change
	taken, done int
	over        bool
}

// cut returns the next portion.
func (c *cutter) cut() iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		if c.held != nil {
			first := *c.held
			c.held = nil
			c.count()
			if !yield(first, nil) {
				return
			}
		}
		for {
			change, err, ok := c.next()
			if !ok {
				c.over = true
				return
			}
			if err == nil && change.Node != nil && c.taken >= c.portion {
				c.held = &change
				return
			}
			c.count()
			if !yield(change, err) || err != nil {
				return
			}
		}
	}
}

// skip passes over a portion that the store did not ask for.
func (c *cutter) skip() {
	for range c.cut() {
	}
}

func (c *cutter) count() {
	c.taken++
	c.done++
}
