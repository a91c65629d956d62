package main

import (
	"fmt"

	"attrigraph/internal/bench/questions"
)

// manyClients is the number of clients of the targets.
const manyClients = 16

// Target is a figure that the server has to reach.
type Target struct {
	What string
	// Least is the limit that has to be reached, Aim what is wished, both in words.
	Least, Aim string
	Found      string
	Reached    bool
	// Measured tells whether the run has the figure.
	Measured bool
}

// limit is a figure with the values that it must reach.
type limit struct {
	what string
	// least and aim are the limits; atMost tells that the figure must not be greater, else it must not be smaller.
	least, aim float64
	atMost     bool
	// unit follows figures.
	unit   string
	digits int
	// found returns the figure.
	found func(r *Results) (figure float64, ok bool)
}

// deepQuestion is the name of the question that most targets are about.
var deepQuestion = questions.All()[0].Name

var limits = []limit{
	{"requests/s of attrigraph on Neo4j ÷ hand-written handler", 1.4, 1.7, false, "", 2, ratio(onNeo4j, handwritten)},
	{"requests/s of attrigraph on Neo4j ÷ @neo4j/graphql", 4.5, 6, false, "", 2, ratio(onNeo4j, neo4jGraphQL)},
	{"the same, @neo4j/graphql with NODE_ENV=production", 4.5, 6, false, "", 2, ratio(onNeo4j, inProduction)},
	{"requests/s of attrigraph on SQLite ÷ @neo4j/graphql on Neo4j", 6, 10, false, "", 2, ratio(onSQLite, neo4jGraphQL)},
	{"the same, @neo4j/graphql with NODE_ENV=production", 6, 10, false, "", 2, ratio(onSQLite, inProduction)},
	{"median with ten times all data ÷ with one, Neo4j", 1.3, 1.1, true, "", 2, growthOf(onNeo4j)},
	{"median with ten times all data ÷ with one, SQLite", 1.3, 1.1, true, "", 2, growthOf(onSQLite)},
	{"median of a page of the supernode ÷ of an ordinary node, Neo4j", 4, 2, true, "", 2, supernodeOf(onNeo4j)},
	{"median of a page of the supernode ÷ of an ordinary node, SQLite", 4, 2, true, "", 2, supernodeOf(onSQLite)},
	{"db hits on Neo4j of the filter that nothing meets", 10_000, 100, true, "", 0, func(r *Results) (float64, bool) {
		for _, h := range r.Hits {
			if h.Question == "none" {
				return float64(h.DBHits), true
			}
		}
		return 0, false
	}},
	{"start to ready on an existing SQLite store", 300, 100, true, " ms", 0, func(r *Results) (float64, bool) {
		s := r.start(onSQLite)
		return s.Ready, s.Ready > 0
	}},
	{"start to first answer on Neo4j", 500, 300, true, " ms", 0, func(r *Results) (float64, bool) {
		s := r.start(onNeo4j)
		return s.First, s.First > 0
	}},
	{"RssAnon of attrigraph on SQLite under this load", 200, 100, true, " MB", 0, func(r *Results) (float64, bool) {
		m := r.measure(deepQuestion, onSQLite, manyClients)
		if m == nil || m.MemoryMB == 0 {
			return 0, false
		}
		return m.MemoryMB, true
	}},
	{"CPU time of a cached operation in the server, the store apart (answer of 26 kB or more)", 0.4, 0.15, true, " ms", 3, func(r *Results) (float64, bool) {
		worst := 0.0
		for _, c := range r.Cached {
			worst = max(worst, c.CPUMillis)
		}
		return worst, worst > 0
	}},
}

// targets compares the results with the limits.
func (r *Results) targets() []Target {
	var list []Target
	for _, l := range limits {
		words := func(v float64) string {
			if v >= 1000 {
				return thousands(int(v)) + l.unit
			}
			return fmt.Sprintf("%.*f%s", decimals(v), v, l.unit)
		}
		side := "at least "
		if l.atMost {
			side = "at most "
		}
		t := Target{What: l.what, Least: side + words(l.least), Aim: words(l.aim), Found: "not measured"}
		var figure float64
		if figure, t.Measured = l.found(r); t.Measured {
			t.Found = fmt.Sprintf("%.*f%s", l.digits, figure, l.unit)
			if figure >= 1000 {
				t.Found = thousands(int(figure)) + l.unit
			}
			t.Reached = figure == l.least || (figure < l.least) == l.atMost
		}
		list = append(list, t)
	}
	return list
}

// decimals is how many digits after the point a limit needs.
func decimals(v float64) int {
	for n := range 3 {
		if scaled := v * []float64{1, 10, 100}[n]; scaled == float64(int64(scaled)) {
			return n
		}
	}
	return 2
}

// ratio divides the requests/s of two servers.
func ratio(ours, theirs string) func(r *Results) (float64, bool) {
	return func(r *Results) (float64, bool) {
		a, b := r.measure(deepQuestion, ours, manyClients), r.measure(deepQuestion, theirs, manyClients)
		if a == nil || b == nil {
			return 0, false
		}
		return a.PerSecond / b.PerSecond, true
	}
}

func growthOf(server string) func(r *Results) (float64, bool) {
	return func(r *Results) (float64, bool) {
		for _, g := range r.Growth {
			if g.Server == server && g.Clients == manyClients {
				return g.Large / g.Small, true
			}
		}
		return 0, false
	}
}

func supernodeOf(server string) func(r *Results) (float64, bool) {
	return func(r *Results) (float64, bool) {
		a, b := r.measure("supernode", server, manyClients), r.measure("ordinary", server, manyClients)
		if a == nil || b == nil {
			return 0, false
		}
		return a.Median / b.Median, true
	}
}

// start returns the starts of a server, zero if they were not measured.
func (r *Results) start(server string) Start {
	for _, s := range r.Starts {
		if s.Server == server {
			return s
		}
	}
	return Start{}
}
