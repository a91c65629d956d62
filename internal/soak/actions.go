package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"attrigraph/internal/server"
)

// action is something that clients do, and how often: its part of the sum of the weights. What it returns is what was
// wrong with the answer.
type action struct {
	name   string
	weight int
	do     func(c *client, ctx context.Context) error
}

var actions = []action{
	{"examples", 30, (*client).example},
	{"examples by GET", 10, (*client).exampleByGET},
	{"examples by hash", 5, (*client).persisted},
	{"pages", 20, (*client).pages},
	{"filters", 10, (*client).filter},
	{"searches", 10, (*client).search},
	{"nodes", 10, (*client).node},
	{"new texts", 2, (*client).newText},
	{"refused", 8, (*client).refused},
	{"websockets", 4, (*client).websocket},
	{"websockets dropped", 2, (*client).droppedWebsocket},
	{"events", 4, (*client).events},
	{"events dropped", 2, (*client).droppedEvents},
	{"answers dropped", 3, (*client).droppedAnswer},
	{"requests dropped", 3, (*client).droppedRequest},
	{"schema", 1, (*client).introspection},
	{"other paths", 2, (*client).otherPath},
}

// exampleOperation is one of the examples of the documentation.
func (c *client) exampleOperation() operation {
	e := pick(c, c.facts.examples)
	o := operation{Query: e.Query}
	if e.Variables != "" && json.Unmarshal([]byte(e.Variables), &o.Variables) != nil {
		panic("the example " + e.Name + " has variables that are no JSON") // the schema's tests hold that it has not
	}
	return o
}

func (c *client) example(ctx context.Context) error {
	if c.random.IntN(2) == 0 {
		return answered(c.post(ctx, c.exampleOperation(), "Accept-Encoding", "identity")) // net/http asks for gzip otherwise
	}
	return answered(c.post(ctx, c.exampleOperation()))
}

// exampleByGET asks twice; the second answer has not changed.
func (c *client) exampleByGET(ctx context.Context) error {
	o := c.exampleOperation()
	variables, err := json.Marshal(o.Variables)
	if err != nil {
		return err
	}
	path := server.GraphQLPath + "?" + url.Values{"query": {o.Query}, "variables": {string(variables)}}.Encode()
	a, err := c.send(ctx, http.MethodGet, path, nil)
	if err := answered(a, err); err != nil || len(a.Errors) > 0 {
		return err
	}
	tag := a.header.Get("ETag")
	if tag == "" {
		return errors.New("the answer to GET has no ETag")
	}
	a, err = c.send(ctx, http.MethodGet, path, nil, "If-None-Match", tag)
	if err == nil && a.status != http.StatusNotModified && len(a.Errors) == 0 {
		err = fmt.Errorf("an unchanged answer has the status %d", a.status)
	}
	return err
}

// persisted asks by hash as Apollo's clients do: the text is sent where the server does not know the hash.
func (c *client) persisted(ctx context.Context) error {
	o := c.exampleOperation()
	if c.random.IntN(4) == 0 {
		o.Query += c.unseen()
	}
	return c.byHash(ctx, o)
}

func (c *client) byHash(ctx context.Context, o operation) error {
	sum := sha256.Sum256([]byte(o.Query))
	o.Extensions = map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}
	text := o.Query
	o.Query = ""
	a, err := c.post(ctx, o)
	if err == nil && len(a.Errors) > 0 && a.Errors[0].Extensions.Code == "PERSISTED_QUERY_NOT_FOUND" {
		o.Query = text
		a, err = c.post(ctx, o)
	}
	return answered(a, err)
}

// unseen is a comment that makes a text a new one.
func (c *client) unseen() string {
	c.asked++
	return fmt.Sprintf("\n# %d %d %s", c.number, c.asked, strings.Repeat("x", c.random.IntN(2000)))
}

func (c *client) newText(ctx context.Context) error {
	o := c.exampleOperation()
	o.Query += c.unseen()
	return answered(c.post(ctx, o))
}

