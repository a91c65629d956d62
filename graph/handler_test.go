package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/rules"
	"attrigraph/internal/servertest"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// bundledStore returns a SQLite file with the bundled cases.
func bundledStore(t *testing.T) store.Store {
	t.Helper()
	return servertest.Bundled(t)
}

func newHandler(t *testing.T, s store.Store, log *strings.Builder) *graph.Handler {
	t.Helper()
	return handlerWith(t, s, func(c *graph.Config) {
		if log != nil {
			c.Log = slog.New(slog.NewTextHandler(log, nil))
		}
	})
}

// handlerWith is the handler of a configuration that the test changes.
func handlerWith(t *testing.T, s store.Store, change func(*graph.Config), options ...graph.HandlerOption) *graph.Handler {
	t.Helper()
	model, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	api, err := schema.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	cfg := graph.Config{Schema: api, Catalog: model, Store: s, Rules: rules.All(), Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&cfg)
	}
	es, err := graph.NewExecutableSchema(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return graph.NewHandler(es, options...)
}

func newServer(t *testing.T, s store.Store) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(newHandler(t, s, nil))
	t.Cleanup(srv.Close)
	return srv
}

// TestExamples asks every example of the documentation as it is.
func TestExamples(t *testing.T) {
	h := newHandler(t, bundledStore(t), nil)
	examples, err := schema.Examples()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		variables := map[string]any{}
		if e.Variables != "" {
			if err := json.Unmarshal([]byte(e.Variables), &variables); err != nil {
				t.Fatal(err)
			}
		}
		answer := h.Do(t.Context(), e.Query, "", variables)
		if len(answer.Errors) > 0 || !json.Valid(answer.Data) {
			t.Errorf("%s: %v %s", e.Name, answer.Errors, answer.Data)
		}
		if !strings.Contains(string(answer.Data), "Ministry") && e.Name == "incident-attributions" {
			t.Errorf("%s found nothing: %s", e.Name, answer.Data)
		}
	}
}

func TestDo(t *testing.T) {
	h := newHandler(t, bundledStore(t), nil)
	deep := strings.Repeat("{subject{... on Attribution", 60) + "{id}" + strings.Repeat("}}", 60)
	many := "{" + strings.Repeat("__typename ", graph.MaxTokens) + "}"
	for _, c := range []struct {
		name, query, operation string
		variables              map[string]any
		code, message          string
	}{
		{name: "syntax", query: "{ incidents", code: "GRAPHQL_PARSE_FAILED", message: "Expected Name"},
		{name: "unknown field", query: "{ incident }", code: "GRAPHQL_VALIDATION_FAILED", message: `Cannot query field "incident"`},
		{name: "two operations", query: "query A { __typename } query B { __typename }", code: "GRAPHQL_VALIDATION_FAILED", message: "name one of them in operationName"},
		{name: "unknown operation", query: "query A { __typename }", operation: "C", code: "GRAPHQL_VALIDATION_FAILED", message: "operation C not found"},
		{name: "no operation", query: "fragment F on Query { __typename }", code: "GRAPHQL_VALIDATION_FAILED", message: "has no operation"},
		{name: "mutation", query: "mutation { __typename }", code: "GRAPHQL_VALIDATION_FAILED", message: "mutation"},
		{name: "missing variable", query: "query($id: ID!) { node(id: $id) { id } }", code: "BAD_USER_INPUT", message: "$id"},
		{
			name: "variable of the wrong type", query: "query($n: Int) { incidents(first: $n) { totalCount } }",
			variables: map[string]any{"n": "many"}, code: "BAD_USER_INPUT", message: "$n",
		},
		{
			name: "number beyond 32 bits", query: "query($n: Int) { incidents(first: $n) { totalCount } }",
			variables: map[string]any{"n": json.Number("99999999999")}, code: "BAD_USER_INPUT", message: "32",
		},
		{name: "page above the maximum", query: "{ incidents(first: 201) { totalCount } }", code: "BAD_USER_INPUT", message: "200"},
		{name: "depth", query: "{ attributions { nodes " + deep + " } }", code: "LIMIT_EXCEEDED", message: "levels of nesting"},
		{name: "tokens", query: many, code: "LIMIT_EXCEEDED", message: "5000 tokens"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := h.Do(t.Context(), c.query, c.operation, c.variables)
			if len(answer.Errors) == 0 {
				t.Fatalf("no error in %s", answer.Data)
			}
			e := answer.Errors[0]
			if e.Extensions["code"] != c.code || !strings.Contains(e.Message, c.message) {
				t.Errorf("got %v %q, want %s %q", e.Extensions["code"], e.Message, c.code, c.message)
			}
			if strings.HasPrefix(c.code, "GRAPHQL_") && c.name != "two operations" && c.name != "unknown operation" && c.name != "no operation" && len(e.Locations) == 0 {
				t.Error("the error has no location")
			}
			if answer.Data != nil {
				t.Errorf("a request that cannot be run has data: %s", answer.Data)
			}
		})
	}
}

