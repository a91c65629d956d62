package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// secret is what somebody asked for, which neither logs nor traces nor metrics may hold.
const secret = "whoever-it-was"

// askSecretly asks about the secret: in a literal, in a variable, and with GET.
func askSecretly(t *testing.T, api string) {
	t.Helper()
	asked(t, api, `query Literally { incidents(where: { name: { eq: "`+secret+`" } }) { totalCount } }`, &struct{}{})
	body, err := json.Marshal(map[string]any{
		"query":     "query WithVariable($w: String!) { search(query: $w) { totalCount } }",
		"variables": map[string]string{"w": secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, send := range []func() (*http.Response, error){
		func() (*http.Response, error) { return http.Post(api, "application/json", bytes.NewReader(body)) },
		func() (*http.Response, error) {
			return http.Get(api + `?query={search(query:"` + secret + `"){totalCount}}`)
		},
	} {
		res, err := send()
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("answered with %d", res.StatusCode)
		}
	}
}

// TestSlowLog holds that --slow logs operations with their plan and statement, and without what was asked.
func TestSlowLog(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "graph.db")
	s := serve(t, "--store", file, "--empty", "--slow", "0s", "--log-level", "debug")
	askSecretly(t, s.api)
	code, log := s.stop()
	if code != exitDone || strings.Contains(log, secret) {
		t.Errorf("ended with %d: %s", code, log)
	}
	slow := 0
	for line := range strings.Lines(log) {
		var entry struct {
			Level, Msg, Name, Type, Code, Plan, Statement, Request string
			Duration                                               float64
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if entry.Msg != "slow operation" {
			continue
		}
		slow++
		if entry.Level != "WARN" || entry.Type != "query" || entry.Code != "OK" || !strings.Contains(entry.Plan, "count of ") ||
			!strings.HasPrefix(entry.Statement, "SELECT ") || len(entry.Request) != 36 || entry.Duration <= 0 || entry.Duration > 10 {
			t.Errorf("the log has %s", line)
		}
	}
	if slow != 3 || !strings.Contains(log, `"name":"Literally"`) {
		t.Errorf("%d operations were logged: %s", slow, log)
	}

	s = serve(t, "--store", file, "--slow", "1h")
	askSecretly(t, s.api)
	if _, log := s.stop(); log != "" {
		t.Errorf("the log has %s", log)
	}
}

// TestMetricsOfOperations holds that /metrics shows what the GraphQL layer did.
func TestMetricsOfOperations(t *testing.T) {
	s := serve(t, "--store", "sqlite:"+filepath.Join(t.TempDir(), "graph.db"), "--empty")
	askSecretly(t, s.api)
	askSecretly(t, s.api)
	res, err := http.Post(s.api, "application/json", strings.NewReader(`{"query": "{"}`))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	res, err = http.Get(strings.Replace(s.api, "graphql", "metrics", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	metrics := string(raw)
	for _, want := range []string{
		`attrigraph_operations_total{code="OK",type="query"} 6`,
		`attrigraph_operations_total{code="GRAPHQL_PARSE_FAILED",type="unknown"} 1`,
		`attrigraph_plans_total{cached="false"} 3`,
		`attrigraph_plans_total{cached="true"} 3`,
		`attrigraph_operation_stage_duration_seconds_count{stage="read"} 6`,
		`attrigraph_operations_running 0`,
		`attrigraph_operations_waiting 0`,
		`attrigraph_operations_shed_total 0`,
		`attrigraph_streams{transport="sse"} 0`,
		`attrigraph_streams{transport="websocket"} 0`,
		`attrigraph_store_up 1`,
		`store="sqlite"`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(metrics, secret) || strings.Contains(metrics, "Literally") {
		t.Error("the metrics hold what was asked")
	}
	if t.Failed() {
		t.Log(metrics)
	}
}

// TestTraces holds that the environment turns traces on, and that they show the statement without what was asked.
func TestTraces(t *testing.T) {
	var mu sync.Mutex
	statements, names := []string{}, map[string]int{}
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var batch collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &batch) != nil {
			t.Errorf("the collector got %d bytes: %v", len(body), err)
		}
		if bytes.Contains(body, []byte(secret)) {
			t.Errorf("the traces hold what was asked: %s", &batch)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, resource := range batch.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					names[span.Name]++
					for _, a := range span.Attributes {
						if a.Key == "db.query.text" {
							statements = append(statements, a.Value.GetStringValue())
						}
					}
				}
			}
		}
	}))
	defer sink.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", sink.URL)
	s := serve(t, "--store", "sqlite:"+filepath.Join(t.TempDir(), "graph.db"), "--empty")
	askSecretly(t, s.api)
	if got := upgrade(t, s.api, nil); got != http.StatusSwitchingProtocols {
		t.Errorf("with traces a websocket is answered with %d", got)
	}
	if code, stderr := s.stop(); code != exitDone || stderr != "" {
		t.Errorf("ended with %d: %s", code, stderr)
	}
	mu.Lock()
	defer mu.Unlock()
	if names["POST /graphql"] != 2 || names["GET /graphql"] < 1 || names["query"] != 3 || names["read"] != 3 {
		t.Errorf("the spans are %v", names)
	}
	for _, statement := range statements {
		if !strings.HasPrefix(statement, "SELECT ") {
			t.Errorf("a statement is %s", statement)
		}
	}
	if len(statements) != 3 {
		t.Errorf("there are %d statements", len(statements))
	}
}
