package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
)

// connection is a connection that is kept for all requests of a client.
type connection struct {
	conn net.Conn
	in   *bufio.Reader
	body bytes.Buffer
}

func newConnection(conn net.Conn) *connection {
	return &connection{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}
}

// errNotKept says that a server closes connections, which would measure how fast they are made.
var errNotKept = errors.New("the server does not keep the connection")

// ask sends a request and returns the whole answer, which is valid until the next one.
func (c *connection) ask(raw []byte) ([]byte, error) {
	if _, err := c.conn.Write(raw); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	c.body.Reset()
	_, err = c.body.ReadFrom(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, fmt.Errorf("half an answer: %w", err)
	}
	answer := c.body.Bytes()
	switch {
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("status %d: %s", response.StatusCode, cut(answer))
	case response.Close:
		return nil, errNotKept
	}
	return answer, nil
}

// cut keeps an answer short enough for an error message.
func cut(answer []byte) []byte {
	const most = 300
	return answer[:min(most, len(answer))]
}
