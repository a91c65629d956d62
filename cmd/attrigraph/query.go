package main

import (
	"fmt"

	"attrigraph/graph"
	"attrigraph/internal/store"
)

type queryCommand struct {
	operationFlags
	Table bool `help:"Print the nodes of the first connection as a table instead of JSON."`
}

// Run asks the store and prints the answer.
func (c *queryCommand) Run(p *program) error {
	text, variables, err := c.read(p)
	if err != nil {
		return err
	}
	return p.with(reading, func(s store.Store) error {
		h, err := p.newHandler(s)
		if err != nil {
			return err
		}
		answer := h.Do(p.ctx, text, c.Operation, variables)
		if answer == nil {
			return p.ctx.Err()
		}
		if !c.Table || answer.Data == nil {
			raw, err := graph.AppendResponse(nil, answer)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintln(p.stdout, indented(string(raw))); err != nil {
				return fmt.Errorf("the answer cannot be written: %w", cause(err))
			}
		} else if err := printTable(p.stdout, answer.Data); err != nil {
			return err
		}
		if len(answer.Errors) > 0 {
			return refused(answer.Errors)
		}
		return nil
	})
}
