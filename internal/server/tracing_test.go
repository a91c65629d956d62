package server_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"attrigraph/internal/server"
)

// receiver is a collector that keeps the spans it gets.
type receiver struct {
	mu       sync.Mutex
	spans    []*tracepb.Span
	resource map[string]string
}

// collect starts a collector and makes the environment name it.
func collect(t *testing.T) *receiver {
	t.Helper()
	rec := &receiver{resource: map[string]string{}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var batch collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &batch) != nil {
			t.Errorf("the collector got %s with %d bytes: %v", r.URL, len(body), err)
			return
		}
		rec.mu.Lock()
		defer rec.mu.Unlock()
		for _, resource := range batch.ResourceSpans {
			for _, a := range resource.Resource.Attributes {
				rec.resource[a.Key] = a.Value.GetStringValue()
			}
			for _, scope := range resource.ScopeSpans {
				rec.spans = append(rec.spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(srv.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", srv.URL)
	return rec
}

// attributes are those of a span that are texts.
func attributes(s *tracepb.Span) map[string]string {
	out := map[string]string{}
	for _, a := range s.Attributes {
		out[a.Key] = a.Value.GetStringValue()
	}
	return out
}

// TestTracing holds that a request becomes a span below that of its caller, the operation one below that, and each stage
// one below the operation, and that they hold nothing of what somebody asked.
func TestTracing(t *testing.T) {
	rec := collect(t)
	var log bytes.Buffer
	logger := slog.New(server.LogHandler(slog.NewTextHandler(&log, nil)))
	tracing, err := server.StartTracing(t.Context(), "v1", logger)
	if err != nil || tracing == nil {
		t.Fatal(tracing, err)
	}
	telemetry := server.NewTelemetry(server.TelemetryConfig{Store: "toy", Slow: time.Hour, Log: logger, Tracing: tracing})
	began := time.Now()
	address := start(t, server.Config{Telemetry: telemetry, GraphQL: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		logger.WarnContext(r.Context(), "inside")
		for _, code := range []string{"", "TIMEOUT"} {
			telemetry.Observe(r.Context(), server.Operation{
				Name: "Who", Type: "query", Code: code, Planned: true, Start: began, Planning: time.Millisecond, Waiting: 2 * time.Millisecond,
				Reading: 3 * time.Millisecond, Writing: 4 * time.Millisecond, Total: 11 * time.Millisecond,
				Explain: func() (string, string) { return "the plan", "the statement" },
			})
		}
	})}, "127.0.0.1:0")
	const trace, caller = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	ask(t, "GET", "http://"+address+"/graphql?query=secret", map[string]string{"Traceparent": "00-" + trace + "-" + caller + "-01"})
	ask(t, "GET", "http://"+address+"/healthz", nil) // probes are no traces
	tracing.Stop(t.Context())

	if !strings.Contains(log.String(), "trace="+trace) {
		t.Errorf("the log lacks the trace: %s", &log)
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.resource["service.name"] != "attrigraph" || rec.resource["service.version"] != "v1" {
		t.Errorf("the resource is %v", rec.resource)
	}
	slices.SortStableFunc(rec.spans, func(a, b *tracepb.Span) int { return cmp.Compare(a.StartTimeUnixNano, b.StartTimeUnixNano) })
	byName := map[string][]*tracepb.Span{}
	for _, s := range rec.spans {
		byName[s.Name] = append(byName[s.Name], s)
		if hex.EncodeToString(s.TraceId) != trace {
			t.Errorf("%s is of the trace %x", s.Name, s.TraceId)
		}
		for key, value := range attributes(s) {
			if strings.Contains(value, "secret") {
				t.Errorf("%s has %s = %s", s.Name, key, value)
			}
		}
	}
	if len(rec.spans) != 1+2*5 || len(byName["GET /graphql"]) != 1 || len(byName["query"]) != 2 {
		t.Fatalf("got %d spans: %v", len(rec.spans), byName)
	}
	request := byName["GET /graphql"][0]
	if hex.EncodeToString(request.ParentSpanId) != caller || request.Kind != tracepb.Span_SPAN_KIND_SERVER {
		t.Errorf("the request's span is %v", request)
	}
	failed := 0
	for _, s := range byName["query"] {
		if !bytes.Equal(s.ParentSpanId, request.SpanId) || s.EndTimeUnixNano-s.StartTimeUnixNano != 11e6 {
			t.Errorf("the operation's span is %v", s)
		}
		a := attributes(s)
		if a["graphql.operation.name"] != "Who" || a["graphql.operation.type"] != "query" {
			t.Errorf("the operation's attributes are %v", a)
		}
		if s.Status.GetCode() == tracepb.Status_STATUS_CODE_ERROR && a["error.type"] == "TIMEOUT" {
			failed++
		}
		at := s.StartTimeUnixNano
		for i, stage := range []string{"plan", "wait", "read", "write"} {
			for _, child := range byName[stage] {
				if !bytes.Equal(child.ParentSpanId, s.SpanId) {
					continue
				}
				if child.StartTimeUnixNano != at || child.EndTimeUnixNano-at != uint64(i+1)*1e6 {
					t.Errorf("%s is from %d to %d, the operation from %d", stage, child.StartTimeUnixNano, child.EndTimeUnixNano, s.StartTimeUnixNano)
				}
				at = child.EndTimeUnixNano
				if a := attributes(child); stage == "read" && (a["db.system.name"] != "toy" || a["db.query.text"] != "the statement") {
					t.Errorf("the attributes of reading are %v", a)
				}
			}
		}
		if at != s.StartTimeUnixNano+10e6 {
			t.Errorf("stages are missing below %v", s)
		}
	}
	if failed != 1 {
		t.Errorf("%d operations failed, want 1", failed)
	}
}

// TestNoTracing holds that nothing is traced unless the environment asks for it, and that what cannot be done is said.
func TestNoTracing(t *testing.T) {
	for _, c := range []struct {
		env   map[string]string
		works bool
		err   string
	}{
		{nil, false, ""},
		{map[string]string{"OTEL_SERVICE_NAME": "other"}, false, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}, false, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"}, false, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, "set it to http/protobuf"},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "127.0.0.1:4318"}, false, "OTEL_EXPORTER_OTLP_ENDPOINT is no address"},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://"}, false, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is no address"},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, true, ""},
	} {
		t.Run("", func(t *testing.T) {
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			tracing, err := server.StartTracing(t.Context(), "v1", slog.New(slog.DiscardHandler))
			if (tracing != nil) != c.works || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%v: got %v %v", c.env, tracing, err)
			}
			tracing.Stop(t.Context())
		})
	}
}

// TestCollectorIsGone holds that a collector which does not answer, or takes connections and stays silent, neither fails
// nor holds up requests, and that the log says so once.
func TestCollectorIsGone(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, endpoint := range []string{"http://127.0.0.1:1", "http://" + silent.Addr().String()} {
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
		t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "4")
		t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
		t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
		var log lockedBuffer
		logger := slog.New(slog.NewTextHandler(&log, nil))
		tracing, err := server.StartTracing(t.Context(), "v1", logger)
		if err != nil {
			t.Fatal(err)
		}
		telemetry := server.NewTelemetry(server.TelemetryConfig{Slow: time.Hour, Tracing: tracing})
		address := start(t, server.Config{Telemetry: telemetry}, "127.0.0.1:0")
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		client := &http.Client{}
		for range 100 {
			req, err := http.NewRequestWithContext(ctx, "GET", "http://"+address+"/graphql", nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := client.Do(req)
			if err != nil {
				t.Fatalf("%s: %v", endpoint, err)
			}
			res.Body.Close()
			if res.StatusCode != 200 {
				t.Errorf("%s: got %d", endpoint, res.StatusCode)
			}
		}
		cancel()
		tracing.Stop(t.Context())
		if n := strings.Count(log.String(), "traces cannot be sent"); n != 1 {
			t.Errorf("%s: the log says %d times that traces cannot be sent: %s", endpoint, n, &log)
		}
	}
}

// lockedBuffer is a buffer that several goroutines write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
