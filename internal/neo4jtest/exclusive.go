package neo4jtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/rogpeppe/go-internal/lockedfile"
)

// WipeVariable names the environment variable that, set to 1, lets Exclusive empty a database that NEO4J_URI names and
// that holds data. The product reads NEO4J_URI too, so without it a test run could delete somebody's graph.
const WipeVariable = "ATTRIGRAPH_TEST_NEO4J_WIPE"

// wipeBatch bounds a transaction's memory: a kernel with 1 GB of heap deletes this many in one.
const wipeBatch = 10_000

const wipeTimeout = 2 * time.Minute

// Exclusive returns the server with an empty database that is the test's alone until it ends: Community has one user
// database, so a lock across processes makes tests of all packages that call Exclusive wait for one another. A test
// calls it once; a second call from the same test, or from a parallel sub-test of it, waits for itself.
//
// "Empty" means no nodes, relationships, constraints or indexes, but for the two token lookup indexes that Neo4j
// creates. Names of labels, types and properties that were ever used stay known to the server, which has no way to
// forget them. The database is emptied again when the test ends.
func Exclusive(t testing.TB) Server {
	t.Helper()
	f := get(t)
	lock, err := exclusiveLock(f.server.URI)
	if err != nil {
		t.Fatalf("cannot lock the Neo4j database for this test: %v", err)
	}
	unlock, err := lock.Lock()
	if err != nil {
		t.Fatalf("cannot lock the Neo4j database for this test: %v", err)
	}
	t.Cleanup(unlock)
	if !f.wipe {
		refuseData(t, f.server)
	}
	if err := wipe(f.server); err != nil {
		t.Fatalf("cannot empty the Neo4j database for this test: %v", err)
	}
	t.Cleanup(func() {
		if err := wipe(f.server); err != nil {
			t.Errorf("cannot empty the Neo4j database after this test: %v", err)
		}
	})
	return f.server
}

// exclusiveLock is one lock for each server address, as written, and user of this machine.
func exclusiveLock(uri string) (*lockedfile.Mutex, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "attrigraph")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(uri))
	return lockedfile.MutexAt(filepath.Join(dir, "neo4j-"+hex.EncodeToString(sum[:8])+".lock")), nil
}

// refuseData fails the test when the database of a server that somebody else provides holds a node.
func refuseData(t testing.TB, s Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wipeTimeout)
	defer cancel()
	driver, err := s.connect()
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close(ctx)
	held, err := neo4j.ExecuteQuery(ctx, driver, "MATCH (n) RETURN 1 LIMIT 1", nil, neo4j.EagerResultTransformer,
		neo4j.ExecuteQueryWithDatabase(s.Database))
	if err != nil {
		t.Fatalf("cannot look into the Neo4j database for this test: %v", err)
	}
	if len(held.Records) > 0 {
		t.Fatalf("NEO4J_URI names %s, whose database %s holds data that this test would delete: "+
			"unset NEO4J_URI to use a test server, or set %s=1 to let tests empty it", s.URI, s.Database, WipeVariable)
	}
}

// wipe empties the database in batches that a small heap can hold.
func wipe(s Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), wipeTimeout)
	defer cancel()
	driver, err := s.connect()
	if err != nil {
		return err
	}
	defer driver.Close(ctx)
	session := driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: s.Database})
	defer session.Close(ctx)

	// Relationships first: deleting a node with 100,000 of them would be one transaction.
	for _, statement := range []string{
		"MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF $batch ROWS",
		"MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF $batch ROWS",
	} {
		if err := run(ctx, session, statement, map[string]any{"batch": wipeBatch}); err != nil {
			return err
		}
	}
	// An index that belongs to a constraint goes with it.
	for _, schema := range []struct{ list, drop string }{
		{"SHOW CONSTRAINTS YIELD name", "DROP CONSTRAINT %s IF EXISTS"},
		{"SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'", "DROP INDEX %s IF EXISTS"},
	} {
		names, err := column(ctx, session, schema.list+" RETURN name")
		if err != nil {
			return err
		}
		for _, name := range names {
			quoted := "`" + strings.ReplaceAll(name, "`", "``") + "`"
			if err := run(ctx, session, fmt.Sprintf(schema.drop, quoted), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// run executes a statement in a transaction of its own, as CALL IN TRANSACTIONS and schema commands need.
func run(ctx context.Context, session neo4j.SessionWithContext, statement string, parameters map[string]any) error {
	result, err := session.Run(ctx, statement, parameters)
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}

// column executes a statement and returns the text in its first column.
func column(ctx context.Context, session neo4j.SessionWithContext, statement string) ([]string, error) {
	result, err := session.Run(ctx, statement, nil)
	if err != nil {
		return nil, err
	}
	var values []string
	for result.Next(ctx) {
		value, ok := result.Record().Values[0].(string)
		if !ok {
			return nil, fmt.Errorf("%q: the first column is not text", statement)
		}
		values = append(values, value)
	}
	return values, result.Err()
}
