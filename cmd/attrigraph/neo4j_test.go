package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"attrigraph/internal/neo4jtest"
)

// TestNeo4j moves the casebook from a SQLite file to Neo4j and back, and asks both the same.
func TestNeo4j(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a Neo4j: run without -short")
	}
	server := neo4jtest.Exclusive(t)
	t.Setenv("NEO4J_USERNAME", server.Username)
	t.Setenv("NEO4J_PASSWORD", server.Password)
	t.Setenv("NEO4J_DATABASE", server.Database)
	folder := t.TempDir()
	file, dump := "sqlite:"+filepath.Join(folder, "graph.db"), filepath.Join(folder, "graph.jsonl")
	if code, stderr := serve(t, "--store", file).stop(); code != exitDone {
		t.Fatal(stderr)
	}
	command := func(args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); code != exitDone {
			t.Fatalf("%v ended with %d: %s%s", args, code, &stdout, &stderr)
		}
		return stdout.String()
	}
	command("export", "jsonl", "-o", dump, "--store", file)
	if got := command("import", "jsonl", dump, "--store", server.URI); !strings.Contains(got, "updated 0, unchanged 0, deleted 0, rejected 0") {
		t.Error(got)
	}
	if got := command("import", "jsonl", dump, "--store", server.URI); !strings.Contains(got, "created 0, updated 0") {
		t.Error(got)
	}
	for _, args := range [][]string{
		{"export", "jsonl"},
		{"export", "casebook"},
		{"check"},
		{"migrate"},
		{"query", "{ incidents(orderBy: [{ name: ASC }]) { totalCount nodes { name attributions { totalCount } } } }"},
	} {
		if a, b := command(append(args, "--store", file)...), command(append(args, "--store", server.URI)...); a != b {
			t.Errorf("%v: SQLite answers\n%.2000s\nNeo4j\n%.2000s", args, a, b)
		}
	}
	s := serve(t, "--store", server.URI)
	var got count
	asked(t, s.api, countIncidents, &got)
	if got.Nodes.TotalCount == 0 {
		t.Error("the server finds nothing in Neo4j")
	}

	t.Setenv("NEO4J_PASSWORD", "wrong")
	var stderr bytes.Buffer
	if code := run(t.Context(), []string{"check", "--store", server.URI}, nil, &bytes.Buffer{}, &stderr); code != exitFailed ||
		!strings.Contains(stderr.String(), "refuses the user name or password: set NEO4J_USERNAME and NEO4J_PASSWORD") {
		t.Errorf("ended with %d: %s", code, &stderr)
	}
}
