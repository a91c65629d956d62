// Package neo4jtest gives tests a real Neo4j server, never a mock.
//
// The server is the one that NEO4J_URI names, with NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE. Without
// NEO4J_URI it is the test server of scripts/neo4j: the first test that asks starts it, every package and every later
// `go test` uses the same one (or one of several, see ServersVariable), and it keeps running until
//
//	scripts/neo4j stop --test
//
// (`make test` and .ci/run stop it themselves). It has its own data folder and a free port, so it never meets a server
// that was started for other work.
//
// Where no server can be had the test is skipped with the reason, unless ATTRIGRAPH_TEST_REQUIRE holds "neo4j" or
// "all": then it fails.
package neo4jtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/rogpeppe/go-internal/lockedfile"

	"attrigraph/internal/testenv"
)

const (
	defaultUsername = "neo4j"
	defaultDatabase = "neo4j"

	// startTimeout covers fetching the jars once and a slow start on a busy machine.
	startTimeout   = 8 * time.Minute
	connectTimeout = 30 * time.Second
)

// Server says how to reach a running Neo4j with authentication on.
type Server struct {
	URI      string // neo4j:// or bolt:// with host and port
	Username string
	Password string
	Database string // always name it: drivers ask the server for the default one otherwise
}

// found is a server, or why there is none.
type found struct {
	server Server
	wipe   bool // its data may be deleted without asking
	err    error

	// inUse is never unlocked: `scripts/neo4j stop --if-unused` leaves the server alone until this process ends.
	inUse *lockedfile.File
}

var find = sync.OnceValue(func() found {
	if uri := os.Getenv("NEO4J_URI"); uri != "" {
		server := Server{
			URI:      uri,
			Username: orDefault(os.Getenv("NEO4J_USERNAME"), defaultUsername),
			Password: os.Getenv("NEO4J_PASSWORD"),
			Database: orDefault(os.Getenv("NEO4J_DATABASE"), defaultDatabase),
		}
		return found{server: server, wipe: os.Getenv(WipeVariable) == "1", err: verify(server)}
	}
	data, err := chooseData()
	if err != nil {
		return found{err: err}
	}
	inUse, err := lockShared(filepath.Join(data, "users.lock"))
	if err != nil {
		return found{err: fmt.Errorf("cannot lock the test server's data folder: %w", err)}
	}
	server, err := startScript(data, "0")
	if err == nil {
		err = verify(server)
	}
	return found{server: server, wipe: true, err: err, inUse: inUse}
})

// Start returns a Neo4j server that is ready, and starts it when needed. Its database may hold anything, and other
// tests use it at the same time: a test that counts or changes what is there calls Exclusive.
func Start(t testing.TB) Server {
	t.Helper()
	return get(t).server
}

func get(t testing.TB) found {
	t.Helper()
	f := find()
	if f.err != nil {
		testenv.Missing(t, "neo4j", fmt.Sprintf("no Neo4j for this test: %v", f.err))
	}
	return f
}

// Driver returns a driver for the server that is closed when the test ends.
func (s Server) Driver(t testing.TB) neo4j.DriverWithContext {
	t.Helper()
	driver, err := s.connect()
	if err != nil {
		t.Fatalf("cannot make a driver for %s: %v", s.URI, err)
	}
	t.Cleanup(func() {
		if err := driver.Close(context.Background()); err != nil {
			t.Errorf("cannot close the driver for %s: %v", s.URI, err)
		}
	})
	return driver
}

func (s Server) connect() (neo4j.DriverWithContext, error) {
	return neo4j.NewDriverWithContext(s.URI, neo4j.BasicAuth(s.Username, s.Password, ""))
}

func verify(s Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	driver, err := s.connect()
	if err != nil {
		return fmt.Errorf("the address %s is not usable: %w", s.URI, err)
	}
	defer driver.Close(ctx)
	session := driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: s.Database})
	defer session.Close(ctx)
	// Not ExecuteQuery, which would try again for half a minute where nothing listens.
	if err := run(ctx, session, "RETURN 1", nil); err != nil {
		return fmt.Errorf("%s does not answer as user %s on database %s: %w", s.URI, s.Username, s.Database, err)
	}
	return nil
}

// startScript runs scripts/neo4j and asks it for the credentials; port "0" takes a free one. The script lets one caller
// start at a time.
func startScript(data, port string) (Server, error) {
	script, err := testenv.Script("neo4j")
	if err != nil {
		return Server{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	// The script reads the values back through the shell that they are quoted for.
	const command = `"$0" start --data "$1" --port "$2" && values=$("$0" env --data "$1") && eval "$values" &&
printf '%s\n' "$NEO4J_URI" "$NEO4J_USERNAME" "$NEO4J_PASSWORD" "$NEO4J_DATABASE"`
	cmd := exec.CommandContext(ctx, "bash", "-c", command, script, data, port)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.Output()
	if err != nil {
		return Server{}, scriptError(stderr.String(), err)
	}
	lines := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	if len(lines) != 4 {
		return Server{}, fmt.Errorf("scripts/neo4j env gave %d values, expected 4", len(lines))
	}
	return Server{URI: lines[0], Username: lines[1], Password: lines[2], Database: lines[3]}, nil
}

// scriptError is the script's own last line, which says what to install or to change.
func scriptError(stderr string, err error) error {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return errors.New(strings.TrimPrefix(last, "neo4j: "))
	}
	return fmt.Errorf("scripts/neo4j start failed: %w", err)
}

// dataVariable names the environment variable that holds the folder.
const dataVariable = "ATTRIGRAPH_TEST_NEO4J_DATA"

// testData is the folder that scripts/neo4j means by --test.
func testData() (string, error) {
	data := os.Getenv(dataVariable)
	if data == "" {
		state := os.Getenv("XDG_STATE_HOME")
		if state == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				return "", err
			}
			state = filepath.Join(home, ".local", "state")
		}
		data = filepath.Join(state, "attrigraph", "neo4j-test")
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return "", err
	}
	return data, nil
}

func lockShared(path string) (*lockedfile.File, error) {
	// Opening for reading locks shared, but does not make the file.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return lockedfile.OpenFile(path, os.O_RDONLY, 0)
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
