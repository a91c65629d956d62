package server_test

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/server"
)

// scrape returns the samples of a server's metrics by name and labels, as they are written.
func scrape(t *testing.T, address string) map[string]float64 {
	t.Helper()
	res, body := ask(t, "GET", "http://"+address+"/metrics", nil)
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		t.Fatalf("/metrics: %d %s", res.StatusCode, body)
	}
	samples := map[string]float64{}
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		i := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(strings.TrimSpace(line[i+1:]), 64)
		if err != nil {
			t.Fatal(err)
		}
		samples[line[:i]] = value
	}
	return samples
}

// TestMetrics holds that what was asked and what became of it can be read from the metrics.
func TestMetrics(t *testing.T) {
	telemetry := server.NewTelemetry(server.TelemetryConfig{Version: "v1", Store: "toy", Slow: time.Hour})
	telemetry.WatchLoad(func() server.Load { return server.Load{Running: 3, Waiting: 2, Shed: 7, Websockets: 5, Events: 4} })
	address := start(t, server.Config{Telemetry: telemetry}, "127.0.0.1:0")
	for _, path := range []string{"/graphql", "/graphql", "/playground/assets/a.js", "/nothing", "/nothing/else?x=y"} {
		ask(t, "GET", "http://"+address+path, nil)
	}
	ask(t, "BREW", "http://"+address+"/graphql", nil)
	telemetry.Observe(context.Background(), server.Operation{
		Type: "query", Planned: true, PlanCached: true, Bytes: 1000, Planning: time.Millisecond, Waiting: 2 * time.Millisecond,
		Reading: 3 * time.Millisecond, Writing: 4 * time.Millisecond, Total: 10 * time.Millisecond,
	})
	telemetry.Observe(context.Background(), server.Operation{Code: "GRAPHQL_PARSE_FAILED", Total: time.Millisecond})
	telemetry.Observe(context.Background(), server.Operation{Type: "subscription", Planned: true, Total: time.Hour})
	got := scrape(t, address)
	for sample, want := range map[string]float64{
		`attrigraph_build_info{store="toy",version="v1"}`:                              1,
		`attrigraph_http_requests_total{method="GET",path="/graphql",status="200"}`:    2,
		`attrigraph_http_requests_total{method="other",path="/graphql",status="200"}`:  1,
		`attrigraph_http_requests_total{method="GET",path="/playground",status="200"}`: 1,
		`attrigraph_http_requests_total{method="GET",path="other",status="404"}`:       2,
		`attrigraph_http_request_duration_seconds_count{path="/graphql"}`:              3,
		`attrigraph_http_requests_in_flight`:                                           1, // this one
		`attrigraph_operations_total{code="OK",type="query"}`:                          1,
		`attrigraph_operations_total{code="GRAPHQL_PARSE_FAILED",type="unknown"}`:      1,
		`attrigraph_operations_total{code="OK",type="subscription"}`:                   1,
		`attrigraph_operation_duration_seconds_count{type="query"}`:                    1,
		`attrigraph_operation_duration_seconds_sum{type="query"}`:                      0.01,
		`attrigraph_operation_stage_duration_seconds_sum{stage="plan"}`:                0.001,
		`attrigraph_operation_stage_duration_seconds_sum{stage="wait"}`:                0.002,
		`attrigraph_operation_stage_duration_seconds_sum{stage="read"}`:                0.003,
		`attrigraph_operation_stage_duration_seconds_sum{stage="write"}`:               0.004,
		`attrigraph_plans_total{cached="true"}`:                                        1,
		`attrigraph_plans_total{cached="false"}`:                                       1,
		`attrigraph_response_bytes_sum`:                                                1000,
		`attrigraph_response_bytes_bucket{le="256"}`:                                   0,
		`attrigraph_response_bytes_bucket{le="1024"}`:                                  1,
		`attrigraph_operations_running`:                                                3,
		`attrigraph_operations_waiting`:                                                2,
		`attrigraph_operations_shed_total`:                                             7,
		`attrigraph_streams{transport="websocket"}`:                                    5,
		`attrigraph_streams{transport="sse"}`:                                          4,
		`attrigraph_store_up`:                                                          1,
	} {
		if value, ok := got[sample]; !ok || value != want {
			t.Errorf("%s is %v (there: %v), want %v", sample, value, ok, want)
		}
	}
	for _, sample := range []string{`attrigraph_operation_duration_seconds_count{type="subscription"}`, `attrigraph_http_request_duration_seconds_count{path="/nothing"}`} {
		if _, ok := got[sample]; ok {
			t.Errorf("there is %s", sample)
		}
	}
	if got["go_goroutines"] == 0 || got["process_resident_memory_bytes"] == 0 {
		t.Error("the metrics lack those of Go or of the process")
	}
}

// TestMetricsAreBounded holds that clients cannot make the metrics grow: neither by paths, methods, hosts nor headers.
func TestMetricsAreBounded(t *testing.T) {
	address := start(t, server.Config{GraphQL: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "{}")
	})}, "127.0.0.1:0")
	ask(t, "GET", "http://"+address+"/a", nil)
	ask(t, "POST", "http://"+address+"/graphql?query=a", nil)
	ask(t, "AAA", "http://"+address+"/playground/a", nil)
	scrape(t, address)
	before := len(scrape(t, address))
	for i := range 50 {
		n := strconv.Itoa(i)
		ask(t, "GET", "http://"+address+"/a"+n, map[string]string{"User-Agent": n, "X-Request-Id": n})
		ask(t, "POST", "http://"+address+"/graphql?query=a"+n, nil)
		ask(t, "A"+strings.Repeat("A", i), "http://"+address+"/playground/"+n, nil)
	}
	if after := len(scrape(t, address)); after != before {
		t.Errorf("%d samples have become %d", before, after)
	}
}
