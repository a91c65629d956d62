package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// documentCache keeps the validated documents that were used last, by text.
type documentCache struct {
	*byteCache[string, *ast.QueryDocument]
}

var _ graphql.Cache[*ast.QueryDocument] = documentCache{}

// Get implements graphql.Cache.
func (c documentCache) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	return c.get(text)
}

// Add implements graphql.Cache.
func (c documentCache) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) <= maxCachedText {
		c.add(text, doc, documentBytes(doc))
	}
}

// persistedCache keeps the texts of persisted queries that were used last, by their hash.
type persistedCache struct{ *byteCache[string, string] }

var _ graphql.Cache[string] = persistedCache{}

// Get implements graphql.Cache.
func (c persistedCache) Get(_ context.Context, hash string) (string, bool) { return c.get(hash) }

// Add implements graphql.Cache.
func (c persistedCache) Add(_ context.Context, hash, text string) {
	if len(text) <= maxCachedText {
		c.add(hash, text, len(hash)+len(text))
	}
}
