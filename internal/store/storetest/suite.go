// Package storetest is the conformance suite of the stores: whatever passes it gives the same bytes for the same graph.
// A store's own test package calls Run with a way to open an empty store.
package storetest

import (
	_ "embed"
	"regexp"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

//go:embed model.graphqls
var modelSDL string

// Model compiles the suite's toy model, which has every feature of the engine.
func Model(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Compile("model.graphqls", modelSDL)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ModelWithoutOrders is Model as it would be if no link could grow large.
func ModelWithoutOrders(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Compile("model.graphqls", regexp.MustCompile(`, orderedBy: \[[^]]*\]`).ReplaceAllString(modelSDL, ""))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Open opens a store for the catalog that holds nothing and was not migrated yet, and closes it when the test ends.
// Stores that earlier calls returned may lose their content by it: the suite works with the last one only, and closes
// a store itself where it needs to.
type Open func(t *testing.T, c *catalog.Catalog) store.Store

// Run runs the whole suite.
func Run(t *testing.T, open Open) {
	t.Run("Read", func(t *testing.T) {
		f := newFixture(t, open)
		f.load(Sample())
		FewNodes(t, 3)
		t.Run("Sources", f.sources)
		t.Run("Columns", f.columns)
		t.Run("Predicates", f.predicates)
		t.Run("Orders", f.orders)
		t.Run("Pages", f.pages)
		t.Run("Search", f.search)
		t.Run("Groups", f.groups)
		t.Run("Stats", f.stats)
		t.Run("Found", f.found)
		t.Run("Random", f.random)
		t.Run("Deadline", f.deadline)
		t.Run("Check", f.sound)
	})
	for name, test := range map[string]func(*fixture){
		"Migrate": migrate, "Write": write, "Unchanged": unchanged, "Update": update, "Delete": remove,
		"ReplaceLinks": replaceLinks, "Conflict": conflict, "Idempotency": idempotency, "Invalid": invalid,
		"LinkOrders": linkOrders, "Atomic": atomic, "Twice": twice, "Export": export, "Concurrent": concurrent,
		"IfAbsent": ifAbsent,
	} {
		t.Run(name, func(t *testing.T) { test(newFixture(t, open)) })
	}
}

// fixture is a migrated store and what tests do with it.
type fixture struct {
	t       *testing.T
	open    Open
	catalog *catalog.Catalog
	store   store.Store
}

func newFixture(t *testing.T, open Open) *fixture {
	t.Helper()
	c := Model(t)
	s := open(t, c)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatalf("migrating an empty store: %v", err)
	}
	return &fixture{t: t, open: open, catalog: c, store: s}
}

// on returns the fixture for a subtest.
func (f *fixture) on(t *testing.T) *fixture {
	g := *f
	g.t = t
	return &g
}
