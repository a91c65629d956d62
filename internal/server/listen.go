package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Bounds of a connection. Operations are bounded more tightly where they run; these are for clients that do not get on.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = time.Minute
	idleTimeout       = 2 * time.Minute
	// maxHeader leaves room for an operation in the address.
	maxHeader = 64 << 10
	// DrainTimeout is how long requests under way may take when the server ends.
	DrainTimeout = 10 * time.Second
)

// Listen opens the port. The error says in one line why it cannot be had.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another program: end that, or choose another address with --listen", address)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s may not be listened on by this user: choose a port above 1023 with --listen", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s is no address of this machine: choose another with --listen", address)
	}
	return nil, fmt.Errorf("%s cannot be listened on: choose another address with --listen", address)
}

// Serve answers on l until ctx ends; then it takes no more requests and waits for those under way, at most drain.
func Serve(ctx context.Context, l net.Listener, h http.Handler, drain time.Duration, log *slog.Logger) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("the server stopped answering on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	// What is under way does not end with ctx.
	drained, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := srv.Shutdown(drained)
	if errors.Is(err, context.DeadlineExceeded) {
		_ = srv.Close() // breaks off what is left, as the error says
		return fmt.Errorf("requests were still under way after %s and were broken off", drain)
	}
	return err
}
