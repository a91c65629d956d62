// Package store says what a store does: it answers plans with one statement each and applies change sets atomically.
// The implementations (internal/cypher on Neo4j, internal/sqlite embedded) do not know each other; storetest holds the
// tests that both must pass.
package store

import (
	"context"
	"iter"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// Store keeps the graph. All methods are safe for concurrent use.
type Store interface {
	// Read runs the plan as one statement with the bound values of its parameters (see plan.Plan.Bind) and hands the one
	// row to visit: an array with a value for each of the plan's roots. The row is valid until visit returns.
	Read(ctx context.Context, p *plan.Plan, values []any, visit func(row rows.Value) error) error
	// Explain returns the statement that Read would run.
	Explain(p *plan.Plan, values []any) (Statement, error)
	// Apply writes the changes as one transaction: all of them or none. Nodes must come before the links that join them.
	// A change that says what the store already holds is counted as unchanged and writes nothing. Validation errors are
	// *InvalidChange.
	Apply(ctx context.Context, w Write, changes iter.Seq2[Change, error]) (Outcome, error)
	// Export hands over every node in order of id, then every link in order of type, from and to.
	Export(ctx context.Context, visit func(Record) error) error
	// Migrate brings the store to the version of this program and returns the steps it took, none if there was nothing to
	// do. A store of a newer version is refused.
	Migrate(ctx context.Context) ([]string, error)
	// Empty tells whether the store holds no node.
	Empty(ctx context.Context) (bool, error)
	// Check verifies the store's integrity and returns what is wrong, nothing if all is well.
	Check(ctx context.Context) ([]string, error)
	// Close releases what the store holds. Reads and writes under way end first.
	Close(ctx context.Context) error
}

// Statement is the text of a statement and its parameters by name, as `attrigraph explain` prints them.
type Statement struct {
	Text   string         `json:"text"`
	Params map[string]any `json:"params"`
}
