package sqlite

import (
	"context"
	"errors"
	"strings"

	"attrigraph/internal/store"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What a file can be that is no store; texts for people.
var (
	errNotStore  = errors.New("the file is no store of attrigraph: give another path")
	errDamaged   = errors.New("the file is damaged: restore a backup, or export what can still be read")
	errLocked    = errors.New("another process is writing to the store: try again, or end it")
	errClosed    = errors.New("the store is closed")
	errNotOpened = errors.New("the file cannot be opened: check that it exists and who may read and write it")
)

// failure is an error of a kind that callers know and a text that says more than the kind's.
type failure struct {
	text   error
	kind   error
	detail error
}

func (f *failure) Error() string { return f.text.Error() }

// Unwrap lets errors.Is find the kind and errors.As a *store.Failure, which carries the driver's own text for logs.
func (f *failure) Unwrap() []error {
	return []error{f.text, store.Fail(f.kind, f.detail)}
}

// translate turns an error of the driver into one whose text is not the driver's own. Other errors, which are ours or
// the caller's, stay as they are.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var own *sqlite.Error
	isOwn := errors.As(err, &own)
	if cause := ctx.Err(); cause != nil && (isOwn || errors.Is(err, cause)) {
		if errors.Is(cause, context.DeadlineExceeded) {
			return store.Fail(store.ErrTimeout, err)
		}
		return store.Fail(cause, err)
	}
	if !isOwn {
		return err
	}
	switch own.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &failure{errLocked, store.ErrUnavailable, err}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return store.Fail(store.ErrReadOnly, err)
	case sqlite3.SQLITE_FULL:
		return store.Fail(store.ErrFull, err)
	case sqlite3.SQLITE_NOTADB:
		return &failure{errNotStore, nil, err}
	case sqlite3.SQLITE_CORRUPT:
		return &failure{errDamaged, store.ErrUnavailable, err}
	case sqlite3.SQLITE_CANTOPEN:
		return &failure{errNotOpened, store.ErrUnavailable, err}
	case sqlite3.SQLITE_IOERR:
		return store.Fail(store.ErrUnavailable, err)
	case sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOMEM:
		return store.Fail(store.ErrTooLarge, err)
	case sqlite3.SQLITE_ERROR:
		for _, words := range tooLarge {
			if strings.Contains(own.Error(), words) {
				return store.Fail(store.ErrTooLarge, err)
			}
		}
	}
	return store.Fail(nil, err)
}

// tooLarge are words by which SQLite says that a statement is beyond what it was built for: these errors have no code of
// their own.
var tooLarge = []string{"nested too deep", "too many", "too large", "stack overflow", "too deep", "tables in a join"}
