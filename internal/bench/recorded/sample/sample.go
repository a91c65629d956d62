// Package sample records the deep question of the benchmark on a small store of its own, for Go benchmarks.
package sample

import (
	"context"
	"errors"
	"path/filepath"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/bench/recorded"
	"attrigraph/internal/sqlite"
	"attrigraph/schema"
)

// Record makes a small data set in the folder and asks it the deep question, whose answer is as large as with a large
// data set. The caller calls close when it does not use the operation any more.
func Record(ctx context.Context, dir string) (o *recorded.Operation, close func() error, err error) {
	c, err := schema.Catalog()
	if err != nil {
		return nil, nil, err
	}
	s, err := sqlite.Open(ctx, filepath.Join(dir, "sample.db"), c, sqlite.Options{})
	if err != nil {
		return nil, nil, err
	}
	close = func() error { return s.Close(context.WithoutCancel(ctx)) }
	o, err = record(ctx, s)
	if err != nil {
		return nil, nil, errors.Join(err, close())
	}
	return o, close, nil
}

func record(ctx context.Context, s *sqlite.Store) (*recorded.Operation, error) {
	if _, err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	const oneTransaction = 1 << 30
	if err := (dataset.Dataset{Scale: 0.01}).Fill(ctx, s, oneTransaction, func(int) {}); err != nil {
		return nil, err
	}
	query, variables := recorded.Deep()
	return recorded.Record(ctx, s, query, variables)
}
