// Package questions holds what the benchmark asks: the same facts of every server, in the server's own words, with the
// same page sizes and orders, and what makes the answers comparable.
package questions

import (
	"embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"attrigraph/internal/bench/dataset"
)

// Server is a kind of server that is asked.
type Server string

const (
	// Ours is attrigraph itself, on either store.
	Ours Server = "ours"
	// Handwritten is internal/bench/handwritten.
	Handwritten Server = "handwritten"
	// Neo4jGraphQL is internal/bench/neo4jgraphql.
	Neo4jGraphQL Server = "neo4jgraphql"
)

// Indexes are the indexes that the statements of the peers need, as somebody who writes by hand would make them. The
// store has all others: unique ids, and the kinds of evidence. Its own index of names is by a sort key of its own.
var Indexes = []string{
	"CREATE INDEX bench_incident_name IF NOT EXISTS FOR (n:Incident) ON (n.name)",
}

// documents are the GraphQL texts: <server>/<shape>.graphql.
//
//go:embed ours/*.graphql neo4jgraphql/*.graphql
var documents embed.FS

// Question is one question of the benchmark.
type Question struct {
	// Name is what reports and options call the question.
	Name string
	// What says in a few words what is asked.
	What string
	// shape names the documents and the path of the hand-written handler. Questions of one shape differ in variables only.
	shape string
	// one tells that the answer is one node and not a list.
	one bool
	// nothing tells that nothing meets the question.
	nothing bool
	draw    func(d dataset.Dataset, r *rand.Rand) map[string]any
}

// All returns the questions in the order of the report.
func All() []Question {
	return []Question{
		{
			Name: "deep", What: "20 incidents by the beginning of their name, with nine nested lists", shape: "deep",
			draw: func(d dataset.Dataset, r *rand.Rand) map[string]any { return map[string]any{"start": d.RandomStart(r)} },
		},
		{
			Name: "node", What: "one incident by id", shape: "node", one: true,
			draw: func(d dataset.Dataset, r *rand.Rand) map[string]any { return map[string]any{"id": d.RandomIncident(r)} },
		},
		{
			Name: "some", What: "20 incidents that have an attribution with evidence of a rare kind", shape: "kind",
			draw: func(dataset.Dataset, *rand.Rand) map[string]any { return map[string]any{"kind": dataset.RareKind} },
		},
		{
			Name: "none", What: "the same with a kind that no evidence has", shape: "kind", nothing: true,
			draw: func(dataset.Dataset, *rand.Rand) map[string]any { return map[string]any{"kind": dataset.NoKind} },
		},
		{
			Name: "supernode", What: "the latest 20 of the attributions that accuse the state that most of them accuse", shape: "received", one: true,
			draw: func(d dataset.Dataset, _ *rand.Rand) map[string]any { return map[string]any{"id": d.SuperStateID()} },
		},
		{
			Name: "ordinary", What: "the same of any other state", shape: "received", one: true,
			draw: func(d dataset.Dataset, r *rand.Rand) map[string]any { return map[string]any{"id": d.RandomState(r)} },
		},
	}
}

// Draw draws the values of the question's variables, which have the same names for every server.
func (q Question) Draw(d dataset.Dataset, r *rand.Rand) map[string]any { return q.draw(d, r) }

// Request is what is posted, as application/json, to ask a question.
type Request struct {
	// Path comes after the server's address.
	Path string
	Body []byte
}

// Request returns the request that asks a server the question. It panics where there is no such server.
func (q Question) Request(s Server, variables map[string]any) Request {
	if s == Handwritten {
		return Request{Path: "/" + q.shape, Body: marshal(variables)}
	}
	path := "/"
	if s == Ours {
		path = "/graphql"
	}
	return Request{Path: path, Body: marshal(map[string]any{"query": q.Document(s), "variables": variables})}
}

// Document returns the question's GraphQL text for one of the two servers that take any. It panics for others.
func (q Question) Document(s Server) string {
	text, err := documents.ReadFile(string(s) + "/" + q.shape + ".graphql")
	if err != nil {
		panic(fmt.Sprintf("questions: there is no document %s for the server %q", q.shape, s))
	}
	return string(text)
}

// marshal writes texts and maps of them, which cannot fail.
func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
