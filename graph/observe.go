package graph

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/plan"
)

// Observation is what became of one operation, for metrics, logs and traces. It is complete when it is handed to
// Config.Observe and is not changed any more.
type Observation struct {
	// Name is the operation's name as it is written, empty without one; Type is query, mutation or subscription, empty
	// where the document could not be read. Document is the text as it was sent, or as it was persisted.
	Name, Type, Document string
	// Plan is nil where the operation was refused before it had one, Values are the plan's parameters (see plan.Plan.Bind).
	// They hold what somebody asked for.
	Plan   *plan.Plan
	Values []any
	// PlanCached tells whether the plan was known from an earlier request.
	PlanCached bool
	// Start is when the request had been read.
	Start time.Time
	// Planning is the time for parsing, validating, planning and binding, Waited for a place among the operations that
	// run at once, Reading for the store's answer, Writing for the response's data. Total is all from Start to the
	// answer, without sending it.
	Waited, Planning, Reading, Writing, Total time.Duration
	// Bytes is the size of the response's data; for a subscription that of all events.
	Bytes int
	// Code is the code of the first error, empty without errors. It is Canceled where the client did not wait.
	Code string

	// explained tells that the client wants an Explanation.
	explained bool
}

// observationKey is the key of an operation's Observation among gqlgen's statistics.
const observationKey = "attrigraph.observation"

// observationOf returns the operation's Observation; without one a new one that nobody reads.
func observationOf(op *graphql.OperationContext) *Observation {
	if o, ok := op.Stats.GetExtension(observationKey).(*Observation); ok {
		return o
	}
	return &Observation{}
}

// operations is gqlgen's executor with what operations of every transport have in common: each is observed once,
// whatever becomes of it.
type operations struct {
	*executor.Executor
	schema *ExecutableSchema
}

var _ graphql.GraphExecutor = (*operations)(nil)

// CreateOperationContext implements graphql.GraphExecutor.
func (e *operations) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	if e.schema.Observe == nil && params.Extensions[explainName] == nil {
		return e.Executor.CreateOperationContext(ctx, params)
	}
	o := &Observation{Start: time.Now()}
	op, errs := e.Executor.CreateOperationContext(ctx, params)
	if len(errs) == 0 {
		var err *gqlerror.Error
		if o.explained, err = e.schema.wantsExplanation(params.Extensions); err != nil {
			errs = gqlerror.List{err}
		}
	}
	o.Planning = time.Since(o.Start)
	o.Name, o.Document = op.OperationName, op.RawQuery
	if op.Operation != nil {
		o.Name, o.Type = op.Operation.Name, string(op.Operation.Operation)
	}
	op.Stats.SetExtension(observationKey, o)
	return op, errs
}

// DispatchOperation implements graphql.GraphExecutor.
func (e *operations) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	responses, ctx := e.Executor.DispatchOperation(ctx, op)
	o, observed := observationOf(op), false
	if e.schema.Observe == nil && !o.explained {
		return responses, ctx
	}
	return func(ctx context.Context) *graphql.Response {
		answer := responses(ctx)
		o.add(ctx, answer)
		if o.explained && answer != nil {
			e.schema.explain(o, answer)
		}
		if !observed && (answer == nil || op.Operation.Operation != ast.Subscription) {
			observed = true
			e.observe(ctx, o)
		}
		return answer
	}, ctx
}

// maxErrors is how many errors an answer has at most: a document can hold thousands of the same mistake, and each error
// is longer than the mistake.
const maxErrors = 20

// DispatchError implements graphql.GraphExecutor.
func (e *operations) DispatchError(ctx context.Context, list gqlerror.List) *graphql.Response {
	if len(list) > maxErrors {
		list = list[:maxErrors]
	}
	answer := e.Executor.DispatchError(ctx, list)
	if graphql.HasOperationContext(ctx) {
		o := observationOf(graphql.GetOperationContext(ctx))
		o.add(ctx, answer)
		e.observe(ctx, o)
	}
	return answer
}

func (e *operations) observe(ctx context.Context, o *Observation) {
	o.Total = time.Since(o.Start)
	if e.schema.Observe != nil {
		e.schema.Observe(ctx, o)
	}
}

// add counts an answer. There is none where the context has ended, or after a subscription's last event.
func (o *Observation) add(ctx context.Context, answer *graphql.Response) {
	switch {
	case answer != nil:
		o.Bytes += len(answer.Data)
		if len(answer.Errors) > 0 && o.Code == "" {
			o.Code, _ = answer.Errors[0].Extensions["code"].(string)
		}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		o.Code = Timeout
	case ctx.Err() != nil:
		o.Code = Canceled
	}
}
