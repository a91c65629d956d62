package sqlite

import (
	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/store"
)

// Explain returns the statement that a store of the model would run for the plan; no file is opened.
func Explain(c *catalog.Catalog, p *plan.Plan, values []any) (store.Statement, error) {
	return (&Store{catalog: c, layout: newLayout(c)}).Explain(p, values)
}
