package graph_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"attrigraph/graph"
)

// wsClient is a client of graphql-transport-ws.
type wsClient struct {
	t    *testing.T
	conn *websocket.Conn
}

func dial(t *testing.T, srv *httptest.Server) *wsClient {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), srv.URL, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(64 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &wsClient{t, conn}
}

// open is a client whose connection is accepted.
func open(t *testing.T, srv *httptest.Server) *wsClient {
	t.Helper()
	c := dial(t, srv)
	c.send(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack"}`)
	return c
}

func (c *wsClient) send(message string) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(message)); err != nil {
		c.t.Fatal(err)
	}
}

// read returns the next message, or the code with which the connection was closed.
func (c *wsClient) read() string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer cancel()
	_, data, err := c.conn.Read(ctx)
	if err == nil {
		return string(data)
	}
	if code := websocket.CloseStatus(err); code != -1 {
		return fmt.Sprint("closed with ", int(code))
	}
	return err.Error()
}

func (c *wsClient) expect(want ...string) {
	c.t.Helper()
	for _, w := range want {
		if got := c.read(); got != w {
			c.t.Fatalf("got %.500s\nwant %s", got, w)
		}
	}
}

func subscribe(id, query string) string {
	text, _ := json.Marshal(map[string]any{"id": id, "type": "subscribe", "payload": map[string]any{"query": query}})
	return string(text)
}

// TestWebsocket holds that operations of every kind are answered over a websocket as over POST.
func TestWebsocket(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	c := open(t, srv)
	c.send(subscribe("1", "{ __typename }"))
	c.expect(`{"id":"1","type":"next","payload":{"data":{"__typename":"Query"}}}`, `{"id":"1","type":"complete"}`)
	_, same := post(t, srv, `{"query":"{ incidents(first: 2) { nodes { id name } } }"}`)
	c.send(`{"id":"1","type":"subscribe","payload":{"query":"query A { x } query B($n: Int!) { incidents(first: $n) { nodes { id name } } }","operationName":"B","variables":{"n":2}}}`)
	if got := c.read(); !strings.Contains(got, "GRAPHQL_VALIDATION_FAILED") {
		t.Error(got)
	}
	c.send(`{"id":"a<b","type":"subscribe","payload":{"query":"query B($n: Int!) { incidents(first: $n) { nodes { id name } } }","operationName":"B","variables":{"n":2}}}`)
	c.expect(`{"id":"a\u003cb","type":"next","payload":`+same+`}`, `{"id":"a\u003cb","type":"complete"}`)
	c.send(`{"type":"ping","payload":{"a":1}}`)
	c.expect(`{"type":"pong"}`)
	c.send(`{"type":"pong"}`)
	c.send(`{"id":"unknown","type":"complete"}`)
	// A part of the data is missing: it is an answer all the same.
	c.send(subscribe("2", `{ __typename node(id: "state--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37") { id } }`))
	if got := c.read(); !strings.HasPrefix(got, `{"id":"2","type":"next","payload":{"errors":[{`) || !strings.HasSuffix(got, `"data":{"__typename":"Query","node":null}}}`) {
		t.Error(got)
	}
	c.expect(`{"id":"2","type":"complete"}`)
	c.send(subscribe("3", "{ __schema { queryType { name } } }"))
	c.expect(`{"id":"3","type":"next","payload":{"data":{"__schema":{"queryType":{"name":"Query"}}}}}`, `{"id":"3","type":"complete"}`)
	// What is refused ends with the error, with nothing after it.
	for query, code := range map[string]string{
		"{":              "GRAPHQL_PARSE_FAILED",
		"mutation { x }": "GRAPHQL_VALIDATION_FAILED",
		"{ incidents(first: 201) { totalCount } }":     "BAD_USER_INPUT",
		"{" + strings.Repeat(" __typename", 501) + "}": "LIMIT_EXCEEDED",
		"{" + strings.Repeat(" a", 5000) + "}":         "LIMIT_EXCEEDED",
	} {
		c.send(subscribe("e", query))
		var m struct {
			ID, Type string
			Payload  []struct {
				Message    string
				Extensions struct{ Code string }
			}
		}
		if err := json.Unmarshal([]byte(c.read()), &m); err != nil || m.ID != "e" || m.Type != "error" || len(m.Payload) == 0 || m.Payload[0].Extensions.Code != code {
			t.Errorf("%.40s: %+v %v", query, m, err)
		}
	}
	for payload, message := range map[string]string{
		`{}`:          `the payload has no \"query\"`,
		`[1]`:         "the payload is a list",
		`{"query":1}`: "query must be a text",
		`{"query":"{ __typename }","variables":["sesame"]}`: "variables must be a JSON object",
	} {
		c.send(`{"id":"p","type":"subscribe","payload":` + payload + `}`)
		if got := c.read(); !strings.Contains(got, message) || !strings.Contains(got, "BAD_USER_INPUT") || strings.Contains(got, "sesame") {
			t.Errorf("%s: %s", payload, got)
		}
	}
	c.send(`{"id":"p","type":"subscribe"}`)
	if got := c.read(); !strings.Contains(got, "the payload is empty") {
		t.Error(got)
	}
	if err := c.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
}

