package main

import (
	"slices"
	"strconv"

	"attrigraph/internal/bench/questions"
)

// peers are the servers that attrigraph is compared with.
var peers = []string{handwritten, neo4jGraphQL, inProduction}

// lossFrom is how much better a peer's figure must be to be a loss: less than the rounds differ among themselves says
// nothing.
const lossFrom = 1.05

// Loss is a figure in which a peer is better than attrigraph on one of its stores.
type Loss struct {
	Question, Clients, Figure        string
	Ours, OursFound, Peer, PeerFound string
}

// losses compares every figure of attrigraph with those of the peers.
func (r *Results) losses() []Loss {
	var list []Loss
	for _, ours := range []string{onNeo4j, onSQLite} {
		for _, peer := range peers {
			// lost compares two figures of which the smaller is the better one; 0 is what was not measured.
			lost := func(question, clients, what string, a, b float64, show func(float64) string) {
				if a > 0 && b > 0 && a >= b*lossFrom {
					list = append(list, Loss{question, clients, what, r.title(ours), show(a), r.title(peer), show(b)})
				}
			}
			for _, q := range questions.All() {
				for _, clients := range r.clients() {
					a, b := r.measure(q.Name, ours, clients), r.measure(q.Name, peer, clients)
					if a == nil || b == nil {
						continue
					}
					n := strconv.Itoa(clients)
					inverse := func(v float64) string { return figure(1 / v) }
					lost(q.Name, n, "requests/s", 1/a.PerSecond, 1/b.PerSecond, inverse)
					lost(q.Name, n, "99th percentile, ms", a.P99, b.P99, figure)
					lost(q.Name, n, "CPU s of the server / 1,000", a.CPU, b.CPU, figure)
					if q.Name == deepQuestion && clients == slices.Max(r.clients()) {
						lost(q.Name, n, "RssAnon, MB", a.MemoryMB, b.MemoryMB, figure)
					}
				}
			}
			a, b := r.start(ours), r.start(peer)
			lost(deepQuestion, "-", "start to ready, ms", a.Ready, b.Ready, figure)
			lost(deepQuestion, "-", "start to first answer, ms", a.First, b.First, figure)
			lost(deepQuestion, "-", "the same, Neo4j having forgotten, ms", a.ForgottenFirst, b.ForgottenFirst, figure)
			lost(deepQuestion, "-", "unseen shape, ms", a.Unseen, b.Unseen, figure)
		}
	}
	return list
}
