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
	"github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

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
	// Log gets what clients must not see; the default logger if nil.
	Log *slog.Logger
}

// The defaults of Config, as docs/ describes them.
const (
	DefaultTimeout     = 5 * time.Second
	DefaultMaxResponse = 16 << 20
	// planCacheSize is the number of plans that are kept.
	planCacheSize = 1000
)

// ExecutableSchema answers operations without an executor of generated resolvers: an operation is planned, becomes one
// statement, and its row is written straight into the response. It implements gqlgen's interface of the same name, so
// that gqlgen's transports and extensions work with it.
type ExecutableSchema struct {
	Config
	planner *plan.Planner
	plans   *lru.Cache[planKey, *plan.Plan]
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
	plans, err := lru.New[planKey, *plan.Plan](planCacheSize)
	if err != nil {
		return nil, err
	}
	return &ExecutableSchema{Config: cfg, planner: planner, plans: plans}, nil
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
	p, err := s.Plan(op.Doc, op.Operation, op.Variables)
	var values []any
	if err == nil {
		values, err = p.Bind(op.Variables)
	}
	if err != nil {
		return &graphql.Response{Errors: gqlerror.List{s.presented(ctx, err)}}
	}
	data, errs, err := s.answer(ctx, p, values, op)
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
	if op.Operation != ast.Query {
		return nil, gqlerror.Errorf("this server answers queries only, not a %s", op.Operation)
	}
	key := planKey{op, plan.Shape(s.Config.Schema, op, vars)}
	if p, ok := s.plans.Get(key); ok {
		return p, nil
	}
	p, err := s.planner.Plan(op, doc.Fragments, vars)
	if err != nil {
		return nil, err
	}
	if op.Position == nil || len(op.Position.Src.Input) <= maxCachedText {
		// The plan of a document that is not cached would never be found again.
		s.plans.Add(key, p)
	}
	return p, nil
}

// answer runs the plan's statement, if it needs one, and writes the data.
func (s *ExecutableSchema) answer(ctx context.Context, p *plan.Plan, values []any, op *graphql.OperationContext) ([]byte, gqlerror.List, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	src := response.Source{Plan: p, Values: values, Rules: s.Rules, MaxBytes: s.MaxResponse}
	if !op.DisableIntrospection {
		src.Introspect = func(f plan.Introspection) ([]byte, error) { return introspect(s.Config.Schema, f, op, s.MaxResponse) }
	}
	if len(p.Roots) == 0 {
		data, errs := response.Append(nil, src, rows.Value{})
		return data, errs, nil
	}
	var data []byte
	var errs gqlerror.List
	err := s.Store.Read(ctx, p, values, func(row rows.Value) error {
		data, errs = response.Append(make([]byte, 0, 4096), src, row)
		return nil
	})
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = store.Fail(store.ErrTimeout, err)
	}
	return data, errs, err
}
