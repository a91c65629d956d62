package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"attrigraph/internal/server"
)

// client is one of those that keep the server busy. It does one thing after the other.
type client struct {
	*facts
	http    *http.Client
	address string
	random  *rand.Rand
	// number and asked make texts that nobody asked before.
	number, asked int
}

// newClients makes the clients, which know the same facts.
func newClients(o options, address string, f *facts) []*client {
	clients := make([]*client, o.Clients)
	for n := range clients {
		transport := &http.Transport{MaxIdleConnsPerHost: 1, DialContext: (&net.Dialer{Timeout: probeTimeout}).DialContext}
		clients[n] = &client{
			facts: f, http: &http.Client{Transport: transport, Timeout: probeTimeout}, address: address,
			random: rand.New(rand.NewPCG(o.Seed, uint64(n))), number: n,
		}
	}
	return clients
}

// cached is how many texts fill the server's caches of documents, plans and persisted queries.
const cached = 4000

// fill has the clients ask for new texts, so that the server's caches are full before anything is measured.
func fill(ctx context.Context, clients []*client) error {
	var all errgroup.Group
	for _, c := range clients {
		all.Go(func() error {
			defer c.http.CloseIdleConnections()
			for range cached / len(clients) {
				o := c.exampleOperation()
				o.Query += c.unseen()
				if err := c.byHash(ctx, o); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return all.Wait()
}

// work has the clients ask and returns what waits for their end, which comes with that of ctx.
func work(ctx context.Context, clients []*client, t *tally) (wait func()) {
	var all sync.WaitGroup
	for _, c := range clients {
		all.Go(func() {
			defer c.http.CloseIdleConnections()
			for ctx.Err() == nil {
				a := c.choose()
				err := a.do(c, ctx)
				if ctx.Err() != nil {
					return // the end of the time is nobody's fault
				}
				t.add(a.name, err)
			}
		})
	}
	return all.Wait
}

// choose draws what to do next.
func (c *client) choose() action {
	total := 0
	for _, a := range actions {
		total += a.weight
	}
	drawn := c.random.IntN(total)
	for _, a := range actions {
		if drawn -= a.weight; drawn < 0 {
			return a
		}
	}
	panic("the weights of the actions do not add up")
}

func pick[T any](c *client, list []T) T { return list[c.random.IntN(len(list))] }

// operation is the body of a request.
type operation struct {
	Query      string         `json:"query,omitempty"`
	Variables  map[string]any `json:"variables,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

func (o operation) json() []byte {
	raw, err := json.Marshal(o)
	if err != nil {
		panic(err) // it holds texts, numbers and lists
	}
	return raw
}

// answer is what a client reads.
type answer struct {
	status int
	header http.Header
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

func (c *client) post(ctx context.Context, o operation, headers ...string) (*answer, error) {
	return c.send(ctx, http.MethodPost, server.GraphQLPath, o.json(), headers...)
}

// send asks and reads the answer, which must be JSON of GraphQL unless it has no body. Headers come in pairs.
func (c *client) send(ctx context.Context, method, path string, body []byte, headers ...string) (*answer, error) {
	response, err := c.ask(ctx, method, path, body, headers...)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	a := &answer{status: response.StatusCode, header: response.Header}
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if a.status == http.StatusNotModified {
		return a, nil
	}
	if err := json.Unmarshal(raw, a); err != nil {
		return nil, fmt.Errorf("status %d, and the body is no JSON: %w in %.200s", a.status, err, raw)
	}
	return a, nil
}

func (c *client) ask(ctx context.Context, method, path string, body []byte, headers ...string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Accept", "application/graphql-response+json")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return c.http.Do(request)
}

// answered is the error of an answer that has not all that was asked for. Time may run out: that is an answer too, and
// counted by the server.
func answered(a *answer, err error) error {
	switch {
	case err != nil:
		return err
	case len(a.Errors) > 0 && a.Errors[0].Extensions.Code != "TIMEOUT":
		return fmt.Errorf("status %d, %s: %s", a.status, a.Errors[0].Extensions.Code, a.Errors[0].Message)
	case len(a.Errors) == 0 && (a.status != http.StatusOK || !bytes.HasPrefix(a.Data, []byte("{"))):
		return fmt.Errorf("status %d without errors: %.200s", a.status, a.Data)
	}
	return nil
}

// refused is the error of an answer that is not the refusal with one of the codes.
func refused(a *answer, err error, codes ...string) error {
	switch {
	case err != nil:
		return err
	case len(a.Errors) == 0:
		return fmt.Errorf("status %d without errors, not refused with %v", a.status, codes)
	case !slices.Contains(codes, a.Errors[0].Extensions.Code):
		return fmt.Errorf("status %d, %s: %s; not refused with %v", a.status, a.Errors[0].Extensions.Code, a.Errors[0].Message, codes)
	}
	return nil
}

// wrongStatus is a status that no client should see.
type wrongStatus struct{ status int }

// Error implements error.
func (e *wrongStatus) Error() string { return fmt.Sprintf("the status is %d", e.status) }
