package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"attrigraph/internal/bench/child"
	"attrigraph/internal/bench/load"
)

// neo4jHeap is the Java heap of the servers that the benchmark starts.
const neo4jHeap = "2g"

// database is a Neo4j server with a data folder of its own.
type database struct {
	data string
	// env holds NEO4J_URI and so on, as for processes that use it.
	env []string
	uri string
	// pid is 0 where the server is no process of this machine's own, as in a container.
	pid load.Process
	// ours tells that it was started here, so that it is stopped here.
	ours   bool
	script string
	driver neo4j.DriverWithContext
}

// startNeo4j starts a server on the data folder, unless it runs.
func startNeo4j(ctx context.Context, root, data string) (*database, error) {
	d := &database{data: data, script: filepath.Join(root, "scripts", "neo4j")}
	d.ours = exec.CommandContext(ctx, d.script, "status", "--data", data).Run() != nil
	if d.ours {
		start := exec.CommandContext(ctx, d.script, "start", "--data", data, "--port", "0")
		start.Env = append(os.Environ(), "ATTRIGRAPH_NEO4J_HEAP="+neo4jHeap)
		var said child.Tail
		start.Stderr = &said
		if err := start.Run(); err != nil {
			return nil, fmt.Errorf("Neo4j did not start: %w: %s", err, said.Text())
		}
	}
	if err := d.connect(ctx); err != nil {
		return nil, errors.Join(err, d.stop(ctx))
	}
	return d, nil
}

// connect reads how the server is reached, and reaches it.
func (d *database) connect(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "bash", "-c", `eval "$("$0" env --data "$1")" && env | grep ^NEO4J_`, d.script, d.data).Output()
	if err != nil {
		return fmt.Errorf("scripts/neo4j does not say how Neo4j is reached: %w", err)
	}
	values := map[string]string{}
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSuffix(line, "\n")
		name, value, _ := strings.Cut(line, "=")
		values[name] = value
		d.env = append(d.env, line)
	}
	d.uri = values["NEO4J_URI"]
	if note, err := os.ReadFile(filepath.Join(d.data, "server")); err == nil {
		for line := range bytes.Lines(note) {
			if pid, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("pid=")); ok {
				n, _ := strconv.Atoi(string(pid)) // empty for a container
				d.pid = load.Process(n)
			}
		}
	}
	d.driver, err = neo4j.NewDriverWithContext(d.uri, neo4j.BasicAuth(values["NEO4J_USERNAME"], values["NEO4J_PASSWORD"], ""))
	if err != nil {
		return err
	}
	// openStore reads them from this process's environment.
	for _, name := range []string{"NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"} {
		if err := os.Setenv(name, values[name]); err != nil {
			return err
		}
	}
	return d.driver.VerifyConnectivity(ctx)
}

// run runs a statement in a transaction of its own and returns the values of its first record.
func (d *database) run(ctx context.Context, statement string) ([]any, error) {
	session := d.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: os.Getenv("NEO4J_DATABASE")})
	defer session.Close(ctx)
	result, err := session.Run(ctx, statement, nil)
	if err != nil {
		return nil, err
	}
	var values []any
	if result.Next(ctx) {
		values = result.Record().Values
	}
	_, err = result.Consume(ctx)
	return values, err
}

// forgetStatements empties the server's caches of planned statements.
func (d *database) forgetStatements(ctx context.Context) error {
	_, err := d.run(ctx, "CALL db.clearQueryCaches()")
	return err
}

// stop stops the server if it was started here.
func (d *database) stop(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var err error
	if d.driver != nil {
		err = d.driver.Close(ctx)
	}
	if d.ours {
		err = errors.Join(err, exec.CommandContext(ctx, d.script, "stop", "--data", d.data).Run())
	}
	return err
}
