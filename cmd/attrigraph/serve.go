package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/casebook"
	"attrigraph/internal/rules"
	"attrigraph/internal/server"
	"attrigraph/internal/store"
	"attrigraph/internal/web"
	"attrigraph/schema"
)

type serveCommand struct {
	Listen       string   `help:"Address and port to listen on; by default ${default}." default:"127.0.0.1:8080" env:"ATTRIGRAPH_LISTEN" placeholder:"HOST:PORT"`
	Empty        bool     `help:"Leave a new store empty, without the casebook that comes with the program." env:"ATTRIGRAPH_EMPTY"`
	AllowedHosts []string `help:"Further names under which the server is reached, as in the Host of requests." env:"ATTRIGRAPH_ALLOWED_HOSTS" placeholder:"HOST,..."`
	CORSOrigins  []string `name:"cors-origins" help:"Origins whose pages may use the API, such as https://dashboard.example." env:"ATTRIGRAPH_CORS_ORIGINS" placeholder:"ORIGIN,..."`

	TLSCert string `name:"tls-cert" help:"File with the certificate (PEM) and those that vouch for it; makes the server speak HTTPS. A changed file is read again." env:"ATTRIGRAPH_TLS_CERT" placeholder:"FILE"`
	TLSKey  string `name:"tls-key" help:"File with the key of the certificate (PEM)." env:"ATTRIGRAPH_TLS_KEY" placeholder:"FILE"`

	Timeout       time.Duration `help:"How long an operation may take, waiting for its turn included; by default ${default}." default:"5s" env:"ATTRIGRAPH_TIMEOUT" placeholder:"DURATION"`
	MaxOperations int           `help:"How many operations may use the store at once; four times as many may wait. By default ${default}." default:"24" env:"ATTRIGRAPH_MAX_OPERATIONS" placeholder:"NUMBER"`
	MaxResponse   byteSize      `help:"How large the data of an answer may be; by default ${default}." default:"16MB" env:"ATTRIGRAPH_MAX_RESPONSE" placeholder:"SIZE"`
	Explain       bool          `help:"Let every client ask for the plan and the statement of its operation." env:"ATTRIGRAPH_EXPLAIN"`
	Slow          time.Duration `help:"Log operations that take longer, with plan and statement; 0s logs all. By default ${default}." default:"1s" env:"ATTRIGRAPH_SLOW" placeholder:"DURATION"`
	DrainWait     time.Duration `help:"How long to go on answering after the signal to end, while /readyz says 503; by default ${default}." default:"0s" env:"ATTRIGRAPH_DRAIN_WAIT" placeholder:"DURATION"`
}

