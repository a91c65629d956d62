package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"attrigraph/internal/server"
)

// droppedAnswer goes away while the server works, or while it sends.
func (c *client) droppedAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(c.random.IntN(20_000))*time.Microsecond)
	defer cancel()
	response, err := c.ask(ctx, http.MethodPost, server.GraphQLPath, c.exampleOperation().json())
	if err != nil {
		return nil // the time was over
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return &wrongStatus{response.StatusCode}
	}
	_, _ = io.CopyN(io.Discard, response.Body, int64(c.random.IntN(500))) // or the time was over
	return nil
}

// droppedRequest breaks off in the middle of a request, or sends it and does not wait.
func (c *client) droppedRequest(ctx context.Context) error {
	conn, err := (&net.Dialer{Timeout: probeTimeout}).DialContext(ctx, "tcp", strings.TrimPrefix(c.address, "http://"))
	if err != nil {
		return err
	}
	defer conn.Close()
	body := c.exampleOperation().json()
	text := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", server.GraphQLPath, len(body), body)
	if c.random.IntN(2) == 0 {
		text = text[:c.random.IntN(len(text))]
	}
	_, err = conn.Write([]byte(text))
	return err
}
