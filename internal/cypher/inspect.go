package cypher

import (
	"context"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Inspection is what the server says of a statement.
type Inspection struct {
	// Operators are the plan's operators, each before its children.
	Operators []Operator
	// DBHits is the work of all operators; 0 unless the statement was profiled.
	DBHits int64
	// Notifications are what the server finds wrong. It looks only if the store was opened with Config.Notify.
	Notifications []Notification
}

// Operator is one step of the server's plan.
type Operator struct {
	Name, Details string
	Depth         int
	Rows, DBHits  int64
}

// Notification is what the server finds wrong with a statement.
type Notification struct {
	// Category is PERFORMANCE, DEPRECATION, UNRECOGNIZED, HINT, SCHEMA and so on, Code the server's name of it.
	Category, Code, Text string
	// Statement is what it is about.
	Statement string
}

func notified(text string, summary neo4j.ResultSummary) []Notification {
	var list []Notification
	for _, n := range summary.Notifications() {
		list = append(list, Notification{Category: string(n.Category()), Code: n.Code(), Text: n.Description(), Statement: text})
	}
	return list
}

// notice hands what the server finds wrong with a statement to Config.Notify.
func (s *Store) notice(text string, summary neo4j.ResultSummary) {
	if s.notify == nil {
		return
	}
	for _, n := range notified(text, summary) {
		s.notify(n)
	}
}

// Plan lets the server plan a statement, or run it where profile is set, and returns what it says of it. It is for tests
// and for finding out why a statement is slow.
func (s *Store) Plan(ctx context.Context, text string, params map[string]any, profile bool) (*Inspection, error) {
	done, err := s.use()
	if err != nil {
		return nil, err
	}
	defer done()
	mode := "EXPLAIN "
	if profile {
		mode = "PROFILE "
	}
	summary, err := query(ctx, s, mode+text, params, summarise)
	if err != nil {
		return nil, err
	}
	found := &Inspection{}
	found.Notifications = notified(text, summary)
	if profile {
		found.profiled(summary.Profile(), 0)
	} else {
		found.planned(summary.Plan(), 0)
	}
	return found, nil
}

// summarised passes the summary of a statement on.
type summarised struct{}

func summarise(*Store, string) func() neo4j.ResultTransformer[neo4j.ResultSummary] {
	return func() neo4j.ResultTransformer[neo4j.ResultSummary] { return summarised{} }
}

func (summarised) Accept(*neo4j.Record) error { return nil }

func (summarised) Complete(_ []string, s neo4j.ResultSummary) (neo4j.ResultSummary, error) {
	return s, nil
}

func (i *Inspection) planned(p neo4j.Plan, depth int) {
	if p == nil {
		return
	}
	i.Operators = append(i.Operators, Operator{Name: p.Operator(), Details: details(p.Arguments()), Depth: depth})
	for _, c := range p.Children() {
		i.planned(c, depth+1)
	}
}

func (i *Inspection) profiled(p neo4j.ProfiledPlan, depth int) {
	if p == nil {
		return
	}
	i.Operators = append(i.Operators, Operator{
		Name: p.Operator(), Details: details(p.Arguments()), Depth: depth, Rows: p.Records(), DBHits: p.DbHits(),
	})
	i.DBHits += p.DbHits()
	for _, c := range p.Children() {
		i.profiled(c, depth+1)
	}
}

func details(arguments map[string]any) string {
	if d, ok := arguments["Details"]; ok && d != nil {
		return fmt.Sprint(d)
	}
	return ""
}
