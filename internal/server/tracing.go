package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

const (
	// serviceName is how traces name this program, unless OTEL_SERVICE_NAME does.
	serviceName = "attrigraph"
	// tracerName says which part of the program made a span.
	tracerName = "attrigraph/internal/server"
	// flushTimeout bounds the sending of the last spans when the program ends.
	flushTimeout = 3 * time.Second
	// complainEvery is how often it is logged that spans cannot be sent.
	complainEvery = time.Minute
)

// Tracing sends spans to a collector in the background: one that is slow or gone costs spans, never an answer.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// StartTracing starts sending spans by OTLP over HTTP if the standard environment variables ask for it, and returns nil
// if they do not: OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be set. The other variables of
// the OpenTelemetry specification hold too. The error says which variable is wrong.
func StartTracing(ctx context.Context, version string, log *slog.Logger) (*Tracing, error) {
	asked := false
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		endpoint := os.Getenv(name)
		if endpoint == "" {
			continue
		}
		asked = true
		// The SDK would log this and send spans to a collector on this machine. The text may hold a password.
		if u, err := url.Parse(endpoint); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, fmt.Errorf("%s is no address: write that of the collector, such as http://127.0.0.1:4318", name)
		}
	}
	if !asked {
		return nil, nil
	}
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return nil, nil
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if protocol := os.Getenv(name); protocol != "" && protocol != "http/protobuf" {
			return nil, fmt.Errorf("%s is %q, which this program does not speak: set it to http/protobuf, and the endpoint to the collector's port for it, usually 4318", name, protocol)
		}
	}
	// What the SDK has to say goes to the log; it keeps one place for that in the process.
	otel.SetErrorHandler(&complaints{log: log})
	otel.SetLogger(logr.FromSlogHandler(log.Handler()))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("traces cannot be sent: check the variables OTEL_EXPORTER_OTLP_*: %w", err)
	}
	described, err := resource.New(ctx,
		resource.WithTelemetrySDK(),
		resource.WithAttributes(semconv.ServiceName(serviceName), semconv.ServiceVersion(version)),
		resource.WithFromEnv(), // last, so that it counts
	)
	if err != nil {
		_ = exporter.Shutdown(ctx)
		return nil, fmt.Errorf("traces cannot be described: check the variable OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(described))
	return &Tracing{provider: provider, tracer: provider.Tracer(tracerName)}, nil
}

// Stop sends what is left, for at most three seconds. A nil Tracing has nothing to do.
func (t *Tracing) Stop(ctx context.Context) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		otel.Handle(err)
	}
}

// handler makes a span of each request for the API, below that of the caller if it names one (W3C Trace Context). The
// query of the address is no attribute: it holds what somebody asked.
func (t *Tracing) handler(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return otelhttp.NewHandler(next, "",
		otelhttp.WithTracerProvider(t.provider),
		otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithFilter(func(r *http.Request) bool { return r.URL.Path == GraphQLPath }),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return knownMethod(r.Method) + " " + GraphQLPath }),
	)
}

// spans makes the spans of an operation that has ended: its own, and one for each stage.
func (t *Tracing) spans(ctx context.Context, store string, o *Operation, explain func() (plan, statement string)) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return // its request is not sampled
	}
	name := o.Type
	if name == "" {
		name = "operation"
	}
	attributes := []attribute.KeyValue{attribute.Bool("attrigraph.plan.cached", o.PlanCached)}
	if o.Type != "" {
		attributes = append(attributes, semconv.GraphQLOperationTypeKey.String(o.Type))
	}
	if o.Name != "" {
		attributes = append(attributes, semconv.GraphQLOperationName(o.Name))
	}
	if o.Code != "" {
		attributes = append(attributes, semconv.ErrorTypeKey.String(o.Code))
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithTimestamp(o.Start), trace.WithAttributes(attributes...))
	if serversFault(o.Code) {
		span.SetStatus(codes.Error, o.Code)
	}
	at := o.Start
	for _, s := range o.stages() {
		options := []trace.SpanStartOption{trace.WithTimestamp(at)}
		if s.name == readStage {
			_, statement := explain()
			options = append(options, trace.WithSpanKind(trace.SpanKindClient),
				trace.WithAttributes(semconv.DBSystemNameKey.String(store), semconv.DBQueryText(statement)))
		}
		_, child := t.tracer.Start(ctx, s.name, options...)
		at = at.Add(s.took)
		child.End(trace.WithTimestamp(at))
	}
	span.End(trace.WithTimestamp(o.Start.Add(o.Total)))
}

// serversFault tells whether an operation failed for no reason of its own.
func serversFault(code string) bool {
	switch code {
	case "INTERNAL", "UNAVAILABLE", "TIMEOUT":
		return true
	}
	return false
}

// complaints logs what the SDK reports, but not for each batch of spans.
type complaints struct {
	log  *slog.Logger
	mu   sync.Mutex
	last time.Time
}

// Handle implements otel.ErrorHandler.
func (c *complaints) Handle(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.last.IsZero() && time.Since(c.last) < complainEvery {
		return
	}
	c.last = time.Now()
	c.log.Warn("traces cannot be sent", "error", err)
}
