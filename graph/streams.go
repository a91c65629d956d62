package graph

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql/errcode"
)

// StreamLimits bound the connections that stay open: websockets and server-sent events. Zero values stand for those of
// DefaultStreamLimits.
type StreamLimits struct {
	// Connections is how many streams may be open at once, both kinds together.
	Connections int
	// Operations is how many operations one websocket may have under way at once.
	Operations int
	// InitTimeout is how long a new websocket may take to say connection_init.
	InitTimeout time.Duration
	// KeepAlive is how often a silent stream is tried: a websocket whose client does not answer a ping until the next one
	// is broken off, and an event stream gets a comment.
	KeepAlive time.Duration
	// WriteTimeout is how long a client may take to receive one message; one that takes longer is broken off.
	WriteTimeout time.Duration
}

// DefaultStreamLimits are the limits that are on by default, as docs/ describes them.
var DefaultStreamLimits = StreamLimits{
	Connections: 1000, Operations: 16, InitTimeout: 5 * time.Second, KeepAlive: 20 * time.Second, WriteTimeout: 30 * time.Second,
}

// WithStreams changes the limits of streams.
func WithStreams(l StreamLimits) HandlerOption {
	return func(h *Handler) { h.streams.limits = l.withDefaults() }
}

func (l StreamLimits) withDefaults() StreamLimits {
	d := DefaultStreamLimits
	if l.Connections != 0 {
		d.Connections = l.Connections
	}
	if l.Operations != 0 {
		d.Operations = l.Operations
	}
	if l.InitTimeout != 0 {
		d.InitTimeout = l.InitTimeout
	}
	if l.KeepAlive != 0 {
		d.KeepAlive = l.KeepAlive
	}
	if l.WriteTimeout != 0 {
		d.WriteTimeout = l.WriteTimeout
	}
	return d
}

// stream is one open connection.
type stream struct {
	websocket bool
	// end asks the stream to end when what is under way is answered; it does not wait.
	end func()
	// breakOff ends it at once.
	breakOff context.CancelFunc
}

// streams are the open ones. http.Server knows no hijacked connections, so the end of the server needs this list.
type streams struct {
	limits StreamLimits
	mu     sync.Mutex
	open   map[*stream]struct{}
	ended  bool
	// gone is closed when ended is set and the last stream is gone.
	gone chan struct{}
}

func newStreams() *streams {
	return &streams{limits: DefaultStreamLimits, open: map[*stream]struct{}{}, gone: make(chan struct{})}
}

// add counts a stream in, unless there are too many or the server ends.
func (s *streams) add(st *stream) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	var refused *refusal
	switch {
	case s.ended:
		refused = refuse(http.StatusServiceUnavailable, "the server is ending; connect again in a second")
	case len(s.open) >= s.limits.Connections:
		refused = refuse(http.StatusServiceUnavailable, "the server has %d streams open, which is all it allows; send the operation with POST, or try again later", len(s.open))
	default:
		s.open[st] = struct{}{}
		return nil
	}
	errcode.Set(refused.err, Unavailable)
	refused.err.Extensions["retryAfter"] = retryAfter
	return refused
}

func (s *streams) remove(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, st)
	if s.ended && len(s.open) == 0 {
		close(s.gone)
	}
}

// all returns the streams that are open.
func (s *streams) all() []*stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*stream, 0, len(s.open))
	for st := range s.open {
		list = append(list, st)
	}
	return list
}

// Streams returns how many websockets and event streams are open.
func (h *Handler) Streams() (websockets, events int) {
	for _, st := range h.streams.all() {
		if st.websocket {
			websockets++
		} else {
			events++
		}
	}
	return websockets, events
}

// EndStreams takes no new websockets and event streams, lets those that are open answer what is under way and closes them.
// It returns when all are gone. Those that are left when ctx ends are broken off, and the error says so. It is for the end
// of a server, since http.Server.Shutdown does not wait for websockets.
func (h *Handler) EndStreams(ctx context.Context) error {
	s := h.streams
	s.mu.Lock()
	if !s.ended {
		s.ended = true
		if len(s.open) == 0 {
			close(s.gone)
		}
	}
	s.mu.Unlock()
	for _, st := range s.all() {
		st.end()
	}
	select {
	case <-s.gone:
		return nil
	case <-ctx.Done():
	}
	for _, st := range s.all() {
		st.breakOff()
	}
	return errors.New("streams were still open and were broken off")
}
