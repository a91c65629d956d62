package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"

	"attrigraph/internal/bench/load"
	"attrigraph/internal/bench/questions"
)

// server is one of the servers that are compared, and how to start it.
type server struct {
	// Key names it in options and results, Title in the report.
	Key, Title string
	kind       questions.Server
	// store is the address of the store of attrigraph.
	store string
	// db is the Neo4j that it reads, whose work is counted apart; nil for SQLite.
	db *database
	// readyPath is asked until it answers; without one the server is ready when it prints its address.
	readyPath string
	command   []string
	env       []string
}

// Times of processes that are started.
const (
	startTimeout = time.Minute
	stopTimeout  = 15 * time.Second
	readyPoll    = time.Millisecond
)

// printedAddress is what every server prints when it listens.
var printedAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// process is a server that runs.
type process struct {
	*server
	Address string
	// started is when the process was asked for.
	started time.Time
	cmd     *exec.Cmd
	exited  chan struct{}
	output  tail
}

// id is the process to account for.
func (p *process) id() load.Process { return load.Process(p.cmd.Process.Pid) }

// start runs the server as a process of its own and returns when it is ready.
func (s *server) start(ctx context.Context) (*process, error) {
	p := &process{server: s, exited: make(chan struct{}), cmd: exec.Command(s.command[0], s.command[1:]...)}
	p.cmd.Env = s.env
	// An interrupt from the terminal is for the benchmark, which then stops its servers.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Stderr = &p.output
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", s.Title, err)
	}
	address := make(chan string, 1)
	go p.read(stdout, address)
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	select {
	case p.Address = <-address:
		err = p.awaitReady(ctx)
	case <-p.exited:
		err = errors.New("it ended")
	case <-timeout.C:
		err = fmt.Errorf("it printed no address within %v", startTimeout)
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("%s did not start: %w; it said: %s", s.Title, err, p.output.text())
	}
	return p, nil
}

// read passes on the address from standard output, reads the rest so that the process is not held up, and waits for its
// end.
func (p *process) read(stdout io.Reader, address chan<- string) {
	lines := bufio.NewScanner(io.TeeReader(stdout, &p.output))
	for found := false; lines.Scan(); {
		if a := printedAddress.FindString(lines.Text()); a != "" && !found {
			found = true
			address <- a
		}
	}
	_ = p.cmd.Wait() // it is stopped by a signal
	close(p.exited)
}

// awaitReady asks the ready path until it answers with 200.
func (p *process) awaitReady(ctx context.Context) error {
	if p.readyPath == "" {
		return nil
	}
	for time.Since(p.started) < startTimeout {
		response, err := http.Get(p.Address + p.readyPath)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(readyPoll):
		case <-p.exited:
			return errors.New("it ended")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("it was not ready within %v", startTimeout)
}

// stop ends the process and returns when it has ended.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // or it has ended
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// tail keeps the end of what a process says.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	const most = 2000
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b...)
	t.kept = t.kept[max(0, len(t.kept)-most):]
	return len(b), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.kept))
}
