package graph

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/plan"
	"attrigraph/internal/response"
)

// MaxTokens is how many tokens a document may have, as docs/ describes it.
const MaxTokens = 5000

// Handler answers operations of an executable schema: over HTTP as the GraphQL over HTTP specification says, and for
// callers in the same process. Both share one executor and so one cache of documents, one set of limits and one
// presentation of errors.
type Handler struct {
	schema     *ExecutableSchema
	executor   *operations
	transports []graphql.Transport
	streams    *streams
}

var _ http.Handler = (*Handler)(nil)

// HandlerOption changes what NewHandler makes.
type HandlerOption func(*Handler)

// NewHandler returns the handler of /graphql.
func NewHandler(es *ExecutableSchema, options ...HandlerOption) *Handler {
	h := &Handler{schema: es, executor: &operations{executor.New(es), es}, streams: newStreams()}
	for _, o := range options {
		o(h)
	}
	h.transports = []graphql.Transport{websocketTransport{h.streams}, POST{h.streams}, GET{h.streams}, otherMethods{}}
	documents := documentCache{newByteCache[string, *ast.QueryDocument](maxDocumentBytes)}
	h.executor.SetQueryCache(documents)
	h.executor.SetParserTokenLimit(MaxTokens)
	h.executor.SetErrorPresenter(h.present)
	h.executor.SetRecoverFunc(h.recovered)
	h.executor.Use(extension.Introspection{})
	h.executor.Use(extension.AutomaticPersistedQuery{Cache: persistedCache{newByteCache[string, string](maxPersistedBytes)}})
	h.executor.Use(repetition{documents}) // after the text of a persisted query is known
	h.executor.Use(variableObjects{})
	return h
}

// ServeHTTP answers with the first transport that supports the request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, sent := withSending(graphql.StartOperationTrace(r.Context()), h.schema.sending)
	defer sent()
	r = r.WithContext(ctx)
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause == http.ErrAbortHandler {
			panic(cause) // net/http's own way to end a response
		}
		err := h.present(ctx, h.recovered(ctx, cause))
		writeResponse(w, mediaResponse, http.StatusInternalServerError, &graphql.Response{Errors: gqlerror.List{err}})
	}()
	for _, t := range h.transports {
		if t.Supports(r) {
			t.Do(w, r, h.executor)
			return
		}
	}
}

// Do answers one operation without HTTP. Variables are as encoding/json decodes them with UseNumber. The answer is nil
// only where ctx has ended.
func (h *Handler) Do(ctx context.Context, query, operationName string, variables map[string]any) *graphql.Response {
	op, errs := h.Prepare(ctx, query, operationName, variables)
	if len(errs) > 0 {
		return &graphql.Response{Errors: errs}
	}
	ctx = graphql.StartOperationTrace(ctx)
	responses, ctx := h.executor.DispatchOperation(ctx, op)
	return responses(ctx)
}

// Prepare parses and validates an operation and coerces its variables, without running it. The errors are as clients see
// them.
func (h *Handler) Prepare(ctx context.Context, query, operationName string, variables map[string]any) (*graphql.OperationContext, gqlerror.List) {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := h.executor.CreateOperationContext(ctx, &graphql.RawParams{Query: query, OperationName: operationName, Variables: variables})
	if len(errs) > 0 {
		return nil, h.executor.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors
	}
	return op, nil
}

// Plan returns the plan of an operation and the values of its parameters, without running it. The errors are as clients
// see them.
func (h *Handler) Plan(ctx context.Context, query, operationName string, variables map[string]any) (*plan.Plan, []any, gqlerror.List) {
	op, errs := h.Prepare(ctx, query, operationName, variables)
	if len(errs) > 0 {
		return nil, nil, errs
	}
	p, err := h.schema.Plan(op.Doc, op.Operation, op.Variables)
	var values []any
	if err == nil {
		values, err = p.Bind(op.Variables)
	}
	if err != nil {
		return nil, nil, gqlerror.List{h.schema.presented(ctx, err)}
	}
	return p, values, nil
}

// present is the executable schema's presentation, with what gqlgen says in too few words.
func (h *Handler) present(ctx context.Context, err error) *gqlerror.Error {
	out := h.schema.presented(ctx, err)
	code, _ := out.Extensions["code"].(string)
	switch {
	case code == errcode.ParseFailed && strings.HasPrefix(out.Message, "exceeded token limit"):
		out.Message = fmt.Sprintf("the document has more than %d tokens; split it into several", MaxTokens)
		errcode.Set(out, plan.LimitExceeded)
	case code == errcode.ValidationFailed && out.Message == "operation  not found":
		out.Message = "the document has several operations; name one of them in operationName"
	case code == errcode.ValidationFailed && out.Message == "no operation provided":
		out.Message = "the document has no operation; send one, such as { __typename }"
	}
	return out
}

// recovered turns a panic into an error that present hides from the client; the log gets the stack.
func (h *Handler) recovered(ctx context.Context, cause any) error {
	h.schema.Log.ErrorContext(ctx, "panic", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
	err := gqlerror.Errorf("panic: %v", cause)
	errcode.Set(err, response.Internal)
	return err
}
