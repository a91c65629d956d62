package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// served is a server that runs in the test.
type served struct {
	api, playground string
	stop            func() (code int, stderr string)
}

// serve runs `attrigraph serve` with further arguments until it says where it answers.
func serve(t *testing.T, args ...string) served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var stderr bytes.Buffer
	done := make(chan int, 1)
	go func() {
		code := run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), strings.NewReader(""), in, &stderr)
		in.Close()
		done <- code
	}()
	var s served
	lines := bufio.NewScanner(out)
	for range 2 {
		if !lines.Scan() {
			t.Fatalf("the server ended with %d: %s", <-done, &stderr)
		}
		name, address, _ := strings.Cut(lines.Text(), " ")
		switch name {
		case "playground":
			s.playground = strings.TrimSpace(address)
		case "API":
			s.api = strings.TrimSpace(address)
		}
	}
	stopped := false
	s.stop = func() (int, string) {
		stopped = true
		cancel()
		return <-done, stderr.String()
	}
	t.Cleanup(func() {
		if !stopped {
			s.stop()
		}
		cancel()
	})
	return s
}

// asked sends an operation to a server and decodes the data.
func asked(t *testing.T, api, query string, data any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(api, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || len(answer.Errors) > 0 || res.StatusCode != 200 {
		t.Fatalf("%d %v %v", res.StatusCode, err, answer.Errors)
	}
	if err := json.Unmarshal(answer.Data, data); err != nil {
		t.Fatal(err)
	}
}

type count struct {
	Nodes struct{ TotalCount int }
}

const countIncidents = "{ nodes: incidents { totalCount } }"

// TestServe holds that a server on an empty machine has the casebook, keeps it over a restart and ends without a word.
func TestServe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "graph.db")
	s := serve(t, "--store", "sqlite:"+file)
	var first count
	asked(t, s.api, countIncidents, &first)
	if first.Nodes.TotalCount == 0 {
		t.Error("the casebook was not loaded")
	}
	for path, want := range map[string]int{s.playground: 200, strings.TrimSuffix(s.api, "graphql"): 200, strings.Replace(s.api, "graphql", "readyz", 1): 200} {
		res, err := http.Get(path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	if code, stderr := s.stop(); code != exitDone || stderr != "" {
		t.Fatalf("ended with %d: %s", code, stderr)
	}
	if _, err := os.Stat(file + "-wal"); err == nil {
		t.Error("the store was not closed")
	}

	s = serve(t, "--store", "sqlite:"+file)
	var second count
	asked(t, s.api, countIncidents, &second)
	if second != first {
		t.Errorf("after a restart there are %d incidents, before %d", second.Nodes.TotalCount, first.Nodes.TotalCount)
	}
}

// maxStart is how long a server on an existing store may take until it answers.
const maxStart = 300 * time.Millisecond

// TestStart holds that a server starts at once. The machine may be busy, so the best of some tries counts.
func TestStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "graph.db")
	if code, stderr := serve(t, "--store", "sqlite:"+file).stop(); code != exitDone {
		t.Fatal(stderr)
	}
	best := time.Hour
	for try := 0; try < 5 && best > maxStart; try++ {
		start := time.Now()
		s := serve(t, "--store", "sqlite:"+file)
		asked(t, s.api, "{ __typename }", &struct{}{})
		best = min(best, time.Since(start))
		s.stop()
	}
	if best > maxStart {
		t.Errorf("a server took %s to start, at most %s is fine", best, maxStart)
	}
	t.Logf("started in %s", best)
}

// TestServeEmpty holds that a store which was made empty stays so.
func TestServeEmpty(t *testing.T) {
	file := filepath.Join(t.TempDir(), "graph.db")
	for _, args := range [][]string{{"--empty"}, nil} {
		s := serve(t, append(args, "--store", "sqlite:"+file)...)
		var got count
		asked(t, s.api, countIncidents, &got)
		if got.Nodes.TotalCount != 0 {
			t.Errorf("%v: there are %d incidents", args, got.Nodes.TotalCount)
		}
		if code, stderr := s.stop(); code != exitDone {
			t.Fatalf("ended with %d: %s", code, stderr)
		}
	}
}

// TestPortInUse holds that a second server says so before it makes a store.
func TestPortInUse(t *testing.T) {
	folder := t.TempDir()
	s := serve(t, "--store", "sqlite:"+filepath.Join(folder, "a.db"), "--empty")
	address := strings.TrimSuffix(strings.TrimPrefix(s.api, "http://"), "/graphql")
	var stderr bytes.Buffer
	second := filepath.Join(folder, "b.db")
	code := run(t.Context(), []string{"serve", "--listen", address, "--store", "sqlite:" + second}, nil, io.Discard, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "is in use by another program") || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("ended with %d: %s", code, &stderr)
	}
	if _, err := os.Stat(second); err == nil {
		t.Error("a store was made all the same")
	}
}

// TestLockedStore holds that a store which another process writes to is said to be so, after the wait for it.
func TestLockedStore(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a lock for some seconds")
	}
	folder := t.TempDir()
	file, input := filepath.Join(folder, "graph.db"), filepath.Join(folder, "case.yaml")
	case1 := "case: {key: a, title: A, recordedAt: 2025-06-01, recordedBy: test}\nstates:\n  - {key: northland, name: Northland}\n"
	if err := os.WriteFile(input, []byte(case1), 0o600); err != nil {
		t.Fatal(err)
	}
	importing := []string{"import", "casebook", input, "--store", "sqlite:" + file}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), importing, nil, &stdout, &stderr); code != exitDone {
		t.Fatal(&stderr)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	code := run(t.Context(), importing, nil, &stdout, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "another process is writing") || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("ended with %d: %s", code, &stderr)
	}
	// Reading goes on meanwhile.
	stdout.Reset()
	if code := run(t.Context(), []string{"query", "--store", "sqlite:" + file, "{ states { totalCount } }"}, nil, &stdout, &stderr); code != exitDone ||
		!strings.Contains(stdout.String(), `"totalCount": 1`) {
		t.Errorf("ended with %d: %s%s", code, &stdout, &stderr)
	}
}

// TestInterrupted holds that a command that is interrupted says so and changes nothing.
func TestInterrupted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "graph.db")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr bytes.Buffer
	if code := run(ctx, []string{"import", "jsonl", "-", "--store", "sqlite:" + file}, strings.NewReader(""), io.Discard, &stderr); code != exitFailed ||
		!strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("ended with %d: %s", code, &stderr)
	}
}
