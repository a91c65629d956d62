package main

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// maxRefused bounds how often an import with --keep-going is tried again without a record that only the store could find
// wrong: each try writes everything.
const maxRefused = 100

// applyRest writes the changes that can be written and rejects the others. It keeps all of them in memory.
func (i *importRun) applyRest(w store.Write, changes iter.Seq2[store.Change, error]) error {
	model, err := schema.Catalog()
	if err != nil {
		return err
	}
	var all []store.Change
	for change, err := range changes {
		var invalid *store.InvalidChange
		switch {
		case errors.As(err, &invalid): // what follows a broken line cannot be trusted
			i.rejected = append(i.rejected, rejection{invalid.Place, invalid.Reason})
			return errRejected
		case err != nil:
			return err
		}
		all = append(all, change)
	}
	s := &screen{catalog: model, write: w, lost: map[string]bool{}}
	for range maxRefused {
		if all, err = s.pass(all); err != nil {
			return err
		}
		i.rejected = s.rejected
		before := len(i.rejected)
		if err := i.apply(w, every(all)); !errors.Is(err, errRejected) {
			return err
		}
		s.rejected = i.rejected
		found := i.rejected[before]
		kept := slices.DeleteFunc(slices.Clone(all), func(c store.Change) bool {
			if placeOf(c) != found.Place {
				return false
			}
			if c.Node != nil {
				s.lost[c.Node.ID] = true
			}
			return true
		})
		if len(kept) == len(all) {
			return errRejected // the mistake is in no record
		}
		all = kept
	}
	return errRejected
}

func every(changes []store.Change) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func placeOf(c store.Change) string {
	if c.Node != nil {
		return c.Node.Place
	}
	return c.Link.Place
}

// screen finds what the model rejects.
type screen struct {
	catalog  *catalog.Catalog
	write    store.Write
	rejected []rejection
	// lost holds the ids of rejected nodes.
	lost map[string]bool
}

// pass returns the changes that the model takes, together: without links of rejected nodes, and without nodes that lack
// a link that they must have, be it only because that was rejected.
func (s *screen) pass(changes []store.Change) ([]store.Change, error) {
	for {
		p, err := store.NewPreparer(s.catalog, s.write)
		if err != nil {
			return nil, err
		}
		lacking := map[string]map[*catalog.Field]bool{}
		var kept []store.Change
		for _, c := range changes {
			if reason := s.check(p, c, lacking); reason != "" {
				s.reject(c, reason)
			} else {
				kept = append(kept, c)
			}
		}
		again := len(kept) < len(changes)
		changes = slices.DeleteFunc(kept, func(c store.Change) bool {
			if c.Node == nil {
				return false
			}
			for _, f := range s.catalog.Type(c.Node.Kind).Required {
				if lacking[c.Node.ID][f] {
					s.reject(c, fmt.Sprintf("%s has no %s: no %s can be recorded without", c.Node.ID, f.Name, c.Node.Kind))
					again = true
					return true
				}
			}
			return false
		})
		if !again {
			return changes, nil
		}
	}
}

func (s *screen) reject(c store.Change, reason string) {
	if c.Node != nil {
		s.lost[c.Node.ID] = true
	}
	s.rejected = append(s.rejected, rejection{placeOf(c), reason})
}

// check returns why the model rejects the change, and notes which links its node must still get.
func (s *screen) check(p *store.Preparer, c store.Change, lacking map[string]map[*catalog.Field]bool) string {
	var err error
	switch {
	case c.Node != nil:
		if _, err = p.Node(c.Node); err == nil {
			required := map[*catalog.Field]bool{}
			for _, f := range s.catalog.Type(c.Node.Kind).Required {
				required[f] = true
			}
			lacking[c.Node.ID] = required
		}
	case s.lost[c.Link.From] || s.lost[c.Link.To]:
		return fmt.Sprintf("the link %s joins a node that was rejected", c.Link.Type)
	default:
		if _, err = p.Link(c.Link); err == nil {
			for f := range lacking[c.Link.From] {
				if f.Link == s.catalog.Link(c.Link.Type) {
					delete(lacking[c.Link.From], f)
				}
			}
		}
	}
	var invalid *store.InvalidChange
	if errors.As(err, &invalid) {
		return invalid.Reason
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
