package graph_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/rows"
)

// TestOperationsAtOnce holds how many operations read the store at once, how many wait, and what becomes of the others.
func TestOperationsAtOnce(t *testing.T) {
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.MaxOperations, c.MaxWaiting, c.Timeout = 2, 3, time.Minute })
	srv := serverOf(t, h)
	answers := make(chan string, 5)
	for i := range 5 {
		go func() {
			_, body := post(t, srv, query(counted))
			answers <- body
		}()
		eventually(t, func() bool { l := h.Load(); return l.Running+l.Waiting == i+1 })
	}
	if l := h.Load(); l != (graph.Load{Running: 2, Waiting: 3}) {
		t.Errorf("got %+v", l)
	}
	for i, accept := range []string{"", "application/json", "application/graphql-response+json"} {
		res, body := post(t, srv, query(counted), "Accept", accept)
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != "1" || codeOf(t, body) != "UNAVAILABLE" {
			t.Errorf("%q: %d %v %s", accept, res.StatusCode, res.Header, body)
		}
		if l := h.Load(); l != (graph.Load{Running: 2, Waiting: 3, Shed: int64(i + 1)}) {
			t.Errorf("got %+v", l)
		}
	}
	// Who needs no store is answered all the same.
	if res, body := post(t, srv, typename); res.StatusCode != 200 {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if len(g.begun) != 2 {
		t.Errorf("%d operations read the store", len(g.begun))
	}
	close(g.opened)
	for range 5 {
		if body := <-answers; codeOf(t, body) != "" {
			t.Error(body)
		}
	}
	eventually(t, func() bool { return h.Load() == graph.Load{Shed: 3} })
}

// TestWaiting holds that the time for which an operation waits is a part of its time, and that one whose client has gone
// does not wait on.
func TestWaiting(t *testing.T) {
	var seen observed
	const limit = 500 * time.Millisecond
	finish := make(chan struct{})
	stuck := readStore{read: func(context.Context, func(rows.Value) error) error { <-finish; return errors.New("late") }}
	h := handlerWith(t, stuck, func(c *graph.Config) {
		c.MaxOperations, c.Timeout, c.Observe = 1, limit, seen.observe
	})
	first := make(chan struct{})
	go func() {
		defer close(first)
		h.Do(context.Background(), counted, "", nil)
	}()
	eventually(t, func() bool { return h.Load().Running == 1 })
	answer := h.Do(t.Context(), counted, "", nil)
	if len(answer.Errors) != 1 || answer.Errors[0].Extensions["code"] != "TIMEOUT" || !strings.Contains(answer.Errors[0].Message, "before its turn came") {
		t.Errorf("got %v", answer.Errors)
	}
	if got := seen.take(t, 1)[0]; got.Code != "TIMEOUT" || got.Waited < limit || got.Reading != 0 {
		t.Errorf("got %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		h.Do(ctx, counted, "", nil)
	}()
	eventually(t, func() bool { return h.Load().Waiting == 1 })
	cancel()
	<-gone
	if got := seen.take(t, 2)[1]; got.Code != "CANCELED" {
		t.Errorf("got %+v", got)
	}
	if l := h.Load(); l != (graph.Load{Running: 1}) {
		t.Errorf("got %+v", l)
	}
	close(finish)
	<-first
	if h.Load() != (graph.Load{}) {
		t.Errorf("got %+v", h.Load())
	}
}

// TestClientGone holds that an operation does not run on when its client has gone, waiting or not.
func TestClientGone(t *testing.T) {
	var seen observed
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.Observe, c.Timeout, c.MaxOperations = seen.observe, time.Minute, 1 })
	srv := serverOf(t, h)
	begin := func() context.CancelFunc {
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL, strings.NewReader(query(counted)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		go func() {
			if res, err := http.DefaultClient.Do(req); err == nil {
				res.Body.Close()
			}
		}()
		return cancel
	}
	leaveFirst := begin()
	defer leaveFirst()
	<-g.begun
	leaveSecond := begin()
	defer leaveSecond()
	eventually(t, func() bool { return h.Load() == graph.Load{Running: 1, Waiting: 1} })
	leaveSecond()
	if got := seen.take(t, 1)[0]; got.Code != "CANCELED" || got.Waited == 0 || got.Reading > 0 {
		t.Errorf("the one that waited: %+v", got)
	}
	eventually(t, func() bool { return h.Load() == graph.Load{Running: 1} })
	leaveFirst()
	if got := seen.take(t, 2)[1]; got.Code != "CANCELED" || got.Reading == 0 {
		t.Errorf("the one that read: %+v", got)
	}
	eventually(t, func() bool { return h.Load() == graph.Load{} })
}

// TestServerEnds holds that a request which the end of the server breaks off is told to come again.
func TestServerEnds(t *testing.T) {
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.Timeout = time.Minute })
	srv := httptest.NewUnstartedServer(h)
	base, cancel := context.WithCancel(t.Context())
	defer cancel()
	srv.Config.BaseContext = func(net.Listener) context.Context { return base }
	srv.Start()
	t.Cleanup(srv.Close)
	go func() {
		<-g.begun
		cancel()
	}()
	if res, body := post(t, srv, query(counted)); res.StatusCode != http.StatusServiceUnavailable || codeOf(t, body) != "UNAVAILABLE" {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}