// TestWebsocketViolations holds that what the protocol forbids closes the connection with the protocol's code.
func TestWebsocketViolations(t *testing.T) {
	g := newGate(bundledStore(t))
	defer close(g.opened)
	srv := serverOf(t, handlerWith(t, g, nil))
	const init, first = `{"type":"connection_init"}`, `{"id":"1","type":"subscribe","payload":{"query":"{ incidents { totalCount } }"}}`
	for _, c := range []struct {
		name     string
		messages []string
		want     int
	}{
		{"no JSON", []string{"{"}, 4400},
		{"no object", []string{"[]"}, 4400},
		{"no type", []string{"{}"}, 4400},
		{"two values", []string{init + init}, 4400},
		{"unknown type", []string{init, `{"type":"start","id":"1"}`}, 4400},
		{"a server's type", []string{init, `{"type":"next","id":"1"}`}, 4400},
		{"id is a number", []string{init, `{"type":"subscribe","id":1}`}, 4400},
		{"no id", []string{init, `{"type":"subscribe","payload":{"query":"{ __typename }"}}`}, 4400},
		{"long id", []string{init, `{"type":"subscribe","id":"` + strings.Repeat("x", 129) + `","payload":{"query":"{ __typename }"}}`}, 4400},
		{"before connection_init", []string{first}, 4401},
		{"connection_init twice", []string{init, init}, 4429},
		{"an id twice", []string{init, first, first}, 4409},
		{"too large", []string{init, `{"type":"ping","payload":"` + strings.Repeat("x", graph.MaxBody) + `"}`}, 1009},
	} {
		client := dial(t, srv)
		for _, m := range c.messages {
			client.send(m)
		}
		got := client.read()
		if got == `{"type":"connection_ack"}` {
			got = client.read()
		}
		if want := fmt.Sprint("closed with ", c.want); got != want {
			t.Errorf("%s: got %s, want %s", c.name, got, want)
		}
		_ = client.conn.CloseNow()
	}
	client := dial(t, srv)
	if err := client.conn.Write(t.Context(), websocket.MessageBinary, []byte(init)); err != nil {
		t.Fatal(err)
	}
	client.expect("closed with 4400")
	// The greatest message is taken.
	whole := open(t, srv)
	start := `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","x":"`
	whole.send(start + strings.Repeat("x", graph.MaxBody-len(start)-3) + `"}}`)
	whole.expect(`{"id":"1","type":"next","payload":{"data":{"__typename":"Query"}}}`)
}

