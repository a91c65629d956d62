package sqlite

import (
	"context"
	"errors"
	"os"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// A file that is being filled is written differently from one that people read meanwhile. Without the write-ahead log a page
// is written once, to the file, where the log and its copying back write it twice and look every page up in the log: a
// quarter of the time of a large import. What is cut off is as safe: the file was empty, and its journal knows that.
// Without foreign keys SQLite does not look both ends of each link up again, which Apply has found just before, among more
// nodes than the cache holds.

// fill makes the writing connection ready to fill the file, if it holds no node and nothing else uses it; end makes it what
// it was. Where that cannot be, because another process has the file open, for one, everything stays as it is.
func (s *Store) fill(ctx context.Context) (end func()) {
	if !s.alone {
		return func() {}
	}
	var filled bool
	if err := s.writer.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+quote(catalog.NodeInterface)+")").Scan(&filled); err != nil || filled {
		return func() {} // what is wrong with the file is told by what is to be done next
	}
	// A connection that only waits keeps the log as well.
	s.readers.SetMaxIdleConns(0)
	pragmas := func(list ...string) {
		for _, p := range list {
			_, _ = s.writer.ExecContext(context.WithoutCancel(ctx), "PRAGMA "+p)
		}
	}
	pragmas("journal_mode = DELETE", "foreign_keys = OFF")
	return func() {
		// Where the log cannot come back yet, who opens the file next brings it.
		pragmas("foreign_keys = ON", "journal_mode = WAL")
		s.readers.SetMaxIdleConns(s.readers.Stats().MaxOpenConnections)
	}
}

// errCutOff is what a file is whose filling was cut off and that may not be written to.
var errCutOff = errors.New("an import into the file was cut off, and only who may write it can take that back: run attrigraph migrate as such a user")

// takeBack makes a file whose filling was cut off what it was before, which who only reads it cannot: of what fill writes
// without the log the beginning is in the file.
func (s *Store) takeBack(ctx context.Context, pragmas []string) error {
	if _, err := os.Stat(s.path + "-journal"); err != nil {
		return nil
	}
	writers := s.pool(pragmas, "rw", 1)
	_, err := s.inspect(ctx, writers)
	if err = errors.Join(err, writers.Close()); errors.Is(err, store.ErrReadOnly) {
		return &failure{errCutOff, store.ErrReadOnly, err}
	}
	return err
}