// TestForeignCursor holds that a cursor serves only the connection, order and filter that it is of.
func TestForeignCursor(t *testing.T) {
	h := newHandler(t, bundledStore(t), nil)
	var page struct {
		States struct{ PageInfo struct{ EndCursor string } }
	}
	answer := h.Do(t.Context(), "{ states(first: 1, orderBy: [{ name: ASC }]) { pageInfo { endCursor } } }", "", nil)
	if len(answer.Errors) > 0 {
		t.Fatal(answer.Errors)
	}
	if err := json.Unmarshal(answer.Data, &page); err != nil {
		t.Fatal(err)
	}
	variables := map[string]any{"after": page.States.PageInfo.EndCursor}
	for query, fine := range map[string]bool{
		"query($after: String) { states(after: $after, orderBy: [{ name: ASC }]) { nodes { id } } }":                                         true,
		"query($after: String) { states(after: $after, orderBy: [{ name: DESC }]) { nodes { id } } }":                                        false,
		"query($after: String) { states(after: $after) { nodes { id } } }":                                                                   false,
		"query($after: String) { states(after: $after, orderBy: [{ name: ASC }], where: { name: { startsWith: \"C\" } }) { nodes { id } } }": false,
	} {
		answer := h.Do(t.Context(), query, "", variables)
		if fine != (len(answer.Errors) == 0) || !fine && answer.Errors[0].Extensions["code"] != "BAD_USER_INPUT" {
			t.Errorf("%s: %v", query, answer.Errors)
		}
	}
}

// TestDocumentsAreCached holds that the same text is parsed once, and a long one each time.
func TestDocumentsAreCached(t *testing.T) {
	h := newHandler(t, bundledStore(t), nil)
	parsed := func(query string) any {
		op, errs := h.Prepare(t.Context(), query, "", nil)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		return op.Doc
	}
	const short = "{ __typename }"
	if parsed(short) != parsed(short) {
		t.Error("the document was not cached")
	}
	long := short + "#" + strings.Repeat("x", 33<<10)
	if parsed(long) == parsed(long) {
		t.Error("a long document was cached")
	}
	for i := range 200 { // more than the cache holds
		parsed(short + "#" + strings.Repeat("x", 30<<10+i))
	}
	doc := parsed(short)
	if doc != parsed(short) {
		t.Error("the cache is of no use when it was full once")
	}
}

// broken is a store whose reads fail.
type broken struct {
	store.Store
	err   error
	panic bool
	wait  time.Duration
}

func (b broken) Read(ctx context.Context, _ *plan.Plan, _ []any, visit func(rows.Value) error) error {
	if b.panic {
		panic("in the store")
	}
	select {
	case <-ctx.Done():
	case <-time.After(b.wait):
	}
	return b.err
}

// TestFailures holds that a store's failures have their code and status, and that nobody outside reads its words.
func TestFailures(t *testing.T) {
	secret := errors.New("secret of the store")
	for _, c := range []struct {
		store  broken
		code   string
		status int
	}{
		{broken{err: store.Fail(store.ErrUnavailable, secret)}, "UNAVAILABLE", 503},
		{broken{err: store.Fail(store.ErrTimeout, secret)}, "TIMEOUT", 504},
		{broken{err: store.Fail(nil, secret)}, "INTERNAL", 500},
		{broken{panic: true}, "INTERNAL", 500},
	} {
		log := &strings.Builder{}
		h := newHandler(t, c.store, log)
		srv := httptest.NewServer(h)
		for accept, status := range map[string]int{"": c.status, "application/json": 200} {
			res, body := post(t, srv, `{"query":"{ incidents { totalCount } }"}`, "Accept", accept)
			if res.StatusCode != status || codeOf(t, body) != c.code {
				t.Errorf("%s %q: got %d %s", c.code, accept, res.StatusCode, body)
			}
			if strings.Contains(body, "secret") || strings.Contains(body, "in the store") {
				t.Errorf("the answer repeats the store's words: %s", body)
			}
		}
		srv.Close()
		if !strings.Contains(log.String(), "secret of the store") && !c.store.panic {
			t.Errorf("the log lacks the reason: %s", log)
		}
	}
}
