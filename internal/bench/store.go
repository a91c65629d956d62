package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/cypher"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// How many changes a transaction of the loading has. SQLite knows of a store that was empty that it holds no node yet
// and so need not look, which is worth one large transaction; Neo4j keeps a transaction in its heap.
const (
	sqlitePortion = 4_000_000
	neo4jPortion  = 40_000
)

// openStore opens a store by its address, sqlite:PATH or what Neo4j is reached by. The user name, password and database
// of Neo4j are in the environment, as the Neo4j tools read them.
func openStore(ctx context.Context, address string) (s store.Store, portion int, err error) {
	c, err := schema.Catalog()
	if err != nil {
		return nil, 0, err
	}
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		s, err = sqlite.Open(ctx, path, c, sqlite.Options{Migrating: true, Alone: true})
		portion = sqlitePortion
	} else {
		s, err = cypher.Open(ctx, cypher.Config{
			Catalog: c, URI: address, User: os.Getenv("NEO4J_USERNAME"), Password: os.Getenv("NEO4J_PASSWORD"),
			Database: os.Getenv("NEO4J_DATABASE"), Migrating: true,
		})
		portion = neo4jPortion
	}
	if err != nil {
		return nil, 0, fmt.Errorf("the store %s cannot be opened: %w", address, err)
	}
	return s, portion, nil
}

// fill brings a store to this program's version and loads the data set, if it is not there yet.
func fill(ctx context.Context, address string, d dataset.Dataset) error {
	s, portion, err := openStore(ctx, address)
	if err != nil {
		return err
	}
	defer s.Close(context.WithoutCancel(ctx))
	if _, err := s.Migrate(ctx); err != nil {
		return fmt.Errorf("the store %s cannot be brought to this version: %w", address, err)
	}
	held, err := d.Held(ctx, s)
	if err != nil {
		return err
	}
	if held {
		fmt.Fprintf(os.Stderr, "%s already holds %s\n", address, d)
		return nil
	}
	empty, err := s.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		fmt.Fprintf(os.Stderr, "%s holds nodes already; what is missing of %s is added\n", address, d)
	}
	began := time.Now()
	done := 0
	err = d.Fill(ctx, s, portion, func(n int) {
		done = n
		fmt.Fprintf(os.Stderr, "%s: %d nodes and links after %.0f s\n", address, n, time.Since(began).Seconds())
	})
	if err != nil {
		return fmt.Errorf("%s could not be loaded into %s: %w", d, address, err)
	}
	took := time.Since(began).Seconds()
	fmt.Fprintf(os.Stderr, "%s: loaded %s, %d nodes and links in %.0f s (%.0f/s)\n", address, d, done, took, float64(done)/took)
	return nil
}
