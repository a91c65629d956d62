package main

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// TestAccess holds the rules of docs/api.md on who may send what: the host, the origin, what pages of other sites load,
// the content type of POST, and that a GET changes nothing. Each is asked with GET, with POST and with a websocket.
func TestAccess(t *testing.T) {
	s := serve(t, "--store", "sqlite:"+filepath.Join(t.TempDir(), "graph.db"), "--empty",
		"--allowed-hosts", "graph.example", "--cors-origins", "https://dashboard.example")
	own := strings.TrimSuffix(s.api, "/graphql")
	const json = "application/json"
	for _, c := range []struct {
		name    string
		headers map[string]string
		// get, post and upgrade are the statuses.
		get, post, upgrade int
	}{
		{"nothing but the operation", nil, 200, 200, 101},
		{"another allowed host", map[string]string{"Host": "graph.example"}, 200, 200, 101},
		{"localhost", map[string]string{"Host": "localhost:8080"}, 200, 200, 101},
		{"a name that was made to point here", map[string]string{"Host": "attacker.example"}, 403, 403, 403},
		{"that with its own origin", map[string]string{"Host": "attacker.example", "Origin": "http://attacker.example"}, 403, 403, 403},

		{"the own origin", map[string]string{"Origin": own}, 200, 200, 101},
		{"an allowed origin", map[string]string{"Origin": "https://dashboard.example"}, 200, 200, 101},
		{"another origin", map[string]string{"Origin": "https://attacker.example"}, 403, 403, 403},
		{"another port of this machine", map[string]string{"Origin": "http://127.0.0.1:1"}, 403, 403, 403},
		{"no origin in particular", map[string]string{"Origin": "null"}, 403, 403, 403},

		{"the own page", map[string]string{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, 200, 200, 101},
		{"a link on another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200, 403, 101},
		{"an image on another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403, 403, 403},
		{"a frame on another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403, 403, 403},
		{"a script on another port", map[string]string{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403, 403, 403},
		{"a websocket of another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "websocket", "Sec-Fetch-Dest": "websocket"}, 403, 403, 403},
		{"that of an allowed origin", map[string]string{"Origin": "https://dashboard.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "websocket"}, 200, 200, 101},

		{"a form", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 200, 415, 101},
		{"a form with files", map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, 200, 415, 101},
		{"plain text, as pages may send without asking", map[string]string{"Content-Type": "text/plain"}, 200, 415, 101},
		{"GraphQL text", map[string]string{"Content-Type": "application/graphql"}, 200, 415, 101},
		{"no content type", map[string]string{"Content-Type": ""}, 200, 415, 101},
		{"JSON with a charset", map[string]string{"Content-Type": json + "; charset=utf-8"}, 200, 200, 101},
	} {
		send := func(method, address, body, contentType string) (int, string) {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if contentType != "" {
				req.Header.Set("Content-Type", contentType)
			}
			for name, value := range c.headers {
				switch {
				case name == "Host":
					req.Host = value
				case name == "Content-Type" && value == "":
					req.Header.Del(name)
				default:
					req.Header.Set(name, value)
				}
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			answer, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			return res.StatusCode, string(answer)
		}
		if status, answer := send("GET", s.api+"?query={__typename}", "", ""); status != c.get {
			t.Errorf("%s: GET is answered with %d %s, want %d", c.name, status, answer, c.get)
		}
		if status, answer := send("POST", s.api, `{"query": "{ __typename }"}`, json); status != c.post {
			t.Errorf("%s: POST is answered with %d %s, want %d", c.name, status, answer, c.post)
		}
		if got := upgrade(t, s.api, c.headers); got != c.upgrade {
			t.Errorf("%s: a websocket is answered with %d, want %d", c.name, got, c.upgrade)
		}
	}

	for _, operation := range []string{"mutation{__typename}", "subscription{__typename}"} {
		res, err := http.Get(s.api + "?query=" + operation)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			t.Errorf("GET takes %s", operation)
		}
	}
}

// upgrade opens a websocket and returns the status of the answer.
func upgrade(t *testing.T, api string, headers map[string]string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	options := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{}}
	for name, value := range headers {
		if name == "Host" {
			options.Host = value
			continue
		}
		options.HTTPHeader.Set(name, value)
	}
	conn, res, err := websocket.Dial(ctx, api, options)
	if res == nil {
		t.Fatal(err)
	}
	if err == nil {
		_ = conn.CloseNow()
	}
	return res.StatusCode
}
