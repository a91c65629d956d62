package child_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/bench/child"
)

// shell runs a script as a server.
func shell(t *testing.T, script string) (*child.Process, error) {
	t.Helper()
	return child.Start(t.Context(), exec.Command("sh", "-c", script), 10*time.Second)
}

func TestServer(t *testing.T) {
	p, err := shell(t, `trap 'exit 0' TERM; echo listening on http://127.0.0.1:4321; head -c 100000 /dev/zero | tr '\0' x; echo done; while :; do sleep 0.05; done`)
	if err != nil {
		t.Fatal(err)
	}
	if p.Address != "http://127.0.0.1:4321" || p.ID() <= 0 || p.Started.IsZero() {
		t.Errorf("%+v", p)
	}
	// The long line does not hold it up.
	for end := time.Now().Add(10 * time.Second); !strings.Contains(p.Said(), "done") && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if n := len(p.Said()); n > 2000 || !strings.Contains(p.Said(), "done") {
		t.Errorf("of what it said there are %d bytes: %.50s", n, p.Said())
	}
	if err := p.Stop(10 * time.Second); err != nil {
		t.Error(err)
	}
	<-p.Exited()
}

func TestServerThatFails(t *testing.T) {
	if _, err := shell(t, "echo no such store >&2; exit 3"); err == nil || err.Error() != "it ended; it said: no such store" {
		t.Errorf("one that ends: %v", err)
	}
	if _, err := child.Start(t.Context(), exec.Command("./no-such-program"), time.Second); err == nil || !strings.Contains(err.Error(), "no-such-program cannot be run") {
		t.Errorf("one that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := child.Start(ctx, exec.Command("sleep", "60"), 10*time.Second); err == nil || !strings.HasPrefix(err.Error(), context.Canceled.Error()) {
		t.Errorf("one that says nothing: %v", err)
	}
	p, err := shell(t, `trap 'echo cannot save; exit 5' TERM; echo http://127.0.0.1:1; while :; do sleep 0.05; done`)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(10 * time.Second); err == nil || !strings.HasPrefix(err.Error(), "the server ended with 5; it said: ") || !strings.HasSuffix(err.Error(), "cannot save") {
		t.Errorf("one that ends badly: %v", err)
	}
	if p, err = shell(t, `trap '' TERM; echo http://127.0.0.1:1; while :; do sleep 0.05; done`); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(100 * time.Millisecond); err == nil || err.Error() != "the server did not end within 100ms" {
		t.Errorf("one that does not end: %v", err)
	}
}
