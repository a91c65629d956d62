package main

import (
	"context"
	"iter"
	"os"
	"testing"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

func TestEGFill(t *testing.T) {
	c, _ := schema.Catalog()
	s, err := sqlite.Open(context.Background(), os.Getenv("EG_DB"), c, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	var seq iter.Seq2[store.Change, error] = dataset.Dataset{Scale: 0.1}.Changes()
	if _, err := s.Apply(context.Background(), store.Write{Provenance: store.Provenance{At: "2026-01-02T03:04:05.000Z", By: "x"}}, seq); err != nil {
		t.Fatal(err)
	}
	s.Close(context.Background())
}
