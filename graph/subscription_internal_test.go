package graph

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// ticking is a schema with a subscription, which the API of this program has not yet. An event comes for each value of the
// channel, and the subscription ends with it.
type ticking struct {
	graphql.ExecutableSchema
	ticks chan int
}

func (ticking) Schema() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Input: "type Query { read: Int } type Subscription { tick: Int }"})
}

func (s ticking) Exec(context.Context) graphql.ResponseHandler {
	return func(ctx context.Context) *graphql.Response {
		select {
		case n, more := <-s.ticks:
			if n < 0 {
				panic("a tick that is none")
			}
			if more {
				return &graphql.Response{Data: fmt.Appendf(nil, `{"tick":%d}`, n)}
			}
		case <-ctx.Done():
		}
		return nil
	}
}

// newTicking serves the schema over both kinds of streams.
func newTicking(t *testing.T, seen func(*Observation)) (*httptest.Server, ticking, *Handler) {
	t.Helper()
	s := ticking{ticks: make(chan int)}
	es := &ExecutableSchema{Config: Config{
		Log: slog.New(slog.DiscardHandler), Observe: func(_ context.Context, o *Observation) { seen(o) },
	}}
	h := &Handler{schema: es, executor: &operations{executor.New(s), es}, streams: newStreams()}
	h.executor.SetErrorPresenter(h.present)
	h.executor.SetRecoverFunc(h.recovered)
	h.transports = []graphql.Transport{websocketTransport{h.streams}, POST{h.streams}}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv, s, h
}

func openEvents(t *testing.T, srv *httptest.Server) io.ReadCloser {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader(`{"query":"subscription { tick }"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res.Body
}

// TestSubscription holds that every event is sent as it comes, that the stream ends with the subscription, and that it is
// observed once.
func TestSubscription(t *testing.T) {
	seen := make(chan *Observation, 10)
	srv, s, h := newTicking(t, func(o *Observation) { seen <- o })
	body := openEvents(t, srv)
	defer body.Close()
	expect := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(body, got); err != nil || string(got) != want {
			t.Fatalf("got %q %v, want %q", got, err, want)
		}
	}
	expect(":\n\n")
	for n := range 3 {
		s.ticks <- n
		expect(fmt.Sprintf("event: next\ndata: {\"data\":{\"tick\":%d}}\n\n", n))
	}
	s.ticks <- -1
	expect("event: next\ndata: {\"errors\":[{")
	if rest, err := io.ReadAll(body); err != nil || !strings.Contains(string(rest), `"code":"INTERNAL"`) || strings.Contains(string(rest), "none") ||
		!strings.HasSuffix(string(rest), "event: complete\ndata:\n\n") {
		t.Errorf("%q %v", rest, err)
	}
	if o := <-seen; o.Type != "subscription" || o.Code != "INTERNAL" || o.Bytes != 3*len(`{"tick":0}`) {
		t.Errorf("got %+v", o)
	}

	conn, _, err := websocket.Dial(t.Context(), srv.URL, &websocket.DialOptions{Subprotocols: []string{websocketProtocol}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	for _, m := range []string{`{"type":"connection_init"}`, `{"id":"1","type":"subscribe","payload":{"query":"subscription { tick }"}}`} {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		s.ticks <- 7
		s.ticks <- 8
		close(s.ticks)
	}()
	for _, want := range []string{
		`{"type":"connection_ack"}`, `{"id":"1","type":"next","payload":{"data":{"tick":7}}}`,
		`{"id":"1","type":"next","payload":{"data":{"tick":8}}}`, `{"id":"1","type":"complete"}`,
	} {
		if _, got, err := conn.Read(t.Context()); err != nil || string(got) != want {
			t.Fatalf("got %s %v, want %s", got, err, want)
		}
	}
	if o := <-seen; o.Type != "subscription" || o.Code != "" || o.Bytes != 2*len(`{"tick":7}`) {
		t.Errorf("got %+v", o)
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	if err := h.EndStreams(t.Context()); err != nil || len(seen) > 0 {
		t.Errorf("%v, %d more were observed", err, len(seen))
	}
}

// TestSubscriptionEnds holds that the end of the server ends subscriptions, which would go on for ever: an event stream is
// complete, a websocket is closed.
func TestSubscriptionEnds(t *testing.T) {
	seen := make(chan *Observation, 10)
	srv, s, h := newTicking(t, func(o *Observation) { seen <- o })
	conn, _, err := websocket.Dial(t.Context(), srv.URL, &websocket.DialOptions{Subprotocols: []string{websocketProtocol}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	for _, m := range []string{`{"type":"connection_init"}`, `{"id":"1","type":"subscribe","payload":{"query":"subscription { tick }"}}`} {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	s.ticks <- 1
	for range 2 { // the connection is accepted, and the event
		if _, _, err := conn.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	body := openEvents(t, srv)
	defer body.Close()
	closed := make(chan error, 1)
	go func() {
		_, _, err := conn.Read(context.Background())
		closed <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := h.EndStreams(ctx); err != nil {
		t.Error(err)
	}
	if err := <-closed; websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Error(err)
	}
	if rest, err := io.ReadAll(body); err != nil || string(rest) != ":\n\nevent: complete\ndata:\n\n" {
		t.Errorf("%q %v", rest, err)
	}
	for range 2 {
		if o := <-seen; o.Code != Canceled {
			t.Errorf("got %+v", o)
		}
	}
}
