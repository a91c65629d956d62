package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"attrigraph/internal/server"
)

const (
	startTimeout = time.Minute
	stopTimeout  = 30 * time.Second
	// probeTimeout is how long the server may take to tell how it is.
	probeTimeout = 20 * time.Second
	// settle is how long a server may take to come to rest after the load: its websockets wait some seconds for the
	// clients' part of the closing.
	settle = 30 * time.Second
)

// build makes the attrigraph program of this module.
func build(ctx context.Context, folder string) (string, error) {
	program := filepath.Join(folder, "attrigraph")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, "attrigraph/cmd/attrigraph")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("attrigraph cannot be built: %w\n%s", err, out)
	}
	return program, nil
}

// process is a server that runs.
type process struct {
	address string
	cmd     *exec.Cmd
	exited  chan struct{}
	output  tail
}

var printedAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// start runs the server and returns when it is ready.
func start(ctx context.Context, program, store string) (*process, error) {
	p := &process{cmd: exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--store", store), exited: make(chan struct{})}
	// An interrupt from the terminal is for this program, which then stops the server.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Env = os.Environ()
	p.cmd.Stderr = &p.output
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s cannot be run: %w", program, err)
	}
	address := make(chan string, 1)
	go p.read(stdout, address)
	select {
	case p.address = <-address:
		return p, nil
	case <-p.exited:
		return nil, fmt.Errorf("the server does not start; it says: %s", p.output.text())
	case <-time.After(startTimeout):
		err = fmt.Errorf("the server is not ready after %s", startTimeout)
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, errors.Join(err, p.stop())
}

// read passes on the address from standard output, reads the rest so that the process is not held up, and waits for its
// end.
func (p *process) read(stdout io.Reader, address chan<- string) {
	lines := bufio.NewScanner(stdout)
	for found := false; lines.Scan(); {
		if a := printedAddress.FindString(lines.Text()); a != "" && !found {
			found = true
			address <- a
		}
	}
	_ = p.cmd.Wait() // it is stopped by a signal
	close(p.exited)
}

// stop ends the server as its operator would. It must end by itself.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // or it has ended
	select {
	case <-p.exited:
		if code := p.cmd.ProcessState.ExitCode(); code != 0 {
			return fmt.Errorf("the server ended with %d; it said: %s", code, p.output.text())
		}
		return nil
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("the server did not end within %s", stopTimeout)
	}
}

// metrics returns what /metrics says: the value of each series by its name with its labels.
func (p *process) metrics(ctx context.Context) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address+server.MetricsPath, nil)
	if err != nil {
		return nil, err
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("the server does not tell how it is: %w", err)
	}
	defer response.Body.Close()
	values := map[string]float64{}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		name, text, ok := cutLast(lines.Text(), " ")
		var v float64
		if _, err := fmt.Sscan(text, &v); ok && err == nil && !strings.HasPrefix(name, "#") {
			values[name] = v
		}
	}
	return values, lines.Err()
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
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
	t.kept = bytes.Clone(t.kept[max(0, len(t.kept)-most):])
	return len(b), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.kept))
}
