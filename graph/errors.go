package graph

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/plan"
	"attrigraph/internal/response"
	"attrigraph/internal/store"
)

// Codes of errors in `extensions.code` beside those of the packages plan and response.
const (
	Conflict    = "CONFLICT"
	Timeout     = "TIMEOUT"
	Unavailable = "UNAVAILABLE"
	// Canceled is the code of operations that the client gave up. No client sees it.
	Canceled = "CANCELED"
	// persistedQueryNotFound is the code with which gqlgen asks for the text of an operation that came as a hash.
	persistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND"
)

// storeCodes maps what a store reports to codes, most specific first.
var storeCodes = []struct {
	err  error
	code string
}{
	{store.ErrTimeout, Timeout},
	{store.ErrTooLarge, plan.LimitExceeded},
	{store.ErrConflict, Conflict},
	{store.ErrUnavailable, Unavailable},
	{store.ErrDenied, Unavailable},
	{store.ErrReadOnly, Unavailable},
	{store.ErrFull, Unavailable},
	{store.ErrNewer, Unavailable},
	{store.ErrOutdated, Unavailable},
}

// presented turns any error into the one that the client sees. What is nobody's business but ours gets an id that the
// log has.
func (s *ExecutableSchema) presented(ctx context.Context, err error) *gqlerror.Error {
	var g *gqlerror.Error
	if errors.As(err, &g) {
		s.present(ctx, g)
		return g
	}
	if errors.Is(err, context.Canceled) {
		// Nobody waits for the answer any more, and nothing is wrong with the server.
		out := gqlerror.Errorf("the request was given up before its answer")
		errcode.Set(out, Canceled)
		return out
	}
	for _, c := range storeCodes {
		if errors.Is(err, c.err) {
			s.Log.WarnContext(ctx, "the store failed", "code", c.code, "error", detailed(err))
			out := gqlerror.Errorf("%s", c.err)
			errcode.Set(out, c.code)
			return out
		}
	}
	out := gqlerror.Errorf("%s", detailed(err))
	errcode.Set(out, response.Internal)
	s.present(ctx, out)
	return out
}

// present completes an error for the client: codes that are missing, internal ones replaced by an id.
func (s *ExecutableSchema) present(ctx context.Context, err *gqlerror.Error) {
	code, _ := err.Extensions["code"].(string)
	switch {
	case code == "":
		errcode.Set(err, plan.BadUserInput)
	case code == errcode.ValidationFailed && inVariables(err):
		errcode.Set(err, plan.BadUserInput)
	case code == response.Internal && err.Extensions["id"] == nil:
		id := uuid.NewString()
		s.Log.ErrorContext(ctx, "internal error", "id", id, "error", err.Message, "path", err.Path.String())
		err.Message = "the server failed; its log has the reason under the id in extensions.id"
		err.Extensions["id"] = id
	}
}

// inVariables tells whether gqlparser's error is about the value of a variable; its path then leads into the variables,
// which is no response path, and becomes part of the message.
func inVariables(err *gqlerror.Error) bool {
	if len(err.Path) == 0 || err.Path[0] != ast.PathName("variable") {
		return false
	}
	if strings.HasPrefix(err.Message, "cannot use value") && strings.HasSuffix(err.Message, " as Int") {
		// gqlparser prints what is left of the number after it did not fit, not the number.
		err.Message = "is no whole number of 32 bits"
	}
	err.Message = fmt.Sprintf("$%s: %s", err.Path[1:].String(), err.Message)
	err.Path = nil
	return true
}

// detailed is an error's text for the log, with a store's own words.
func detailed(err error) string {
	text := err.Error()
	var f *store.Failure
	if !errors.As(err, &f) {
		return text
	}
	// A failure that was found to be one of another kind holds the first one.
	for f.Detail != nil {
		inner, nested := f.Detail.(*store.Failure)
		if !nested {
			return text + ": " + f.Detail.Error()
		}
		f = inner
	}
	return text
}
