package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/bench/questions"
)

// TestTargets: a target is reached at its limit and on its right side only.
func TestTargets(t *testing.T) {
	for _, c := range []struct {
		ours, theirs float64
		reached      bool
		found        string
	}{{140, 100, true, "1.40"}, {139, 100, false, "1.39"}, {200, 100, true, "2.00"}} {
		r := &Results{Measures: []Measure{
			{Question: "deep", Server: onNeo4j, Clients: 16, PerSecond: c.ours}, {Question: "deep", Server: handwritten, Clients: 16, PerSecond: c.theirs},
		}}
		list := r.targets()
		if first := list[0]; !first.Measured || first.Reached != c.reached || first.Found != c.found {
			t.Errorf("%v to %v requests/s: %+v", c.ours, c.theirs, first)
		}
		for _, other := range list[1:] {
			if other.Measured || other.Reached {
				t.Errorf("nothing was measured for %+v", other)
			}
		}
	}
	for ready, reached := range map[float64]bool{299: true, 300: true, 301: false} {
		r := &Results{Starts: []Start{{Server: onSQLite, Ready: ready}}}
		for _, target := range r.targets() {
			if target.Measured && (target.Reached != reached || !strings.Contains(target.What, "ready")) {
				t.Errorf("ready after %v ms: %+v", ready, target)
			}
		}
	}
}

