package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// Websockets with the protocol graphql-transport-ws
// (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). gqlgen's own transport writes without a deadline
// under a lock, so that a client that reads nothing holds goroutines and answers for ever; it bounds neither connections
// nor the operations of one, takes clients that offer no protocol for such of an older one, and closes with other codes
// than the protocol's.

const websocketProtocol = "graphql-transport-ws"

// Codes with which the protocol closes a connection.
const (
	closeInvalidMessage     websocket.StatusCode = 4400
	closeUnauthorized       websocket.StatusCode = 4401
	closeInitTimeout        websocket.StatusCode = 4408
	closeSubscriberExists   websocket.StatusCode = 4409
	closeTooManyInitRequest websocket.StatusCode = 4429
)

// websocketTransport answers operations over websockets.
type websocketTransport struct{ streams *streams }

// Supports implements graphql.Transport.
func (websocketTransport) Supports(r *http.Request) bool {
	return r.Method == http.MethodGet && hasToken(r.Header.Values("Upgrade"), "websocket")
}

// hasToken tells whether a list header holds a token.
func hasToken(values []string, token string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(values, ","), ","), func(t string) bool {
		return strings.EqualFold(strings.TrimSpace(t), token)
	})
}

// Do implements graphql.Transport. It returns when the connection is closed.
func (t websocketTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if !slices.Contains(strings.Split(strings.ReplaceAll(strings.Join(r.Header.Values("Sec-WebSocket-Protocol"), ","), " ", ""), ","), websocketProtocol) {
		refuse(http.StatusBadRequest, "websockets have the protocol %s here; offer it in Sec-WebSocket-Protocol", websocketProtocol).write(w, mediaResponse)
		return
	}
	if refused := brokenHandshake(r); refused != nil {
		w.Header().Set("Sec-WebSocket-Version", websocketVersion)
		refused.write(w, mediaResponse)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	c := &websocketConn{limits: t.streams.limits, ctx: ctx, cancel: cancel, exec: exec, headers: r.Header, operations: map[string]*websocketOperation{}}
	st := &stream{websocket: true, end: c.end, breakOff: cancel}
	if refused := t.streams.add(st); refused != nil {
		refused.write(w, mediaResponse)
		return
	}
	defer t.streams.remove(st)
	// Who may connect from where is checked before, for requests of every kind.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{websocketProtocol}, InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	conn.SetReadLimit(MaxBody)
	c.serve(conn)
}

// websocketVersion is the only version of websockets that is in use.
const websocketVersion = "13"

// brokenHandshake refuses what does not open a websocket (RFC 6455, section 4.2.1). The library would answer in plain text
// and repeat what the request holds.
func brokenHandshake(r *http.Request) *refusal {
	keys := r.Header.Values("Sec-WebSocket-Key")
	switch {
	case !r.ProtoAtLeast(1, 1) || !hasToken(r.Header.Values("Connection"), "upgrade"):
		return refuse(http.StatusUpgradeRequired, "websockets are opened over HTTP/1.1 with Connection: Upgrade; send that")
	case r.Header.Get("Sec-WebSocket-Version") != websocketVersion:
		return refuse(http.StatusBadRequest, "websockets have the version %s here; send Sec-WebSocket-Version: %s", websocketVersion, websocketVersion)
	case len(keys) != 1:
		return refuse(http.StatusBadRequest, "the handshake has %d keys; send one Sec-WebSocket-Key", len(keys))
	}
	if key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(keys[0])); err != nil || len(key) != 16 {
		return refuse(http.StatusBadRequest, "the handshake's key is wrong; send 16 bytes in base64 as Sec-WebSocket-Key")
	}
	return nil
}

// websocketConn is one connection.
type websocketConn struct {
	limits  StreamLimits
	ctx     context.Context
	cancel  context.CancelFunc
	exec    graphql.GraphExecutor
	headers http.Header
	conn    *websocket.Conn
	running sync.WaitGroup

	mu sync.Mutex
	// operations holds those that the client has begun and that have not ended for it, by their id. Others may still be
	// running: underWay counts all.
	operations map[string]*websocketOperation
	underWay   int
	accepted   bool
	// ending is set when the server ends.
	ending bool
	// closing, if not nil, is closed when the connection is.
	closing chan struct{}
}

