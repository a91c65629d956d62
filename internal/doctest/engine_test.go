package doctest

import (
	"testing"

	"attrigraph/graph"
	"attrigraph/internal/casebook"
	"attrigraph/internal/catalog"
	"attrigraph/internal/rules"
	"attrigraph/internal/store/opentest"
	"attrigraph/internal/store/storetest"
	"attrigraph/schema"
)

// engine is the engine on an embedded store that holds a casebook.
type engine struct {
	catalog *catalog.Catalog
	handler *graph.Handler
}

// newEngine loads the bundled cases, changed by edit where it is not nil, into a store of the model.
func newEngine(t *testing.T, model string, edit func(*casebook.File)) *engine {
	t.Helper()
	c, err := catalog.Compile("model.graphqls", model)
	if err != nil {
		t.Fatal(err)
	}
	api := storetest.API(t, c)
	files, err := casebook.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		for i := range files {
			edit(&files[i])
		}
	}
	book, err := casebook.Load(c, files)
	if err != nil {
		t.Fatal(err)
	}
	store := opentest.SQLite(t, c)
	if _, err := store.Apply(t.Context(), book.Write(), book.Changes()); err != nil {
		t.Fatal(err)
	}
	es, err := graph.NewExecutableSchema(graph.Config{Schema: api, Catalog: c, Store: store, Rules: rules.All()})
	if err != nil {
		t.Fatal(err)
	}
	return &engine{catalog: c, handler: graph.NewHandler(es)}
}

// bundled is the engine as it comes.
func bundled(t *testing.T) *engine {
	t.Helper()
	return newEngine(t, schema.Model, nil)
}

// ask answers an operation; any error fails the test.
func (e *engine) ask(t *testing.T, query string, variables map[string]any) string {
	t.Helper()
	answer := e.handler.Do(t.Context(), query, "", variables)
	if answer == nil || len(answer.Errors) > 0 {
		t.Fatalf("not answered: %v\n%s", answer, query)
	}
	return string(answer.Data)
}
