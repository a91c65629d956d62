package main

import (
	"encoding/json"
	"fmt"
	"io"

	"attrigraph/internal/catalog"
	"attrigraph/internal/cypher"
	"attrigraph/internal/plan"
	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

type explainCommand struct {
	operationFlags
	JSON bool `name:"json" help:"Print one JSON object."`
}

// explanation is what an operation becomes. An operation that reads nothing from a store has no statements.
type explanation struct {
	Plan   *plan.Plan        `json:"plan"`
	Cypher []store.Statement `json:"cypher"`
	SQL    []store.Statement `json:"sql"`
}

// Run plans the operation for both stores; none is opened.
func (c *explainCommand) Run(p *program) error {
	text, variables, err := c.read(p)
	if err != nil {
		return err
	}
	h, err := p.newHandler(nil)
	if err != nil {
		return err
	}
	planned, values, errs := h.Plan(p.ctx, text, c.Operation, variables)
	if len(errs) > 0 {
		return refused(errs)
	}
	out := explanation{Plan: planned, Cypher: []store.Statement{}, SQL: []store.Statement{}}
	if len(planned.Roots) > 0 {
		model, err := schema.Catalog()
		if err != nil {
			return err
		}
		for _, dialect := range []struct {
			explain func(*catalog.Catalog, *plan.Plan, []any) (store.Statement, error)
			into    *[]store.Statement
		}{{cypher.Explain, &out.Cypher}, {sqlite.Explain, &out.SQL}} {
			s, err := dialect.explain(model, planned, values)
			if err != nil {
				return err
			}
			*dialect.into = append(*dialect.into, s)
		}
	}
	if c.JSON {
		return printJSON(p.stdout, out, "  ")
	}
	fmt.Fprintf(p.stdout, "plan\n%s", planned)
	for _, part := range []struct {
		name       string
		statements []store.Statement
	}{{"cypher", out.Cypher}, {"sql", out.SQL}} {
		for _, s := range part.statements {
			fmt.Fprintf(p.stdout, "\n%s\n%s\nparameters ", part.name, s.Text)
			if err := printJSON(p.stdout, s.Params, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// printJSON prints a value and a line break, without the escapes that are for HTML.
func printJSON(w io.Writer, v any, indent string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(v)
}
