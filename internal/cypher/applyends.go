package cypher

import (
	"context"
	"hash/maphash"

	"attrigraph/internal/store"
)

// knownEnds finds links to nodes that neither come before them in the change set nor are in the store.
type knownEnds struct {
	store *Store
	nodes *ids
	// unseen are links with an end that did not come before.
	unseen []*store.PreparedLink
}

func (e *knownEnds) meet(ctx context.Context, l *store.PreparedLink) error {
	if e.nodes.has(l.From) && e.nodes.has(l.To) {
		return nil
	}
	if e.unseen = append(e.unseen, l); len(e.unseen) < batchSize {
		return nil
	}
	return e.look(ctx)
}

// look asks the store for the ends that were not seen.
func (e *knownEnds) look(ctx context.Context) error {
	if len(e.unseen) == 0 {
		return nil
	}
	wanted := map[string]bool{}
	var list []string
	for _, l := range e.unseen {
		for _, id := range []string{l.From, l.To} {
			if !wanted[id] && !e.nodes.has(id) {
				wanted[id] = true
				list = append(list, id)
			}
		}
	}
	found, err := query(ctx, e.store, "UNWIND $ids AS id "+matchNodeByID("id")+"RETURN id", map[string]any{"ids": list}, all)
	if err != nil {
		return err
	}
	for _, row := range found {
		id, _ := row[0].(string)
		delete(wanted, id)
	}
	for _, l := range e.unseen {
		for _, id := range []string{l.From, l.To} {
			if wanted[id] {
				return missing(l, id)
			}
		}
	}
	e.unseen = e.unseen[:0]
	return nil
}

// ids is a set of ids in memory of a fixed size (a Bloom filter): an id that was not added is found in it now and then, of a
// million once in 10 ^ 12 tries, of ten million once in 10 ^ 5. Such an end is found missing only when its link is written.
type ids struct {
	seed maphash.Seed
	bits []uint64
}

const (
	idBits   = 1 << 28
	idProbes = 7
)

// newIDs returns an empty set of a size in bits, idBits for the figures above.
func newIDs(bits uint64) *ids { return &ids{seed: maphash.MakeSeed(), bits: make([]uint64, bits/64)} }

// each calls do with the place of each of an id's bits until it returns false.
func (s *ids) each(id string, do func(word *uint64, bit uint64) bool) {
	h := maphash.String(s.seed, id)
	step := h>>32 | 1
	size := uint64(len(s.bits)) * 64
	for range idProbes {
		at := h % size
		if !do(&s.bits[at/64], 1<<(at%64)) {
			return
		}
		h += step
	}
}

func (s *ids) add(id string) {
	s.each(id, func(word *uint64, bit uint64) bool { *word |= bit; return true })
}

func (s *ids) has(id string) bool {
	found := true
	s.each(id, func(word *uint64, bit uint64) bool { found = *word&bit != 0; return found })
	return found
}
