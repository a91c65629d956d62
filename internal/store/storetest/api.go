package storetest

import (
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/apigen"
	"attrigraph/internal/catalog"
)

// API generates and loads the API of a model, for tests that ask in GraphQL.
func API(t testing.TB, c *catalog.Catalog) *ast.Schema {
	t.Helper()
	sdl, err := apigen.SDL(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "api.graphqls", Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
