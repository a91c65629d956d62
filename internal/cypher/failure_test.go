package cypher_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestOpenFails opens with a wrong password and where nothing listens: the errors say which, in the project's own words.
func TestOpenFails(t *testing.T) {
	server := neo4jtest.Start(t)
	model := storetest.Model(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().String()
	_ = listener.Close()
	for _, c := range []struct {
		name string
		cfg  cypher.Config
		want error
	}{
		{"wrong password", cypher.Config{URI: server.URI, User: server.Username, Password: "wrong"}, store.ErrDenied},
		{"no password", cypher.Config{URI: server.URI}, store.ErrDenied},
		{"nobody listens", cypher.Config{URI: "bolt://" + nobody, User: "a", Password: "b", RetryTime: time.Second}, store.ErrUnavailable},
		{"nobody routes", cypher.Config{URI: "neo4j://" + nobody, User: "a", Password: "b", RetryTime: time.Second}, store.ErrUnavailable},
		{"no such database", cypher.Config{URI: server.URI, User: server.Username, Password: server.Password, Database: "nosuch", RetryTime: time.Second}, store.ErrUnavailable},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		c.cfg.Catalog = model
		_, err := cypher.Open(ctx, c.cfg)
		cancel()
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, detail(err), c.want)
		} else if err.Error() != c.want.Error() {
			t.Errorf("%s: the error says %q, want %q", c.name, err, c.want)
		}
	}
	if _, err := cypher.Open(t.Context(), cypher.Config{Catalog: model, URI: "http://" + nobody}); err == nil || strings.Contains(err.Error(), "http") {
		t.Errorf("an address of another scheme: got %v, want an error that does not repeat it", err)
	}
}

// detail returns the store's own text of an error, for the messages of tests.
func detail(err error) error {
	var f *store.Failure
	if errors.As(err, &f) && f.Detail != nil {
		return f.Detail
	}
	return err
}

// TestLimits gives a read less time than it needs, and closes the store.
func TestLimits(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	s := open(t, server, storetest.Model(t))
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	run := connect(t, server)
	// Every writer has every other for a friend, so that paths of friends are more than can be counted in the time.
	run("UNWIND range(1, 120) AS i CREATE (:Node:Writer {id: 'w' + i})", nil)
	run("MATCH (a:Writer), (b:Writer) CREATE (a)-[:FRIEND_OF {id: a.id + b.id}]->(b)", nil)
	model := storetest.Model(t)
	writer := model.Type("Writer")
	friends := plan.Follow{Field: writer.Field("friends")}
	deep := &plan.Select{From: friends, Type: writer, Limit: plan.NoParam}
	for range 5 {
		deep = &plan.Select{From: friends, Type: writer, Where: plan.Not{Predicate: plan.Linked{Select: deep}}, Limit: plan.NoParam}
		deep.Where = plan.Or{deep.Where, plan.Compare{Operand: plan.Operand{Of: plan.OfNode, On: writer, Field: writer.Field("id")}, Op: plan.EQ, Param: 0}}
	}
	p := &plan.Plan{Roots: []plan.Column{plan.Count{Select: &plan.Select{From: plan.All{}, Type: writer, Where: plan.Linked{Select: deep}, Limit: plan.NoParam}}}, Params: make([]plan.Param, 1)}
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := s.Read(ctx, p, []any{"x"}, func(rows.Value) error { return nil })
	if took := time.Since(began); !errors.Is(err, store.ErrTimeout) || took > 3*time.Second {
		t.Errorf("after %v: got %v, want %v", took, detail(err), store.ErrTimeout)
	}

	before := s.Statements()
	count := &plan.Plan{Roots: []plan.Column{plan.Count{Select: &plan.Select{From: plan.All{}, Type: writer, Limit: plan.NoParam}}}}
	if err := s.Read(t.Context(), count, nil, func(row rows.Value) error {
		if n, err := row.At(0).Int(); err != nil || n != 120 {
			t.Errorf("%d writers (%v), want 120", n, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n := s.Statements() - before; n != 1 {
		t.Errorf("a read took %d statements, want 1", n)
	}

	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Read(t.Context(), count, nil, nil); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a read after Close: got %v, want %v", err, store.ErrUnavailable)
	}
}
