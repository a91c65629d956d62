package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// readyTimeout bounds the read of /readyz.
	readyTimeout = 2 * time.Second
	// readyFor is how long what a read has shown is taken to hold, so that probes are no load for the store.
	readyFor = time.Second
)

// errShuttingDown is why a server is not ready that will end.
var errShuttingDown = errors.New("the server is shutting down")

// readiness answers whether the server should be sent requests.
type readiness struct {
	read    func(ctx context.Context) error
	leaving atomic.Bool

	mu  sync.Mutex // held while the store is read: who comes meanwhile gets the same answer
	at  time.Time
	err error
}

// store tells whether the store can be read, or could a moment ago. What the caller's context says does not count: the
// answer is for others too.
func (r *readiness) store() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.at.IsZero() && time.Since(r.at) < readyFor {
		return r.err
	}
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	r.err = r.read(ctx)
	r.at = time.Now()
	return r.err
}

// leave makes the server not ready for good, so that proxies send no more requests.
func (r *readiness) leave() { r.leaving.Store(true) }

// ServeHTTP answers probes.
func (r *readiness) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	err := errShuttingDown
	if !r.leaving.Load() {
		err = r.store()
	}
	if err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "reason": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}
