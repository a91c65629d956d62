package deploytest

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startTime bounds the start of a server on a new store, on a busy machine.
const startTime = time.Minute

// running is the server of the image.
type running struct {
	image   *image
	address string // host and port
	env     []string
	root    string // where the image's files are; empty where the server sees nothing else
	cmd     *exec.Cmd
	stderr  *bytes.Buffer // to be read after exited
	exited  chan struct{} // closed when the server has ended
}

// freeAddress is a loopback address that nothing listens on now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs the image's command as an engine would: with nothing but its files, as its user, in its working folder, with
// its environment, which more changes. Where the test is not run by root it is like startHere.
func (i *image) start(t *testing.T, more map[string]string) *running {
	t.Helper()
	if os.Getuid() != 0 {
		return i.startHere(t, more)
	}
	return i.startBelow(t, "", more)
}

// startHere runs the image's command as the test's user among the files of this machine, which has /proc.
func (i *image) startHere(t *testing.T, more map[string]string) *running {
	t.Helper()
	data := filepath.Join(t.TempDir(), "graph.db")
	env := map[string]string{"ATTRIGRAPH_STORE": "sqlite:" + data}
	maps.Copy(env, more)
	return i.startBelow(t, i.rootfs, env)
}

// startBelow starts the server; root is where the image's files are for it.
func (i *image) startBelow(t *testing.T, root string, more map[string]string) *running {
	t.Helper()
	s := &running{image: i, address: freeAddress(t), root: root, stderr: &bytes.Buffer{}, exited: make(chan struct{})}
	env := maps.Clone(i.env)
	env["ATTRIGRAPH_LISTEN"] = s.address
	maps.Copy(env, more)
	for name, value := range env {
		s.env = append(s.env, name+"="+value)
	}
	entry, err := words(i.final.last("ENTRYPOINT"))
	if err != nil {
		t.Fatal(err)
	}
	args, err := words(i.final.last("CMD"))
	if err != nil {
		t.Fatal(err)
	}
	s.cmd = s.command(t, append(entry, args...))
	s.cmd.Stderr = s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait() // ProcessState says how it ended
		close(s.exited)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it may have ended by itself
		<-s.exited
	})
	for deadline := time.Now().Add(startTime); ; time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.exited:
			t.Fatalf("the server ended: %s %s", s.cmd.ProcessState, s.stderr)
		default:
		}
		res, err := http.Get(s.url("/healthz"))
		if err == nil {
			res.Body.Close()
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not answer: %v", err)
		}
	}
}

// command is a program of the image, ready to run where and as the server does.
func (s *running) command(t *testing.T, words []string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.root, words[0]), words[1:]...)
	cmd.Dir, cmd.Env = filepath.Join(s.root, s.image.final.workdir()), s.env
	if s.root == "" {
		user, group, _ := strings.Cut(s.image.final.last("USER"), ":")
		uid, err := strconv.ParseUint(user, 10, 32)
		if err != nil || uid == 0 {
			t.Fatalf("the image runs as %q: write the number of a user who is not root", user)
		}
		gid, err := strconv.ParseUint(group, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Chroot: s.image.rootfs, Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
		}
	}
	return cmd
}

// healthy runs the health check of the image.
func (s *running) healthy(t *testing.T) error {
	t.Helper()
	check, found := strings.CutPrefix(s.image.final.last("HEALTHCHECK"), "CMD ")
	if !found {
		t.Fatal("the image has no health check")
	}
	list, err := words(check)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := s.command(t, list).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

func (s *running) url(path string) string { return "http://" + s.address + path }

// get asks for a path and returns status and body.
func (s *running) get(t *testing.T, path, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url(path), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	return answered(t, req)
}

// ask sends an operation.
func (s *running) ask(t *testing.T, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url("/graphql"), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return answered(t, req)
}

func answered(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// terminate tells the server to end, as engines and systemd do.
func (s *running) terminate(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// stop has the server end and returns how it did.
func (s *running) stop(t *testing.T) (code int, stderr string) {
	t.Helper()
	s.terminate(t)
	select {
	case <-s.exited:
	case <-time.After(endTime):
		t.Fatalf("the server did not end within %s", endTime)
	}
	return s.cmd.ProcessState.ExitCode(), s.stderr.String()
}
