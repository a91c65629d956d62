// Command soak keeps a server busy for a long time with all that clients do, also with what they do wrong, and watches
// whether it grows: its goroutines, its memory, its open files. It runs the server as a process of its own, so that what
// the clients use is not counted. It ends with 1 where something grows, is left over, or was answered wrongly.
//
//	go run ./internal/soak --duration 10m --clients 16
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// options are what the program can be told.
type options struct {
	Store    string        `help:"The store that is served, as of attrigraph serve; a new SQLite file with the bundled cases if empty. For neo4j:// set NEO4J_USERNAME and NEO4J_PASSWORD." placeholder:"STORE"`
	Duration time.Duration `help:"How long the load lasts; by default ${default}." default:"10m"`
	Clients  int           `help:"How many clients there are at once; by default ${default}." default:"16"`
	Every    time.Duration `help:"How often the server is looked at; by default a sixtieth of the duration, and not more than each second." placeholder:"DURATION"`
	Program  string        `help:"The attrigraph program that is run; by default it is built from this module." placeholder:"FILE"`
	Seed     uint64        `help:"What the clients' choices begin with; by default ${default}." default:"1"`
}

func main() {
	var o options
	kong.Parse(&o, kong.Name("soak"), kong.Description("Keeps a server busy and watches whether it grows."), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// run puts the load on a server and prints what it sees.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	if o.Clients < 1 || o.Duration < 10*time.Second {
		return errors.New("a soak needs at least one client and 10s; see --clients and --duration")
	}
	if o.Every == 0 {
		o.Every = max(time.Second, o.Duration/60)
	}
	folder, err := os.MkdirTemp("", "attrigraph-soak-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if o.Store == "" {
		o.Store = "sqlite:" + filepath.Join(folder, "graph.db")
	}
	if o.Program == "" {
		if o.Program, err = build(ctx, folder); err != nil {
			return err
		}
	}
	p, err := start(ctx, o.Program, o.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Stop(stopTimeout)) }()
	f, err := learn(ctx, p.Address)
	if err != nil {
		return err
	}
	clients := newClients(o, p.Address, f)
	if err := fill(ctx, clients); err != nil {
		return err
	}
	idle, err := p.idle(ctx)
	if err != nil {
		return err
	}
	samples, t, err := soak(ctx, o, p, clients, out)
	if err != nil {
		return err
	}
	after, err := p.idle(ctx)
	if err != nil {
		return err
	}
	t.print(out)
	return verdict(out, samples, o.Duration, idle, after, t.wrong())
}

// soak runs the clients and samples the server until the time is over.
func soak(ctx context.Context, o options, p *process, clients []*client, out io.Writer) ([]sample, *tally, error) {
	loaded, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	t := newTally()
	begun := time.Now()
	wait := work(loaded, clients, t)
	defer wait()
	fmt.Fprintf(out, "%8s %10s %12s %10s %10s %8s %8s %8s\n", "time", "requests", "goroutines", "RssAnon", "heap", "files", "running", "streams")
	var samples []sample
	tick := time.NewTicker(o.Every)
	defer tick.Stop()
	for {
		select {
		case <-loaded.Done():
			return samples, t, ctx.Err()
		case <-p.Exited():
			return nil, nil, fmt.Errorf("the server ended under the load; it said: %s", p.Said())
		case <-tick.C:
		}
		s, err := p.sample(ctx)
		if err != nil {
			return nil, nil, err
		}
		s.at = time.Since(begun)
		samples = append(samples, s)
		fmt.Fprintf(out, "%8s %10d %12.0f %10s %10s %8.0f %8.0f %8.0f\n", s.at.Round(time.Second), t.total(),
			s.values[goroutines], megabytes(s.values[rssAnon]), megabytes(s.values[heap]), s.values[files], s.values[running], s.values[streams])
	}
}

func megabytes(bytes float64) string { return fmt.Sprintf("%.1f MB", bytes/(1<<20)) }
