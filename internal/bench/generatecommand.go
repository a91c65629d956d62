package main

import (
	"context"
	"errors"
	"os"

	"attrigraph/internal/bench/bulk"
	"attrigraph/internal/jsonl"
	"attrigraph/schema"
)

type generateCommand struct {
	File  string  `arg:"" help:"The file to write."`
	Scale float64 `help:"Size of the export; by default ${default}, a million nodes with two million links." default:"1"`
}

// Run writes the export on which imports are measured.
func (c *generateCommand) Run(context.Context) error {
	return writeExport(c.File, bulk.Export{Scale: c.Scale})
}

// writeExport writes an export to a file.
func writeExport(name string, e bulk.Export) error {
	model, err := schema.Catalog()
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(jsonl.Write(f, model, e.Records()), f.Close())
}
