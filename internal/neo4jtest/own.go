package neo4jtest

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/lockedfile"

	"attrigraph/internal/testenv"
)

// Own is a server that no other test uses, so that a test may stop it. Its database is empty at the beginning.
type Own struct {
	Server
	data, port string
}

// StartOwn starts a server of the test's own beside the one that tests share. The end of the test stops it; what it needs
// to start faster the next time stays. Tests of all processes take turns.
func StartOwn(t testing.TB) *Own {
	t.Helper()
	get(t) // where no server can be had, the test is left out with the reason
	data, err := testData()
	if err != nil {
		t.Fatal(err)
	}
	o := &Own{data: data + "-own", port: "0"}
	unlock, err := lockedfile.MutexAt(o.data + ".lock").Lock()
	if err != nil {
		t.Fatalf("cannot lock the data folder of the test's own Neo4j: %v", err)
	}
	t.Cleanup(unlock)
	t.Cleanup(func() { o.Stop(t) })
	if err := o.start(); err != nil {
		testenv.Missing(t, "neo4j", fmt.Sprintf("no Neo4j of its own for this test: %v", err))
	}
	if err := wipe(o.Server); err != nil {
		t.Fatalf("cannot empty the database of the test's own Neo4j: %v", err)
	}
	return o
}

// Start starts the server again, at the port that it had, and returns when it answers.
func (o *Own) Start(t testing.TB) {
	t.Helper()
	if err := o.start(); err != nil {
		t.Fatalf("the test's own Neo4j does not start again: %v", err)
	}
}

func (o *Own) start() error {
	server, err := startScript(o.data, o.port)
	if err != nil {
		return err
	}
	address, err := url.Parse(server.URI)
	if err != nil {
		return err
	}
	o.Server, o.port = server, address.Port()
	return nil
}

// Stop ends the server as its operator would, and returns when it has ended. One that has ended already is left alone.
func (o *Own) Stop(t testing.TB) {
	t.Helper()
	script, err := testenv.Script("neo4j")
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		var out []byte
		if out, err = exec.CommandContext(ctx, script, "stop", "--data", o.data).CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil {
		t.Errorf("the test's own Neo4j cannot be stopped: %v", err)
	}
}
