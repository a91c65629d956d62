package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/ident"
	"attrigraph/internal/neo4jtest"
)

// reexec, when set, makes the test's program run as attrigraph, so that it can be killed as a process.
const reexec = "ATTRIGRAPH_TEST_REEXEC"

func init() {
	if os.Getenv(reexec) != "" {
		go main() // this goroutine is bound to its thread while it initialises, which a program's own is not
		select {}
	}
}

// TestKilledImport kills the process of an import half-way: the store opens and is sound, and the second import completes it.
func TestKilledImport(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes, which takes long")
	}
	t.Run("SQLite", func(t *testing.T) {
		killedImport(t, "sqlite:"+filepath.Join(t.TempDir(), "graph.db"), 20_000, func(store string) bool {
			// An import that fills a file does without the write-ahead log: what the file was is in its journal.
			_, err := os.Stat(strings.TrimPrefix(store, "sqlite:") + "-journal")
			info, missing := os.Stat(strings.TrimPrefix(store, "sqlite:"))
			return err == nil && missing == nil && info.Size() > 8<<20
		})
	})
	t.Run("Neo4j", func(t *testing.T) {
		if testing.Short() {
			t.Skip("needs a Neo4j: run without -short")
		}
		server := neo4jtest.Exclusive(t)
		t.Setenv("NEO4J_USERNAME", server.Username)
		t.Setenv("NEO4J_PASSWORD", server.Password)
		t.Setenv("NEO4J_DATABASE", server.Database)
		killedImport(t, server.URI, 15_000, func(store string) bool {
			out, err := attrigraphProcess("query", "--store", store, "{ sources { totalCount } }").Output()
			return err == nil && bytes.Contains(out, []byte("totalCount")) && !bytes.Contains(out, []byte(`"totalCount": 0`))
		})
	})
}

func attrigraphProcess(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), reexec+"=1")
	return cmd
}

// killedImport imports n claims with a source each; halfway tells that a part of it has reached the store.
func killedImport(t *testing.T, store string, n int, halfway func(store string) bool) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "claims.jsonl")
	if err := os.WriteFile(file, claims(n), 0o600); err != nil {
		t.Fatal(err)
	}
	// The store is made first, which can take longer than the import.
	empty := filepath.Join(t.TempDir(), "empty.jsonl")
	if err := os.WriteFile(empty, claims(0), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := attrigraphProcess("import", "jsonl", empty, "--store", store).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := attrigraphProcess("import", "jsonl", file, "--store", store)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for deadline := time.Now().Add(2 * time.Minute); !halfway(store); time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-ended:
			t.Fatalf("the import ended before it was killed: %v: %s", err, said.Bytes())
		default:
		}
		if time.Now().After(deadline) {
			t.Error("the import never was half-way")
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Fatal("the import was not killed")
	}
	if out, err := attrigraphProcess("check", "--store", store).CombinedOutput(); err != nil {
		t.Errorf("after the kill: %v: %s", err, out)
	}
	for _, again := range []bool{false, true} {
		out, err := attrigraphProcess("import", "jsonl", file, "--store", store).CombinedOutput()
		counts := regexp.MustCompile(`created (\d+), updated 0, unchanged (\d+), deleted 0`).FindSubmatch(out)
		if err != nil || counts == nil {
			t.Fatalf("%v: %s", err, out)
		}
		created, _ := strconv.Atoi(string(counts[1]))
		unchanged, _ := strconv.Atoi(string(counts[2]))
		if created+unchanged != 3*n || (created == 0) != again {
			t.Errorf("again %v: %s", again, out)
		}
	}
	if out, err := attrigraphProcess("check", "--store", store).CombinedOutput(); err != nil {
		t.Errorf("completed: %v: %s", err, out)
	}
}

// claims is an export of n sources, and n denials with one of them each.
func claims(n int) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, `{"format":"attrigraph-jsonl","version":1}`)
	id := func(kind string, i int) string { return ident.ForImport(kind, "killed", fmt.Sprint(i)) }
	for i := range n {
		fmt.Fprintf(&b, `{"node":{"kind":"Source","id":%q,"fields":{"title":"Source %d","verification":"RELAY"}}}`+"\n", id("source", i), i)
	}
	for i := range n {
		fmt.Fprintf(&b, `{"node":{"kind":"Denial","id":%q,"fields":{"summary":"Denial %d","stance":"REJECTS","verification":"RELAY"}}}`+"\n", id("denial", i), i)
	}
	for i := range n {
		fmt.Fprintf(&b, `{"link":{"type":"SOURCED_FROM","from":%q,"to":%q,"fields":{}}}`+"\n", id("denial", i), id("source", i))
	}
	fmt.Fprintf(&b, `{"end":{"nodes":%d,"links":%d}}`+"\n", 2*n, n)
	return b.Bytes()
}