// TestWebsocketRefused holds what an upgrade must be.
func TestWebsocketRefused(t *testing.T) {
	srv := serverOf(t, handlerWith(t, bundledStore(t), nil, graph.WithStreams(graph.StreamLimits{Connections: 2})))
	for _, protocols := range [][]string{nil, {"graphql-ws"}} {
		_, res, err := websocket.Dial(t.Context(), srv.URL, &websocket.DialOptions{Subprotocols: protocols})
		if err == nil || res == nil || res.StatusCode != http.StatusBadRequest {
			t.Errorf("%v: %v", protocols, err)
		}
	}
	first, second := open(t, srv), open(t, srv)
	_, res, err := websocket.Dial(t.Context(), srv.URL, &websocket.DialOptions{Subprotocols: []string{"graphql-ws", "graphql-transport-ws"}})
	if err == nil || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("a third connection: %v", err)
	}
	if res, body := post(t, srv, typename, "Accept", "text/event-stream"); res.StatusCode != http.StatusServiceUnavailable || codeOf(t, body) != "UNAVAILABLE" {
		t.Errorf("an event stream beyond the bound: %d %s", res.StatusCode, body)
	}
	if res, body := post(t, srv, typename); res.StatusCode != 200 {
		t.Errorf("POST: %d %s", res.StatusCode, body)
	}
	_ = first.conn.Close(websocket.StatusNormalClosure, "")
	eventually(t, func() bool {
		conn, _, err := websocket.Dial(t.Context(), srv.URL, &websocket.DialOptions{Subprotocols: []string{"graphql-ws", "graphql-transport-ws"}})
		if err == nil {
			_ = conn.CloseNow()
		}
		return err == nil
	})
	_ = second.conn.CloseNow()
	// What asks for another upgrade, or for none in the right way, is an ordinary request.
	if res, body := do(t, http.MethodGet, srv.URL+"?query={__typename}", "", "Upgrade", "h2c", "Connection", "Upgrade"); res.StatusCode != 200 {
		t.Errorf("h2c: %d %s", res.StatusCode, body)
	}
	if res, _ := do(t, http.MethodGet, srv.URL, "", "Upgrade", "websocket", "Sec-WebSocket-Protocol", "graphql-transport-ws"); res.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("without Connection: %d", res.StatusCode)
	}
}

// TestWebsocketInitTimeout holds that a client which says nothing is told so and closed.
func TestWebsocketInitTimeout(t *testing.T) {
	h := handlerWith(t, bundledStore(t), nil, graph.WithStreams(graph.StreamLimits{InitTimeout: 20 * time.Millisecond}))
	srv := serverOf(t, h)
	dial(t, srv).expect("closed with 4408")
	noStreams(t, h)
}

// noStreams waits until no stream is open.
func noStreams(t *testing.T, h *graph.Handler) {
	t.Helper()
	eventually(t, func() bool {
		websockets, events := h.Streams()
		return websockets == 0 && events == 0
	})
}

// TestWebsocketCancel holds that what a client ends, or leaves, is not run on.
func TestWebsocketCancel(t *testing.T) {
	var seen observed
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.Observe = seen.observe; c.Timeout = time.Minute })
	srv := serverOf(t, h)
	c := open(t, srv)
	c.send(subscribe("1", counted))
	<-g.begun
	if websockets, events := h.Streams(); websockets != 1 || events != 0 || h.Load().Running != 1 {
		t.Errorf("%d websockets and %d event streams are open, %+v", websockets, events, h.Load())
	}
	c.send(`{"id":"1","type":"complete"}`)
	if got := seen.take(t, 1)[0]; got.Code != "CANCELED" {
		t.Errorf("got %+v", got)
	}
	// There is no message about it, and its id is free.
	eventually(t, func() bool { return h.Load().Running == 0 })
	c.send(`{"type":"ping"}`)
	c.expect(`{"type":"pong"}`)
	c.send(subscribe("2", counted))
	c.send(subscribe("3", counted))
	<-g.begun
	<-g.begun
	_ = c.conn.CloseNow()
	for _, got := range seen.take(t, 3) {
		if got.Code != "CANCELED" {
			t.Errorf("got %+v", got)
		}
	}
	noStreams(t, h)
	if h.Load() != (graph.Load{}) {
		t.Errorf("%+v goes on running", h.Load())
	}
}

// TestWebsocketOperations holds how many operations a connection may have under way, and that one more does not disturb
// them.
func TestWebsocketOperations(t *testing.T) {
	g := newGate(bundledStore(t))
	srv := serverOf(t, handlerWith(t, g, nil, graph.WithStreams(graph.StreamLimits{Operations: 3})))
	c := open(t, srv)
	for i := range 3 {
		c.send(subscribe(fmt.Sprint(i), counted))
		<-g.begun
	}
	c.send(subscribe("one more", counted))
	if got := c.read(); !strings.HasPrefix(got, `{"id":"one more","type":"error"`) || !strings.Contains(got, "LIMIT_EXCEEDED") {
		t.Error(got)
	}
	close(g.opened)
	var kinds []string
	for range 6 {
		var m struct{ ID, Type string }
		if err := json.Unmarshal([]byte(c.read()), &m); err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, m.Type+m.ID)
	}
	slices.Sort(kinds)
	if got := fmt.Sprint(kinds); got != "[complete0 complete1 complete2 next0 next1 next2]" {
		t.Error(got)
	}
}

