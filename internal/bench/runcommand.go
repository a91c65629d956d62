package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/bench/questions"
)

type runCommand struct {
	Scale     float64       `help:"Size of the data set; by default ${default}." default:"1"`
	Questions []string      `name:"queries" help:"Questions to time, of deep, node, some, none, supernode and ordinary; by default all." placeholder:"NAME,..."`
	Clients   []int         `help:"Numbers of clients; by default ${default}." default:"1,16" placeholder:"N,..."`
	Duration  time.Duration `help:"How long a load lasts; by default ${default}." default:"8s"`
	WarmUp    time.Duration `help:"How long a server is loaded before its first measured load with a question; by default ${default}." default:"3s"`
	Heat      time.Duration `help:"How long each server is loaded before anything is measured on a Neo4j that may be new: its virtual machine gets faster for about a minute; by default ${default}." default:"60s"`
	Rounds    int           `help:"How often each load is repeated; by default ${default}." default:"3"`
	Only      []string      `help:"Servers, of neo4j and sqlite (attrigraph on either), handwritten, neo4jgraphql and neo4jgraphql-production; by default all." placeholder:"NAME,..."`
	Growth    bool          `help:"Compare with a data set of a tenth of the size." default:"true" negatable:""`
	Out       string        `help:"The report; by default ${default}." default:"docs/benchmarks.md" placeholder:"FILE"`
	Cache     string        `help:"Folder for stores and programs; by default attrigraph/bench below the user's cache folder." placeholder:"DIR"`
	Results   string        `help:"The results as JSON, from which bench report makes the report; by default ${default}." default:"internal/bench/results.json" placeholder:"FILE"`
}

// smallPart is the size of the smaller data set of the growth.
const smallPart = 0.1

// bench is one run.
type bench struct {
	*runCommand
	root, cache string
	dataset     dataset.Dataset
	// neo4j is nil if no server on it is chosen.
	neo4j     *database
	questions []questions.Question
	servers   []*server
	results   *Results
}

// Run measures everything and writes the report.
func (c *runCommand) Run(ctx context.Context) (err error) {
	b := &bench{runCommand: c, dataset: dataset.Dataset{Scale: c.Scale}}
	if err := b.choose(); err != nil {
		return err
	}
	if err := b.prepare(ctx); err != nil {
		return errors.Join(err, b.close(ctx))
	}
	defer func() { err = errors.Join(err, b.close(ctx)) }()
	b.results = &Results{
		When: time.Now().UTC().Format(time.DateOnly), Scale: c.Scale, Nodes: b.dataset.Sizes().Nodes(), Seconds: c.Duration.Seconds(), Rounds: c.Rounds,
	}
	for _, s := range b.servers {
		b.results.Servers = append(b.results.Servers, ServerName{s.Key, s.Title})
	}
	b.results.Revision, b.results.Machine = revision(ctx, b.root), machine(ctx, b)
	// What is short comes first, so that it fails first.
	for _, part := range []func(context.Context) error{b.hits, b.cached, b.loads, b.starts, b.growth} {
		// What was measured is kept although a later part fails: bench report shows it.
		if err := errors.Join(part(ctx), b.results.write(below(b.root, c.Results))); err != nil {
			return err
		}
	}
	return b.results.report(below(b.root, c.Out))
}

// choose checks the options.
func (b *bench) choose() (err error) {
	if b.root, err = repository(); err != nil {
		return err
	}
	if b.cache = b.Cache; b.cache == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		b.cache = filepath.Join(cache, "attrigraph", "bench")
	}
	if b.cache, err = filepath.Abs(b.cache); err != nil {
		return err
	}
	if err := b.dataset.Check(); err != nil {
		return err
	}
	if b.Rounds < 1 || b.Duration <= 0 || len(b.Clients) == 0 || slices.Min(b.Clients) < 1 {
		return errors.New("--rounds, --duration and --clients must be positive")
	}
	if small := b.Scale * smallPart; b.Growth {
		if err := (dataset.Dataset{Scale: small}).Check(); err != nil {
			return fmt.Errorf("a tenth of the data set is compared with it: %w, or give --no-growth", err)
		}
	}
	var names []string
	for _, q := range questions.All() {
		names = append(names, q.Name)
		if len(b.Questions) == 0 || slices.Contains(b.Questions, q.Name) {
			b.questions = append(b.questions, q)
		}
	}
	if err := known("--queries", b.Questions, names); err != nil {
		return err
	}
	return known("--only", b.Only, serverKeys)
}

// known fails where a list holds what is not in another.
func known(option string, given, names []string) error {
	for _, name := range given {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%s names %q; there are %s", option, name, strings.Join(names, ", "))
		}
	}
	return nil
}

// repository is the folder of the module, from which paths of options count.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && strings.HasPrefix(string(text), "module attrigraph\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("run bench in the repository of attrigraph")
		}
		dir = parent
	}
}

// below is the path of an option, which counts from the repository.
func below(root, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, path)
}

// say tells on standard error how far the run is.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
