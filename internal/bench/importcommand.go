package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"attrigraph/internal/bench/bulk"
	"attrigraph/internal/bench/dataset"
)

type importCommand struct {
	Scale float64  `help:"Size of the export; by default ${default}, a million nodes with two million links." default:"1"`
	Only  []string `help:"What to measure, of sqlite, neo4j, datasets and question; by default all." placeholder:"NAME,..."`
	Batch int      `help:"Rows of a statement of the bare loader; by default ${default}." default:"10000"`
	Out   string   `help:"The report; by default ${default}." default:"docs/benchmarks-import.md" placeholder:"FILE"`
	Cache string   `help:"Folder for programs, files and stores, which are deleted at the end; by default attrigraph/bench below the user's cache folder." placeholder:"DIR"`
}

// The parts of the measurement.
const (
	importSQLite   = "sqlite"
	importNeo4j    = "neo4j"
	importDatasets = "datasets"
	importQuestion = "question"
)

var importParts = []string{importSQLite, importNeo4j, importDatasets, importQuestion}

// importBench is one measurement of imports.
type importBench struct {
	*bench
	options *importCommand
	folder  string
	export  bulk.Export
	lines   []importLine
}

// importLine is a line of the report.
type importLine struct {
	What                     string
	Records                  int
	Took                     time.Duration
	CPU                      time.Duration
	Memory, File             int64
	Wanted                   string
	Ratio                    float64
	MedianMS, Least, Longest float64
}

// Run measures and writes the report.
func (c *importCommand) Run(ctx context.Context) (err error) {
	b := &importBench{options: c, export: bulk.Export{Scale: c.Scale}}
	b.bench = &bench{dataset: dataset.Dataset{Scale: 1}, runCommand: &runCommand{Only: []string{onSQLite}, Cache: c.Cache, Scale: 1, Rounds: 1, Duration: 1, Clients: []int{1}}}
	if err := errors.Join(b.export.Check(), known("--only", c.Only, importParts), b.choose()); err != nil {
		return err
	}
	if c.Batch < 1 {
		return errors.New("--batch must be positive")
	}
	if err := os.MkdirAll(b.cache, 0o755); err != nil {
		return err
	}
	if err := b.build(ctx); err != nil {
		return err
	}
	if b.folder, err = os.MkdirTemp(b.cache, "import-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.folder)) }()
	for _, part := range []struct {
		name string
		do   func(context.Context) error
	}{{importDatasets, b.datasets}, {importQuestion, b.question}, {importSQLite, b.intoSQLite}, {importNeo4j, b.intoNeo4j}} {
		if len(c.Only) > 0 && known("", []string{part.name}, c.Only) != nil {
			continue
		}
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return b.write(ctx)
}

// add notes a line and prints it.
func (b *importBench) add(l importLine) {
	b.lines = append(b.lines, l)
	say("%s", l.text())
}

func (b *importBench) path(name string) string { return filepath.Join(b.folder, name) }

// records counts the records of an export.
func records(e bulk.Export) (n int, err error) {
	for _, err := range e.Records() {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}
