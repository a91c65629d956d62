// Package recorded answers an operation from a row that a store gave before, so that what the server itself does for an
// operation can be measured apart from the store: it looks the operation up, binds its values, and writes the answer.
package recorded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"attrigraph/graph"
	"attrigraph/internal/bench/questions"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/rules"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// Operation is an operation with its plan and its row.
type Operation struct {
	Query     string
	Variables map[string]any
	Plan      *plan.Plan
	Values    []any
	// Row is as Neo4j's driver hands it over, Text is the same as SQLite does.
	Row  []any
	Text []byte

	handler *graph.Handler
	replay  *replay
}

// Deep returns the benchmark's deep question and values for its variables.
func Deep() (query string, variables map[string]any) {
	for _, q := range questions.All() {
		if q.Name == "deep" {
			return q.Document(questions.Ours), map[string]any{"start": "i-000"}
		}
	}
	panic("recorded: the benchmark has no question named deep")
}

// Plan plans an operation on the API of this program, without a store.
func Plan(query string, variables map[string]any) (*plan.Plan, []any, error) {
	h, err := handler(nil)
	if err != nil {
		return nil, nil, err
	}
	p, values, errs := h.Plan(context.Background(), query, "", variables)
	if len(errs) > 0 {
		return nil, nil, errs
	}
	return p, values, nil
}

// Record asks a store once.
func Record(ctx context.Context, s store.Store, query string, variables map[string]any) (*Operation, error) {
	o := &Operation{Query: query, Variables: variables, replay: &replay{Store: s}}
	var err error
	if o.handler, err = handler(o.replay); err != nil {
		return nil, err
	}
	p, values, errs := o.handler.Plan(ctx, query, "", variables)
	if len(errs) > 0 {
		return nil, errs
	}
	o.Plan, o.Values = p, values
	err = s.Read(ctx, p, values, func(row rows.Value) error {
		list, ok := plain(row).([]any)
		if !ok {
			return errors.New("a store's row is no list")
		}
		o.Row = list
		return nil
	})
	if err != nil {
		return nil, err
	}
	if o.Text, err = json.Marshal(o.Row); err != nil {
		return nil, err
	}
	return o, nil
}

// FromStore lets Do ask the store, as it does until told otherwise.
func (o *Operation) FromStore() { o.replay.row, o.replay.text = nil, nil }

// FromNeo4j lets Do answer from the row as Neo4j's driver hands it over.
func (o *Operation) FromNeo4j() { o.replay.row, o.replay.text = o.Row, nil }

// FromSQLite lets Do answer from the row as SQLite hands it over, a text that has to be read.
func (o *Operation) FromSQLite() { o.replay.row, o.replay.text = nil, o.Text }

// Do answers the operation and returns its data.
func (o *Operation) Do(ctx context.Context) (json.RawMessage, error) {
	response := o.handler.Do(ctx, o.Query, "", o.Variables)
	switch {
	case response == nil:
		return nil, ctx.Err()
	case len(response.Errors) > 0:
		return nil, response.Errors
	}
	return response.Data, nil
}

func handler(s store.Store) (*graph.Handler, error) {
	model, err := schema.Catalog()
	if err != nil {
		return nil, err
	}
	api, err := schema.Parsed()
	if err != nil {
		return nil, err
	}
	es, err := graph.NewExecutableSchema(graph.Config{Schema: api, Catalog: model, Store: s, Rules: rules.All()})
	if err != nil {
		return nil, err
	}
	return graph.NewHandler(es), nil
}

// replay is a store whose reads do everything but ask, once it has a row: the statement is rendered or found and its values are bound.
type replay struct {
	store.Store
	row  []any
	text []byte
}

// Read implements store.Store.
func (r *replay) Read(ctx context.Context, p *plan.Plan, values []any, visit func(row rows.Value) error) error {
	if r.row == nil && r.text == nil {
		return r.Store.Read(ctx, p, values, visit)
	}
	if _, err := r.Explain(p, values); err != nil {
		return err
	}
	if r.row != nil {
		return visit(rows.Of(r.row))
	}
	document, err := rows.Parse(r.text)
	if err != nil {
		return fmt.Errorf("the recorded row cannot be read: %w", err)
	}
	defer document.Release()
	return visit(document.Root())
}

// plain copies a value of a row. Truth values become 0 and 1, as SQLite has them.
func plain(v rows.Value) any {
	if v.IsNull() {
		return nil
	}
	if v.IsList() {
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.At(i))
		}
		return list
	}
	if s, err := v.Text(); err == nil {
		return s
	}
	n, err := v.Int()
	if err != nil {
		panic(err) // rows hold nothing else
	}
	return n
}
