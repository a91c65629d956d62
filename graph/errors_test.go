package graph_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/plan"
	"attrigraph/internal/response"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// readStore answers reads as a test says; stores that work are tested in internal/conformance.
type readStore struct {
	store.Store
	read func(ctx context.Context, visit func(rows.Value) error) error
}

func (s readStore) Read(ctx context.Context, _ *plan.Plan, _ []any, visit func(rows.Value) error) error {
	return s.read(ctx, visit)
}

// toyConfig is the engine on the stores' test model.
func toyConfig(t *testing.T, log *strings.Builder, read func(ctx context.Context, visit func(rows.Value) error) error) graph.Config {
	t.Helper()
	c := storetest.Model(t)
	s := storetest.API(t, c)
	rule := func(read []byte, _ map[string]any) ([]byte, error) {
		if strings.Contains(string(read), "boom") {
			panic("the rule's own words")
		}
		return read, nil
	}
	return graph.Config{
		Schema: s, Catalog: c, Store: readStore{read: read}, Rules: map[string]response.Rule{"lastNote": rule},
		Timeout: 50 * time.Millisecond, Log: slog.New(slog.NewTextHandler(log, nil)),
	}
}

// TestStoreErrors lets a store fail in every way: clients see a code and a sentence, the log what the store said.
func TestStoreErrors(t *testing.T) {
	const secret = "bolt://10.0.0.1: password"
	visited := func(row any) func(context.Context, func(rows.Value) error) error {
		return func(_ context.Context, visit func(rows.Value) error) error { return visit(rows.Of(row)) }
	}
	failing := func(err error) func(context.Context, func(rows.Value) error) error {
		return func(context.Context, func(rows.Value) error) error { return err }
	}
	for _, c := range []struct {
		name    string
		read    func(context.Context, func(rows.Value) error) error
		code    string
		message string
		logged  string
	}{
		{"unavailable", failing(store.Fail(store.ErrUnavailable, errors.New(secret))), "UNAVAILABLE", store.ErrUnavailable.Error(), secret},
		{"timeout", failing(store.Fail(store.ErrTimeout, errors.New(secret))), "TIMEOUT", store.ErrTimeout.Error(), secret},
		{"conflict", failing(store.Fail(store.ErrConflict, errors.New(secret))), "CONFLICT", store.ErrConflict.Error(), secret},
		{"denied", failing(store.Fail(store.ErrDenied, errors.New(secret))), "UNAVAILABLE", store.ErrDenied.Error(), secret},
		{"read only", failing(store.Fail(store.ErrReadOnly, errors.New(secret))), "UNAVAILABLE", store.ErrReadOnly.Error(), secret},
		{"full", failing(store.Fail(store.ErrFull, errors.New(secret))), "UNAVAILABLE", store.ErrFull.Error(), secret},
		{"newer", failing(store.Fail(store.ErrNewer, errors.New(secret))), "UNAVAILABLE", store.ErrNewer.Error(), secret},
		{"outdated", failing(store.Fail(store.ErrOutdated, errors.New(secret))), "UNAVAILABLE", store.ErrOutdated.Error(), secret},
		{"without kind", failing(store.Fail(nil, errors.New(secret))), "INTERNAL", "the server failed; its log has the reason under the id in extensions.id", secret},
		{"without failure", failing(errors.New(secret)), "INTERNAL", "the server failed; its log has the reason under the id in extensions.id", secret},
		{"too slow", func(ctx context.Context, _ func(rows.Value) error) error { <-ctx.Done(); return errors.New(secret) }, "TIMEOUT", store.ErrTimeout.Error(), secret},
		{"panic", func(context.Context, func(rows.Value) error) error { panic(secret) }, "INTERNAL", "the server failed; its log has the reason under the id in extensions.id", secret},
		{"broken rows", visited([]any{[]any{[]any{nil, []any{}}}}), "INTERNAL", "the server failed; its log has the reason under the id in extensions.id", "title is absent"},
		{"panic in a rule", visited([]any{[]any{[]any{"x", []any{[]any{"boom", nil}}}}}), "INTERNAL", "the server failed; its log has the reason under the id in extensions.id", "the rule's own words"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log strings.Builder
			es, err := graph.NewExecutableSchema(toyConfig(t, &log, c.read))
			if err != nil {
				t.Fatal(err)
			}
			answer := graph.NewHandler(es).Do(t.Context(), "{ works { nodes { title verdict } } }", "", nil)
			if len(answer.Errors) != 1 || string(answer.Data) != "null" && answer.Data != nil {
				t.Fatalf("got %v %s", answer.Errors, answer.Data)
			}
			e := answer.Errors[0]
			if e.Extensions["code"] != c.code || e.Message != c.message {
				t.Errorf("got %v: %s", e.Extensions["code"], e.Message)
			}
			if !strings.Contains(log.String(), c.logged) {
				t.Errorf("the log lacks %q: %s", c.logged, log.String())
			}
			if id, _ := e.Extensions["id"].(string); (c.code == "INTERNAL") != (id != "" && strings.Contains(log.String(), id)) {
				t.Errorf("the id is %q, the log %s", id, log.String())
			}
		})
	}
}

// TestUserErrors are refused before a store is asked.
func TestUserErrors(t *testing.T) {
	var log strings.Builder
	es, err := graph.NewExecutableSchema(toyConfig(t, &log, func(context.Context, func(rows.Value) error) error { panic("the store was asked") }))
	if err != nil {
		t.Fatal(err)
	}
	h := graph.NewHandler(es)
	for _, c := range []struct {
		query         string
		vars          map[string]any
		code, message string
	}{
		{"{ works { nodes { names } } }", nil, "GRAPHQL_VALIDATION_FAILED", `Cannot query field "names" on type "Work".`},
		{"{ works ", nil, "GRAPHQL_PARSE_FAILED", "Expected Name, found <EOF>"},
		{"mutation { works { totalCount } }", nil, "GRAPHQL_VALIDATION_FAILED", ""},
		{"query ($w: WorkWhere) { works(where: $w) { totalCount } }", map[string]any{"w": map[string]any{"title": map[string]any{"is": "x"}}}, "BAD_USER_INPUT", "$w.title.is: unknown field"},
		{"query ($n: Int!) { works(first: $n) { totalCount } }", nil, "BAD_USER_INPUT", "$n: must be defined"},
		{"{ works(first: -1) { totalCount } }", nil, "BAD_USER_INPUT", "works(first:) is -1; a page has 0 to 200 nodes"},
		{"{ a: works(first: 200) { nodes { makers(first: 200) { nodes { made(first: 200) { nodes { makers(first: 2) { totalCount } } } } } } } }", nil, "LIMIT_EXCEEDED", ""},
	} {
		answer := h.Do(t.Context(), c.query, "", c.vars)
		if len(answer.Errors) == 0 {
			t.Errorf("%s was answered: %s", c.query, answer.Data)
			continue
		}
		e := answer.Errors[0]
		if e.Extensions["code"] != c.code || c.message != "" && !strings.HasPrefix(e.Message, c.message) || strings.Contains(e.Message, "\n") || answer.Data != nil {
			t.Errorf("%s\ngot %v: %s %s", c.query, e.Extensions["code"], e.Message, answer.Data)
		}
	}
	if log.Len() > 0 {
		t.Errorf("the log holds what users did wrong: %s", log.String())
	}
	// Without a store's help.
	if answer := h.Do(t.Context(), "{ __typename }", "", nil); string(answer.Data) != `{"__typename":"Query"}` || answer.Errors != nil {
		t.Errorf("got %s %v", answer.Data, answer.Errors)
	}
}
