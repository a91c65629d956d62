package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"attrigraph/internal/plan"
)

// maxRepetitions is how many pairs of fields a document may have that stand for one field of the answer. Validation
// compares the fields of each pair: 5,000 tokens that repeat one field took it two seconds, this number of pairs takes it
// less than a tenth of one. 900 fields at the root are 404,550 pairs.
const maxRepetitions = 450_000

// spreadPair is how many pairs of fields a pair of fragments counts for. Validation compares those of different names that
// are spread, also where there are no such fragments, and remembers each pair: 5,000 tokens that spread 2,400 took it two
// seconds and hundreds of megabytes.
const spreadPair = 4

// minRepetitiveText is the length in bytes of the shortest document that can have more pairs: 950 fields of two bytes.
const minRepetitiveText = 1_900

// repetition refuses documents that repeat fields too often, before they are validated. It is an extension of gqlgen's
// executor, which has no place between parsing and validation; so such a text is parsed twice when it is new.
type repetition struct {
	documents documentCache
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = repetition{}

// ExtensionName implements graphql.HandlerExtension.
func (repetition) ExtensionName() string { return "Repetition" }

// Validate implements graphql.HandlerExtension.
func (repetition) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters implements graphql.OperationParameterMutator; it changes nothing.
func (r repetition) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	if len(params.Query) < minRepetitiveText {
		return nil
	}
	if _, valid := r.documents.get(params.Query); valid {
		return nil
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: params.Query}, MaxTokens)
	if err != nil {
		return nil // which is for the executor to say
	}
	var root mention
	pairs, spread := 0, map[string]bool{}
	for _, op := range doc.Operations {
		pairs += root.count(op.SelectionSet, spread)
	}
	// Where fragments are spread is not looked at: as if all were spread at the root.
	for _, f := range doc.Fragments {
		pairs += root.count(f.SelectionSet, spread)
	}
	pairs += spreadPair * len(spread) * (len(spread) - 1) / 2
	if pairs <= maxRepetitions {
		return nil
	}
	out := gqlerror.Errorf("the document repeats fields too often, or spreads too many fragments; write each field of the answer once")
	errcode.Set(out, plan.LimitExceeded)
	return out
}

// mention is a field of the answer and how often a document mentions it.
type mention struct {
	times int
	below map[string]*mention
}

// count adds a selection and returns the number of pairs that its fields make with those mentioned before. The names of
// the fragments that it spreads are added to spread.
func (m *mention) count(set ast.SelectionSet, spread map[string]bool) int {
	pairs := 0
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			f := m.below[s.Alias]
			if f == nil {
				if m.below == nil {
					m.below = map[string]*mention{}
				}
				f = &mention{}
				m.below[s.Alias] = f
			}
			pairs += f.times + f.count(s.SelectionSet, spread)
			f.times++
		case *ast.InlineFragment:
			pairs += m.count(s.SelectionSet, spread)
		case *ast.FragmentSpread:
			spread[s.Name] = true
		}
	}
	return pairs
}
