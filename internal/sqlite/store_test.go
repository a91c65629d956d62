package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, c *catalog.Catalog) store.Store { return open(t, c) })
}

// TestConformanceForgetful runs the suite on a store that has to read again what an Apply of any size would remember.
func TestConformanceForgetful(t *testing.T) {
	storetest.Run(t, func(t *testing.T, c *catalog.Catalog) store.Store {
		s := open(t, c)
		s.Forgetful()
		return s
	})
}

func open(t *testing.T, c *catalog.Catalog) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "graph.db"), c, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}
