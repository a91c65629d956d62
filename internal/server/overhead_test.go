package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"attrigraph/internal/server"
)

// BenchmarkLayers is what a request costs around the API: checks, telemetry and the decision whether to compress.
func BenchmarkLayers(b *testing.B) {
	telemetry := server.NewTelemetry(server.TelemetryConfig{Slow: time.Hour})
	body := make([]byte, 26<<10)
	h, err := server.New(server.Config{
		Listen: "127.0.0.1:8080", Telemetry: telemetry, Playground: http.NotFoundHandler(),
		Ready: func(context.Context) error { return nil },
		GraphQL: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			telemetry.Observe(r.Context(), server.Operation{
				Type: "query", Planned: true, PlanCached: true, Planning: 1, Waiting: 1, Reading: 1, Writing: 1, Total: 4, Bytes: len(body),
			})
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body)
		}),
	})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8080/graphql", nil)
	w := &sink{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

// sink is a client without a network.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}
