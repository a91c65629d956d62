package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"attrigraph/internal/server"
	"attrigraph/internal/store"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// commandLine is what the program can be asked to do. Flags that say where something is have a twin in the environment.
type commandLine struct {
	Store         string `help:"Where the graph is: sqlite:PATH, neo4j://HOST, neo4j+s://HOST, bolt://HOST or bolt+s://HOST; by default ${default}." default:"sqlite:attrigraph.db" env:"ATTRIGRAPH_STORE" placeholder:"STORE"`
	Neo4jUsername string `name:"neo4j-username" help:"User name for Neo4j." env:"NEO4J_USERNAME" placeholder:"NAME"`
	Neo4jPassword string `name:"neo4j-password" help:"Password for Neo4j." env:"NEO4J_PASSWORD" hidden:""`
	Neo4jDatabase string `name:"neo4j-database" help:"Name of the Neo4j database." env:"NEO4J_DATABASE" placeholder:"NAME"`
	LogLevel      string `help:"What to log on standard error, from this level on: ${enum}; by default ${default}." enum:"debug,info,warn,error" default:"info" env:"ATTRIGRAPH_LOG_LEVEL" placeholder:"LEVEL"`
	LogFormat     string `help:"How to log: ${enum}; auto is text on a terminal and json elsewhere." enum:"auto,text,json" default:"auto" env:"ATTRIGRAPH_LOG_FORMAT" placeholder:"FORMAT"`

	Serve   serveCommand   `cmd:"" help:"Serve the GraphQL API and the playground."`
	Import  importCommand  `cmd:"" help:"Read files into the store."`
	Export  exportCommand  `cmd:"" help:"Write the graph to a file."`
	Query   queryCommand   `cmd:"" help:"Run one GraphQL operation on the store."`
	Explain explainCommand `cmd:"" help:"Print the plan and the statements that an operation becomes, for both stores, without using any."`
	Schema  schemaCommand  `cmd:"" help:"Print the GraphQL schema."`
	Migrate migrateCommand `cmd:"" help:"Bring the store to the version of this program."`
	Check   checkCommand   `cmd:"" help:"Verify the integrity of the store."`
	Version versionCommand `cmd:"" help:"Print the version of this program."`
}

// program is what commands work with.
type program struct {
	*commandLine
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	log            *slog.Logger
}

// exited carries the exit code out of kong, which ends the program after it has printed the help.
type exited int

// run does what the arguments say and returns the exit code. Flags that args lack are taken from the environment.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case exited:
			code = int(cause)
		default:
			panic(cause)
		}
	}()
	p := &program{commandLine: &commandLine{}, ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr}
	parser, err := kong.New(p.commandLine,
		kong.Name("attrigraph"),
		kong.Description("A knowledge graph of public cyber-incident attribution: who holds whom responsible for what, on what evidence, and who denies it."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the commands above have a mistake
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		return p.fail(&usageError{fmt.Sprintf("%s; `attrigraph --help` says what there is", err)})
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(p.LogLevel)); err != nil {
		panic(err) // kong has checked it
	}
	p.log = slog.New(server.LogHandler(p.logHandler(&slog.HandlerOptions{Level: level})))
	if err := chosen.Run(p); err != nil {
		return p.fail(err)
	}
	return exitDone
}

// logHandler writes the log on standard error: for people on a terminal, else for what collects logs, with durations in
// seconds.
func (p *program) logHandler(o *slog.HandlerOptions) slog.Handler {
	if p.LogFormat == "json" || p.LogFormat == "auto" && !onTerminal(p.stderr) {
		seconds := *o
		seconds.ReplaceAttr = func(_ []string, a slog.Attr) slog.Attr {
			if a.Value.Kind() == slog.KindDuration { // which would be a number of nanoseconds
				a.Value = slog.Float64Value(a.Value.Duration().Seconds())
			}
			return a
		}
		return slog.NewJSONHandler(p.stderr, &seconds)
	}
	return slog.NewTextHandler(p.stderr, o)
}

// usageError is a mistake in the arguments.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usage(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// fail prints the error as one line and returns the exit code for it. A store's own words go to the log.
func (p *program) fail(err error) int {
	code := exitFailed
	var wrong *usageError
	var failure *store.Failure
	switch {
	case errors.As(err, &wrong):
		code = exitUsage
	case p.ctx.Err() != nil:
		err = errors.New("the command was interrupted before it was done; run it again")
	case errors.As(err, &failure) && failure.Detail != nil:
		level := slog.LevelDebug
		if failure.Kind == nil && strings.HasSuffix(err.Error(), failure.Error()) {
			level = slog.LevelError // the text says no more than that the log does
		}
		p.log.Log(p.ctx, level, "the store failed", "error", failure.Detail)
	}
	fmt.Fprintf(p.stderr, "attrigraph: %s\n", oneLine(err.Error()))
	return code
}

// oneLine joins the lines of a text.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// plural writes a number with what it counts.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
