// Package child runs servers as processes of their own, for programs that put load on them.
package child

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"

	"attrigraph/internal/bench/load"
)

// StartTimeout is how long a server may take until it listens.
const StartTimeout = time.Minute

// printedAddress is what every server prints when it listens.
var printedAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// Process is a server that runs.
type Process struct {
	// Address is what the server printed, such as http://127.0.0.1:1234.
	Address string
	// Started is when the process was asked for.
	Started time.Time
	cmd     *exec.Cmd
	exited  chan struct{}
	output  Tail
}

// Start runs a server and returns when it has printed its address on standard output. Where it does not, no process is
// left and the error holds what it said. A server that is still there after stopTimeout is killed then.
func Start(ctx context.Context, cmd *exec.Cmd, stopTimeout time.Duration) (*Process, error) {
	p := &Process{cmd: cmd, exited: make(chan struct{}), Started: time.Now()}
	// An interrupt from the terminal is for the program that puts on the load, which then stops its servers.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stderr = &p.output
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s cannot be run: %w", cmd.Path, err)
	}
	address := make(chan string, 1)
	go p.read(stdout, address)
	timeout := time.NewTimer(StartTimeout)
	defer timeout.Stop()
	select {
	case p.Address = <-address:
		return p, nil
	case <-p.exited:
		err = errors.New("it ended")
	case <-timeout.C:
		err = fmt.Errorf("it printed no address within %v", StartTimeout)
	case <-ctx.Done():
		err = ctx.Err()
	}
	_ = p.Stop(stopTimeout) // that it did not start says more
	return nil, fmt.Errorf("%w; it said: %s", err, p.Said())
}

// read passes on the address from standard output, reads the rest so that the process is not held up, and waits for its
// end.
func (p *Process) read(stdout io.Reader, address chan<- string) {
	all := io.TeeReader(stdout, &p.output)
	lines := bufio.NewScanner(all)
	for found := false; lines.Scan(); {
		if a := printedAddress.FindString(lines.Text()); a != "" && !found {
			found = true
			address <- a
		}
	}
	_, _ = io.Copy(io.Discard, all) // a line too long for the scanner ends only its search for the address
	_ = p.cmd.Wait()                // Stop looks at how it ended
	close(p.exited)
}

// ID is the process to account for.
func (p *Process) ID() load.Process { return load.Process(p.cmd.Process.Pid) }

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Said returns the end of what the process printed.
func (p *Process) Said() string { return p.output.Text() }

// Stop asks the process to end, as an operator would, and returns when it has ended. It is an error if the process ended
// with another code than 0 or had to be killed because it was still there after the timeout.
func (p *Process) Stop(timeout time.Duration) error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // or it has ended
	select {
	case <-p.exited:
		if code := p.cmd.ProcessState.ExitCode(); code != 0 {
			return fmt.Errorf("the server ended with %d; it said: %s", code, p.Said())
		}
		return nil
	case <-time.After(timeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("the server did not end within %s", timeout)
	}
}

// Tail keeps the end of what a process says.
type Tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write implements io.Writer.
func (t *Tail) Write(b []byte) (int, error) {
	const most = 2000
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b[max(0, len(b)-most):]...)
	t.kept = bytes.Clone(t.kept[max(0, len(t.kept)-most):])
	return len(b), nil
}

// Text returns the last bytes that were written, without space around them.
func (t *Tail) Text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.kept))
}