// pages walks through a list in some order, some pages far.
func (c *client) pages(ctx context.Context) error {
	l := pick(c, c.lists)
	below := ""
	if len(l.connections) > 0 {
		below = fmt.Sprintf("%s(first: %d) { totalCount nodes { __typename } }", pick(c, l.connections), c.random.IntN(4))
	}
	o := operation{
		Query: fmt.Sprintf(`query ($n: Int, $after: String) { page: %s(first: $n, after: $after, orderBy: [{ %s: %s }]) {
			nodes { __typename id recordedAt %s } pageInfo { hasNextPage endCursor } totalCount } }`,
			l.name, pick(c, l.orders), pick(c, []string{"ASC", "DESC"}), below),
		Variables: map[string]any{"n": 1 + c.random.IntN(50)},
	}
	for range 3 {
		a, err := c.post(ctx, o)
		if err := answered(a, err); err != nil || len(a.Errors) > 0 {
			return err
		}
		var found struct {
			Page struct {
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
		if err := json.Unmarshal(a.Data, &found); err != nil || !found.Page.PageInfo.HasNextPage {
			return err
		}
		o.Variables["after"] = found.Page.PageInfo.EndCursor
	}
	return nil
}

// filter asks for nodes whose name or whose neighbours' names are such.
func (c *client) filter(ctx context.Context) error {
	l := pick(c, c.lists)
	for !l.named {
		l = pick(c, c.lists)
	}
	condition := pick(c, []string{
		"{ name: { contains: $word } }", "{ name: { startsWith: $word } }", "{ NOT: { name: { endsWith: $word } } }",
		"{ OR: [{ name: { eq: $word } }, { sources: { some: { title: { contains: $word } } } }] }",
		"{ sources: { none: { title: { contains: $word } } } }",
	})
	return answered(c.post(ctx, operation{
		Query:     fmt.Sprintf("query ($word: String!) { %s(first: 10, where: %s) { totalCount nodes { id name } } }", l.name, condition),
		Variables: map[string]any{"word": pick(c, c.words)},
	}))
}

func (c *client) search(ctx context.Context) error {
	word := []rune(pick(c, c.words))
	o := operation{
		Query:     "query ($word: String!) { search(query: $word, first: 10) { totalCount edges { rank node { id } highlights { before match after } } } }",
		Variables: map[string]any{"word": string(word[:1+c.random.IntN(len(word))])},
	}
	a, err := c.post(ctx, o)
	if err == nil && len(a.Errors) > 0 && a.Errors[0].Extensions.Code == "BAD_USER_INPUT" {
		return nil // the word was only punctuation
	}
	return answered(a, err)
}

func (c *client) node(ctx context.Context) error {
	o := operation{Query: "query ($id: ID!) { node(id: $id) { __typename id sources { nodes { title } } } }", Variables: map[string]any{"id": pick(c, c.ids)}}
	if c.random.IntN(5) == 0 {
		o.Variables["id"] = "incident--00000000-0000-0000-0000-000000000000"
		a, err := c.post(ctx, o)
		return refused(a, err, "NOT_FOUND", "TIMEOUT")
	}
	return answered(c.post(ctx, o))
}

// bomb is short and would be an answer of millions of fields.
func bomb() string {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range 22 {
		fmt.Fprintf(&b, " fragment F%d on Query { a: __typename ...F%d ...F%d }", i, i+1, i+1)
	}
	return b.String() + " fragment F22 on Query { b: __typename }"
}

// refused asks for what no server should answer.
func (c *client) refused(ctx context.Context) error {
	wrong := pick(c, []struct {
		query, code string
		headers     []string
	}{
		{query: "{ incidents", code: "GRAPHQL_PARSE_FAILED"},
		{query: "{ nothing }", code: "GRAPHQL_VALIDATION_FAILED"},
		{query: "mutation { x }", code: "GRAPHQL_VALIDATION_FAILED"},
		{query: "{ incidents(first: 201) { totalCount } }", code: "BAD_USER_INPUT"},
		{query: `{ incidents(after: "x") { totalCount } }`, code: "BAD_USER_INPUT"},
		{query: `{ incidents(where: { startDate: { eq: "yesterday" } }) { totalCount } }`, code: "BAD_USER_INPUT"},
		{query: "{" + strings.Repeat(" __typename", 5000) + " }", code: "LIMIT_EXCEEDED"},
		{query: bomb(), code: "LIMIT_EXCEEDED"},
		{query: "{ __typename } #" + strings.Repeat("x", 1<<20), code: "LIMIT_EXCEEDED"},
		{query: "{ __typename }", code: "BAD_USER_INPUT", headers: []string{"Content-Type", "text/plain"}},
		{query: "{ __typename }", code: "FORBIDDEN", headers: []string{"Origin", "https://elsewhere.example"}},
	})
	a, err := c.post(ctx, operation{Query: wrong.query}, wrong.headers...)
	return refused(a, err, wrong.code)
}

func (c *client) introspection(ctx context.Context) error {
	return answered(c.post(ctx, operation{Query: "{ __schema { types { kind name fields { name type { kind name ofType { kind name } } } } } }"}))
}

func (c *client) otherPath(ctx context.Context) error {
	path := pick(c, []string{server.HealthPath, server.ReadyPath, server.PlaygroundPath, "/nothing"})
	response, err := c.ask(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 500 {
		return fmt.Errorf("%s: %w", path, &wrongStatus{response.StatusCode})
	}
	return nil
}
