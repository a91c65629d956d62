package server

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Telemetry is what whoever runs the program watches: metrics, the log of requests and of slow operations, and traces
// where they were asked for. All methods are safe for concurrent use.
type Telemetry struct {
	log     *slog.Logger
	slow    time.Duration
	store   string
	metrics *metrics
	tracing *Tracing
}

// TelemetryConfig is what NewTelemetry is given.
type TelemetryConfig struct {
	// Version is that of the program, Store the kind of store that it uses, such as "sqlite"; both become labels of a
	// metric, and Store an attribute of spans.
	Version, Store string
	// Log gets a line for each request at the level debug, and for each slow operation at warn; the default logger if nil.
	Log *slog.Logger
	// Slow is how long an operation may take before it is logged; 0 logs each.
	Slow time.Duration
	// Tracing sends spans; none if nil.
	Tracing *Tracing
}

// NewTelemetry makes the metrics. Each Telemetry has its own.
func NewTelemetry(cfg TelemetryConfig) *Telemetry {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Telemetry{log: cfg.Log, slow: cfg.Slow, store: cfg.Store, metrics: newMetrics(cfg), tracing: cfg.Tracing}
}

// Operation is one operation that was answered or refused, however it came here.
type Operation struct {
	// Name is what its author called it, Type is query, mutation or subscription; both may be empty.
	Name, Type string
	// Code is that of its first error, empty without errors.
	Code string
	// Planned tells whether it got as far as a plan, PlanCached whether that was known from an earlier request.
	Planned, PlanCached bool
	// Start is when the request had been read. The stages follow each other: Planning, Waiting for a place among the
	// operations that run at once, Reading from the store, Writing the data. Total is all of it.
	Start                                      time.Time
	Planning, Waiting, Reading, Writing, Total time.Duration
	// Bytes is the size of the data.
	Bytes int
	// Explain returns the plan and the statement without what they were asked for; it is called where they are needed,
	// may be nil, and may return empty texts.
	Explain func() (plan, statement string)
}

// subscription is the type of operations that last as long as their reader stays.
const subscription = "subscription"

// Observe records an operation: in the metrics, in the log if it was slow, and as spans below that of its request.
func (t *Telemetry) Observe(ctx context.Context, o Operation) {
	t.metrics.observe(&o)
	slow := o.Total >= t.slow && o.Type != subscription
	if !slow && t.tracing == nil {
		return
	}
	explain := sync.OnceValues(func() (string, string) {
		if o.Explain == nil {
			return "", ""
		}
		return o.Explain()
	})
	if slow {
		t.logSlow(ctx, &o, explain)
	}
	if t.tracing != nil {
		t.tracing.spans(ctx, t.store, &o, explain)
	}
}

// maxLoggedName is how much of an operation's name is logged: its author can make it as long as a document may be.
const maxLoggedName = 100

// logSlow logs where the time went and what was asked of the store. Values are left out: they hold what somebody asked.
func (t *Telemetry) logSlow(ctx context.Context, o *Operation, explain func() (string, string)) {
	if !t.log.Enabled(ctx, slog.LevelWarn) {
		return
	}
	name := o.Name
	if len(name) > maxLoggedName {
		name = name[:maxLoggedName] + "…" // names are ASCII
	}
	plan, statement := explain()
	t.log.WarnContext(ctx, "slow operation", "name", name, "type", o.Type, "code", codeOf(o), "duration", o.Total,
		"plan_duration", o.Planning, "wait_duration", o.Waiting, "read_duration", o.Reading, "write_duration", o.Writing,
		"bytes", o.Bytes, "plan_cached", o.PlanCached, "plan", plan, "statement", statement)
}

// codeOf is the code of an operation for metrics and logs.
func codeOf(o *Operation) string {
	if o.Code == "" {
		return "OK"
	}
	return o.Code
}
