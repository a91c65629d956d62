package fuzz

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/servertest"
	"attrigraph/internal/sqlite"
)

// Limits of the server that is asked. They are lower than the program's so that slow and large answers show sooner.
const (
	operationTimeout = time.Second
	maxResponse      = 1 << 20
	// patience is when a request counts as hanging: far beyond the operation's time, on a busy machine too. While go test
	// fuzzes, 10 s are all that it gives an input.
	patience = 20 * time.Second
)

// target is the server, asked by one request at a time.
type target struct {
	handler http.Handler
	store   *sqlite.Store
	log     journal
}

func newTarget(f *testing.F) *target {
	g := &target{store: servertest.Bundled(f)}
	g.handler = servertest.New(f, servertest.Options{
		Store: g.store,
		Log:   slog.New(slog.NewTextHandler(&g.log, nil)),
		Graph: func(c *graph.Config) { c.Timeout, c.MaxResponse = operationTimeout, maxResponse },
	}).Handler
	return g
}

// journal keeps what the server logs of one request, for the message of a test that fails.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

// take returns what was logged since the last take.
func (j *journal) take() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer j.text.Reset()
	return j.text.String()
}

// answer is what came of a request.
type answer struct {
	status     int
	header     http.Header
	body       string
	statements int64
	log        string
}

// do answers a request. It fails the test where the handler panics or does not end.
func (g *target) do(t *testing.T, r *http.Request) *answer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	g.log.take()
	before := g.store.Statements()
	recorder := httptest.NewRecorder()
	ended := make(chan any, 1)
	go func() {
		defer func() { ended <- recover() }()
		g.handler.ServeHTTP(recorder, r.WithContext(ctx))
	}()
	select {
	case cause := <-ended:
		if cause != nil {
			t.Fatalf("panic: %v\n%s", cause, g.log.take())
		}
	case <-time.After(patience):
		stacks := make([]byte, 1<<20)
		t.Fatalf("no answer after %s\n%s", patience, stacks[:runtime.Stack(stacks, true)])
	}
	return &answer{
		status: recorder.Code, header: recorder.Header(), body: recorder.Body.String(),
		statements: g.store.Statements() - before, log: g.log.take(),
	}
}

// shortened is a text for a message.
func shortened(s string) string {
	const most = 2000
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
