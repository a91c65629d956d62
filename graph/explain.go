package graph

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/plan"
	"attrigraph/internal/store"
)

// Forbidden is the code of what this server does not do for whoever asks.
const Forbidden = "FORBIDDEN"

// explainName is the member of a request's extensions that asks for an explanation, and of the response's that holds it.
const explainName = "explain"

// Explanation is what the response's extensions say about an operation whose request's extensions have `explain: true`.
type Explanation struct {
	// Plan is the plan's text, empty where the operation was refused before it had one.
	Plan string `json:"plan"`
	// Statement is what the store ran, null where nothing was read from it.
	Statement *store.Statement `json:"statement"`
	Timings   ExplainedTimings `json:"timings"`
	// Cached tells whether the plan was known from an earlier request.
	Cached bool `json:"cached"`
}

// ExplainedTimings are the stages of an Observation, in milliseconds.
type ExplainedTimings struct {
	Planning float64 `json:"planning"`
	Waited   float64 `json:"waited"`
	Reading  float64 `json:"reading"`
	Writing  float64 `json:"writing"`
	Total    float64 `json:"total"`
}

// wantsExplanation reads the member explain of a request's extensions; where explanations are off, asking is an error.
func (s *ExecutableSchema) wantsExplanation(extensions map[string]any) (bool, *gqlerror.Error) {
	var err *gqlerror.Error
	switch extensions[explainName] {
	case nil, false:
		return false, nil
	case true:
		if s.Explain {
			return true, nil
		}
		err = gqlerror.Errorf("explanations are off on this server; leave out extensions.explain, or start the server with --explain")
		errcode.Set(err, Forbidden)
	default:
		err = gqlerror.Errorf("extensions.explain must be true or false")
		errcode.Set(err, plan.BadUserInput)
	}
	return false, err
}

// explain adds the explanation to an answer.
func (s *ExecutableSchema) explain(o *Observation, answer *graphql.Response) {
	e := Explanation{Cached: o.PlanCached, Timings: ExplainedTimings{
		Planning: milliseconds(o.Planning), Waited: milliseconds(o.Waited), Reading: milliseconds(o.Reading),
		Writing: milliseconds(o.Writing), Total: milliseconds(time.Since(o.Start)),
	}}
	if o.Plan != nil {
		e.Plan = o.Plan.String()
	}
	// Without values the operation was refused before there was a statement.
	if o.Plan != nil && len(o.Plan.Roots) > 0 && o.Values != nil {
		// A statement that cannot be made has failed the operation, whose errors say so.
		if st, err := s.Store.Explain(o.Plan, o.Values); err == nil {
			e.Statement = &st
		}
	}
	if answer.Extensions == nil {
		answer.Extensions = map[string]any{}
	}
	answer.Extensions[explainName] = e
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
