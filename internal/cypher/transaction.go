package cypher

import (
	"context"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"attrigraph/internal/store"
)

// transaction is one explicit transaction. It is never tried again: what is written comes from an iterator.
type transaction struct {
	store   *Store
	session neo4j.SessionWithContext
	tx      neo4j.ExplicitTransaction
}

// begin starts a transaction that writes, or only reads.
func (s *Store) begin(ctx context.Context, mode neo4j.AccessMode) (*transaction, error) {
	session := s.driver.NewSession(ctx, neo4j.SessionConfig{
		AccessMode: mode, DatabaseName: s.database,
		// Unlike a page, an export is taken in portions.
		FetchSize: 1000,
	})
	tx, err := session.BeginTransaction(ctx, within(ctx))
	if err != nil {
		_ = session.Close(ctx)
		return nil, fail(ctx, err)
	}
	return &transaction{store: s, session: session, tx: tx}, nil
}

// end rolls back what was not committed and gives the connection back.
func (t *transaction) end(ctx context.Context) {
	// The caller's context may be over, and the server must still be told.
	ctx = context.WithoutCancel(ctx)
	_ = t.tx.Close(ctx)
	_ = t.session.Close(ctx)
}

func (t *transaction) commit(ctx context.Context) error { return fail(ctx, t.tx.Commit(ctx)) }

// run runs a statement and hands over the values of each record.
func (t *transaction) run(ctx context.Context, text string, params map[string]any, visit func(row []any) error) (neo4j.Counters, error) {
	t.store.statements.Add(1)
	result, err := t.tx.Run(ctx, text, params)
	if err != nil {
		return nil, fail(ctx, err)
	}
	for result.Next(ctx) {
		if visit == nil {
			continue
		}
		if err := visit(result.Record().Values); err != nil {
			return nil, err
		}
	}
	if err := result.Err(); err != nil {
		return nil, fail(ctx, err)
	}
	summary, err := result.Consume(ctx)
	if err != nil {
		return nil, fail(ctx, err)
	}
	t.store.notice(text, summary)
	return summary.Counters(), nil
}

// exec runs a statement for what it writes.
func (t *transaction) exec(ctx context.Context, text string, params map[string]any) error {
	_, err := t.run(ctx, text, params, nil)
	return err
}

// auto runs a statement in a transaction of its own, as schema commands need.
func (s *Store) auto(ctx context.Context, text string, params map[string]any) error {
	session := s.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: s.database})
	defer session.Close(context.WithoutCancel(ctx))
	s.statements.Add(1)
	result, err := session.Run(ctx, text, params, within(ctx))
	if err == nil {
		_, err = result.Consume(ctx)
	}
	return fail(ctx, err)
}

// exclusive begins a writing transaction that holds the store's own record, so that writers and migrations come one
// after another, and returns the record.
func (s *Store) exclusive(ctx context.Context) (*transaction, storeRecord, error) {
	t, err := s.begin(ctx, neo4j.AccessModeWrite)
	if err != nil {
		return nil, storeRecord{}, err
	}
	// The record is read by a second statement: what the first read before it had the lock may be old.
	err = t.exec(ctx, "MATCH (s:"+storeLabel+") SET s.writes = coalesce(s.writes, 0) + 1", nil)
	var record storeRecord
	if err == nil {
		record, err = readRecord(func(text string, visit func([]any) error) error {
			_, err := t.run(ctx, text, nil, visit)
			return err
		})
	}
	if err != nil {
		t.end(ctx)
		return nil, storeRecord{}, err
	}
	return t, record, nil
}

// storeRecord is what the store knows of itself.
type storeRecord struct {
	// Found tells whether the database holds a store at all.
	Found    bool
	Version  int64
	Model    string
	Revision int64
}

func readRecord(run func(text string, visit func([]any) error) error) (storeRecord, error) {
	var r storeRecord
	err := run("MATCH (s:"+storeLabel+") RETURN s.version, s.model, s.revision", func(row []any) error {
		r.Found = true
		r.Version, _ = row[0].(int64)
		r.Model, _ = row[1].(string)
		r.Revision, _ = row[2].(int64)
		return nil
	})
	return r, err
}

// check tells whether this program may work with the store.
func (r storeRecord) check(model string) error {
	switch {
	case r.Version > version:
		return store.Fail(store.ErrNewer, nil)
	case r.Version < version || r.Model != model:
		return store.Fail(store.ErrOutdated, nil)
	}
	return nil
}
