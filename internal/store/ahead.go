package store

import (
	"iter"
)

// PreparedChange is a change of a change set, checked against the model; exactly one field is set.
type PreparedChange struct {
	Node       *PreparedNode
	Link       *PreparedLink
	DeleteNode string
	DeleteLink *Link
}

// Changes checks changes in their order. A change that is wrong ends the sequence with its error, and so does an error of
// changes.
func (p *Preparer) Changes(changes iter.Seq2[Change, error]) iter.Seq2[PreparedChange, error] {
	return func(yield func(PreparedChange, error) bool) {
		for c, err := range changes {
			var out PreparedChange
			switch {
			case err != nil:
			case c.Node != nil:
				out.Node, err = p.Node(c.Node)
			case c.Link != nil:
				out.Link, err = p.Link(c.Link)
			case c.DeleteNode != "":
				out.DeleteNode = c.DeleteNode
			case c.DeleteLink != nil:
				out.DeleteLink = c.DeleteLink
			default:
				err = &InvalidChange{Reason: "a change holds nothing: set a node, a link or what to delete"}
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

const (
	// aheadBatch is how many values go from one goroutine to the other at once, aheadBatches how many of these wait: as
	// much as a store writes with one statement, so that the next is made meanwhile.
	aheadBatch   = 64
	aheadBatches = 32
)

// Ahead returns the values of seq while a goroutine of its own already makes the next ones, two thousand at most: so what
// reads and checks a change set and what writes it can have a core each. seq has ended when the iteration has; a panic in
// seq becomes one in the iteration.
func Ahead[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		type batch struct {
			values []T
			err    error
			// panicked holds what seq panicked with.
			panicked any
		}
		batches, stop := make(chan batch, aheadBatches), make(chan struct{})
		go func() {
			defer close(batches)
			var b batch
			send := func() bool {
				select {
				case batches <- b:
					b = batch{}
					return true
				case <-stop:
					return false
				}
			}
			defer func() {
				if b.panicked = recover(); b.panicked != nil {
					send()
				}
			}()
			for v, err := range seq {
				if b.err = err; err != nil {
					send()
					return
				}
				if b.values == nil {
					b.values = make([]T, 0, aheadBatch)
				}
				if b.values = append(b.values, v); len(b.values) == aheadBatch && !send() {
					return
				}
			}
			if len(b.values) > 0 {
				send()
			}
		}()
		defer func() {
			close(stop)
			for range batches { // until seq has ended
			}
		}()
		for b := range batches {
			for _, v := range b.values {
				if !yield(v, nil) {
					return
				}
			}
			if b.panicked != nil {
				panic(b.panicked)
			}
			if b.err != nil {
				var none T
				yield(none, b.err)
				return
			}
		}
	}
}
