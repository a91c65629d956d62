package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/schema"
)

// facts are what clients know of the graph and of the API, so that they ask for what there is.
type facts struct {
	examples []schema.Example
	// ids and words are those of nodes in the store.
	ids, words []string
	// lists are the connections at the root.
	lists []list
}

// list is a connection at the root, what its nodes can be ordered by, and their connections.
type list struct {
	name        string
	orders      []string
	connections []string
	named       bool // its nodes have a name that filters can use
}

// learn asks the server for facts.
func learn(ctx context.Context, address string) (*facts, error) {
	f := &facts{}
	var err error
	if f.examples, err = schema.Examples(); err != nil {
		return nil, err
	}
	api, err := schema.Parsed()
	if err != nil {
		return nil, err
	}
	f.lists = lists(api)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c := &client{http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, address: address}
	a, err := c.post(ctx, operation{Query: "{ incidents(first: 200) { nodes { id name } } actors(first: 200) { nodes { id name } } }"})
	if err != nil {
		return nil, err
	}
	type nodes struct{ Nodes []struct{ ID, Name string } }
	var found struct{ Incidents, Actors nodes }
	if err := json.Unmarshal(a.Data, &found); err != nil {
		return nil, fmt.Errorf("the server does not tell what it holds: %d %w", a.status, err)
	}
	for _, n := range append(found.Incidents.Nodes, found.Actors.Nodes...) {
		f.ids = append(f.ids, n.ID)
		f.words = append(f.words, strings.Fields(n.Name)...)
	}
	if len(f.words) == 0 {
		return nil, errors.New("the store holds no incidents and actors; load some")
	}
	return f, nil
}

// lists finds the connections of the API at its root. Those of one node need its id and may be absent.
func lists(api *ast.Schema) []list {
	var all []list
	for _, f := range api.Query.Fields {
		order := f.Arguments.ForName("orderBy")
		if order == nil || !f.Type.NonNull {
			continue
		}
		l := list{name: f.Name}
		for _, key := range api.Types[order.Type.Name()].Fields {
			l.orders = append(l.orders, key.Name)
		}
		node := api.Types[api.Types[f.Type.Name()].Fields.ForName("nodes").Type.Name()]
		for _, link := range node.Fields {
			if link.Arguments.ForName("orderBy") != nil {
				l.connections = append(l.connections, link.Name)
			}
		}
		l.named = node.Fields.ForName("name") != nil
		all = append(all, l)
	}
	return all
}
