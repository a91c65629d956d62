package sqlite

import (
	"context"
	"database/sql"

	"attrigraph/internal/store"
)

// write calls change in a write transaction, one at a time, and commits what it did if it returns nil.
func (s *Store) write(ctx context.Context, ready bool, change func(conn *sql.Conn) error) error {
	return s.withWriter(ctx, ready, func() error { return s.transact(ctx, change) })
}

// withWriter calls use while nobody else uses the writing connection; ready tells that the file must be up to date.
func (s *Store) withWriter(ctx context.Context, ready bool, use func() error) error {
	if err := ctx.Err(); err != nil {
		return translate(ctx, err)
	}
	select {
	case <-s.writing:
	case <-ctx.Done():
		return translate(ctx, ctx.Err())
	}
	defer func() { s.writing <- struct{}{} }()
	switch {
	case s.closed:
		return store.Fail(store.ErrUnavailable, errClosed)
	case s.writer == nil:
		return store.ErrReadOnly
	case ready && !s.ready.Load():
		return store.ErrOutdated
	}
	return use()
}

// transact calls change in a transaction of the writing connection.
func (s *Store) transact(ctx context.Context, change func(conn *sql.Conn) error) error {
	if _, err := s.writer.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return translate(ctx, err)
	}
	committed := false
	defer func() {
		if !committed {
			// The transaction may have ended by itself, on a full disk for one; either way nothing is left of it.
			_, _ = s.writer.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if err := change(s.writer); err != nil {
		return translate(ctx, err)
	}
	if err := ctx.Err(); err != nil {
		return translate(ctx, err)
	}
	if _, err := s.writer.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return translate(ctx, err)
	}
	committed = true
	return nil
}

// prepared returns the statement of a text on the writing connection. There are as many as the catalog has tables, a
// few for each, and they are kept.
func (s *Store) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt := s.dml[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.writer.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.dml[text] = stmt
	return stmt, nil
}
