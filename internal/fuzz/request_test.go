package fuzz

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest sends any method, target, headers and body to the server. Headers are lines; the length of the body is
// added. What comes back must be what docs/api.md promises.
func FuzzRequest(f *testing.F) {
	const (
		posting = "Content-Type: application/json"
		events  = posting + "\nAccept: text/event-stream"
	)
	for _, s := range seeds(f) {
		f.Add("POST", "/graphql", posting, s.posted())
		f.Add("GET", "/graphql?"+url.Values{"query": {s.query}, "variables": {s.variables}}.Encode(), "Accept: application/graphql-response+json", []byte(nil))
	}
	typename := []byte(`{"query":"{ __typename }"}`)
	f.Add("POST", "/graphql", events, typename)
	f.Add("POST", "/graphql", events, []byte(`{"query":"{ nowhere }"}`))
	f.Add("GET", "/graphql?query={__typename}", "Accept: text/event-stream", []byte(nil))
	f.Add("GET", "/graphql", "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\nSec-WebSocket-Protocol: graphql-transport-ws", []byte(nil))
	f.Add("POST", "/graphql", posting+"\nAccept: application/json;q=0.5, */*;q=0.1", typename)
	f.Add("POST", "/graphql", posting+"; charset=utf-16", typename)
	f.Add("POST", "/graphql", posting+"\nContent-Encoding: gzip", typename)
	f.Add("POST", "/graphql", posting+"\nAccept-Encoding: gzip", []byte(`{"query":"{ incidents(first: 100) { nodes { id name description } } }"}`))
	f.Add("POST", "/graphql", posting+"\nTransfer-Encoding: chunked", []byte("5\r\n{\"que\r\n0\r\n\r\n"))
	f.Add("POST", "/graphql", "Content-Type: application/x-www-form-urlencoded", []byte("query={__typename}"))
	f.Add("POST", "/graphql", "Content-Type: multipart/form-data; boundary=x", []byte("--x--"))
	f.Add("POST", "/graphql", posting, []byte(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38"}}}`))
	f.Add("POST", "/graphql", posting, []byte(`{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38"}}}`))
	f.Add("POST", "/graphql", posting, []byte(`{"query":"{__typename}","extensions":{"explain":true}}`))
	f.Add("GET", `/graphql?extensions={"persistedQuery":{"version":1,"sha256Hash":"00"}}`, "If-None-Match: *, W/\"x\", \"y\"", []byte(nil))
	f.Add("OPTIONS", "/graphql", "Origin: http://localhost\nAccess-Control-Request-Method: POST", []byte(nil))
	f.Add("HEAD", "/graphql", "Origin: null", []byte(nil))
	for _, path := range []string{"/", "/readyz", "/healthz", "/metrics", "/playground", "/playground/assets/x", "/%2e%2e/graphql", "//graphql", "*"} {
		f.Add("GET", path, "", []byte(nil))
	}
	g := newTarget(f)
	f.Fuzz(func(t *testing.T, method, address, headers string, body []byte) {
		r, ok := request(method, address, headers, body)
		if !ok {
			t.Skip("net/http answers this itself")
		}
		a := g.do(t, r)
		if r.URL.Path != "/graphql" || r.Method == http.MethodConnect {
			if a.status >= 500 {
				t.Errorf("%s %s: %d %s\n%s", method, address, a.status, shortened(a.body), a.log)
			}
			return
		}
		unescaped, err := url.QueryUnescape(address)
		if err != nil {
			unescaped = address
		}
		a.judge(t, strings.Join([]string{method, address, unescaped, headers, string(body)}, "\n"))
	})
}

// request is what net/http makes of the bytes of a request; not ok is what it does not give to a handler.
func request(method, address, headers string, body []byte) (r *http.Request, ok bool) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, address)
	for line := range strings.SplitSeq(headers, "\n") {
		if line = strings.TrimSuffix(line, "\r"); line != "" {
			text.WriteString(line + "\r\n")
		}
	}
	if !strings.Contains(strings.ToLower(headers), "transfer-encoding") {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(body))
	}
	text.WriteString("\r\n")
	text.Write(body)
	r, err := http.ReadRequest(bufio.NewReader(&text))
	if err != nil || r.URL == nil || len(r.Header["Host"]) > 0 {
		return nil, false
	}
	r.RemoteAddr = "127.0.0.1:1"
	return r, true
}
