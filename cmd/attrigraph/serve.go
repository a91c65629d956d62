package main

import (
	"context"
	"errors"
	"fmt"
	"net"

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
}

// Run serves until the context ends.
func (c *serveCommand) Run(p *program) error {
	if err := c.config(p).Validate(); err != nil {
		return &usageError{err.Error()}
	}
	// The port comes first: where it is taken, nothing has been made yet.
	l, err := server.Listen(p.ctx, c.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	s, fresh, err := p.open(writing)
	if err != nil {
		return err
	}
	err = c.serve(p, l, s, fresh)
	return errors.Join(err, p.close(s))
}

func (c *serveCommand) serve(p *program, l net.Listener, s store.Store, fresh bool) error {
	if fresh && !c.Empty {
		p.tell("loading the casebook that comes with the program")
		if err := p.loadBundled(s); err != nil {
			return err
		}
	}
	api, err := p.newHandler(s)
	if err != nil {
		return err
	}
	examples, err := playgroundExamples()
	if err != nil {
		return err
	}
	cfg := c.config(p)
	cfg.GraphQL = api
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
	fmt.Fprintf(p.stdout, "playground  %s%s\nAPI         %s%s\n", base, server.PlaygroundPath, base, server.GraphQLPath)
	return server.Serve(p.ctx, l, h, server.DrainTimeout, p.log)
}

// config is what the flags say about the server.
func (c *serveCommand) config(p *program) server.Config {
	return server.Config{Listen: c.Listen, AllowedHosts: c.AllowedHosts, CORSOrigins: c.CORSOrigins, Log: p.log}
}

// newHandler returns the GraphQL layer over a store; s may be nil for what only plans.
func (p *program) newHandler(s store.Store) (*graph.Handler, error) {
	model, err := schema.Catalog()
	if err != nil {
		return nil, err
	}
	api, err := schema.Parsed()
	if err != nil {
		return nil, err
	}
	es, err := graph.NewExecutableSchema(graph.Config{Schema: api, Catalog: model, Store: s, Rules: rules.All(), Log: p.log})
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
