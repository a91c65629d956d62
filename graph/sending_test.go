package graph_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"attrigraph/graph"
)

// TestSlowClients holds that clients which ask for much and read nothing take no more memory than is allowed, over every
// transport, that others get their small answers meanwhile, and large ones again afterwards.
func TestSlowClients(t *testing.T) {
	// More than the system keeps of it for a connection.
	large := fanned(2, times(60, func(i int) string { return fmt.Sprintf(" a%d: summary", i) }))
	s := bundledStore(t)
	h := handlerWith(t, s, func(c *graph.Config) { c.MaxResponse = 64 << 20 })
	answer := h.Do(t.Context(), large, "", nil)
	if len(answer.Errors) > 0 || len(answer.Data) < 16<<20 {
		t.Fatalf("%d bytes, %v", len(answer.Data), answer.Errors)
	}
	// A second one has no room.
	var seen observed
	h = handlerWith(t, s, func(c *graph.Config) {
		c.MaxResponse, c.MaxSending, c.Observe = len(answer.Data), len(answer.Data)*3/2, seen.observe
	})
	srv := serverOf(t, h)
	body := query(large)
	request := func(accept string) string {
		return fmt.Sprintf("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: %s\r\nContent-Length: %d\r\n\r\n%s", accept, len(body), body)
	}
	for _, transport := range []string{"application/json", "text/event-stream", "websocket"} {
		seen.list = nil
		var leave func() error
		if transport == "websocket" {
			c := dial(t, srv)
			c.send(`{"type":"connection_init"}`)
			c.send(subscribe("1", large))
			leave = c.conn.CloseNow
		} else {
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(conn, request(transport))
			leave = conn.Close
		}
		refused := func() bool {
			res, got := post(t, srv, body)
			return res.StatusCode == http.StatusServiceUnavailable && codeOf(t, got) == "UNAVAILABLE" && res.Header.Get("Retry-After") == "1" && strings.Contains(got, "large answers")
		}
		if got := seen.take(t, 1)[0]; got.Code != "" {
			t.Fatalf("%s: %s", transport, got.Code)
		}
		if !refused() {
			t.Errorf("%s: there is room while the answer is being sent", transport)
		}
		if res, got := post(t, srv, query(counted)); res.StatusCode != 200 || codeOf(t, got) != "" {
			t.Errorf("%s: a small answer: %d %s", transport, res.StatusCode, got)
		}
		_ = leave()
		eventually(t, func() bool { return !refused() })
	}
	// What was sent takes no room.
	c := open(t, srv)
	for i := range 3 {
		c.send(subscribe(fmt.Sprint(i), large))
		if got := c.read(); !strings.HasPrefix(got, fmt.Sprintf(`{"id":"%d","type":"next","payload":{"data":`, i)) {
			t.Errorf("%.200s", got)
		}
		c.expect(fmt.Sprintf(`{"id":"%d","type":"complete"}`, i))
		if res, _ := post(t, srv, body); res.StatusCode != 200 {
			t.Errorf("POST: %d", res.StatusCode)
		}
	}
	_ = c.conn.Close(websocket.StatusNormalClosure, "")
}
