package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"
)

const requestIDHeader = "X-Request-Id"

type requestIDKey struct{}

// identified gives each request an id: the one that a proxy or client chose, if it is short and plain, else a new one.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if !plain(id) {
			id = uuid.NewString()
		}
		w.Header().Set(requestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// plain tells whether an id can go into a header and a log as it is.
func plain(id string) bool {
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return len(id) > 0 && len(id) <= 64
}

// LogHandler adds the id of the request to what is logged in its context, and that of its trace where there is one.
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		r.AddAttrs(slog.String("request", id))
	}
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		r.AddAttrs(slog.String("trace", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(name)}
}

// watched counts each request and logs it at the level debug. The query of the address is left out of the log: it holds
// what somebody asked.
func (t *Telemetry) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &recorder{ResponseWriter: w, streaming: t.metrics.inFlight.Dec}
		t.metrics.inFlight.Inc()
		defer func() {
			took := time.Since(start)
			status := recorder.status
			if status == 0 {
				status = http.StatusOK // what net/http answers for a handler that wrote nothing
			}
			t.metrics.answered(r.Method, r.URL.Path, status, took, recorder.stream)
			if t.log.Enabled(r.Context(), slog.LevelDebug) {
				t.log.DebugContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", status,
					"bytes", recorder.bytes, "duration", took)
			}
		}()
		next.ServeHTTP(recorder, r)
	})
}

// recovering answers where a handler panics.
func recovering(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause) // net/http's own way to end a response
			}
			log.ErrorContext(r.Context(), "panic", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			writeError(w, http.StatusInternalServerError, "INTERNAL", "the server failed; its log has the reason under the id in the header "+requestIDHeader)
		}()
		next.ServeHTTP(w, r)
	})
}
