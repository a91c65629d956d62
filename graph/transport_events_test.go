package graph_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"attrigraph/graph"
)

const (
	opened   = ":\n\n"
	complete = "event: complete\ndata:\n\n"
)

func next(payload string) string { return "event: next\ndata: " + payload + "\n\n" }

// TestEvents holds that operations are answered as events where a client prefers that, by POST and by GET.
func TestEvents(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	const incidents = "{ incidents(first: 3) { nodes { name description } } }"
	_, same := post(t, srv, `{"query":"`+incidents+`"}`)
	for body, want := range map[string]string{
		typename:                        opened + next(`{"data":{"__typename":"Query"}}`) + complete,
		`{"query":"` + incidents + `"}`: opened + next(same) + complete,
		`{"query":"{ __schema { queryType { name } } }"}`:        opened + next(`{"data":{"__schema":{"queryType":{"name":"Query"}}}}`) + complete,
		`{"query":"query A { __typename }","operationName":"A"}`: opened + next(`{"data":{"__typename":"Query"}}`) + complete,
	} {
		res, got := post(t, srv, body, "Accept", "text/event-stream")
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Cache-Control") != "no-store" || got != want {
			t.Errorf("%s: %d %v %q", body, res.StatusCode, res.Header, got)
		}
		if res.Header.Get("Content-Length") != "" || !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept") {
			t.Errorf("%s: %v", body, res.Header)
		}
	}
	if res, got := do(t, http.MethodGet, srv.URL+"?query="+url.QueryEscape("{ __typename }"), "", "Accept", "text/event-stream"); res.Header.Get("ETag") != "" ||
		got != opened+next(`{"data":{"__typename":"Query"}}`)+complete {
		t.Errorf("GET: %v %q", res.Header, got)
	}
	// Errors of the operation are events, as a browser's client cannot read the body of another answer.
	for query, code := range map[string]string{
		"{":                       "GRAPHQL_PARSE_FAILED",
		"{ x }":                   "GRAPHQL_VALIDATION_FAILED",
		"mutation { __typename }": "GRAPHQL_VALIDATION_FAILED",
		"{ incidents(first: 201) { totalCount } }":     "BAD_USER_INPUT",
		"{" + strings.Repeat(" __typename", 501) + "}": "LIMIT_EXCEEDED",
	} {
		res, got := post(t, srv, `{"query":"`+query+`"}`, "Accept", "text/event-stream")
		payload, ok := strings.CutPrefix(got, opened+"event: next\ndata: ")
		payload, ok2 := strings.CutSuffix(payload, "\n\n"+complete)
		if res.StatusCode != 200 || !ok || !ok2 || codeOf(t, payload) != code {
			t.Errorf("%.40s: %d %q", query, res.StatusCode, got)
		}
	}
}

// TestEventsNegotiation holds that only who prefers events gets them: many clients name them among what they can read.
func TestEventsNegotiation(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for accept, want := range map[string]bool{
		"text/event-stream":                   true,
		"text/event-stream, */*":              true,
		"TEXT/Event-Stream;q=0.9":             true,
		"text/event-stream, application/json": false,
		"application/graphql-response+json, application/json, text/event-stream, multipart/mixed": false,
		"application/json;q=0.5, text/event-stream":                                               true,
		"text/event-stream;q=0.5, */*":                                                            false,
		"application/*;q=0.5, */*":                                                                false,
		"*/*":                                                                                     false,
	} {
		res, body := post(t, srv, typename, "Accept", accept)
		if got := res.Header.Get("Content-Type") == "text/event-stream"; got != want || res.StatusCode != 200 {
			t.Errorf("%s: %d %s", accept, res.StatusCode, body)
		}
	}
	for _, accept := range []string{"text/*", "text/event-stream;q=0"} {
		if res, body := post(t, srv, typename, "Accept", accept); res.StatusCode != http.StatusNotAcceptable {
			t.Errorf("%s: %d %s", accept, res.StatusCode, body)
		}
	}
}

// TestEventsRefused holds that requests for events are checked as all others, before there is a stream.
func TestEventsRefused(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for _, c := range []struct {
		name, body, contentType string
		status                  int
	}{
		{"content type", `{"query":"{ sesame }"}`, "text/plain", 415},
		{"no content type", `{"query":"{ sesame }"}`, "", 415},
		{"form", "query=sesame", "application/x-www-form-urlencoded", 415},
		{"no JSON", `{"query":"{ sesame`, "application/json", 400},
		{"no query", `{"sesame":1}`, "application/json", 400},
		{"too large", `{"sesame":"` + strings.Repeat("x", graph.MaxBody) + `"}`, "application/json", 413},
	} {
		res, body := post(t, srv, c.body, "Content-Type", c.contentType, "Accept", "text/event-stream")
		if res.StatusCode != c.status || res.Header.Get("Content-Type") != "application/graphql-response+json; charset=utf-8" || codeOf(t, body) == "" {
			t.Errorf("%s: %d %v %s", c.name, res.StatusCode, res.Header, body)
		}
		if strings.Contains(body, "sesame") {
			t.Errorf("%s: the answer repeats the body: %s", c.name, body)
		}
	}
}

// TestEventsKeepAlive holds that a stream which says nothing for longer than the server's deadlines stays, with comments.
func TestEventsKeepAlive(t *testing.T) {
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.Timeout = time.Minute }, graph.WithStreams(graph.StreamLimits{KeepAlive: 30 * time.Millisecond}))
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	srv.Start()
	t.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader(`{"query":"`+counted+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	<-g.begun
	in := bufio.NewReader(res.Body)
	for comments := 0; comments < 20; comments++ { // 20 times 30 ms are more than the deadlines
		for _, want := range []string{":\n", "\n"} {
			if line, err := in.ReadString('\n'); err != nil || line != want {
				t.Fatalf("after %d comments: %q %v", comments, line, err)
			}
		}
	}
	close(g.opened)
	rest, err := io.ReadAll(in)
	if err != nil || !strings.Contains(string(rest), `event: next`+"\n"+`data: {"data":{"incidents":`) || !strings.HasSuffix(string(rest), complete) {
		t.Errorf("%q %v", rest, err)
	}
	noStreams(t, h)
}

// TestEventsCancel holds that what a client leaves is not run on.
func TestEventsCancel(t *testing.T) {
	var seen observed
	g := newGate(bundledStore(t))
	h := handlerWith(t, g, func(c *graph.Config) { c.Observe = seen.observe; c.Timeout = time.Minute })
	srv := serverOf(t, h)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL, strings.NewReader(`{"query":"`+counted+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	<-g.begun
	if websockets, events := h.Streams(); websockets != 0 || events != 1 {
		t.Errorf("%d websockets and %d event streams are open", websockets, events)
	}
	cancel()
	res.Body.Close()
	if got := seen.take(t, 1)[0]; got.Code != "CANCELED" {
		t.Errorf("got %+v", got)
	}
	noStreams(t, h)
	if h.Load() != (graph.Load{}) {
		t.Errorf("%+v goes on running", h.Load())
	}
}
