package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/neo4jtest"
)

// BenchmarkStart starts the program on a store that is there, as whoever runs it does, and reports the median time until
// it is ready and until its first answer:
//
//	scripts/with-test-neo4j go test ./cmd/attrigraph -run '^$' -bench Start -benchtime 15x
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "attrigraph")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	b.Run("sqlite", func(b *testing.B) {
		benchmarkStart(b, program, "sqlite:"+filepath.Join(b.TempDir(), "graph.db"))
	})
	b.Run("neo4j", func(b *testing.B) {
		server := neo4jtest.Exclusive(b)
		b.Setenv("NEO4J_USERNAME", server.Username)
		b.Setenv("NEO4J_PASSWORD", server.Password)
		b.Setenv("NEO4J_DATABASE", server.Database)
		benchmarkStart(b, program, server.URI)
	})
}

func benchmarkStart(b *testing.B, program, store string) {
	startAndAsk(b, program, store) // makes the store
	var readies, answers []time.Duration
	for b.Loop() {
		ready, answer := startAndAsk(b, program, store)
		readies, answers = append(readies, ready), append(answers, answer)
	}
	slices.Sort(readies)
	slices.Sort(answers)
	b.ReportMetric(float64(readies[len(readies)/2].Milliseconds()), "ms-ready")
	b.ReportMetric(float64(answers[len(answers)/2].Milliseconds()), "ms-first-answer")
}

// startAndAsk runs the program until it has answered, and returns how long it took until it was ready and until then.
func startAndAsk(b *testing.B, program, store string) (ready, answer time.Duration) {
	b.Helper()
	cmd := exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--store", store)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		if err := cmd.Wait(); err != nil {
			b.Fatalf("%v: %s", err, &stderr)
		}
	}()
	var api string
	for lines := bufio.NewScanner(out); api == "" && lines.Scan(); {
		if address, ok := strings.CutPrefix(lines.Text(), "API"); ok {
			api = strings.TrimSpace(address)
		}
	}
	expect(b, func() (*http.Response, error) { return http.Get(strings.Replace(api, "graphql", "readyz", 1)) })
	ready = time.Since(start)
	expect(b, func() (*http.Response, error) {
		return http.Post(api, "application/json", strings.NewReader(`{"query": "{ incidents { totalCount nodes { name } } }"}`))
	})
	answer = time.Since(start)
	http.DefaultClient.CloseIdleConnections()
	return ready, answer
}

// expect sends a request that has to be answered with 200.
func expect(b *testing.B, send func() (*http.Response, error)) {
	b.Helper()
	res, err := send()
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%d %v: %s", res.StatusCode, err, body)
	}
}
