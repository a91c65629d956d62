// Package schema holds the model that is written by hand, the API that is generated from it, and examples of questions.
package schema

import (
	_ "embed"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
)

//go:generate go run ../internal/apigen/cmd/apigen model.graphqls api.graphqls

// Model is the SDL of the model: kinds of node, their fields and links.
//
//go:embed model.graphqls
var Model string

// API is the SDL of the GraphQL API, generated from Model.
//
//go:embed api.graphqls
var API string

var (
	compiled = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Compile("model.graphqls", Model) })
	parsed   = sync.OnceValues(func() (*ast.Schema, error) {
		return gqlparser.LoadSchema(&ast.Source{Name: "api.graphqls", Input: API})
	})
)

// Catalog returns the compiled model, the same at every call. It fails only where Model has a mistake.
func Catalog() (*catalog.Catalog, error) { return compiled() }

// Parsed returns the validated API, the same at every call: callers must not change it. It fails only where API has a
// mistake.
func Parsed() (*ast.Schema, error) { return parsed() }
