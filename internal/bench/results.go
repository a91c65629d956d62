package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// Results is everything that a run found, as it is kept in results.json; the report is made of it.
type Results struct {
	When     string
	Revision string
	Machine  Machine
	Scale    float64
	Nodes    int
	// Seconds is how long each load lasted, Rounds how often it was repeated; the figures are medians of the rounds.
	Seconds  float64
	Rounds   int
	Servers  []ServerName
	Measures []Measure
	Starts   []Start
	Growth   []Growth
	Hits     []Hits
	Cached   []Cached
}

// ServerName is a server of the run: how results name it and how the report does.
type ServerName struct{ Key, Title string }

// Machine is where the run was made.
type Machine struct {
	Processor string
	Cores     int
	MemoryGB  float64
	System    string
	Versions  []Version
}

// Version is the version of something that takes part.
type Version struct{ Of, Is string }

// Measure is what one server did with one question from a number of clients.
type Measure struct {
	Question, Server string
	Clients          int
	PerSecond        float64
	// Rounds holds the requests for each second of every round.
	Rounds []float64
	// Median and P99 are milliseconds.
	Median, P99 float64
	// CPU and Neo4jCPU are seconds for 1,000 requests.
	CPU, Neo4jCPU float64
	// MemoryMB is the greatest RssAnon of the server's process under this load.
	MemoryMB    float64
	AnswerBytes int64
	// Failed says why there are no figures, which are 0 then.
	Failed string
}

// Start is what the first use costs, in milliseconds, each the median of several tries.
type Start struct {
	Server string
	// Ready is from the start of the process until it can be used, First until it has answered the deep question.
	Ready, First float64
	// ForgottenFirst is First after Neo4j has forgotten all statements; 0 for what does not use it.
	ForgottenFirst float64
	// Unseen is the time of a question of a shape that neither server nor store has seen, in a process that is warm.
	Unseen float64
	// Seen is the time of the same question at once afterwards.
	Seen float64
}

// Growth compares medians, in milliseconds, in the data set and in a tenth of it.
type Growth struct {
	Server       string
	Clients      int
	Small, Large float64
}

// Hits is the work of Neo4j for a question, as it profiles the statement.
type Hits struct {
	Question string
	DBHits   int
}

// Cached is the work of the server itself for an operation that it knows.
type Cached struct {
	Store string
	// Millis and CPUMillis are the time that an operation takes, and the processor time, that of the garbage collector
	// included.
	Millis, CPUMillis float64
	AnswerKB, AllocKB float64
	Allocations       int
}

// measure returns the measure of a question, or nil if it was not made or has failed.
func (r *Results) measure(question, server string, clients int) *Measure {
	for i, m := range r.Measures {
		if m.Question == question && m.Server == server && m.Clients == clients && m.Failed == "" {
			return &r.Measures[i]
		}
	}
	return nil
}

// write keeps the results as JSON.
func (r *Results) write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func readResults(path string) (*Results, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("there are no results: run `make bench` first: %w", err)
	}
	r := &Results{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// median of a list that is not empty.
func median[T float64 | time.Duration](list []T) T {
	sorted := slices.Sorted(slices.Values(list))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
