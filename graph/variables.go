package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/plan"
)

// maxVariableObjects is how many JSON objects the variables of an operation may hold. Each stands for a condition of a
// filter or a key of an order, of which an operation may have some hundreds, but validation looks for each field of its
// type in it: a megabyte of empty ones took more than a second and a gigabyte of memory.
const maxVariableObjects = 10_000

// variableObjects refuses variables with too many objects before they are validated. It is an extension of gqlgen's
// executor.
type variableObjects struct{}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = variableObjects{}

// ExtensionName implements graphql.HandlerExtension.
func (variableObjects) ExtensionName() string { return "VariableObjects" }

// Validate implements graphql.HandlerExtension.
func (variableObjects) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters implements graphql.OperationParameterMutator; it changes nothing.
func (variableObjects) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	if objects(params.Variables) <= maxVariableObjects {
		return nil
	}
	err := gqlerror.Errorf("the variables hold more than %d objects; ask for less at once", maxVariableObjects)
	errcode.Set(err, plan.LimitExceeded)
	return err
}

// objects counts the objects in a decoded JSON value, itself not included.
func objects(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			n += objects(e) + object(e)
		}
	case []any:
		for _, e := range v {
			n += objects(e) + object(e)
		}
	}
	return n
}

func object(v any) int {
	if _, ok := v.(map[string]any); ok {
		return 1
	}
	return 0
}
