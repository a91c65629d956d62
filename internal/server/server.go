// Package server serves HTTP: the API, the pages, and what whoever runs the program watches. It knows neither stores nor
// the model.
package server

import (
	"cmp"
	"context"
	"crypto/tls"
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
	HealthPath     = "/healthz"
	ReadyPath      = "/readyz"
	MetricsPath    = "/metrics"
)

// Config says what is served to whom.
type Config struct {
	// GraphQL answers at GraphQLPath, Playground at PlaygroundPath and below.
	GraphQL, Playground http.Handler
	// EndStreams ends the streams of GraphQL (websockets, server-sent events), which go on for as long as somebody reads:
	// those are asked that must be told, and it returns when all have gone or ctx ends, then with an error. It may be nil.
	EndStreams func(ctx context.Context) error
	// Ready reads a little through the store; its error says, in words that anybody may see, why it cannot be read.
	Ready func(ctx context.Context) error
	// Listen is the address that the server listens on, as it was given: its host is one that requests may name.
	Listen string
	// AllowedHosts are further hosts that requests may name, with or without a port.
	AllowedHosts []string
	// CORSOrigins are the origins beside the server's own whose pages may use it, such as https://dashboard.example.
	CORSOrigins []string
	// TLS encrypts connections; nil leaves that to a proxy. See NewTLS.
	TLS *tls.Config
	// OperationTimeout is how long the GraphQL handler may take for an answer; connections are given more.
	OperationTimeout time.Duration
	// DrainWait is how long the server goes on answering when it is told to end, while it says that it is not ready.
	DrainWait time.Duration
	// Drain is how long requests under way may take after that; DrainTimeout if 0.
	Drain time.Duration
	// Telemetry counts and traces requests; one of its own if nil.
	Telemetry *Telemetry
	// Log gets what goes wrong; the default logger if nil.
	Log *slog.Logger
}

// Validate says in one line what is wrong with the address, a host, an origin or a duration.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("%q is no address to listen on: write host:port, such as 127.0.0.1:8080", c.Listen)
	}
	if c.DrainWait < 0 {
		return fmt.Errorf("the time before the server ends cannot be %s: write a duration such as 5s with --drain-wait", c.DrainWait)
	}
	_, hosts := newHosts(c.Listen, c.AllowedHosts)
	_, origins := newOrigins(c.CORSOrigins)
	return cmp.Or(hosts, origins)
}

// Server answers everything that is served.
type Server struct {
	cfg     Config
	handler http.Handler
	ready   *readiness
}

var _ http.Handler = (*Server)(nil)

// New makes a server. It fails where Validate does.
func New(cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Telemetry == nil {
		cfg.Telemetry = NewTelemetry(TelemetryConfig{Log: cfg.Log})
	}
	cfg.Drain = cmp.Or(cfg.Drain, DrainTimeout)
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
	s := &Server{cfg: cfg, ready: &readiness{read: cfg.Ready}}
	cfg.Telemetry.metrics.watchStore(s.ready.store)
	h := s.routes()
	h = origins.check(h)
	h = hosts.check(h)
	h = recovering(cfg.Log, h)
	h = cfg.Telemetry.watched(h)
	h = cfg.Telemetry.tracing.handler(h)
	s.handler = identified(h)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// routes says what is where.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(GraphQLPath, compressed(s.cfg.GraphQL))
	mux.Handle(PlaygroundPath, s.cfg.Playground)
	mux.Handle(PlaygroundPath+"/", s.cfg.Playground)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		// Relative, so that a proxy may serve everything below a prefix.
		w.Header().Set("Location", PlaygroundPath[1:])
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("GET "+HealthPath, func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.Handle("GET "+ReadyPath, s.ready)
	mux.Handle("GET "+MetricsPath, s.cfg.Telemetry.metrics.handler())
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusNotFound, "NOT_FOUND", "there is nothing here; the API is at "+GraphQLPath+", the playground at "+PlaygroundPath)
	})
	return mux
}
