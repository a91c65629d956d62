package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/vektah/gqlparser/v2/ast"
)

// Bounds of the cache of documents. A parsed document takes some ten times the bytes of its text.
const (
	// maxCachedText is the longest text that is cached: longer ones hold literals that will hardly come again.
	maxCachedText = 32 << 10
	// maxCachedTexts is how many bytes of text all cached documents may have together.
	maxCachedTexts = 4 << 20
)

// documentCache keeps the validated documents that were used last, by text.
type documentCache struct {
	mu        sync.Mutex
	documents *simplelru.LRU[string, *ast.QueryDocument]
	bytes     int
}

var _ graphql.Cache[*ast.QueryDocument] = (*documentCache)(nil)

func newDocumentCache() *documentCache {
	c := &documentCache{}
	documents, err := simplelru.NewLRU(maxCachedTexts, func(text string, _ *ast.QueryDocument) { c.bytes -= len(text) })
	if err != nil {
		panic(err) // only a size below one fails
	}
	c.documents = documents
	return c
}

// Get implements graphql.Cache.
func (c *documentCache) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.documents.Get(text)
}

// Add implements graphql.Cache.
func (c *documentCache) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) > maxCachedText {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.documents.Contains(text) {
		c.bytes += len(text)
	}
	c.documents.Add(text, doc)
	for c.bytes > maxCachedTexts {
		c.documents.RemoveOldest()
	}
}
