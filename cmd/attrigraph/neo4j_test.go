package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
	"attrigraph/schema"
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
	if code, stderr := s.stop(); code != exitDone || stderr != "" {
		t.Errorf("the server ended with %d: %s", code, stderr)
	}

	warmed(t, &program{
		commandLine: &commandLine{Store: server.URI, Neo4jUsername: server.Username, Neo4jPassword: server.Password, Neo4jDatabase: server.Database},
		ctx:         t.Context(), log: slog.New(slog.DiscardHandler),
	})

	t.Setenv("NEO4J_PASSWORD", "wrong")
	var stderr bytes.Buffer
	if code := run(t.Context(), []string{"check", "--store", server.URI}, nil, &bytes.Buffer{}, &stderr); code != exitFailed ||
		!strings.Contains(stderr.String(), "refuses the user name or password: set NEO4J_USERNAME and NEO4J_PASSWORD") {
		t.Errorf("ended with %d: %s", code, &stderr)
	}
}

// warmed holds that Neo4j has planned the statement of each example before anybody asks it, and that the server's end does
// not wait for that.
func warmed(t *testing.T, p *program) {
	t.Helper()
	opened, _, err := p.open(reading)
	if err != nil {
		t.Fatal(err)
	}
	s := opened.(*cypher.Store)
	defer s.Close(context.Background())
	api, err := p.newHandler(s)
	if err != nil {
		t.Fatal(err)
	}
	statements := exampleStatements(t.Context(), s, api)
	examples, err := schema.Examples()
	if err != nil || len(statements) != len(examples) {
		t.Fatalf("%d of %d examples have statements: %v", len(statements), len(examples), err)
	}
	stop := p.warm(s, api)
	for deadline := time.Now().Add(time.Minute); s.Planned() < int64(len(examples)); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d examples were planned", s.Planned(), len(examples))
		}
	}
	stop()
	for _, e := range examples {
		var variables map[string]any
		if e.Variables != "" {
			if err := json.Unmarshal([]byte(e.Variables), &variables); err != nil {
				t.Fatal(err)
			}
		}
		if answer := api.Do(t.Context(), e.Query, "", variables); len(answer.Errors) > 0 {
			t.Errorf("%s: %v", e.Name, answer.Errors)
		}
	}
	if planned := s.Planned(); planned != int64(len(examples)) {
		t.Errorf("asking the examples made Neo4j plan %d more statements", planned-int64(len(examples)))
	}

	over, cancel := context.WithCancel(t.Context())
	cancel()
	p.ctx = over
	p.warm(s, api)()
}
