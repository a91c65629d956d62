package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"attrigraph/internal/bench/bulk"
	"attrigraph/internal/cypher"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// made writes the export, and a part of it, to files.
func (b *importBench) made(part float64) (file string, n int, err error) {
	e := bulk.Export{Scale: b.export.Scale * part}
	if err := e.Check(); err != nil {
		return "", 0, err
	}
	if n, err = records(e); err != nil {
		return "", 0, err
	}
	file = b.path("export.jsonl")
	return file, n, writeExport(file, e)
}

// intoSQLite imports the export, and a tenth of it, into new files.
func (b *importBench) intoSQLite(ctx context.Context) error {
	for _, part := range []float64{0.1, 1} {
		file, n, err := b.made(part)
		if err != nil {
			return err
		}
		path := b.path("import.db")
		l, err := b.attrigraph(ctx, nil, "import", "jsonl", file, "--store", "sqlite:"+path)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		l.What, l.Records, l.File, l.Wanted = "jsonl into SQLite", n, info.Size(), "40,000 records/s, 300 MB"
		b.add(l)
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// intoNeo4j imports the export into a new Neo4j, and into another one with a loader that only writes.
func (b *importBench) intoNeo4j(ctx context.Context) error {
	file, n, err := b.made(1)
	if err != nil {
		return err
	}
	bare, err := b.onNewNeo4j(ctx, "bare", func(*database) (importLine, error) {
		began := time.Now()
		err := b.loadBare(ctx)
		return importLine{Took: time.Since(began)}, err
	})
	if err != nil {
		return err
	}
	bare.What, bare.Records = "bare UNWIND loader into Neo4j", n
	b.add(bare)
	ours, err := b.onNewNeo4j(ctx, "ours", func(db *database) (importLine, error) {
		return b.attrigraph(ctx, db, "import", "jsonl", file, "--store", db.uri)
	})
	if err != nil {
		return err
	}
	ours.What, ours.Records, ours.Wanted, ours.Ratio = "jsonl into Neo4j", n, "0.7 of the bare loader, 300 MB", bare.Took.Seconds()/ours.Took.Seconds()
	b.add(ours)
	return nil
}

// onNewNeo4j calls measure with a server that holds the store's constraints and indexes and nothing else.
func (b *importBench) onNewNeo4j(ctx context.Context, name string, measure func(*database) (importLine, error)) (l importLine, err error) {
	db, err := startNeo4j(ctx, b.root, filepath.Join(b.folder, name))
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, db.stop(ctx), os.RemoveAll(db.data)) }()
	s, _, err := openStore(ctx, db.uri)
	if err != nil {
		return l, err
	}
	_, err = s.Migrate(ctx)
	if err := errors.Join(err, s.Close(ctx)); err != nil {
		return l, err
	}
	b.bench.neo4j = db
	return measure(db)
}

// loadBare writes the records in statements of the same number of rows, each a transaction of its own.
func (b *importBench) loadBare(ctx context.Context) error {
	model, err := schema.Catalog()
	if err != nil {
		return err
	}
	rows, err := cypher.NewBare(model, store.Write{Provenance: store.Provenance{At: "2026-01-01T00:00:00.000Z", By: "bench"}})
	if err != nil {
		return err
	}
	session := b.bench.neo4j.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: os.Getenv("NEO4J_DATABASE")})
	defer session.Close(ctx)
	var statement string
	var waiting []any
	flush := func() error {
		if len(waiting) == 0 {
			return nil
		}
		result, err := session.Run(ctx, "CYPHER 5 "+statement, map[string]any{"rows": waiting})
		if err == nil {
			_, err = result.Consume(ctx)
		}
		waiting = nil
		return err
	}
	for r, err := range b.export.Records() {
		if err != nil {
			return err
		}
		of, row, err := rows.Row(store.Change{Node: r.Node, Link: r.Link})
		if err != nil {
			return err
		}
		if of != statement || len(waiting) == b.options.Batch {
			if err := flush(); err != nil {
				return err
			}
		}
		statement = of
		waiting = append(waiting, row)
	}
	return flush()
}
