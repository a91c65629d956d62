package main

import (
	"fmt"

	"attrigraph/schema"
)

type schemaCommand struct{}

// Run prints the SDL of the API.
func (*schemaCommand) Run(p *program) error {
	_, err := fmt.Fprint(p.stdout, schema.API)
	return err
}
