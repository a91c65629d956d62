package sqlite

import (
	"cmp"

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
	// indexed is how much an Apply creates in an empty store before it goes on without indexes.
	indexed int
}

var usualMemory = memory{nodes: 1 << 16, links: 1 << 17, counts: 1 << 16, indexed: 50_000}

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
