// Package graph is the GraphQL layer: an executable schema that answers an operation with one statement of a store,
// the transports that carry it, and the errors that clients see.
package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/response"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
)

// Config is what an executable schema is made of.
type Config struct {
	Schema  *ast.Schema
	Catalog *catalog.Catalog
	Store   store.Store
	// Rules compute the fields that the model declares with @computed.
	Rules map[string]response.Rule
	// Limits default to plan.DefaultLimits.
	Limits plan.Limits
	// Timeout bounds an operation, 5 s by default; MaxResponse bounds its data in bytes, 16 MB by default.
	Timeout     time.Duration
	MaxResponse int
	// MaxOperations is how many operations may read the store at once, 24 by default: fewer than the connections that the
	// driver of Neo4j keeps, so that none waits there. MaxWaiting is how many more may wait for their turn within their
	// Timeout, 96 by default; further ones are refused with the code UNAVAILABLE.
	MaxOperations, MaxWaiting int
	// MaxSending bounds the data in bytes of all large answers that are on their way to clients over HTTP, 256 MB by
	// default; it is at least MaxResponse. What has no room is refused with the code UNAVAILABLE.
	MaxSending int
	// Explain lets every client ask for the plan and the statement of its operation (see Explanation).
	Explain bool
	// Observe, if not nil, is called once for each operation, also for those that were refused, after its answer was made
	// and before it is sent. It must not keep the caller waiting.
	Observe func(ctx context.Context, o *Observation)
	// Log gets what clients must not see; the default logger if nil.
	Log *slog.Logger
}

// The defaults of Config, as docs/ describes them.
const (
	DefaultTimeout     = 5 * time.Second
	DefaultMaxResponse = 16 << 20
	DefaultMaxSending  = 256 << 20

	DefaultMaxOperations = 24
	DefaultMaxWaiting    = 4 * DefaultMaxOperations
)

// ExecutableSchema answers operations without an executor of generated resolvers: an operation is planned, becomes one
// statement, and its row is written straight into the response. It implements gqlgen's interface of the same name, so
// that gqlgen's transports and extensions work with it.
type ExecutableSchema struct {
	Config
	planner   *plan.Planner
	plans     *byteCache[planKey, *plan.Plan]
	admission *admission
	// sending is the room for answers on their way.
	sending *semaphore.Weighted
}

// planKey names a plan: parsed documents are cached by text, so the operation's address stands for text and name.
type planKey struct {
	operation *ast.OperationDefinition
	shape     string
}

var _ graphql.ExecutableSchema = (*ExecutableSchema)(nil)

