package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestFileCutShort holds that a file which another program cuts short in the middle of a read is an error and not the end
// of the program, that the store is not read any more, and that it can still be closed.
func TestFileCutShort(t *testing.T) {
	c := storetest.Model(t)
	path := filepath.Join(t.TempDir(), "graph.db")
	s, err := Open(t.Context(), path, c, Options{})
	if err == nil {
		_, err = s.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	manyWorks(t, s, 2000)
	// Closing writes the log back into the file.
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), path, c, Options{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var cut sync.Once
	err = s.Export(ctx, func(store.Record) error {
		cut.Do(func() { err = os.Truncate(path, 8192) })
		return err
	})
	if !errors.Is(err, store.ErrUnavailable) || !s.torn.Load() {
		t.Errorf("while the file was cut: %v, torn: %t", err, s.torn.Load())
	}
	count := &plan.Plan{Roots: []plan.Column{plan.Count{Select: &plan.Select{From: plan.All{}, Type: c.Type("Work"), Limit: plan.NoParam}}}}
	if err := s.Read(ctx, count, nil, func(rows.Value) error { return nil }); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, errTorn) {
		t.Errorf("after the file was cut: %v", err)
	}
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}
