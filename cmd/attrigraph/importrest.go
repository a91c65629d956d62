package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// maxRefused bounds how often an import with --keep-going is tried again without a record that only the store could find
// wrong: each try writes everything.
const maxRefused = 100

// applyRest writes the changes that can be written and rejects the others. It keeps all of them in a file; in memory it
// has what the model checks a change set with, and a few bytes for each node that is rejected.
func (i *importRun) applyRest(w store.Write, changes iter.Seq2[store.Change, error]) (err error) {
	model, err := schema.Catalog()
	if err != nil {
		return err
	}
	// What follows a broken line cannot be trusted, so that it ends the import here too.
	kept, err := newSpool(changes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.close()) }()
	s := &screen{catalog: model, write: w, kept: kept, report: i.report, lost: map[lostID]struct{}{}}
	for range maxRefused {
		if err := s.pass(); err != nil {
			return err
		}
		err := i.apply(w, kept.changes())
		var invalid *store.InvalidChange
		if !errors.As(err, &invalid) {
			return err
		}
		if found, err := s.refuse(invalid); err != nil {
			return err
		} else if !found {
			break // the mistake is in no record
		}
	}
	return errRejected
}

func placeOf(c store.Change) string {
	if c.Node != nil {
		return c.Node.Place
	}
	return c.Link.Place
}

// lostID stands for the id of a rejected node, in few bytes.
type lostID [16]byte

func lose(id string) lostID {
	sum := sha256.Sum256([]byte(id))
	return lostID(sum[:16])
}

// screen finds what the model rejects.
type screen struct {
	catalog *catalog.Catalog
	write   store.Write
	kept    *spool
	report  *importReport
	// lost holds the rejected nodes.
	lost map[lostID]struct{}
}

// pass takes out the changes that the model does not take, together: also links of rejected nodes, and nodes that lack a
// link that they must have, be it only because that was rejected.
func (s *screen) pass() error {
	for again := true; again; {
		again = false
		p, err := store.NewPreparer(s.catalog, s.write)
		if err != nil {
			return err
		}
		err = s.kept.each(func(n int, c store.Change) error {
			reason, err := s.check(p, c)
			if reason != "" {
				s.reject(n, c, reason)
				again = true
			}
			return err
		})
		if err != nil {
			return err
		}
		err = s.kept.each(func(n int, c store.Change) error {
			if c.Node == nil {
				return nil
			}
			if f := p.Lacking(c.Node); f != nil {
				s.reject(n, c, fmt.Sprintf("%s has no %s: no %s can be recorded without", c.Node.ID, f.Name, c.Node.Kind))
				again = true
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *screen) reject(n int, c store.Change, reason string) {
	s.report.reject(rejection{placeOf(c), reason})
	s.takeOut(n, c)
}

func (s *screen) takeOut(n int, c store.Change) {
	if c.Node != nil {
		s.lost[lose(c.Node.ID)] = struct{}{}
	}
	s.kept.takeOut(n)
}

// refuse takes out what only the store found wrong, and tells whether there is such a record.
func (s *screen) refuse(invalid *store.InvalidChange) (found bool, err error) {
	s.report.reject(rejection{invalid.Place, invalid.Reason})
	err = s.kept.each(func(n int, c store.Change) error {
		if placeOf(c) == invalid.Place {
			s.takeOut(n, c)
			found = true
		}
		return nil
	})
	return found, err
}

// check returns why the model rejects the change; an error is none of the change's.
func (s *screen) check(p *store.Preparer, c store.Change) (reason string, err error) {
	switch {
	case c.Node != nil:
		_, err = p.Node(c.Node)
	case s.isLost(c.Link.From) || s.isLost(c.Link.To):
		return fmt.Sprintf("the link %s joins a node that was rejected", c.Link.Type), nil
	default:
		_, err = p.Link(c.Link)
	}
	var invalid *store.InvalidChange
	if errors.As(err, &invalid) {
		return invalid.Reason, nil
	}
	return "", err
}

func (s *screen) isLost(id string) bool {
	_, is := s.lost[lose(id)]
	return is
}
