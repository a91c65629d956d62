package main

import (
	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
)

// isNodeID tells whether a text is the id of a node of the model.
func isNodeID(c *catalog.Catalog, id string) bool {
	kind, err := ident.Parse(id)
	return err == nil && c.KindOfID(kind) != nil
}
