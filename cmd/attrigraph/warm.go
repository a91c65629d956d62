package main

import (
	"context"
	"encoding/json"
	"strings"

	"attrigraph/graph"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// warmer is a store for which a statement costs more when it is new.
type warmer interface {
	// Warm prepares statements for their first use; it ends early with ctx.
	Warm(ctx context.Context, statements []store.Statement) error
}

// warm prepares the store for the examples that come with the program, in the background: people begin with them. The
// returned function ends that and waits for it.
func (p *program) warm(s store.Store, api *graph.Handler) (stop func()) {
	w, ok := s.(warmer)
	if !ok {
		return func() {}
	}
	ctx, cancel := context.WithCancel(p.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.Warm(ctx, exampleStatements(ctx, s, api)); err != nil && ctx.Err() == nil {
			p.log.DebugContext(ctx, "statements of the examples were not prepared", "error", err)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// exampleStatements are those that the store would run for the examples. Tests ask every example, so one that cannot be
// planned is only left out.
func exampleStatements(ctx context.Context, s store.Store, api *graph.Handler) []store.Statement {
	examples, err := schema.Examples()
	if err != nil {
		return nil
	}
	var statements []store.Statement
	for _, e := range examples {
		var variables map[string]any
		if e.Variables != "" {
			dec := json.NewDecoder(strings.NewReader(e.Variables))
			dec.UseNumber()
			if dec.Decode(&variables) != nil {
				continue
			}
		}
		plan, values, errs := api.Plan(ctx, e.Query, "", variables)
		if len(errs) > 0 || len(plan.Roots) == 0 {
			continue
		}
		if st, err := s.Explain(plan, values); err == nil {
			statements = append(statements, st)
		}
	}
	return statements
}
