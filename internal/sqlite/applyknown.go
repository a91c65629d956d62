package sqlite

import (
	"cmp"
	"math"

	"github.com/google/uuid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// What an Apply remembers is bounded, so that its memory does not grow with the change set: what it has forgotten it reads
// from the store again.
type memory struct {
	// nodes is how many nodes a generation has; there are two.
	nodes int
	// links is how many links are remembered.
	links int
	// counts is how many changed numbers of links wait to be written.
	counts int
	// created is of how many of the nodes that an Apply makes the keys are remembered.
	created int
	// values is how many different values are remembered that orders of links need of these nodes.
	values int
	// indexed is how much an Apply creates in an empty store before it goes on without indexes.
	indexed int
}

var usualMemory = memory{nodes: 1 << 14, links: 1 << 17, counts: 1 << 16, created: 1 << 20, values: 1 << 15, indexed: 5_000}

// knownNodes holds the nodes that were met last, by id: two generations of most nodes each.
type knownNodes struct {
	most          int
	recent, older map[string]*nodeState
}

func (k *knownNodes) get(id string) *nodeState {
	if n := k.recent[id]; n != nil {
		return n
	}
	return k.older[id]
}

// put remembers a node. forgot tells that others were forgotten for it.
func (k *knownNodes) put(id string, n *nodeState) (forgot bool) {
	if len(k.recent) >= k.most {
		forgot = len(k.older) > 0
		k.older, k.recent = k.recent, map[string]*nodeState{}
	}
	k.recent[id] = n
	return forgot
}

// remember keeps what is known of a node. Rows that wait must be in the store before it can be asked for what was forgotten.
func (a *application) remember(id string, n *nodeState) error {
	if !a.nodes.put(id, n) {
		return nil
	}
	a.fresh = false
	return a.flush()
}

// createdNodes holds the keys of nodes that this Apply made: little for each, because an import meets most of them again as
// the ends of links.
type createdNodes struct {
	most int
	keys map[createdNode]uint32
	// all tells that every node that this Apply made is in it.
	all bool
	// orders holds the values that orders of their links need.
	orders orderMemory
}

// createdNode is an id in few bytes and without pointers.
type createdNode struct {
	uuid uuid.UUID
	kind uint16
}

func (l *layout) createdNode(kind *catalog.Type, id string) createdNode {
	u, err := uuid.Parse(id[len(kind.IDPrefix)+len("--"):])
	if err != nil {
		panic(err) // the Preparer has checked it
	}
	return createdNode{u, l.numbers[kind]}
}

// put remembers the key of a node, if there is room for it.
func (c *createdNodes) put(n createdNode, pk int64) {
	if len(c.keys) >= c.most || pk > math.MaxUint32 {
		c.all = false
		return
	}
	c.keys[n] = uint32(pk)
}

// end returns what is known of the node at an end of a link; of one that this Apply made only what links need.
func (a *application) end(id string) (*nodeState, error) {
	if n := a.nodes.get(id); n != nil {
		return n, nil
	}
	if a.lastEnd.id == id {
		return a.lastEnd.state, nil
	}
	if pk, kind := a.createdKey(id); pk != 0 {
		n := &nodeState{pk: pk, kind: kind, created: true, order: a.created.orders.get(pk - a.firstPK)}
		a.lastEnd.id, a.lastEnd.state = id, n
		if n.pk <= a.flushed {
			return n, nil
		}
		return n, a.flush() // its row may be asked for
	}
	return a.find(id)
}

// createdKey returns the key and the kind of a node that this Apply made and remembers; 0 for others.
func (a *application) createdKey(id string) (pk int64, kind *catalog.Type) {
	if kind = a.kindOf(id); kind == nil {
		return 0, nil
	}
	return int64(a.created.keys[a.layout.createdNode(kind, id)]), kind
}

// absent tells that the store has no such node, without a look at it.
func (a *application) absent(id string) bool {
	if !a.anew || !a.created.all {
		return false
	}
	pk, _ := a.createdKey(id)
	return pk == 0
}

// kindOf is the kind that an id names; nil if there is none.
func (a *application) kindOf(id string) *catalog.Type {
	prefix, err := ident.Parse(id)
	if err != nil {
		return nil
	}
	return a.catalog.KindOfID(prefix)
}

// knownLinks holds which links the change set had. As long as links come in ascending order, as an export has them, none
// can come twice, so that none need be remembered.
type knownLinks struct {
	hashes map[linkKey]string
	// unordered is set when a link did not come after the last one.
	unordered bool
	last      *store.PreparedLink
	// forgot tells that links of this Apply are in the store and not in hashes.
	forgot bool
}

// knows returns what is remembered of a link; sure tells that a link which is not remembered did not occur.
func (k *knownLinks) knows(key linkKey) (hash string, exists, sure bool) {
	hash, exists = k.hashes[key]
	return hash, exists, !k.forgot
}

// compareLinks orders links as exports do.
func compareLinks(x, y *store.PreparedLink) int {
	return cmp.Or(cmp.Compare(x.Link.Type, y.Link.Type), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
}

// meet notes that a link comes, and tells whether it can have come before.
func (a *application) meet(l *store.PreparedLink) (ascending bool, err error) {
	k := &a.links
	if !k.unordered && !a.write.ReplaceLinks {
		if k.last == nil || compareLinks(k.last, l) < 0 {
			k.last = l
			return true, nil
		}
		k.unordered, k.forgot = true, true
		return false, a.flush()
	}
	if len(k.hashes) >= a.memory.links && !a.write.ReplaceLinks {
		clear(k.hashes)
		k.forgot = true
		return false, a.flush()
	}
	return false, nil
}
