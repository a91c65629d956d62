// Package servertest puts the whole server together for tests, as `attrigraph serve` does: the bundled cases in a SQLite
// file, the GraphQL layer over it and HTTP around that.
package servertest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"attrigraph/graph"
	"attrigraph/internal/casebook"
	"attrigraph/internal/rules"
	"attrigraph/internal/server"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/internal/store/opentest"
	"attrigraph/internal/web"
	"attrigraph/schema"
)

// Server is a server that listens nowhere yet. API answers at /graphql of Handler.
type Server struct {
	Store   store.Store
	API     *graph.Handler
	Handler http.Handler
}

// Options change what a server is made of. What is nil stays as the program has it; nothing is logged.
type Options struct {
	// Store is what is served, the bundled cases in a new SQLite file if nil.
	Store store.Store
	// Log gets what the server logs.
	Log *slog.Logger
	// Graph changes the GraphQL layer, for example its limits.
	Graph func(*graph.Config)
}

// New makes a server. The end of the test closes the store that New made.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Store == nil {
		o.Store = Bundled(t)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	model, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	api, err := schema.Parsed()
	if err != nil {
		t.Fatal(err)
	}
	cfg := graph.Config{Schema: api, Catalog: model, Store: o.Store, Rules: rules.All(), Log: o.Log}
	if o.Graph != nil {
		o.Graph(&cfg)
	}
	es, err := graph.NewExecutableSchema(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := graph.NewHandler(es)
	return &Server{Store: o.Store, API: h, Handler: Around(t, h, o.Store, o.Log)}
}

// Around returns the handler of everything that is served, with api at /graphql.
func Around(t testing.TB, api *graph.Handler, s store.Store, log *slog.Logger) http.Handler {
	t.Helper()
	h, err := server.New(server.Config{
		GraphQL:    api,
		EndStreams: api.EndStreams,
		Playground: web.Playground(web.PlaygroundConfig{Endpoint: server.GraphQLPath}),
		Ready: func(ctx context.Context) error {
			_, err := s.Empty(ctx)
			return err
		},
		Listen: "127.0.0.1:0",
		Log:    log,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Listen serves on a port of its own until the test ends and returns the server's address, such as http://127.0.0.1:1234.
func (s *Server) Listen(t testing.TB) string {
	t.Helper()
	srv := httptest.NewServer(s.Handler)
	t.Cleanup(srv.Close)
	return srv.URL
}

// Bundled returns the bundled cases in a new SQLite file. The end of the test closes it.
func Bundled(t testing.TB) *sqlite.Store {
	t.Helper()
	model, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	s := opentest.SQLite(t, model)
	files, err := casebook.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	book, err := casebook.Load(model, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), book.Write(), book.Changes()); err != nil {
		t.Fatal(err)
	}
	return s
}
