package main

import (
	"context"

	"attrigraph/graph"
	"attrigraph/internal/server"
	"attrigraph/internal/store"
)

// storeKind names the kind of store for metrics and traces, as OpenTelemetry names databases.
func (p *program) storeKind() string {
	if _, embedded := p.sqlitePath(); embedded {
		return "sqlite"
	}
	return "neo4j"
}

// observe hands what the GraphQL layer saw of an operation to the server's telemetry, which knows no plans and stores.
func observe(t *server.Telemetry, s store.Store) func(context.Context, *graph.Observation) {
	return func(ctx context.Context, o *graph.Observation) {
		t.Observe(ctx, server.Operation{
			Name: o.Name, Type: o.Type, Code: o.Code, Planned: o.Plan != nil, PlanCached: o.PlanCached, Start: o.Start,
			Planning: o.Planning, Waiting: o.Waited, Reading: o.Reading, Writing: o.Writing, Total: o.Total, Bytes: o.Bytes,
			Explain: func() (plan, statement string) { return explained(o, s) },
		})
	}
}

// explained returns the plan and the statement of an operation, as far as it got. Neither holds values.
func explained(o *graph.Observation, s store.Store) (plan, statement string) {
	if o.Plan == nil {
		return "", ""
	}
	plan = o.Plan.String()
	if len(o.Plan.Roots) == 0 || o.Values == nil {
		return plan, ""
	}
	// A statement that cannot be made has failed the operation, whose code says so.
	if st, err := s.Explain(o.Plan, o.Values); err == nil {
		statement = st.Text
	}
	return plan, statement
}

// load says how busy the API is.
func load(h *graph.Handler) func() server.Load {
	return func() server.Load {
		l := h.Load()
		websockets, events := h.Streams()
		return server.Load{Running: l.Running, Waiting: l.Waiting, Shed: l.Shed, Websockets: websockets, Events: events}
	}
}
