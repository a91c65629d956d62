package cypher_test

import (
	"context"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"attrigraph/internal/catalog"
	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// open opens the server's database as it is.
func open(t testing.TB, server neo4jtest.Server, c *catalog.Catalog) *cypher.Store {
	t.Helper()
	s, err := cypher.Open(t.Context(), cypher.Config{
		Catalog: c, URI: server.URI, User: server.Username, Password: server.Password, Database: server.Database,
		Migrating: true,
		Notify: func(n cypher.Notification) {
			if n.Category != string(notifications.Schema) {
				t.Errorf("the server says %s %s: %s\n%s", n.Category, n.Code, n.Text, n.Statement)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

// connect returns a driver of the test's own, to do what the store does not.
func connect(t testing.TB, server neo4jtest.Server) func(text string, params map[string]any) [][]any {
	t.Helper()
	driver, err := neo4j.NewDriverWithContext(server.URI, neo4j.BasicAuth(server.Username, server.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = driver.Close(context.Background()) })
	return func(text string, params map[string]any) [][]any {
		t.Helper()
		session := driver.NewSession(context.Background(), neo4j.SessionConfig{DatabaseName: server.Database})
		defer session.Close(context.Background())
		result, err := session.Run(context.Background(), text, params)
		if err != nil {
			t.Fatal(err)
		}
		records, err := result.Collect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		rows := make([][]any, len(records))
		for i, r := range records {
			rows[i] = r.Values
		}
		return rows
	}
}

// empty deletes what an earlier part of the test left. The test has the server alone.
func empty(t testing.TB, server neo4jtest.Server) {
	t.Helper()
	run := connect(t, server)
	run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS", nil)
	for _, row := range run("SHOW CONSTRAINTS YIELD name RETURN 'CONSTRAINT ' + name", nil) {
		run("DROP "+row[0].(string), nil)
	}
	for _, row := range run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN 'INDEX ' + name", nil) {
		run("DROP "+row[0].(string), nil)
	}
}

// TestConformance runs the suite that every store has to pass.
func TestConformance(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	storetest.Run(t, func(t *testing.T, c *catalog.Catalog) store.Store {
		empty(t, server)
		return open(t, server, c)
	})
}
