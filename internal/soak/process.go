package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"attrigraph/internal/bench/child"
	"attrigraph/internal/server"
)

const (
	stopTimeout = 30 * time.Second
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
type process struct{ *child.Process }

// start runs the server and returns when it is ready.
func start(ctx context.Context, program, store string) (*process, error) {
	c, err := child.Start(ctx, exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--store", store), stopTimeout)
	if err != nil {
		return nil, fmt.Errorf("the server did not start: %w", err)
	}
	return &process{c}, nil
}

// metrics returns what /metrics says: the value of each series by its name with its labels.
func (p *process) metrics(ctx context.Context) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Address+server.MetricsPath, nil)
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
