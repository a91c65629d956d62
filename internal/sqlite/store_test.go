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
	storetest.Run(t, func(t *testing.T, c *catalog.Catalog) store.Store {
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
	})
}
