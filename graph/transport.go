package graph

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/plan"
)

// The transports GET and POST follow the GraphQL over HTTP specification (https://graphql.github.io/graphql-over-http/draft/).
// gqlgen's own echo a broken body and marshal the data once more.

// refusal is why a request is not answered, and how HTTP says so.
type refusal struct {
	status int
	err    *gqlerror.Error
	// allow lists the methods for a 405.
	allow string
}

// refuse makes a refusal with the code BAD_USER_INPUT.
func refuse(status int, format string, args ...any) *refusal {
	err := gqlerror.Errorf(format, args...)
	err.Extensions = map[string]any{"code": plan.BadUserInput}
	return &refusal{status: status, err: err}
}

// write sends the refusal.
func (f *refusal) write(w http.ResponseWriter, m media) {
	if f.allow != "" {
		w.Header().Set("Allow", f.allow)
	}
	writeResponse(w, m, f.status, &graphql.Response{Errors: gqlerror.List{f.err}})
}

// serve negotiates, reads the request's parameters and answers. Without streams there are no answers as events. allowed
// may refuse an operation once it is known.
func serve(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, streams *streams,
	read func(http.ResponseWriter, *http.Request) (*graphql.RawParams, *refusal), allowed func(*graphql.OperationContext) *refusal,
) {
	w.Header().Add("Vary", "Accept")
	m, ok := negotiate(r.Header.Values("Accept"))
	if !ok || m == mediaEvents && streams == nil {
		refuse(http.StatusNotAcceptable, "the answer can be %s, %s or %s; name one of them in Accept", mediaResponse, mediaJSON, mediaEvents).write(w, mediaResponse)
		return
	}
	start := graphql.Now()
	params, refused := read(w, r)
	if refused != nil {
		refused.write(w, m)
		return
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}

	ctx := r.Context()
	op, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) == 0 && allowed != nil {
		if refused := allowed(op); refused != nil {
			// The executor learns of the refusal as of all others.
			exec.DispatchError(graphql.WithOperationContext(ctx, op), gqlerror.List{refused.err})
			refused.write(w, m)
			return
		}
	}
	if m == mediaEvents {
		streams.streamEvents(w, r, exec, op, errs)
		return
	}
	if len(errs) > 0 {
		writeAnswer(w, r, m, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs))
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	answer := responses(ctx)
	if answer == nil {
		// The client has gone, or the server ends and breaks off what is under way.
		refused := refuse(http.StatusServiceUnavailable, "the request was given up before its answer; send it again")
		errcode.Set(refused.err, Unavailable)
		refused.write(w, m)
		return
	}
	writeAnswer(w, r, m, answer)
}

// otherMethods answers what is neither GET nor POST.
type otherMethods struct{}

// Supports implements graphql.Transport.
func (otherMethods) Supports(*http.Request) bool { return true }

// Do implements graphql.Transport.
func (otherMethods) Do(w http.ResponseWriter, r *http.Request, _ graphql.GraphExecutor) {
	const allow = "GET, POST, OPTIONS"
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", allow)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	refused := refuse(http.StatusMethodNotAllowed, "operations are sent with GET or POST; use one of them")
	refused.allow = allow
	refused.write(w, mediaResponse)
}
