// Package server serves HTTP: the API, the pages, and what whoever runs the program watches. It knows neither stores nor
// the model.
package server

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Paths of what is served.
const (
	GraphQLPath    = "/graphql"
	PlaygroundPath = "/playground"
)

// Config says what is served to whom.
type Config struct {
	// GraphQL answers at GraphQLPath, Playground at PlaygroundPath and below.
	GraphQL, Playground http.Handler
	// Ready reads a little through the store; its error says, in words that anybody may see, why it cannot be read.
	Ready func(ctx context.Context) error
	// Listen is the address that the server listens on, as it was given: its host is one that requests may name.
	Listen string
	// AllowedHosts are further hosts that requests may name, with or without a port.
	AllowedHosts []string
	// CORSOrigins are the origins beside the server's own whose pages may use it, such as https://dashboard.example.
	CORSOrigins []string
	// Log gets one line for each request at the level debug; the default logger if nil.
	Log *slog.Logger
}

// readyTimeout bounds the read of /readyz.
const readyTimeout = 2 * time.Second

// Validate says in one line what is wrong with the address, a host or an origin.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("%q is no address to listen on: write host:port, such as 127.0.0.1:8080", c.Listen)
	}
	_, hosts := newHosts(c.Listen, c.AllowedHosts)
	_, origins := newOrigins(c.CORSOrigins)
	return cmp.Or(hosts, origins)
}

// New returns the handler of everything that is served. It fails where Validate does.
func New(cfg Config) (http.Handler, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	hosts, err := newHosts(cfg.Listen, cfg.AllowedHosts)
	if err != nil {
		return nil, err
	}
	origins, err := newOrigins(cfg.CORSOrigins)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(GraphQLPath, cfg.GraphQL)
	mux.Handle(PlaygroundPath, cfg.Playground)
	mux.Handle(PlaygroundPath+"/", cfg.Playground)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		// Relative, so that a proxy may serve everything below a prefix.
		w.Header().Set("Location", PlaygroundPath[1:])
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := cfg.Ready(ctx); err != nil {
			writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "reason": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusNotFound, "NOT_FOUND", "there is nothing here; the API is at "+GraphQLPath+", the playground at "+PlaygroundPath)
	})
	var h http.Handler = mux
	h = origins.check(h)
	h = hosts.check(h)
	h = recovering(cfg.Log, h)
	h = logging(cfg.Log, h)
	return identified(h), nil
}
