package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"attrigraph/internal/server"
)

// patience is how long tests wait for what comes at once where all is well.
const patience = 10 * time.Second

// answer is what a client got.
type answer struct {
	body string
	err  error
}

// get asks in the background.
func get(url string) <-chan answer {
	answers := make(chan answer, 1)
	go func() {
		res, err := http.Get(url)
		if err != nil {
			answers <- answer{err: err}
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		answers <- answer{string(body), err}
	}()
	return answers
}

// TestShutdown holds that requests under way are answered when the server ends, as long as they end in time.
func TestShutdown(t *testing.T) {
	for drain, want := range map[time.Duration]bool{patience: true, 50 * time.Millisecond: false} {
		begun, finish := make(chan struct{}), make(chan struct{})
		address, stop := run(t, server.Config{Drain: drain, GraphQL: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(begun)
			select {
			case <-finish:
				_, _ = io.WriteString(w, "whole")
			case <-r.Context().Done(): // what is broken off learns of it
			}
		})}, "127.0.0.1:0")
		answers := get("http://" + address + "/graphql")
		<-begun
		stopped := make(chan error, 1)
		go func() { stopped <- stop() }()
		if want {
			// New connections are refused while the old one is still served.
			for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					break
				}
				conn.Close()
				if time.Now().After(deadline) {
					t.Fatal("the server still takes connections")
				}
			}
			close(finish)
		}
		err, got := <-stopped, <-answers
		if want && (err != nil || got.body != "whole" || got.err != nil) {
			t.Errorf("got %v and %+v", err, got)
		}
		if !want && (err == nil || !strings.Contains(err.Error(), "broken off") || got.body == "whole") {
			t.Errorf("got %v and %+v", err, got)
		}
	}
}

// TestDrainWait holds that a server which is told to end says so to probes first, and goes on answering meanwhile.
func TestDrainWait(t *testing.T) {
	address, stop := run(t, server.Config{DrainWait: time.Second}, "127.0.0.1:0")
	if res, _ := ask(t, "GET", "http://"+address+"/readyz", nil); res.StatusCode != 200 {
		t.Fatalf("/readyz: %d", res.StatusCode)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	told := false
	for deadline := time.Now().Add(patience); !told; {
		if time.Now().After(deadline) {
			t.Fatal("the server stays ready")
		}
		res, body := ask(t, "GET", "http://"+address+"/readyz", nil)
		told = res.StatusCode == 503 && strings.Contains(body, "shutting down")
	}
	if res, body := ask(t, "GET", "http://"+address+"/graphql", nil); res.StatusCode != 200 || body != "graphql" {
		t.Errorf("a server that is not ready any more answers %d %s", res.StatusCode, body)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + address + "/healthz"); err == nil {
		t.Error("the server still answers")
	}
}

// echo is an API of streams: a websocket that says back what it is told, and events that come until the end.
type echo struct {
	open sync.WaitGroup
	end  chan struct{}
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.open.Add(1)
	defer e.open.Done()
	if r.Header.Get("Upgrade") == "" {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, ":\n\n")
		w.(http.Flusher).Flush()
		<-e.end
		_, _ = io.WriteString(w, "event: complete\n\n")
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	go func() {
		<-e.end
		_ = conn.Close(websocket.StatusGoingAway, "the server is ending")
	}()
	for {
		kind, text, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		_ = conn.Write(r.Context(), kind, text)
	}
}

// endStreams is what server.Config wants.
func (e *echo) endStreams(ctx context.Context) error {
	close(e.end)
	gone := make(chan struct{})
	go func() {
		e.open.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestStreams holds that streams pass through all layers, are counted, and that the server's end waits until they have
// said goodbye.
func TestStreams(t *testing.T) {
	e := &echo{end: make(chan struct{})}
	telemetry := server.NewTelemetry(server.TelemetryConfig{})
	address, stop := run(t, server.Config{GraphQL: e, EndStreams: e.endStreams, Telemetry: telemetry, Drain: patience}, "127.0.0.1:0")

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws://"+address+"/graphql", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := conn.Write(ctx, websocket.MessageText, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, text, err := conn.Read(ctx); err != nil || string(text) != "hello" {
		t.Fatalf("got %s %v", text, err)
	}
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+address+"/graphql", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	events := bufio.NewReader(res.Body)
	if line, err := events.ReadString('\n'); err != nil || line != ":\n" {
		t.Fatalf("the first event does not come at once as it is: %q %v", line, err)
	}
	if got := scrape(t, address)["attrigraph_http_requests_in_flight"]; got != 1 { // the scrape
		t.Errorf("%v requests are in flight, want streams not to be counted", got)
	}

	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	var closed websocket.CloseError
	if _, _, err := conn.Read(ctx); !errors.As(err, &closed) || closed.Code != websocket.StatusGoingAway {
		t.Errorf("the websocket ended with %v", err)
	}
	if rest, err := io.ReadAll(events); err != nil || !strings.Contains(string(rest), "complete") {
		t.Errorf("the events ended with %q %v", rest, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestStreamsThatStay holds that a stream which does not end holds the server up no longer than anything else.
func TestStreamsThatStay(t *testing.T) {
	e := &echo{end: make(chan struct{})}
	address, stop := run(t, server.Config{GraphQL: e, Drain: 50 * time.Millisecond, EndStreams: func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}}, "127.0.0.1:0")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws://"+address+"/graphql", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := stop(); err == nil || !strings.Contains(err.Error(), "broken off") {
		t.Errorf("got %v", err)
	}
	// The context of its request has ended, and with it the connection.
	if _, _, err := conn.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("the websocket lives on: %v", err)
	}
	close(e.end)
	e.open.Wait()
}
