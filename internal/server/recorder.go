package server

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"strings"
)

// recorder remembers what was answered, for logs and metrics.
type recorder struct {
	http.ResponseWriter
	status, bytes int
	// stream tells that the answer is one without a foreseeable end: a websocket or a stream of events. streaming is
	// called when that shows.
	stream    bool
	streaming func()
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	// Of informational statuses only that which takes the connection over is the last word.
	if r.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		r.status = status
		if status == http.StatusSwitchingProtocols || strings.HasPrefix(r.Header().Get("Content-Type"), "text/event-stream") {
			r.stream = true
			r.streaming()
		}
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

// Flush implements http.Flusher, which streaming transports ask for.
func (r *recorder) Flush() {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(r.ResponseWriter).Flush() // what cannot be flushed is sent at the end
}

// Hijack implements http.Hijacker, which websockets ask for.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if errors.Is(err, http.ErrNotSupported) {
		return nil, nil, errors.New("the connection cannot be taken over; use HTTP/1.1 for websockets")
	}
	return conn, rw, err
}

// Unwrap lets http.ResponseController reach the rest, such as deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
