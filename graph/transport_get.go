package graph

import (
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// GET is the transport of queries in the address: ?query=…&variables={…}&operationName=….
type GET struct{ streams *streams }

// Supports implements graphql.Transport.
func (GET) Supports(r *http.Request) bool { return r.Method == http.MethodGet }

// Do implements graphql.Transport.
func (t GET) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	serve(w, r, exec, t.streams, readAddress, func(op *graphql.OperationContext) *refusal {
		if op.Operation.Operation == ast.Query {
			return nil
		}
		refused := refuse(http.StatusMethodNotAllowed, "GET answers queries only; send a %s with POST", op.Operation.Operation)
		refused.allow = http.MethodPost
		return refused
	})
}

// readAddress reads the parameters of a request from its address.
func readAddress(_ http.ResponseWriter, r *http.Request) (*graphql.RawParams, *refusal) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the address is not encoded as RFC 3986 says; encode each parameter")
	}
	for _, name := range []string{"query", "operationName", "variables", "extensions"} {
		if len(values[name]) > 1 {
			return nil, refuse(http.StatusBadRequest, "the address has %d parameters %s; keep one", len(values[name]), name)
		}
		if !utf8.ValidString(values.Get(name)) {
			return nil, refuse(http.StatusBadRequest, "the parameter %s is not valid UTF-8; encode it as UTF-8", name)
		}
	}
	params := &graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	for _, p := range []struct {
		name string
		into *map[string]any
	}{{"variables", &params.Variables}, {"extensions", &params.Extensions}} {
		text := values.Get(p.name)
		if text == "" {
			continue
		}
		v, refused := parseJSON("the parameter "+p.name, []byte(text))
		if refused != nil {
			return nil, refused
		}
		if *p.into, refused = asObject(p.name, v); refused != nil {
			return nil, refused
		}
	}
	if params.Query == "" && !persisted(params) {
		return nil, refuse(http.StatusBadRequest, "the address has no parameter query; put the operation there, or send it with POST")
	}
	return params, nil
}
