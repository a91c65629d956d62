package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/server"
)

// start serves cfg on a port of its own and returns the address; the test's end stops it.
func start(t *testing.T, cfg server.Config, listen string) string {
	t.Helper()
	address, stop := run(t, cfg, listen)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return address
}

// run serves cfg on a port of its own until stop is called, which returns the server's error.
func run(t *testing.T, cfg server.Config, listen string) (address string, stop func() error) {
	t.Helper()
	if cfg.GraphQL == nil {
		cfg.GraphQL = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "graphql") })
	}
	if cfg.Playground == nil {
		cfg.Playground = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "playground") })
	}
	if cfg.Ready == nil {
		cfg.Ready = func(context.Context) error { return nil }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.Listen = listen
	h, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := server.Listen(t.Context(), listen)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Serve(ctx, l) }()
	return l.Addr().String(), func() error {
		cancel()
		return <-done
	}
}

// ask sends a request to an address; the header Host is the request's host.
func ask(t *testing.T, method, url string, headers map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		if name == "Host" {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestPaths(t *testing.T) {
	address := start(t, server.Config{}, "127.0.0.1:0")
	for path, want := range map[string]string{
		"/graphql": "graphql", "/playground": "playground", "/playground/assets/a.js": "playground",
		"/healthz": `{"status":"ok"}` + "\n", "/readyz": `{"status":"ready"}` + "\n",
	} {
		if res, body := ask(t, "GET", "http://"+address+path, nil); res.StatusCode != 200 || body != want {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	if res, _ := ask(t, "GET", "http://"+address+"/", nil); res.StatusCode != 302 || res.Header.Get("Location") != "playground" {
		t.Errorf("/: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, body := ask(t, "GET", "http://"+address+"/nothing", nil); res.StatusCode != 404 || !strings.Contains(body, "NOT_FOUND") {
		t.Errorf("/nothing: %d %s", res.StatusCode, body)
	}
}

// TestHosts holds that a name that was made to point at this machine does not reach the server.
func TestHosts(t *testing.T) {
	address := start(t, server.Config{AllowedHosts: []string{"graph.example", "exact.example:81"}}, "127.0.0.1:0")
	everywhere := start(t, server.Config{}, "0.0.0.0:0")
	_, port, err := net.SplitHostPort(everywhere)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		address, host string
		status        int
	}{
		{address, address, 200},
		{address, "127.0.0.1", 200},
		{address, "127.0.0.1:9999", 200},
		{address, "localhost", 200},
		{address, "LOCALHOST:8080", 200},
		{address, "localhost.", 200},
		{address, "graph.example", 200},
		{address, "graph.example:443", 200},
		{address, "Graph.Example", 200},
		{address, "exact.example:81", 200},
		{address, "exact.example:82", 403},
		{address, "exact.example", 403},
		{address, "attacker.example", 403},
		{address, "localhost.attacker.example", 403},
		{address, "graph.example.attacker.example", 403},
		{address, "127.0.0.1.attacker.example", 403},
		{address, "127.0.0.2", 403},
		{address, "[::1]", 403},
		{"127.0.0.1:" + port, "127.0.0.1:" + port, 200},
		{"127.0.0.1:" + port, "attacker.example", 403},
		{"127.0.0.1:" + port, "0.0.0.0", 403},
	} {
		for _, path := range []string{"/graphql", "/playground", "/healthz"} {
			res, body := ask(t, "GET", "http://"+c.address+path, map[string]string{"Host": c.host})
			if res.StatusCode != c.status || c.status == 403 && !strings.Contains(body, "--allowed-hosts") {
				t.Errorf("%s: got %d %s, want %d", c.host, res.StatusCode, body, c.status)
			}
		}
	}
}

func TestOrigins(t *testing.T) {
	address := start(t, server.Config{CORSOrigins: []string{"https://dashboard.example", "http://localhost:3000/"}}, "127.0.0.1:0")
	for _, c := range []struct {
		origin string
		status int
		cors   bool
	}{
		{"", 200, false},
		{"http://" + address, 200, false},
		{"https://" + address, 200, false},
		{"https://dashboard.example", 200, true},
		{"https://Dashboard.example", 200, true},
		{"http://localhost:3000", 200, true},
		{"http://dashboard.example", 403, false},
		{"https://dashboard.example:444", 403, false},
		{"https://dashboard.example.attacker.example", 403, false},
		{"http://localhost:3001", 403, false},
		{"http://127.0.0.1:1", 403, false},
		{"null", 403, false},
		{"file://" + address, 403, false},
	} {
		for _, method := range []string{"GET", "POST", "OPTIONS", "PUT"} {
			headers := map[string]string{}
			if c.origin != "" {
				headers["Origin"] = c.origin
			}
			res, body := ask(t, method, "http://"+address+"/graphql", headers)
			if res.StatusCode != c.status || c.status == 403 && !strings.Contains(body, "--cors-origins") {
				t.Errorf("%s %q: got %d %s, want %d", method, c.origin, res.StatusCode, body, c.status)
			}
			if got := res.Header.Get("Access-Control-Allow-Origin"); (got == c.origin && got != "") != c.cors {
				t.Errorf("%s %q: Access-Control-Allow-Origin is %q", method, c.origin, got)
			}
			if !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s %q: Vary lacks Origin", method, c.origin)
			}
		}
	}
}

// TestPreflight holds that a page of an allowed origin may send and read what clients of the API do, and no other page.
func TestPreflight(t *testing.T) {
	address := start(t, server.Config{CORSOrigins: []string{"https://dashboard.example"}}, "127.0.0.1:0")
	preflight := map[string]string{
		"Origin": "https://dashboard.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type",
	}
	res, _ := ask(t, "OPTIONS", "http://"+address+"/graphql", preflight)
	if res.StatusCode != 204 || res.Header.Get("Access-Control-Allow-Methods") != "GET, POST" || res.Header.Get("Access-Control-Max-Age") != "7200" {
		t.Errorf("preflight: %d %v", res.StatusCode, res.Header)
	}
	for _, name := range []string{"Content-Type", "Authorization", "If-None-Match", "Traceparent", "X-Request-Id"} {
		if !slices.Contains(strings.Split(res.Header.Get("Access-Control-Allow-Headers"), ", "), name) {
			t.Errorf("a page may not send %s", name)
		}
	}
	for _, name := range []string{"ETag", "Retry-After", "X-Request-Id"} {
		if !slices.Contains(strings.Split(res.Header.Get("Access-Control-Expose-Headers"), ", "), name) {
			t.Errorf("a page may not read %s", name)
		}
	}
	if res.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Error("pages may use what the browser is signed in with")
	}
	preflight["Origin"] = "https://attacker.example"
	if res, _ := ask(t, "OPTIONS", "http://"+address+"/graphql", preflight); res.StatusCode != 403 || res.Header.Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("preflight of another origin: %d %v", res.StatusCode, res.Header)
	}
}

// TestEmbedded holds that pages of other sites cannot make a browser load something here, which is a GET without Origin.
func TestEmbedded(t *testing.T) {
	address := start(t, server.Config{CORSOrigins: []string{"https://dashboard.example"}}, "127.0.0.1:0")
	for _, c := range []struct {
		origin, site, mode, dest string
		status                   int
	}{
		{"", "", "", "", 200}, // no browser
		{"", "none", "navigate", "document", 200},
		{"", "same-origin", "cors", "empty", 200},
		{"", "same-origin", "no-cors", "script", 200},
		{"", "cross-site", "navigate", "document", 200}, // a link
		{"", "same-site", "navigate", "document", 200},
		{"", "cross-site", "no-cors", "image", 403},
		{"", "cross-site", "no-cors", "empty", 403},
		{"", "same-site", "no-cors", "script", 403}, // another port of this machine
		{"", "cross-site", "navigate", "iframe", 403},
		{"", "cross-site", "websocket", "websocket", 403},
		{"", "surprise", "no-cors", "empty", 403},
		{"https://dashboard.example", "cross-site", "cors", "empty", 200},
		{"https://attacker.example", "cross-site", "cors", "empty", 403},
		{"https://attacker.example", "none", "cors", "empty", 403},
	} {
		headers := map[string]string{}
		for name, value := range map[string]string{"Origin": c.origin, "Sec-Fetch-Site": c.site, "Sec-Fetch-Mode": c.mode, "Sec-Fetch-Dest": c.dest} {
			if value != "" {
				headers[name] = value
			}
		}
		if res, body := ask(t, "GET", "http://"+address+"/graphql", headers); res.StatusCode != c.status || c.status == 403 && !strings.Contains(body, "--cors-origins") {
			t.Errorf("%+v: got %d %s", c, res.StatusCode, body)
		}
		if c.origin == "" && c.site == "cross-site" {
			if res, _ := ask(t, "POST", "http://"+address+"/graphql", headers); res.StatusCode != 403 {
				t.Errorf("%+v with POST: got %d", c, res.StatusCode)
			}
		}
	}
}

func TestBadConfig(t *testing.T) {
	for _, cfg := range []server.Config{
		{AllowedHosts: []string{"https://graph.example"}},
		{AllowedHosts: []string{""}},
		{AllowedHosts: []string{"*"}},
		{Listen: "8080"},
		{Listen: "::1:8080:1"},
		{CORSOrigins: []string{"dashboard.example"}},
		{CORSOrigins: []string{"*"}},
		{CORSOrigins: []string{"https://dashboard.example/page"}},
		{DrainWait: -time.Second},
	} {
		if cfg.Listen == "" {
			cfg.Listen = "127.0.0.1:8080"
		}
		if _, err := server.New(cfg); err == nil || !strings.Contains(err.Error(), "such as") {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestListenErrors(t *testing.T) {
	l, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for address, want := range map[string]string{
		l.Addr().String(): "is in use by another program", "192.0.2.1:8080": "no address of this machine",
	} {
		if l, err := server.Listen(t.Context(), address); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			if err == nil {
				l.Close()
			}
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(server.LogHandler(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	address := start(t, server.Config{
		Log: logger,
		GraphQL: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			logger.With("a", 1).InfoContext(r.Context(), "inside")
			panic("on purpose")
		}),
	}, "127.0.0.1:0")
	res, body := ask(t, "GET", "http://"+address+"/graphql?query=secret", map[string]string{"X-Request-Id": "my-id.1"})
	if res.StatusCode != 500 || res.Header.Get("X-Request-Id") != "my-id.1" || strings.Contains(body, "purpose") {
		t.Errorf("%d %s %v", res.StatusCode, body, res.Header)
	}
	for _, line := range strings.Split(strings.TrimSpace(log.String()), "\n") {
		if !strings.Contains(line, "request=my-id.1") || strings.Contains(line, "secret") {
			t.Errorf("the log has %s", line)
		}
	}
	for _, want := range []string{"msg=inside", "msg=panic", "msg=request", "status=500", "path=/graphql"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, &log)
		}
	}
	for _, bad := range []string{"", "a b", "ü", strings.Repeat("x", 65)} {
		res, _ := ask(t, "GET", "http://"+address+"/healthz", map[string]string{"X-Request-Id": bad})
		if got := res.Header.Get("X-Request-Id"); len(got) != 36 {
			t.Errorf("%q became the id %q", bad, got)
		}
	}
}