// websocketMessage is a message in either direction.
type websocketMessage struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// violation is why a connection is closed.
type violation struct {
	code   websocket.StatusCode
	reason string
}

func (v *violation) Error() string { return v.reason }

// serve reads messages until the connection ends, and then ends what is under way.
func (c *websocketConn) serve(conn *websocket.Conn) {
	c.mu.Lock()
	c.conn = conn
	ending := c.ending
	c.mu.Unlock()
	if ending {
		c.close(websocket.StatusGoingAway, "the server is ending")
	}
	init := time.AfterFunc(c.limits.InitTimeout, func() {
		c.mu.Lock()
		accepted := c.accepted
		c.mu.Unlock()
		if !accepted {
			c.close(closeInitTimeout, "Connection initialisation timeout")
		}
	})
	defer init.Stop()
	c.running.Go(c.ping)
	err := c.read()
	if v := (*violation)(nil); errors.As(err, &v) {
		c.close(v.code, v.reason)
	}
	<-c.closed()
	c.cancel()
	c.running.Wait()
	_ = conn.CloseNow() // it may be closed already
}

// read handles messages until there is an error.
func (c *websocketConn) read() error {
	for {
		kind, data, err := c.conn.Read(c.ctx)
		if err != nil {
			return err
		}
		var m websocketMessage
		if kind != websocket.MessageText || checkJSON("the message", data) != nil || json.Unmarshal(data, &m) != nil {
			return &violation{closeInvalidMessage, "a message must be the text of a JSON object with type, id and payload"}
		}
		if err := c.handle(m); err != nil {
			return err
		}
	}
}

func (c *websocketConn) handle(m websocketMessage) error {
	switch m.Type {
	case "connection_init":
		c.mu.Lock()
		again := c.accepted
		c.accepted = true
		c.mu.Unlock()
		if again {
			return &violation{closeTooManyInitRequest, "Too many initialisation requests"}
		}
		return c.send(websocketMessage{Type: "connection_ack"})
	case "ping":
		return c.send(websocketMessage{Type: "pong"})
	case "pong":
		return nil
	case "subscribe":
		return c.subscribe(m)
	case "complete":
		c.mu.Lock()
		defer c.mu.Unlock()
		if o := c.operations[m.ID]; o != nil {
			o.cancel()
			delete(c.operations, m.ID)
		}
		return nil
	}
	return &violation{closeInvalidMessage, "the message has a type that clients do not send"}
}

// ping tries the connection at intervals, so that one whose client is gone does not stay.
func (c *websocketConn) ping() {
	ticker := time.NewTicker(c.limits.KeepAlive)
	defer ticker.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-ticker.C:
		}
		ctx, cancel := context.WithTimeout(c.ctx, c.limits.KeepAlive)
		err := c.conn.Ping(ctx)
		cancel()
		if err != nil {
			_ = c.conn.CloseNow() // it may be closed already
			return
		}
	}
}

// end closes the connection as soon as nothing is under way. Subscriptions would not end by themselves; with the
// connection's code their clients know to begin them again elsewhere.
func (c *websocketConn) end() {
	c.mu.Lock()
	c.ending = true
	for _, o := range c.operations {
		if o.subscription {
			o.cancel()
		}
	}
	idle := c.underWay == 0 && c.conn != nil
	c.mu.Unlock()
	if idle {
		c.close(websocket.StatusGoingAway, "the server is ending")
	}
}

// close begins to close the connection, if nobody has yet, and does not wait for the client's part of it.
func (c *websocketConn) close(code websocket.StatusCode, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing != nil {
		return
	}
	closing := make(chan struct{})
	c.closing = closing
	go func() {
		defer close(closing)
		_ = c.conn.Close(code, reason) // waits some seconds for the client's answer, without which all is over as well
	}()
}

// closed returns what is closed when nobody is closing the connection any more; nobody begins to afterwards.
func (c *websocketConn) closed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing == nil {
		c.closing = make(chan struct{})
		close(c.closing)
	}
	return c.closing
}

func (c *websocketConn) send(m websocketMessage) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return c.write(text)
}

// write sends a message; a client that does not take it in time loses the connection.
func (c *websocketConn) write(text []byte) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.limits.WriteTimeout)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, text)
}
