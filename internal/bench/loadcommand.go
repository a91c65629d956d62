package main

import (
	"context"

	"attrigraph/internal/bench/dataset"
)

type loadCommand struct {
	Store string  `help:"The store to fill: sqlite:PATH or neo4j://HOST:PORT (with NEO4J_USERNAME and NEO4J_PASSWORD)." required:"" placeholder:"STORE"`
	Scale float64 `help:"Size of the data set; by default ${default}, with 632,000 nodes." default:"1"`
}

// Run loads the data set, unless the store holds it.
func (c *loadCommand) Run(ctx context.Context) error {
	return fill(ctx, c.Store, dataset.Dataset{Scale: c.Scale})
}
