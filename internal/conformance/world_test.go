// Package conformance tests the whole engine, from GraphQL text to response bytes, on both stores at once: generated
// operations must have equal answers, and the golden files show what an operation becomes on the way.
package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/graph"
	"attrigraph/internal/catalog"
	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/response"
	"attrigraph/internal/rules"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
	"attrigraph/schema"
)

// side is the engine on one store.
type side struct {
	name       string
	store      store.Store
	statements func() int64
	es         *graph.ExecutableSchema
	handler    *graph.Handler
}

// world is the same graph on all stores that the machine has; SQLite comes first.
type world struct {
	schema  *ast.Schema
	catalog *catalog.Catalog
	sides   []*side
	neo4j   *cypher.Store
}

// model is what a world is made for.
type model struct {
	schema  *ast.Schema
	catalog *catalog.Catalog
	rules   map[string]response.Rule
}

// toyModel has every feature of the engine and none of the project's kinds.
func toyModel(t testing.TB) model {
	t.Helper()
	c := storetest.Model(t)
	s := storetest.API(t, c)
	return model{schema: s, catalog: c, rules: map[string]response.Rule{"lastNote": lastNote}}
}

// lastNote is the toy model's rule: it shows what it was given.
func lastNote(read []byte, args map[string]any) ([]byte, error) {
	return json.Marshal(fmt.Sprintf("%s as of %v", read, args["asOf"]))
}

// realModel is the project's own.
func realModel(t testing.TB) model {
	t.Helper()
	c, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	return model{schema: s, catalog: c, rules: rules.All()}
}

// newWorld loads the changes into a fresh SQLite file and into the test server's Neo4j.
func newWorld(t testing.TB, m model, w store.Write, changes func() iter.Seq2[store.Change, error]) *world {
	t.Helper()
	out := &world{schema: m.schema, catalog: m.catalog}
	lite, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), m.catalog, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out.add(t, m, "sqlite", lite, lite.Statements)
	server := neo4jtest.Exclusive(t)
	out.neo4j, err = cypher.Open(t.Context(), cypher.Config{
		Catalog: m.catalog, URI: server.URI, User: server.Username, Password: server.Password, Database: server.Database,
		Migrating: true, Notify: out.notified(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	out.add(t, m, "neo4j", out.neo4j, out.neo4j.Statements)
	for _, s := range out.sides {
		if _, err := s.store.Migrate(t.Context()); err != nil {
			t.Fatalf("%s: migrating: %v", s.name, err)
		}
		if _, err := s.store.Apply(t.Context(), w, changes()); err != nil {
			t.Fatalf("%s: loading: %v", s.name, err)
		}
	}
	return out
}

// notified fails the test when Neo4j finds a statement slow or outdated.
func (w *world) notified(t testing.TB) func(cypher.Notification) {
	return func(n cypher.Notification) {
		if n.Category == "PERFORMANCE" || n.Category == "DEPRECATION" {
			t.Errorf("Neo4j notes %s: %+v", n.Category, n)
		}
	}
}

func (w *world) add(t testing.TB, m model, name string, s store.Store, statements func() int64) {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("%s: closing: %v", name, err)
		}
	})
	es, err := graph.NewExecutableSchema(graph.Config{
		Schema: m.schema, Catalog: m.catalog, Store: s, Rules: m.rules, Timeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.sides = append(w.sides, &side{name: name, store: s, statements: statements, es: es, handler: graph.NewHandler(es)})
}

// answer is a response and how many statements it took.
type answer struct {
	Errors     json.RawMessage `json:"errors,omitempty"`
	Data       json.RawMessage `json:"data"`
	statements int64
	codes      []string
}

func (a answer) String() string {
	return string(a.Errors) + "\n" + string(a.Data)
}

// run answers an operation as a client's request would be.
func (s *side) run(ctx context.Context, query string, vars map[string]any) answer {
	before := s.statements()
	r := s.handler.Do(ctx, query, "", vars)
	a := answer{Data: r.Data, statements: s.statements() - before}
	if len(r.Errors) > 0 {
		a.Errors, _ = json.Marshal(r.Errors)
		for _, e := range r.Errors {
			code, _ := e.Extensions["code"].(string)
			a.codes = append(a.codes, code)
		}
	}
	return a
}

// both answers an operation on all sides and fails the test unless the answers are equal to the byte.
func (w *world) both(t testing.TB, query string, vars map[string]any) answer {
	t.Helper()
	first := w.sides[0].run(t.Context(), query, copied(t, vars))
	for _, s := range w.sides[1:] {
		if other := s.run(t.Context(), query, copied(t, vars)); other.String() != first.String() {
			raw, _ := json.Marshal(vars)
			t.Fatalf("the stores differ over\n%s\nvariables %s\n%s: %s\n%s: %s", query, raw, w.sides[0].name, first, s.name, other)
		}
	}
	return first
}

// failer is a test, of package testing or of rapid.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// copied is what a request's variables are after they came over HTTP: read as the transports do.
func copied(t failer, vars map[string]any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(vars)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}