// NewExecutableSchema makes the executable schema. It fails if schema and catalog do not belong together.
func NewExecutableSchema(cfg Config) (*ExecutableSchema, error) {
	if cfg.Limits == (plan.Limits{}) {
		cfg.Limits = plan.DefaultLimits
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.MaxResponse == 0 {
		cfg.MaxResponse = DefaultMaxResponse
	}
	if cfg.MaxSending == 0 {
		cfg.MaxSending = DefaultMaxSending
	}
	cfg.MaxSending = max(cfg.MaxSending, cfg.MaxResponse)
	if cfg.MaxOperations == 0 {
		cfg.MaxOperations = DefaultMaxOperations
	}
	if cfg.MaxWaiting == 0 {
		cfg.MaxWaiting = DefaultMaxWaiting
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	planner, err := plan.NewPlanner(cfg.Schema, cfg.Catalog, cfg.Limits)
	if err != nil {
		return nil, err
	}
	for _, t := range cfg.Catalog.Types {
		for _, f := range t.Fields {
			if f.Computed != nil && cfg.Rules[f.Computed.By] == nil {
				return nil, fmt.Errorf("the field %s is computed by the rule %q, which there is not", f, f.Computed.By)
			}
		}
	}
	return &ExecutableSchema{
		Config: cfg, planner: planner, plans: newByteCache[planKey, *plan.Plan](maxPlanBytes),
		admission: newAdmission(cfg.MaxOperations, cfg.MaxWaiting), sending: semaphore.NewWeighted(int64(cfg.MaxSending)),
	}, nil
}

// Schema returns the API's schema.
func (s *ExecutableSchema) Schema() *ast.Schema { return s.Config.Schema }

// Complexity is not used: cost is bounded by plan.Limits, in time linear in the document.
func (s *ExecutableSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// Exec answers the operation of the context.
func (s *ExecutableSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	return graphql.OneShot(s.respond(ctx, op))
}

func (s *ExecutableSchema) respond(ctx context.Context, op *graphql.OperationContext) (out *graphql.Response) {
	defer func() {
		if r := recover(); r != nil {
			err := s.presented(ctx, fmt.Errorf("panic: %v", r))
			out = &graphql.Response{Errors: gqlerror.List{err}}
		}
	}()
	o := observationOf(op)
	start := time.Now()
	p, cached, err := s.plan(op.Doc, op.Operation, op.Variables)
	var values []any
	if err == nil {
		o.Plan, o.PlanCached = p, cached
		values, err = p.Bind(op.Variables)
	}
	o.Planning += time.Since(start)
	if err != nil {
		return &graphql.Response{Errors: gqlerror.List{s.presented(ctx, err)}}
	}
	o.Values = values
	data, errs, err := s.answer(ctx, p, values, op, o)
	if err != nil {
		return &graphql.Response{Errors: gqlerror.List{s.presented(ctx, err)}, Data: []byte("null")}
	}
	for _, e := range errs {
		s.present(ctx, e)
	}
	return &graphql.Response{Data: data, Errors: errs}
}

// Plan returns the plan of a validated operation for the shape of the variables.
func (s *ExecutableSchema) Plan(doc *ast.QueryDocument, op *ast.OperationDefinition, vars map[string]any) (*plan.Plan, error) {
	p, _, err := s.plan(doc, op, vars)
	return p, err
}

// plan also tells whether the plan was known.
func (s *ExecutableSchema) plan(doc *ast.QueryDocument, op *ast.OperationDefinition, vars map[string]any) (p *plan.Plan, cached bool, err error) {
	if op.Operation != ast.Query {
		return nil, false, gqlerror.Errorf("this server answers queries only, not a %s", op.Operation)
	}
	key := planKey{op, plan.Shape(s.Config.Schema, op, vars)}
	if p, ok := s.plans.get(key); ok {
		return p, true, nil
	}
	p, err = s.planner.Plan(op, doc.Fragments, vars)
	if err != nil {
		return nil, false, err
	}
	if len(key.shape) <= maxCachedText && (op.Position == nil || len(op.Position.Src.Input) <= maxCachedText) {
		// The plan of a document that is not cached would never be found again.
		s.plans.add(key, p, len(key.shape)+planBytes(p, doc))
	}
	return p, false, nil
}

// answer runs the plan's statement, if it needs one, and writes the data.
func (s *ExecutableSchema) answer(ctx context.Context, p *plan.Plan, values []any, op *graphql.OperationContext, o *Observation) ([]byte, gqlerror.List, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	src := response.Source{Plan: p, Values: values, Rules: s.Rules, MaxBytes: s.MaxResponse}
	if !op.DisableIntrospection {
		budget := introspectionBudget{most: min(maxIntrospection, s.MaxResponse)}
		src.Introspect = func(f plan.Introspection) ([]byte, error) { return introspect(ctx, s.Config.Schema, f, op, &budget) }
	}
	start := time.Now()
	if len(p.Roots) == 0 {
		data, errs := response.Append(nil, src, rows.Value{})
		o.Writing = time.Since(start)
		return data, errs, hold(ctx, len(data))
	}
	err := s.admission.enter(ctx)
	o.Waited = time.Since(start)
	if err != nil {
		return nil, nil, err
	}
	defer s.admission.leave()
	start = time.Now()
	var data []byte
	var errs gqlerror.List
	err = s.Store.Read(ctx, p, values, func(row rows.Value) error {
		read := time.Now()
		data, errs = response.Append(p.Room(), src, row)
		p.Answered(len(data))
		o.Writing = time.Since(read)
		return nil
	})
	o.Reading = time.Since(start) - o.Writing
	switch {
	case err == nil:
		err = hold(ctx, len(data))
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = store.Fail(store.ErrTimeout, err)
	case ctx.Err() != nil:
		err = ctx.Err() // the client has gone, whatever the store calls that
	}
	return data, errs, err
}
