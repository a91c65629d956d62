package graph_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"attrigraph/graph"
)

// explained is an answer with an explanation.
type explained struct {
	Data       json.RawMessage
	Errors     []struct{ Extensions struct{ Code string } }
	Extensions struct {
		Explain *struct {
			Plan      string
			Statement *struct {
				Text   string
				Params map[string]any
			}
			Timings map[string]float64
			Cached  *bool
		}
	}
}

// TestExplain holds what an explanation has, for operations that were run and that were not.
func TestExplain(t *testing.T) {
	srv := serverOf(t, handlerWith(t, bundledStore(t), func(c *graph.Config) { c.Explain = true }))
	ask := func(document, variables string) explained {
		t.Helper()
		text, _ := json.Marshal(document)
		_, body := post(t, srv, `{"query":`+string(text)+`,"variables":`+variables+`,"extensions":{"explain":true}}`)
		var answer explained
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		return answer
	}
	const document = "query($word: String!) { incidents(where: { name: { contains: $word } }, first: 1) { totalCount } }"
	for _, cached := range []bool{false, true} {
		got := ask(document, `{"word":"sesame"}`)
		e := got.Extensions.Explain
		if e == nil || e.Statement == nil || e.Cached == nil {
			t.Fatalf("got %+v", got)
		}
		if string(got.Data) != `{"incidents":{"totalCount":0}}` || !strings.Contains(e.Plan, "count of Incident (all) where Incident.name contains 0") ||
			!strings.HasPrefix(e.Statement.Text, "SELECT ") || e.Statement.Params["1"] != "sesame" || *e.Cached != cached {
			t.Errorf("got %s %+v %+v", got.Data, e, e.Statement)
		}
		for _, stage := range []string{"planning", "waited", "reading", "writing", "total"} {
			if ms, ok := e.Timings[stage]; !ok || ms < 0 || ms > e.Timings["total"] {
				t.Errorf("%s: %v", stage, e.Timings)
			}
		}
		if e.Timings["reading"] == 0 || len(e.Timings) != 5 {
			t.Errorf("got %v", e.Timings)
		}
	}
	if got := ask("{ __typename }", "{}"); string(got.Data) != `{"__typename":"Query"}` || got.Extensions.Explain == nil || got.Extensions.Explain.Statement != nil {
		t.Errorf("got %+v", got)
	}
	// Refused after it was planned, and before.
	if got := ask("{ incidents(first: 201) { totalCount } }", "{}"); len(got.Errors) != 1 || got.Extensions.Explain == nil || got.Extensions.Explain.Statement != nil {
		t.Errorf("got %+v", got)
	}
	if got := ask("{ x }", "{}"); len(got.Errors) != 1 || got.Extensions.Explain != nil {
		t.Errorf("got %+v", got)
	}
	// Nobody gets one unasked.
	for _, extensions := range []string{`{}`, `{"explain":false}`, `{"explain":null}`} {
		if _, body := post(t, srv, `{"query":"{ __typename }","extensions":`+extensions+`}`); body != `{"data":{"__typename":"Query"}}` {
			t.Error(body)
		}
	}
	for _, value := range []string{"1", `"true"`, "{}", "[true]"} {
		if _, body := post(t, srv, `{"query":"{ __typename }","extensions":{"explain":`+value+`}}`); codeOf(t, body) != "BAD_USER_INPUT" {
			t.Error(body)
		}
	}
	address := srv.URL + "?query=" + url.QueryEscape(counted) + "&extensions=" + url.QueryEscape(`{"explain":true}`)
	if _, body := do(t, http.MethodGet, address, ""); !strings.Contains(body, `"extensions":{"explain":{"plan":"0 count of Incident`) {
		t.Error(body)
	}
	if _, body := post(t, srv, `{"query":"{ incidents { totalCount } }","extensions":{"explain":true}}`, "Accept", "text/event-stream"); !strings.Contains(body, `"explain":{"plan"`) {
		t.Error(body)
	}
}

// TestExplainOff holds that a server does not tell strangers how it asks its store.
func TestExplainOff(t *testing.T) {
	var seen observed
	srv := serverOf(t, handlerWith(t, bundledStore(t), func(c *graph.Config) { c.Observe = seen.observe }))
	res, body := post(t, srv, `{"query":"{ incidents { totalCount } }","extensions":{"explain":true}}`, "Accept", "application/graphql-response+json")
	if res.StatusCode != 400 || codeOf(t, body) != "FORBIDDEN" || !strings.Contains(body, "--explain") || strings.Contains(body, "data") || strings.Contains(body, "SELECT") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if got := seen.take(t, 1)[0]; got.Code != "FORBIDDEN" || got.Plan != nil {
		t.Errorf("got %+v", got)
	}
	if res, body := post(t, srv, `{"query":"{ __typename }","extensions":{"explain":false}}`); res.StatusCode != 200 || body != `{"data":{"__typename":"Query"}}` {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}
