package graph

import (
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Bounds of the caches. What entries take is estimated (see memory.go), so that neither many small entries nor a few that
// are large for their text fill the memory.
const (
	// maxCachedText is the longest document in bytes that is kept in any form: longer ones hold literals that will hardly
	// come again.
	maxCachedText = 32 << 10
	// maxDocumentBytes bounds the parsed documents, maxPlanBytes the plans, maxPersistedBytes the texts of persisted
	// queries.
	maxDocumentBytes  = 12 << 20
	maxPlanBytes      = 20 << 20
	maxPersistedBytes = 4 << 20
)

// byteCache keeps the entries that were used last, as many as have at most a number of bytes together.
type byteCache[K comparable, V any] struct {
	mu      sync.Mutex
	entries *simplelru.LRU[K, sized[V]]
	bytes   int
	most    int
}

type sized[V any] struct {
	value V
	bytes int
}

// entryBytes is what an entry takes beside its key and value, in the list and the map.
const entryBytes = 160

func newByteCache[K comparable, V any](most int) *byteCache[K, V] {
	c := &byteCache[K, V]{most: most}
	entries, err := simplelru.NewLRU(math.MaxInt32, func(_ K, v sized[V]) { c.bytes -= v.bytes })
	if err != nil {
		panic(err) // only a size below one fails
	}
	c.entries = entries
	return c
}

func (c *byteCache[K, V]) get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.entries.Get(key)
	return v.value, ok
}

// add keeps the value, which takes that many bytes with its key. The first of two values for a key stays.
func (c *byteCache[K, V]) add(key K, value V, bytes int) {
	bytes += entryBytes
	c.mu.Lock()
	defer c.mu.Unlock()
	if bytes > c.most || c.entries.Contains(key) {
		return
	}
	c.entries.Add(key, sized[V]{value, bytes})
	c.bytes += bytes
	for c.bytes > c.most {
		c.entries.RemoveOldest()
	}
}