func TestLosses(t *testing.T) {
	r := &Results{
		Servers: []ServerName{{onNeo4j, "ours"}, {handwritten, "theirs"}},
		Measures: []Measure{
			{Question: "node", Server: onNeo4j, Clients: 1, PerSecond: 100, P99: 10, CPU: 1, MemoryMB: 99},
			{Question: "node", Server: handwritten, Clients: 1, PerSecond: 120, P99: 9.9, CPU: 0.5, MemoryMB: 1},
			{Question: "deep", Server: onNeo4j, Clients: 1, PerSecond: 100, P99: 10, CPU: 1, MemoryMB: 50},
			{Question: "deep", Server: handwritten, Clients: 1, PerSecond: 50, P99: 20, CPU: 0, MemoryMB: 25},
		},
	}
	var found []string
	for _, l := range r.losses() {
		found = append(found, strings.Join([]string{l.Question, l.Figure, l.OursFound, l.PeerFound}, " "))
	}
	want := "deep RssAnon, MB 50.0 25.0|node requests/s 100 120|node CPU s of the server / 1,000 1.00 0.500"
	if got := strings.Join(found, "|"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestFailuresAreShown: a server that gives in has no figures, and the report says so.
func TestFailuresAreShown(t *testing.T) {
	r := &Results{
		Servers: []ServerName{{onSQLite, "ours"}, {neo4jGraphQL, "theirs"}},
		Measures: []Measure{
			{Question: "deep", Server: onSQLite, Clients: 16, PerSecond: 100, Rounds: []float64{100}},
			{Question: "deep", Server: neo4jGraphQL, Clients: 16, Failed: "status 500"},
		},
	}
	p := r.page()
	if len(p.Questions) != 1 || len(p.Questions[0].Rows) != 1 || len(p.Questions[0].Failures) != 1 || p.Questions[0].Rows[0].Ratio != "-" {
		t.Errorf("%+v", p.Questions)
	}
	for _, target := range p.Targets {
		if target.Measured {
			t.Errorf("%+v is measured without figures of the peer", target)
		}
	}
	out := filepath.Join(t.TempDir(), "report.md")
	if err := r.report(out); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(out); err != nil || !strings.Contains(string(text), "**theirs, 16 clients: no figures") {
		t.Errorf("the report does not say that the peer failed: %v", err)
	}
}

func TestWithout(t *testing.T) {
	deep := questions.All()[0]
	seen := map[string]bool{}
	for _, s := range []questions.Server{questions.Ours, questions.Neo4jGraphQL} {
		for _, fields := range omitted {
			whole := deep.Request(s, map[string]any{"start": "i-000"}).Body
			var before, after map[string]any
			for text, into := range map[string]*map[string]any{string(whole): &before, string(without(whole, fields)): &after} {
				if err := json.Unmarshal([]byte(text), into); err != nil {
					t.Fatal(err)
				}
			}
			document := after["query"].(string)
			if lines := strings.Count(before["query"].(string), "\n") - strings.Count(document, "\n"); lines != len(fields) || seen[document] {
				t.Errorf("without %v the document lacks %d lines:\n%s", fields, lines, document)
			}
			seen[document] = true
		}
	}
}

func TestDifference(t *testing.T) {
	for _, c := range []struct {
		a, b string
		at   int
	}{{"same", "same", -1}, {"same", "some", 1}, {"short", "shorter", 5}, {"", "x", 0}} {
		if at := difference([]byte(c.a), []byte(c.b)); at != c.at {
			t.Errorf("%s and %s differ at %d, want %d", c.a, c.b, at, c.at)
		}
	}
}

func TestFigure(t *testing.T) {
	for v, want := range map[float64]string{0: "-", 0.0123: "0.012", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 1234.5: "1,235", 1234567: "1,234,567"} {
		if got := figure(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := func() *runCommand {
		return &runCommand{Scale: 1, Clients: []int{1}, Duration: time.Second, Rounds: 1}
	}
	for name, spoil := range map[string]func(c *runCommand){
		"scale": func(c *runCommand) { c.Scale = 0 }, "--rounds": func(c *runCommand) { c.Rounds = 0 },
		`--queries names "deeper"`: func(c *runCommand) { c.Questions = []string{"deeper"} },
		`--only names "theirs"`:    func(c *runCommand) { c.Only = []string{"theirs"} },
		"--no-growth":              func(c *runCommand) { c.Scale, c.Growth = 0.001, true },
	} {
		c := good()
		spoil(c)
		if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestRun makes a whole run with real processes on SQLite, too short to say anything but that all parts work.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("building the server and loading two stores is left out of short runs")
	}
	dir := t.TempDir()
	c := &runCommand{
		Scale: 0.02, Clients: []int{1, manyClients}, Duration: 200 * time.Millisecond, WarmUp: 100 * time.Millisecond, Rounds: 1,
		Heat: time.Second, Only: []string{onSQLite}, Growth: true, Cache: dir, Out: filepath.Join(dir, "report.md"), Results: filepath.Join(dir, "results.json"),
	}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := readResults(c.Results)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Measures) != len(questions.All())*2 || len(r.Growth) != 2 || len(r.Starts) != 1 || len(r.Cached) != 1 {
		t.Errorf("%d measures, %d of growth, %d of starts, %d cached", len(r.Measures), len(r.Growth), len(r.Starts), len(r.Cached))
	}
	for _, m := range r.Measures {
		if m.PerSecond <= 0 || m.Median <= 0 || m.P99 < m.Median || m.AnswerBytes < 10 || m.Neo4jCPU != 0 {
			t.Errorf("%+v", m)
		}
	}
	if s := r.Starts[0]; s.Ready <= 0 || s.First < s.Ready || s.Unseen <= 0 || s.Seen <= 0 {
		t.Errorf("%+v", s)
	}
	written, err := os.ReadFile(c.Out)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&reportCommand{Results: c.Results, Out: c.Out}).Run(); err != nil {
		t.Fatal(err)
	}
	again, err := os.ReadFile(c.Out)
	if err != nil || string(again) != string(written) {
		t.Errorf("the results give another report than the run: %v", err)
	}
	for _, part := range []string{"### deep: ", "| 16 | attrigraph on SQLite |", "start to ready on an existing SQLite store | at most 300 ms", "## Ten times the data", "No peer took part"} {
		if !strings.Contains(string(written), part) {
			t.Errorf("the report lacks %q:\n%s", part, written)
		}
	}
	if strings.Contains(string(written), "<no value>") || strings.Contains(string(written), "NaN") {
		t.Errorf("the report has gaps:\n%s", written)
	}
}