// Run serves until the context ends.
func (c *serveCommand) Run(p *program) error {
	if err := c.validate(p); err != nil {
		return &usageError{err.Error()}
	}
	// What can be wrong without the store comes first, so that nothing has been made then.
	cfg := c.config(p)
	if c.TLSCert != "" {
		var err error
		if cfg.TLS, err = server.NewTLS(c.TLSCert, c.TLSKey, p.log); err != nil {
			return err
		}
	}
	tracing, err := server.StartTracing(p.ctx, programVersion(), p.log)
	if err != nil {
		return err
	}
	defer tracing.Stop(p.ctx)
	l, err := server.Listen(p.ctx, c.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	s, fresh, err := p.open(writing)
	if err != nil {
		return err
	}
	err = c.serve(p, l, s, fresh, cfg, tracing)
	return errors.Join(err, p.close(s))
}

// validate says in one line what is wrong with the flags.
func (c *serveCommand) validate(p *program) error {
	for _, wrong := range []struct {
		is   bool
		text string
	}{
		{(c.TLSCert == "") != (c.TLSKey == ""), "--tls-cert and --tls-key belong together; give both or neither"},
		{c.Timeout <= 0, "--timeout must be longer than nothing; write a duration such as 5s"},
		{c.MaxOperations < 1, "--max-operations must be at least 1"},
		{c.Slow < 0, "--slow cannot be negative; 0s logs every operation"},
	} {
		if wrong.is {
			return errors.New(wrong.text)
		}
	}
	return c.config(p).Validate()
}

func (c *serveCommand) serve(p *program, l net.Listener, s store.Store, fresh bool, cfg server.Config, tracing *server.Tracing) error {
	if fresh && !c.Empty {
		p.tell("loading the casebook that comes with the program")
		if err := p.loadBundled(s); err != nil {
			return err
		}
	}
	telemetry := server.NewTelemetry(server.TelemetryConfig{
		Version: programVersion(), Store: p.storeKind(), Log: p.log, Slow: c.Slow, Tracing: tracing,
	})
	api, err := p.newHandler(s, func(g *graph.Config) {
		g.Timeout, g.MaxResponse, g.Explain = c.Timeout, int(c.MaxResponse), c.Explain
		g.MaxOperations, g.MaxWaiting = c.MaxOperations, 4*c.MaxOperations
		g.Observe = observe(telemetry, s)
	})
	if err != nil {
		return err
	}
	telemetry.WatchLoad(load(api))
	examples, err := playgroundExamples()
	if err != nil {
		return err
	}
	cfg.GraphQL, cfg.EndStreams, cfg.Telemetry = api, api.EndStreams, telemetry
	cfg.Playground = web.Playground(web.PlaygroundConfig{Endpoint: server.GraphQLPath, Examples: examples})
	cfg.Ready = func(ctx context.Context) error {
		_, err := s.Empty(ctx)
		return err
	}
	h, err := server.New(cfg)
	if err != nil {
		return err
	}
	base := "http://" + reachable(l.Addr())
	if cfg.TLS != nil {
		base = "https://" + reachable(l.Addr())
	}
	fmt.Fprintf(p.stdout, "playground  %s%s\nAPI         %s%s\n", base, server.PlaygroundPath, base, server.GraphQLPath)
	stop := p.warm(s, api)
	defer stop() // before the store is closed
	defer holdHeap()()
	return h.Serve(p.ctx, l)
}

// config is what the flags say about the server.
func (c *serveCommand) config(p *program) server.Config {
	return server.Config{
		Listen: c.Listen, AllowedHosts: c.AllowedHosts, CORSOrigins: c.CORSOrigins,
		OperationTimeout: c.Timeout, DrainWait: c.DrainWait, Log: p.log,
	}
}

// newHandler returns the GraphQL layer over a store; s may be nil for what only plans. changes are made to what it is made
// of.
func (p *program) newHandler(s store.Store, changes ...func(*graph.Config)) (*graph.Handler, error) {
	model, err := schema.Catalog()
	if err != nil {
		return nil, err
	}
	api, err := schema.Parsed()
	if err != nil {
		return nil, err
	}
	cfg := graph.Config{Schema: api, Catalog: model, Store: s, Rules: rules.All(), Log: p.log}
	for _, change := range changes {
		change(&cfg)
	}
	es, err := graph.NewExecutableSchema(cfg)
	if err != nil {
		return nil, err
	}
	return graph.NewHandler(es), nil
}

// loadBundled writes the casebook that comes with the program. It is not interrupted, so that no store is left that is
// neither new nor filled.
func (p *program) loadBundled(s store.Store) error {
	model, err := schema.Catalog()
	if err != nil {
		return err
	}
	files, err := casebook.Bundled()
	if err != nil {
		return err
	}
	book, err := casebook.Load(model, files)
	if err != nil {
		return err
	}
	if _, err := s.Apply(context.WithoutCancel(p.ctx), book.Write(), book.Changes()); err != nil {
		return fmt.Errorf("the casebook that comes with the program could not be loaded: %w", p.advised(err))
	}
	return nil
}

func playgroundExamples() ([]web.Example, error) {
	examples, err := schema.Examples()
	if err != nil {
		return nil, err
	}
	out := make([]web.Example, len(examples))
	for i, e := range examples {
		out[i] = web.Example{Name: e.Name, Title: e.Title, Description: e.Description, Query: e.Query, Variables: indented(e.Variables)}
	}
	return out, nil
}

// reachable is an address that a browser on this machine can open: all addresses together have no own one.
func reachable(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return a.String()
}
