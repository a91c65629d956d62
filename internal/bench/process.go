package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"time"

	"attrigraph/internal/bench/child"
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
	stopTimeout = 15 * time.Second
	readyPoll   = time.Millisecond
)

// process is a server that runs.
type process struct {
	*server
	*child.Process
}

// start runs the server as a process of its own and returns when it is ready.
func (s *server) start(ctx context.Context) (*process, error) {
	cmd := exec.Command(s.command[0], s.command[1:]...)
	cmd.Env = s.env
	c, err := child.Start(ctx, cmd, stopTimeout)
	if err != nil {
		return nil, fmt.Errorf("%s did not start: %w", s.Title, err)
	}
	p := &process{server: s, Process: c}
	if err := p.awaitReady(ctx); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s did not start: %w; it said: %s", s.Title, err, p.Said())
	}
	return p, nil
}

// awaitReady asks the ready path until it answers with 200.
func (p *process) awaitReady(ctx context.Context) error {
	if p.readyPath == "" {
		return nil
	}
	for time.Since(p.Started) < child.StartTimeout {
		response, err := http.Get(p.Address + p.readyPath)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(readyPoll):
		case <-p.Exited():
			return errors.New("it ended")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("it was not ready within %v", child.StartTimeout)
}

// stop ends the process and returns when it has ended. How servers of others end is not what is measured.
func (p *process) stop() { _ = p.Process.Stop(stopTimeout) }
