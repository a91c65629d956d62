package cypher

import (
	"context"

	"attrigraph/internal/store"
)

// known is what an Apply knows of the store without asking. To ask for every record whether it is there takes as long as to
// write it, and the answer is the same for all that a store without them is given. It is right while the Apply holds the
// store's record; between the parts of a change set it stays right if no one else wrote.
type known struct {
	// expected is how many changes are to come, 0 if that is not known.
	expected int
	// revision is that of the store when the last part was written, negative before the first.
	revision int64
	// learned tells that the store was asked what it holds.
	learned bool
	// ids are at least those of all nodes and links that the store holds; nil if they are not known.
	ids *ids
	// noTombstones tells that the store holds no tombstone.
	noTombstones bool
	ends         *endValuesOf
}

func newKnown(expected int) *known {
	return &known{expected: expected, revision: -1, ends: newEndValuesOf()}
}

// at keeps what is known if the store has the revision that the last part left, and forgets it otherwise.
func (k *known) at(revision int64) {
	if k.revision >= 0 && k.revision != revision {
		*k = *newKnown(k.expected)
	}
}

// mostRead is how many ids the store is asked for where the number of changes is not known.
const mostRead = 20_000

// The set of ids has bitsForID for each change that is expected, so that one new id in 10 ^ 5 is asked for in vain, and at
// least fewIDBits, a megabyte.
const (
	bitsForID = 32
	fewIDBits = 1 << 23
)

// learn asks the store how much it holds, and for all its ids if that is less work than to ask for each change.
func (a *applier) learn(ctx context.Context) error {
	k := a.known
	if k.learned {
		return nil
	}
	k.learned = true
	var counts []int64
	// Neo4j keeps these counts.
	_, err := a.run(ctx, "MATCH (n:Node) RETURN count(n) AS n UNION ALL MATCH ()-[r]->() RETURN count(r) AS n UNION ALL MATCH (t:"+
		tombstoneLabel+") RETURN count(t) AS n", nil, func(row []any) error {
		n, _ := row[0].(int64)
		counts = append(counts, n)
		return nil
	})
	if err != nil {
		return err
	}
	k.noTombstones = counts[2] == 0
	held := counts[0] + counts[1]
	if held > int64(max(mostRead, k.expected)) {
		return nil
	}
	bits := uint64(fewIDBits)
	for bits < bitsForID*uint64(k.expected) && bits < idBits {
		bits *= 2
	}
	known := newIDs(bits)
	if held > 0 {
		_, err = a.run(ctx, "MATCH (n:Node) RETURN n.id AS id UNION ALL MATCH ()-[r]->() RETURN r.id AS id", nil, func(row []any) error {
			id, _ := row[0].(string)
			known.add(id)
			return nil
		})
	}
	k.ids = known
	return err
}

// absent tells whether the store is known not to hold a node or link.
func (k *known) absent(id string) bool { return k.ids != nil && !k.ids.has(id) }

// wrote notes that a node or link was written.
func (k *known) wrote(id string) {
	if k.ids != nil {
		k.ids.add(id)
	}
}

// wroteNode notes what a written node says that orders of its links need.
func (k *known) wroteNode(n *store.PreparedNode) {
	k.wrote(n.ID)
	k.ends.put(n)
}
