package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"attrigraph/graph"
)

// TestObserve holds that each operation is observed once with what became of it, whatever that is.
func TestObserve(t *testing.T) {
	var seen observed
	srv := serverOf(t, handlerWith(t, bundledStore(t), func(c *graph.Config) { c.Observe = seen.observe; c.MaxResponse = 10_000 }))
	const named = "query Incidents($n: Int!) { incidents(first: $n) { nodes { name } } }"
	for _, c := range []struct {
		name, body string
		want       graph.Observation
		planned    bool
	}{
		{"answered", `{"query":"` + named + `","variables":{"n":1}}`, graph.Observation{Name: "Incidents", Type: "query", Document: named}, true},
		{"answered with a known plan", `{"query":"` + named + `","variables":{"n":2}}`, graph.Observation{Name: "Incidents", Type: "query", Document: named, PlanCached: true}, true},
		{"without store", typename, graph.Observation{Type: "query", Document: "{ __typename }"}, true},
		{"syntax", `{"query":"{"}`, graph.Observation{Document: "{", Code: "GRAPHQL_PARSE_FAILED"}, false},
		{"validation", `{"query":"query A { x }"}`, graph.Observation{Document: "query A { x }", Code: "GRAPHQL_VALIDATION_FAILED"}, false},
		{"variable", `{"query":"` + named + `"}`, graph.Observation{Name: "Incidents", Type: "query", Document: named, Code: "BAD_USER_INPUT"}, false},
		{"page size", `{"query":"` + named + `","variables":{"n":201}}`, graph.Observation{Name: "Incidents", Type: "query", Document: named, Code: "BAD_USER_INPUT", PlanCached: true}, true},
		{"tokens", `{"query":"{` + strings.Repeat("a ", 5000) + `}"}`, graph.Observation{Document: "{" + strings.Repeat("a ", 5000) + "}", Code: "LIMIT_EXCEEDED"}, false},
		{"answer too large", `{"query":"{ sources(first: 200) { nodes { title url } } }"}`, graph.Observation{Type: "query", Document: "{ sources(first: 200) { nodes { title url } } }", Code: "LIMIT_EXCEEDED"}, true},
		{"persisted", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}`, graph.Observation{Code: "PERSISTED_QUERY_NOT_FOUND"}, false},
	} {
		seen.list = nil
		post(t, srv, c.body)
		got := seen.take(t, 1)[0]
		if got.Name != c.want.Name || got.Type != c.want.Type || got.Document != c.want.Document || got.Code != c.want.Code || got.PlanCached != c.want.PlanCached {
			t.Errorf("%s: got %+v", c.name, got)
		}
		if (got.Plan != nil) != c.planned {
			t.Errorf("%s: the plan is %v", c.name, got.Plan)
		}
		if got.Start.IsZero() || got.Total < got.Planning+got.Waited+got.Reading+got.Writing {
			t.Errorf("%s: %v are more than all", c.name, got)
		}
		read := got.Code == "" && len(got.Plan.Roots) > 0
		if read != (got.Reading > 0 && got.Writing > 0 && got.Bytes > 0 && got.Values != nil) && c.name != "without store" && c.name != "answer too large" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	// GET, and what it refuses.
	seen.list = nil
	do(t, http.MethodGet, srv.URL+"?query="+url.QueryEscape(counted), "")
	if got := seen.take(t, 1)[0]; got.Document != counted || got.Code != "" {
		t.Errorf("GET: %+v", got)
	}
	// What is no operation is not observed.
	seen.list = nil
	post(t, srv, "{")
	post(t, srv, typename)
	if got := seen.take(t, 1)[0]; got.Document != "{ __typename }" {
		t.Errorf("got %+v", got)
	}
}
