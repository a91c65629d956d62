package fuzz

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"attrigraph/graph"
	"attrigraph/internal/server"
	"attrigraph/internal/servertest"
)

// closeCodes are those with which a server of graphql-transport-ws closes a connection; 1003, 1007 and 1009 are for frames
// that are no text, no UTF-8, or too large.
var closeCodes = []websocket.StatusCode{1000, 1003, 1007, 1009, 4400, 4401, 4408, 4409, 4429}

// FuzzWebsocket sends messages, one in each line, over a websocket. What comes back must be messages of the protocol, and
// the connection must end in order.
func FuzzWebsocket(f *testing.F) {
	const initialised = `{"type":"connection_init"}` + "\n"
	subscribe := func(id string, payload []byte) string {
		return fmt.Sprintf(`{"id":%q,"type":"subscribe","payload":%s}`, id, payload)
	}
	for _, s := range seeds(f) {
		f.Add(initialised + subscribe("1", s.posted()))
	}
	typename := []byte(`{"query":"{ __typename }"}`)
	for _, messages := range []string{
		"", "x", "{}", "[]", "null", `{"type":"ping"}`, `{"type":"pong","payload":{}}`, initialised + initialised, initialised + `{"type":"ping","payload":{"a":1}}`,
		subscribe("1", typename), initialised + subscribe("1", typename) + "\n" + subscribe("1", typename),
		initialised + subscribe("1", typename) + "\n" + `{"id":"1","type":"complete"}`, initialised + `{"id":"2","type":"complete"}`,
		initialised + subscribe("", typename), initialised + subscribe(strings.Repeat("i", 200), typename),
		initialised + subscribe("1", []byte(`{"query":5}`)), initialised + subscribe("1", []byte(`null`)), initialised + subscribe("1", []byte(`{"query":"subscription { x }"}`)),
		initialised + `{"id":"1","type":"next"}`, initialised + `{"id":1,"type":"subscribe"}`, `{"type":"connection_init","payload":[]}`,
		initialised + `{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","extensions":{"explain":true}}}`,
	} {
		f.Add(messages)
	}
	s := servertest.New(f, servertest.Options{Graph: func(c *graph.Config) { c.Timeout, c.MaxResponse = operationTimeout, maxResponse }})
	address := s.Listen(f) + server.GraphQLPath
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	f.Fuzz(func(t *testing.T, messages string) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: client})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.CloseNow() }() // it is closed already where all went well
		conn.SetReadLimit(16 * maxResponse)
		for m := range strings.SplitSeq(messages, "\n") {
			if conn.Write(ctx, websocket.MessageText, []byte(m)) != nil {
				break // the server has closed it
			}
		}
		// The pong to this ping is the last message that is read; what was asked may still be under way then.
		_ = conn.Write(ctx, websocket.MessageText, []byte(`{"type":"ping"}`)) // or the server has closed it
		for {
			_, text, err := conn.Read(ctx)
			if err != nil {
				code := websocket.CloseStatus(err)
				if !slices.Contains(closeCodes, code) {
					t.Errorf("the connection ends with %v", err)
				}
				return
			}
			if judgeMessage(t, string(text), messages) == "pong" {
				break
			}
		}
		if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Errorf("the connection does not end in order: %v", err)
		}
		for end := time.Now().Add(patience); s.API.Load().Running > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("an operation is still under way")
			}
		}
	})
}

// judgeMessage holds a message of the server to the protocol and returns its type.
func judgeMessage(t *testing.T, text, asked string) string {
	t.Helper()
	var m struct {
		ID, Type string
		Payload  json.RawMessage
	}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf(format+" in %s", append(args, shortened(text))...)
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		fail("the message is no JSON: %v", err)
	}
	switch m.Type {
	case "connection_ack", "ping", "pong":
		if m.ID != "" {
			fail("the message has an id")
		}
	case "next":
		judgeResponse(string(m.Payload), asked, false, false, http.StatusOK, fail)
	case "error":
		judgeResponse(`{"errors":`+string(m.Payload)+"}", asked, false, false, http.StatusOK, fail)
	case "complete":
		if m.Payload != nil {
			fail("the message has a payload")
		}
	default:
		fail("the message has the type %q", m.Type)
	}
	if slices.Contains([]string{"next", "error", "complete"}, m.Type) && m.ID == "" {
		fail("the message has no id")
	}
	return m.Type
}
