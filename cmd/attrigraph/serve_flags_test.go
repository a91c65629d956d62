package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// post sends a body to the API and returns the code of the first error, empty without one, and the extensions.
func post(t *testing.T, api, body string) (code string, extensions map[string]json.RawMessage) {
	t.Helper()
	res, err := http.Post(api, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Errors     []struct{ Extensions struct{ Code string } }
		Extensions map[string]json.RawMessage
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Errors) > 0 {
		code = answer.Errors[0].Extensions.Code
	}
	return code, answer.Extensions
}

// TestServeFlags holds that the flags of serve, and their twins in the environment, reach what they are about.
func TestServeFlags(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "graph.db")
	const explain = `{"query": "{ incidents { totalCount } }", "extensions": {"explain": true}}`
	const large = `{"query": "{ incidents(first: 200) { nodes { id name } } }"}`
	s := serve(t, "--store", file)
	if code, _ := post(t, s.api, explain); code != "FORBIDDEN" {
		t.Errorf("a stranger is explained an operation: %q", code)
	}
	if code, _ := post(t, s.api, large); code != "" {
		t.Errorf("an answer within the limits is refused: %s", code)
	}
	s.stop()

	s = serve(t, "--store", file, "--explain", "--max-response", "128B")
	if code, extensions := post(t, s.api, explain); code != "" || !strings.Contains(string(extensions["explain"]), "SELECT") {
		t.Errorf("got %q %s", code, extensions["explain"])
	}
	if code, _ := post(t, s.api, large); code != "LIMIT_EXCEEDED" {
		t.Errorf("an answer over the limit is refused with %q", code)
	}
	s.stop()

	t.Setenv("ATTRIGRAPH_TIMEOUT", "1ns")
	t.Setenv("ATTRIGRAPH_LOG_LEVEL", "error")
	s = serve(t, "--store", file)
	if code, _ := post(t, s.api, large); code != "TIMEOUT" {
		t.Errorf("an operation without time ends with %q", code)
	}
}

// TestServeEndsStreams holds that a server with an open websocket says goodbye to it and ends.
func TestServeEndsStreams(t *testing.T) {
	s := serve(t, "--store", "sqlite:"+filepath.Join(t.TempDir(), "graph.db"), "--empty")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, s.api, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	for _, step := range []struct{ send, want string }{
		{`{"type": "connection_init"}`, "connection_ack"},
		{`{"type": "subscribe", "id": "1", "payload": {"query": "{ incidents { totalCount } }"}}`, `"totalCount":0`},
	} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(step.send)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := conn.Read(ctx); err != nil || !strings.Contains(string(got), step.want) {
			t.Fatalf("got %s %v, want %s", got, err, step.want)
		}
	}
	if metrics := read(t, strings.Replace(s.api, "graphql", "metrics", 1)); !strings.Contains(metrics, `attrigraph_streams{transport="websocket"} 1`) {
		t.Error("the websocket is not counted")
	}
	ended := make(chan string, 1)
	go func() {
		code, stderr := s.stop()
		if code != exitDone {
			stderr += " and a failure"
		}
		ended <- stderr
	}()
	for {
		_, _, err = conn.Read(ctx) // what is left of the operation, then the end
		if err != nil {
			break
		}
	}
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != websocket.StatusGoingAway {
		t.Errorf("the websocket ended with %v", err)
	}
	if stderr := <-ended; stderr != "" {
		t.Errorf("the server ended with %s", stderr)
	}
}

// read returns what a page holds.
func read(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", address, res.StatusCode, err)
	}
	return string(body)
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{"1": 1, "65536": 65536, "12B": 12, "512KB": 512 << 10, "16MB": 16 << 20, "16mb": 16 << 20, "1GB": 1 << 30} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s is %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "MB", "1.5MB", "16 MB", "16TB", "2GB", "99999999999", "4000000KB"} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "such as") {
			t.Errorf("%q is %d %v", text, got, err)
		}
	}
}
