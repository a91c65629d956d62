package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/bench/questions"
)

//go:embed report.md.tmpl
var reportText string

var reportTemplate = template.Must(template.New("report").Parse(reportText))

type reportCommand struct {
	Results string `help:"The results as JSON; by default ${default}." default:"internal/bench/results.json" placeholder:"FILE"`
	Out     string `help:"The report; by default ${default}." default:"docs/benchmarks.md" placeholder:"FILE"`
}

// Run writes the report from the results of an earlier run.
func (c *reportCommand) Run() error {
	root, err := repository()
	if err != nil {
		return err
	}
	r, err := readResults(below(root, c.Results))
	if err != nil {
		return err
	}
	return r.report(below(root, c.Out))
}

// report writes the report.
func (r *Results) report(path string) error {
	var b bytes.Buffer
	if err := reportTemplate.Execute(&b, r.page()); err != nil {
		return err
	}
	if _, err := os.Stdout.Write(b.Bytes()); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// page is what the template shows.
type page struct {
	*Results
	Sizes     dataset.Sizes
	Targets   []Target
	Questions []section
	Losses    []Loss
	// HasPeers tells whether anybody took part to whom attrigraph could lose.
	HasPeers bool
}

// section is a question with its table.
type section struct {
	questions.Question
	AnswerKB string
	Rows     []row
	// Failures are the servers that did not answer under load.
	Failures []string
}

// row is a measure with figures as the report shows them.
type row struct {
	Server, Clients, PerSecond, Ratio, Spread, Median, P99, CPU, Neo4jCPU, Memory string
}

func (r *Results) page() page {
	p := page{Results: r, Sizes: dataset.Dataset{Scale: r.Scale}.Sizes(), Targets: r.targets(), Losses: r.losses()}
	for _, s := range r.Servers {
		p.HasPeers = p.HasPeers || slices.Contains(peers, s.Key)
	}
	for _, q := range questions.All() {
		s := section{Question: q}
		for _, m := range r.Measures {
			switch {
			case m.Question != q.Name:
				continue
			case m.Failed != "":
				s.Failures = append(s.Failures, fmt.Sprintf("%s, %d clients", r.title(m.Server), m.Clients))
				continue
			case s.AnswerKB == "":
				s.AnswerKB = figure(float64(m.AnswerBytes) / 1000)
			}
			s.Rows = append(s.Rows, r.row(&m))
		}
		if len(s.Rows)+len(s.Failures) > 0 {
			p.Questions = append(p.Questions, s)
		}
	}
	return p
}

func (r *Results) row(m *Measure) row {
	out := row{
		Server: r.title(m.Server), Clients: strconv.Itoa(m.Clients), PerSecond: figure(m.PerSecond), Median: figure(m.Median), P99: figure(m.P99),
		CPU: figure(m.CPU), Neo4jCPU: figure(m.Neo4jCPU), Memory: figure(m.MemoryMB), Ratio: "1",
		Spread: figure(slices.Min(m.Rounds)) + " to " + figure(slices.Max(m.Rounds)),
	}
	if of := r.measure(m.Question, neo4jGraphQL, m.Clients); of == nil {
		out.Ratio = "-"
	} else if of.Server != m.Server {
		out.Ratio = figure(m.PerSecond / of.PerSecond)
	}
	return out
}

// clients are the numbers of clients of the run, smaller ones first.
func (r *Results) clients() []int {
	var list []int
	for _, m := range r.Measures {
		list = append(list, m.Clients)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (r *Results) title(server string) string {
	for _, s := range r.Servers {
		if s.Key == server {
			return s.Title
		}
	}
	return server
}

// Title is the title of a server, for the template.
func (r *Results) Title(server string) string { return r.title(server) }

// Figure is figure, for the template.
func (r *Results) Figure(v float64) string { return figure(v) }

// Count writes a whole number with commas, for the template.
func (r *Results) Count(n int) string { return thousands(n) }

// Growing is the growth of a median, for the template.
func (r *Results) Growing(g Growth) string { return figure(g.Large / g.Small) }

// figure writes a number with three digits that mean something; 0 is what was not measured.
func figure(v float64) string {
	switch {
	case v == 0:
		return "-"
	case v >= 1000:
		return thousands(int(v + 0.5))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func thousands(n int) string {
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
