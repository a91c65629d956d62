package neo4jtest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/testenv"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// query runs a statement and returns the first column of its only row.
func query(t *testing.T, driver neo4j.DriverWithContext, s neo4jtest.Server, statement string) any {
	t.Helper()
	result, err := neo4j.ExecuteQuery(context.Background(), driver, statement, nil, neo4j.EagerResultTransformer,
		neo4j.ExecuteQueryWithDatabase(s.Database))
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	if len(result.Records) != 1 {
		t.Fatalf("%s: %d rows, expected 1", statement, len(result.Records))
	}
	return result.Records[0].Values[0]
}

func execute(t *testing.T, driver neo4j.DriverWithContext, s neo4jtest.Server, statement string) {
	t.Helper()
	if _, err := neo4j.ExecuteQuery(context.Background(), driver, statement, nil, neo4j.EagerResultTransformer,
		neo4j.ExecuteQueryWithDatabase(s.Database)); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestServerIsARealCommunityWithAuthentication(t *testing.T) {
	s := neo4jtest.Start(t)
	if again := neo4jtest.Start(t); again != s {
		t.Errorf("a second Start gave %s, the first %s", again.URI, s.URI)
	}
	driver := s.Driver(t)
	edition := query(t, driver, s, "CALL dbms.components() YIELD name, edition WHERE name = 'Neo4j Kernel' RETURN edition")
	if edition != "community" {
		t.Errorf("edition %v, expected community", edition)
	}

	stranger, err := neo4j.NewDriverWithContext(s.URI, neo4j.BasicAuth(s.Username, s.Password+"x", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close(context.Background())
	err = stranger.VerifyConnectivity(context.Background())
	if err == nil || !strings.Contains(err.Error(), "Security.Unauthorized") {
		t.Errorf("a wrong password gave %v, expected it to be refused", err)
	}
}

func TestExclusiveHandsOutAnEmptyDatabase(t *testing.T) {
	neo4jtest.Start(t) // or this test is left out
	t.Run("leaves data and schema", func(t *testing.T) {
		s := neo4jtest.Exclusive(t)
		driver := s.Driver(t)
		execute(t, driver, s, "CREATE CONSTRAINT `odd ``name` FOR (n:Wiped) REQUIRE n.id IS UNIQUE")
		execute(t, driver, s, "CREATE INDEX wiped_key FOR ()-[r:WIPED]-() ON (r.key)")
		execute(t, driver, s, "CREATE FULLTEXT INDEX wiped_text FOR (n:Wiped) ON EACH [n.text]")
		// More than one batch of each, and all relationships at one node.
		execute(t, driver, s, "CREATE (hub:Wiped {id: 0}) WITH hub "+
			"UNWIND range(1, 12000) AS i CREATE (hub)-[:WIPED {key: i}]->(:Wiped {id: i})")
		if n := query(t, driver, s, "MATCH (n) RETURN count(n)"); n != int64(12001) {
			t.Fatalf("%v nodes, expected 12001", n)
		}
	})
	t.Run("finds none of it", func(t *testing.T) {
		s := neo4jtest.Exclusive(t)
		driver := s.Driver(t)
		for statement, expected := range map[string]int64{
			"MATCH (n) RETURN count(n)":                                        0,
			"SHOW CONSTRAINTS YIELD name RETURN count(name)":                   0,
			"SHOW INDEXES YIELD name, type RETURN count(name)":                 2,
			"SHOW INDEXES YIELD type WHERE type = 'LOOKUP' RETURN count(type)": 2,
		} {
			if n := query(t, driver, s, statement); n != expected {
				t.Errorf("%s: %v, expected %d", statement, n, expected)
			}
		}
	})
}

// again runs one test of this binary in another process, with more variables in its environment.
func again(test string, environment ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.count=1", "-test.v")
	cmd.Env = append(os.Environ(), environment...)
	return cmd
}

func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestExclusiveKeepsOtherProcessesOut(t *testing.T) {
	if dir := os.Getenv("NEO4JTEST_HOLD"); dir != "" {
		neo4jtest.Start(t)
		touch(t, filepath.Join(dir, "asks"))
		neo4jtest.Exclusive(t)
		touch(t, filepath.Join(dir, "has"))
		return
	}
	neo4jtest.Start(t) // or this test is left out
	dir := t.TempDir()
	ended := make(chan error, 1)
	held := t.Run("holder", func(t *testing.T) {
		neo4jtest.Exclusive(t)
		other := again("TestExclusiveKeepsOtherProcessesOut", "NEO4JTEST_HOLD="+dir)
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		go func() { ended <- other.Wait() }()
		for deadline := time.Now().Add(time.Minute); !exists(filepath.Join(dir, "asks")); {
			if time.Now().After(deadline) {
				t.Fatal("the other process did not ask for the database within a minute")
			}
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(500 * time.Millisecond)
		if exists(filepath.Join(dir, "has")) {
			t.Error("two processes had the database at the same time")
		}
	})
	if !held {
		return // the other process may not even have been started
	}
	if err := <-ended; err != nil {
		t.Fatalf("the other process failed: %v", err)
	}
	if !exists(filepath.Join(dir, "has")) {
		t.Error("the other process never had the database")
	}
}

func TestWithoutAServer(t *testing.T) {
	if os.Getenv("NEO4JTEST_ABSENT") == "1" {
		neo4jtest.Start(t)
		return
	}
	// Nothing listens on port 1.
	for _, c := range []struct {
		require, expected string
		fails             bool
	}{
		{"", "--- SKIP", false},
		{"browser", "--- SKIP", false},
		{"browser, neo4j", "asks for neo4j", true},
		{"all", "asks for neo4j", true},
	} {
		t.Run("require "+c.require, func(t *testing.T) {
			t.Parallel()
			out, err := again("TestWithoutAServer", "NEO4JTEST_ABSENT=1", "NEO4J_URI=bolt://127.0.0.1:1",
				testenv.RequireVariable+"="+c.require).CombinedOutput()
			if (err != nil) != c.fails {
				t.Errorf("failed: %v, expected %v", err, c.fails)
			}
			if !strings.Contains(string(out), c.expected) {
				t.Errorf("no %q in:\n%s", c.expected, out)
			}
		})
	}
}

func TestExclusiveRefusesToDeleteWhatItDidNotMake(t *testing.T) {
	if os.Getenv("NEO4JTEST_REFUSE") == "1" {
		neo4jtest.Exclusive(t)
		return
	}
	s := neo4jtest.Exclusive(t)
	driver := s.Driver(t)
	execute(t, driver, s, "CREATE (:Precious)")
	// Another way to write the address has a lock of its own, or the other process would wait for this one.
	scheme, address, _ := strings.Cut(s.URI, "://")
	other := map[string]string{"neo4j": "bolt", "bolt": "neo4j"}[scheme]
	if other == "" {
		t.Fatalf("no second way is known to write %s", s.URI)
	}
	out, err := again("TestExclusiveRefusesToDeleteWhatItDidNotMake", "NEO4JTEST_REFUSE=1",
		"NEO4J_URI="+other+"://"+address, "NEO4J_USERNAME="+s.Username, "NEO4J_PASSWORD="+s.Password,
		"NEO4J_DATABASE="+s.Database, neo4jtest.WipeVariable+"=").CombinedOutput()
	if err == nil || !strings.Contains(string(out), neo4jtest.WipeVariable) {
		t.Errorf("expected a refusal that names %s, got %v:\n%s", neo4jtest.WipeVariable, err, out)
	}
	if n := query(t, driver, s, "MATCH (n:Precious) RETURN count(n)"); n != int64(1) {
		t.Errorf("%v nodes left of 1", n)
	}
}
