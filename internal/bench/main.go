// Command bench measures attrigraph beside what people would use instead, over the same facts. `go run ./internal/bench
// run` does everything and writes docs/benchmarks.md; `go run ./internal/bench load` only fills a store.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commandLine is what the program can be asked to do.
type commandLine struct {
	Run      runCommand      `cmd:"" help:"Load what is missing, measure, and write the report."`
	Report   reportCommand   `cmd:"" help:"Write the report again from the results of the last run."`
	Load     loadCommand     `cmd:"" help:"Fill a store with the data set of the benchmark."`
	Import   importCommand   `cmd:"" help:"Measure imports, and write the report of them."`
	Generate generateCommand `cmd:"" help:"Write the export on which imports are measured."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser := kong.Must(&commandLine{},
		kong.Name("bench"),
		kong.Description("Measures attrigraph beside what people would use instead."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	chosen, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %s; bench --help says what there is\n", err)
		os.Exit(2)
	}
	if err := chosen.Run(); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted before it was done; run it again")
		}
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}