// TestWebsocketDead holds that a client which is gone without a word, or takes nothing, does not keep its connection.
func TestWebsocketDead(t *testing.T) {
	h := handlerWith(t, bundledStore(t), nil, graph.WithStreams(graph.StreamLimits{KeepAlive: 150 * time.Millisecond, WriteTimeout: 200 * time.Millisecond}))
	srv := serverOf(t, h)
	const upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, upgrade)
	// It reads, but answers no ping.
	raw, err := io.ReadAll(bufio.NewReader(conn))
	if err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") || !strings.HasPrefix(string(raw), "HTTP/1.1 101 ") {
		t.Errorf("%q %v", raw, err)
	}
	noStreams(t, h)

	// A client that answers is kept longer than that.
	alive := open(t, srv)
	answers := make(chan string, 1)
	go func() { answers <- alive.read() }()
	time.Sleep(500 * time.Millisecond)
	if websockets, _ := h.Streams(); websockets != 1 {
		t.Error("a client that is alive was closed")
	}
	alive.send(`{"type":"ping"}`)
	if got := <-answers; got != `{"type":"pong"}` {
		t.Error(got)
	}
	_ = alive.conn.CloseNow()

	// One that asks much and reads nothing.
	deaf := dial(t, srv)
	deaf.send(`{"type":"connection_init"}`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for i := 0; ; i++ {
		if deaf.conn.Write(ctx, websocket.MessageText, []byte(subscribe(fmt.Sprint(i), "{ __schema { types { name description fields { name description } } } }"))) != nil {
			break
		}
	}
	if ctx.Err() != nil {
		t.Error("the connection was kept")
	}
	noStreams(t, h)
}

// TestEndStreams holds how the end of a server ends websockets and event streams.
func TestEndStreams(t *testing.T) {
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.Timeout = time.Minute })
	srv := serverOf(t, h)
	idle, busy, silent := open(t, srv), open(t, srv), dial(t, srv)
	busy.send(subscribe("1", counted))
	<-g.begun
	events := make(chan string, 1)
	go func() {
		_, body := post(t, srv, `{"query":"`+counted+`"}`, "Accept", "text/event-stream")
		events <- body
	}()
	<-g.begun
	done := make(chan error, 1)
	go func() { done <- h.EndStreams(t.Context()) }()
	idle.expect("closed with 1001")
	silent.expect("closed with 1001")
	for _, protocols := range []string{"graphql-transport-ws"} {
		_, res, err := websocket.Dial(t.Context(), srv.URL, &websocket.DialOptions{Subprotocols: []string{protocols}})
		if err == nil || res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a new connection: %v", err)
		}
	}
	select {
	case err := <-done:
		t.Fatalf("the end did not wait for what is under way: %v", err)
	default:
	}
	close(g.opened)
	if got := busy.read(); !strings.HasPrefix(got, `{"id":"1","type":"next","payload":{"data":{"incidents":`) {
		t.Error(got)
	}
	busy.expect(`{"id":"1","type":"complete"}`, "closed with 1001")
	if got := <-events; !strings.Contains(got, `data: {"data":{"incidents":`) || !strings.HasSuffix(got, "event: complete\ndata:\n\n") {
		t.Errorf("%q", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := h.EndStreams(t.Context()); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

// TestEndStreamsInTime holds that the end does not wait longer than it is told to.
func TestEndStreamsInTime(t *testing.T) {
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.Timeout = time.Minute })
	srv := serverOf(t, h)
	busy := open(t, srv)
	busy.send(subscribe("1", counted))
	<-g.begun
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := h.EndStreams(ctx); err == nil {
		t.Error("there was something under way")
	}
	if got := busy.read(); strings.HasPrefix(got, "{") {
		t.Error(got)
	}
	noStreams(t, h)
}

// TestBaseContext holds that streams end with the context that the server gives all requests.
func TestBaseContext(t *testing.T) {
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.Timeout = time.Minute })
	srv := httptest.NewUnstartedServer(h)
	base, cancel := context.WithCancel(t.Context())
	srv.Config.BaseContext = func(net.Listener) context.Context { return base }
	srv.Start()
	t.Cleanup(srv.Close)
	idle, busy := open(t, srv), open(t, srv)
	busy.send(subscribe("1", counted))
	<-g.begun
	cancel()
	for _, c := range []*wsClient{idle, busy} {
		if got := c.read(); strings.HasPrefix(got, "{") {
			t.Error(got)
		}
	}
	noStreams(t, h)
}
