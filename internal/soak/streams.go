package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/coder/websocket"

	"attrigraph/internal/server"
)

// message is one of the protocol graphql-transport-ws.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// maxMessage is larger than any answer.
const maxMessage = 64 << 20

// dial opens a websocket and has it accepted.
func (c *client) dial(ctx context.Context) (*websocket.Conn, error) {
	conn, response, err := websocket.Dial(ctx, c.address+server.GraphQLPath, &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	})
	if err != nil {
		if response != nil && response.Body != nil {
			response.Body.Close()
		}
		return nil, err
	}
	conn.SetReadLimit(maxMessage)
	if err := write(ctx, conn, message{Type: "connection_init"}); err != nil {
		return conn, err
	}
	m, err := read(ctx, conn)
	if err == nil && m.Type != "connection_ack" {
		err = fmt.Errorf("the connection is answered with %s", m.Type)
	}
	return conn, err
}

func write(ctx context.Context, conn *websocket.Conn, m message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return conn.Write(ctx, websocket.MessageText, text)
}

func read(ctx context.Context, conn *websocket.Conn) (message, error) {
	var m message
	_, text, err := conn.Read(ctx)
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(text, &m)
}

// websocket asks some operations at once and reads all answers.
func (c *client) websocket(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := c.dial(ctx)
	if conn != nil {
		defer conn.CloseNow() // it is closed already where all went well
	}
	if err != nil {
		return err
	}
	n := 1 + c.random.IntN(4)
	for i := range n {
		if err := write(ctx, conn, message{ID: strconv.Itoa(i), Type: "subscribe", Payload: c.exampleOperation().json()}); err != nil {
			return err
		}
	}
	if err := write(ctx, conn, message{ID: "refused", Type: "subscribe", Payload: operation{Query: "{ nothing }"}.json()}); err != nil {
		return err
	}
	for completed, failed := 0, false; completed < n || !failed; {
		m, err := read(ctx, conn)
		if err != nil {
			return err
		}
		switch m.Type {
		case "next":
			a := &answer{status: http.StatusOK}
			if err := answered(a, json.Unmarshal(m.Payload, a)); err != nil {
				return err
			}
		case "complete":
			completed++
		case "error":
			if m.ID != "refused" {
				return fmt.Errorf("an example is refused: %.200s", m.Payload)
			}
			failed = true
		case "ping":
			if err := write(ctx, conn, message{Type: "pong"}); err != nil {
				return err
			}
		default:
			return fmt.Errorf("there is a message of the type %q", m.Type)
		}
	}
	return conn.Close(websocket.StatusNormalClosure, "")
}

// droppedWebsocket is gone before its answers have come.
func (c *client) droppedWebsocket(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := c.dial(ctx)
	if conn == nil {
		return err
	}
	defer conn.CloseNow() // that is the point
	for i := range c.random.IntN(8) {
		if err := write(ctx, conn, message{ID: strconv.Itoa(i), Type: "subscribe", Payload: c.exampleOperation().json()}); err != nil {
			return err
		}
	}
	return err
}

// events reads a stream of server-sent events to its end.
func (c *client) events(ctx context.Context) error {
	response, err := c.ask(ctx, http.MethodPost, server.GraphQLPath, c.exampleOperation().json(), "Accept", "text/event-stream")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return &wrongStatus{response.StatusCode}
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, maxMessage)
	next := false
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok && text != "" {
			a := &answer{status: http.StatusOK}
			if err := answered(a, json.Unmarshal([]byte(text), a)); err != nil {
				return err
			}
			next = true
		}
		if next && lines.Text() == "event: complete" {
			return nil
		}
	}
	return errors.Join(errors.New("a stream of events ends without an answer and its end"), lines.Err())
}

// droppedEvents goes away in the middle of a stream.
func (c *client) droppedEvents(ctx context.Context) error {
	response, err := c.ask(ctx, http.MethodPost, server.GraphQLPath, c.exampleOperation().json(), "Accept", "text/event-stream")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return &wrongStatus{response.StatusCode}
	}
	_, _ = response.Body.Read(make([]byte, 1+c.random.IntN(100))) // closing the body before its end closes the connection
	return nil
}
