package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Bounds of a connection. Operations are bounded more tightly where they run; these are for clients that do not get on.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	// sendTimeout is how long reading the request and sending the answer may take, beside the operation.
	sendTimeout = 55 * time.Second
	idleTimeout = 2 * time.Minute
	// maxHeader leaves room for an operation in the address.
	maxHeader = 64 << 10
	// DrainTimeout is how long requests under way may take when the server ends.
	DrainTimeout = 10 * time.Second
)

// Serve answers on l until ctx ends. Then it is not ready any more, but answers for Config.DrainWait; after that it takes
// no more requests, ends streams and waits for what is under way, at most Config.Drain. It is called once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	// What is under way does not end with ctx, only where it was waited for in vain.
	base, breakOff := context.WithCancel(context.WithoutCancel(ctx))
	defer breakOff()
	srv := &http.Server{
		Handler: s, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: s.cfg.OperationTimeout + sendTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
		TLSConfig: s.cfg.TLS, BaseContext: func(net.Listener) context.Context { return base },
	}
	failed := make(chan error, 1)
	go func() {
		if s.cfg.TLS != nil {
			failed <- srv.ServeTLS(l, "", "")
			return
		}
		failed <- srv.Serve(l)
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("the server stopped answering on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	s.ready.leave()
	if s.cfg.DrainWait > 0 {
		srv.SetKeepAlivesEnabled(false) // clients go elsewhere
		select {
		case err := <-failed:
			return fmt.Errorf("the server stopped answering on %s: %w", l.Addr(), err)
		case <-time.After(s.cfg.DrainWait):
		}
	}
	drained, cancel := context.WithTimeout(base, s.cfg.Drain)
	defer cancel()
	// net/http waits for streams of events, which do not end by themselves, and knows no websockets.
	ended := make(chan error, 1)
	go func() { ended <- s.endStreams(drained) }()
	err := errors.Join(srv.Shutdown(drained), <-ended)
	if drained.Err() != nil && err != nil {
		breakOff()
		_ = srv.Close() // breaks off what is left, as the error says
		return fmt.Errorf("requests were still under way after %s and were broken off", s.cfg.Drain)
	}
	return err
}

// endStreams does what Config.EndStreams does, if there is one.
func (s *Server) endStreams(ctx context.Context) error {
	if s.cfg.EndStreams == nil {
		return nil
	}
	return s.cfg.EndStreams(ctx)
}
