package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/bench/questions"
)

// The servers by their keys.
const (
	onNeo4j      = "neo4j"
	onSQLite     = "sqlite"
	handwritten  = "handwritten"
	neo4jGraphQL = "neo4jgraphql"
	// inProduction is @neo4j/graphql once more, with the checks for developers left out.
	inProduction = "neo4jgraphql-production"
)

var serverKeys = []string{onNeo4j, onSQLite, handwritten, neo4jGraphQL, inProduction}

// prepare starts Neo4j, loads what is not loaded and builds what is measured.
func (b *bench) prepare(ctx context.Context) error {
	if err := os.MkdirAll(b.cache, 0o755); err != nil {
		return err
	}
	if err := b.build(ctx); err != nil {
		return err
	}
	for _, key := range serverKeys {
		if !b.chosen(key) {
			continue
		}
		s, err := b.server(ctx, key)
		if err != nil {
			return err
		}
		b.servers = append(b.servers, s)
	}
	return nil
}

// server returns a server whose store is there and filled.
func (b *bench) server(ctx context.Context, key string) (*server, error) {
	if key == onSQLite {
		return b.ours(key, "attrigraph on SQLite", b.sqliteStore(b.dataset), nil), fill(ctx, b.sqliteStore(b.dataset), b.dataset)
	}
	if b.neo4j == nil {
		var err error
		if b.neo4j, err = b.filledNeo4j(ctx, b.dataset); err != nil {
			return nil, err
		}
	}
	switch key {
	case handwritten:
		return &server{
			Key: key, Title: "hand-written Go handler on Neo4j", kind: questions.Handwritten, db: b.neo4j,
			command: []string{b.program("handwritten"), "--listen", "127.0.0.1:0"}, env: environment(b.neo4j),
		}, nil
	case neo4jGraphQL:
		return &server{
			Key: key, Title: "@neo4j/graphql on Neo4j", kind: questions.Neo4jGraphQL, db: b.neo4j,
			command: []string{b.peerStart()}, env: environment(b.neo4j),
		}, nil
	case inProduction:
		return &server{
			Key: key, Title: "@neo4j/graphql on Neo4j, NODE_ENV=production", kind: questions.Neo4jGraphQL, db: b.neo4j,
			command: []string{b.peerStart()}, env: append(environment(b.neo4j), "NODE_ENV=production"),
		}, nil
	}
	return b.ours(key, "attrigraph on Neo4j", b.neo4j.uri, b.neo4j), nil
}

func (b *bench) chosen(key string) bool { return len(b.Only) == 0 || slices.Contains(b.Only, key) }

// ours is this program on a store; db is nil for SQLite.
func (b *bench) ours(key, title, store string, db *database) *server {
	return &server{
		Key: key, Title: title, kind: questions.Ours, store: store, db: db, readyPath: "/readyz",
		command: []string{b.program("attrigraph"), "serve", "--store", store, "--listen", "127.0.0.1:0"},
		env:     environment(db),
	}
}

// environment is this process's own without what would configure the servers, with the address of a database.
func environment(db *database) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "ATTRIGRAPH_") || strings.HasPrefix(v, "NEO4J_") || strings.HasPrefix(v, "PORT=") || strings.HasPrefix(v, "NODE_ENV=")
	})
	if db != nil {
		env = append(env, db.env...)
	}
	return env
}

func (b *bench) program(name string) string { return filepath.Join(b.cache, "bin", name) }

func (b *bench) peerStart() string {
	return filepath.Join(b.root, "internal", "bench", "neo4jgraphql", "start")
}

func (b *bench) sqliteStore(d dataset.Dataset) string {
	return "sqlite:" + filepath.Join(b.cache, fmt.Sprintf("bench-%v.db", d.Scale))
}

// build builds the servers as they are shipped, and installs the packages of the one on Node.js.
func (b *bench) build(ctx context.Context) error {
	commands := [][]string{{"go", "build", "-trimpath", "-o", b.program("attrigraph"), "./cmd/attrigraph"}}
	if b.chosen(handwritten) {
		commands = append(commands, []string{"go", "build", "-trimpath", "-o", b.program("handwritten"), "./internal/bench/handwritten"})
	}
	if b.chosen(neo4jGraphQL) || b.chosen(inProduction) {
		commands = append(commands, []string{b.peerStart(), "--install"})
	}
	for _, c := range commands {
		cmd := exec.CommandContext(ctx, c[0], c[1:]...)
		cmd.Dir = b.root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(c, " "), err, out)
		}
	}
	return nil
}

// filledNeo4j starts the Neo4j of a data set and loads it if need be.
func (b *bench) filledNeo4j(ctx context.Context, d dataset.Dataset) (*database, error) {
	db, err := startNeo4j(ctx, b.root, filepath.Join(b.cache, fmt.Sprintf("neo4j-%v", d.Scale)))
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, db.uri, d); err != nil {
		return nil, errors.Join(err, db.stop(ctx))
	}
	// The peers' indexes, and samples of all indexes that are as new as the data, which Neo4j would take in its own time.
	for _, statement := range append(slices.Clone(questions.Indexes), "CALL db.resampleOutdatedIndexes()", "CALL db.awaitIndexes(600)") {
		if _, err := db.run(ctx, statement); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", statement, err), db.stop(ctx))
		}
	}
	return db, nil
}

// close stops what was started.
func (b *bench) close(ctx context.Context) error {
	if b.neo4j == nil {
		return nil
	}
	return b.neo4j.stop(ctx)
}
