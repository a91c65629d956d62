package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// applicationID marks a file as a store of this program ("attg" in the file's header, see PRAGMA application_id).
const applicationID = 0x61747467

// busyTimeout is what Options.Busy is unless it says otherwise.
const busyTimeout = 5 * time.Second

// Options says how Open treats the file.
type Options struct {
	// Migrating opens a store of an older version too; only Migrate works on it until it is up to date.
	Migrating bool
	// ReadOnly opens an existing file and never writes to it.
	ReadOnly bool
	// Alone tells that nothing reads through this Store during an Apply, so that one that fills an empty file may keep others
	// from it. It is for imports.
	Alone bool
	// Busy is how long a write waits for another process that is writing; 0 means 5 seconds.
	Busy time.Duration
}

// Store is a graph in one SQLite file. It implements store.Store.
type Store struct {
	catalog *catalog.Catalog
	layout  *layout
	path    string

	// readers are the connections of reads, which take turns, and of snapshots.
	readers *sql.DB
	turns   *turns
	texts   statementCache

	// writing holds one token: who has it may use writer.
	writing chan struct{}
	writers *sql.DB
	writer  *sql.Conn
	dml     map[string]*sql.Stmt

	// ready is set when the file has the version and layout of this program, torn when the file went away: see guarded.
	ready      atomic.Bool
	torn       atomic.Bool
	alone      bool
	statements atomic.Int64
	using      sync.RWMutex
	closed     bool

	// memory bounds what an Apply remembers.
	memory memory
}

var _ store.Store = (*Store)(nil)

// Open opens the store in the file, and makes the file if there is none; a new store takes nothing before Migrate was
// called. Errors name the path and what to do: store.ErrNewer, store.ErrOutdated, store.ErrReadOnly, store.ErrFull and
// store.ErrUnavailable can be told apart.
func Open(ctx context.Context, path string, c *catalog.Catalog, o Options) (*Store, error) {
	if err := checkPath(path, o); err != nil {
		return nil, err
	}
	s := &Store{
		memory: usualMemory, alone: o.Alone,
		catalog: c, layout: newLayout(c), path: path, turns: newTurns(), writing: make(chan struct{}, 1), dml: map[string]*sql.Stmt{},
	}
	s.writing <- struct{}{}
	if err := s.connect(ctx, o); err != nil {
		_ = s.release() // the error that is returned is the reason
		return nil, pathError(path, err)
	}
	state, err := s.inspect(ctx, s.readers)
	if err == nil {
		err = state.refusal(s.layout, o)
	}
	if err != nil {
		_ = s.release() // the error that is returned is the reason
		return nil, pathError(path, err)
	}
	s.ready.Store(state.current(s.layout))
	return s, nil
}

// checkPath finds what the driver would only say in its own words.
func checkPath(path string, o Options) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a directory: give the path of a file for the store", path)
	case err == nil:
		return nil
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s cannot be opened: check the permissions of the file and its directory", path)
	case o.ReadOnly:
		return fmt.Errorf("%s does not exist: a store that is only read must be there", path)
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("%s cannot be made: there is no directory %s", path, dir)
	}
	return nil
}

// pathError says which file an error is about.
func pathError(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, err)
}

const (
	// What connections keep in memory of the file, in KiB. Readers map the file, which takes a third less time than to copy
	// pages of it, and share readCache for what is not in the map; a bulk load needs the writer's.
	writeCache = 32 << 10
	readCache  = 32 << 10
	// snapshots is how many exports and checks can go on at once.
	snapshots = 2
	// pageSize is the size in bytes of a new file's pages. Its trees are flatter than with SQLite's 4096: a page with nine nested
	// links took a tenth less time; with 16384 it took no less, and a small write has to log more.
	pageSize = 8192
	// mapped is the size in bytes up to which the file is mapped: all that SQLite allows.
	mapped = 1<<31 - 1<<16
)

func (s *Store) connect(ctx context.Context, o Options) error {
	busy := cmp.Or(o.Busy, busyTimeout)
	pragmas := []string{
		fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "foreign_keys(1)", "synchronous(FULL)", "trusted_schema(0)",
	}
	readers := s.turns.most() + snapshots
	reading := append(slices.Clone(pragmas), "temp_store(MEMORY)", "query_only(1)", fmt.Sprintf("mmap_size(%d)", mapped), fmt.Sprintf("cache_size(-%d)", max(readCache/readers, 1<<10)))
	if o.ReadOnly {
		if err := s.takeBack(ctx, pragmas); err != nil {
			return err
		}
		s.readers = s.pool(reading, "ro", readers)
		return translate(ctx, s.readers.PingContext(ctx))
	}
	// What indexes of a large import are sorted with must not grow with it, so it is put into a file when it does.
	s.writers = s.pool(append(pragmas, "temp_store(FILE)", fmt.Sprintf("page_size(%d)", pageSize), fmt.Sprintf("cache_size(-%d)", writeCache), "wal_autocheckpoint(2000)"), "rwc", 1)
	conn, err := s.writers.Conn(ctx)
	if err != nil {
		return translate(ctx, err)
	}
	s.writer = conn
	// Not among the pragmas, which the driver sorts: with a log, the size of pages cannot be chosen any more.
	if _, err := conn.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return translate(ctx, err)
	}
	s.readers = s.pool(reading, "rw", readers)
	return translate(ctx, s.readers.PingContext(ctx))
}

// pool opens connections to the file with pragmas, at most size at once, all of which stay open.
func (s *Store) pool(pragmas []string, mode string, size int) *sql.DB {
	query := url.Values{"_pragma": pragmas, "mode": {mode}}
	path, err := filepath.Abs(s.path)
	if err != nil {
		path = s.path
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query.Encode()}).String())
	if err != nil {
		panic(err) // only an unknown driver's name fails here
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

// Path is the file of the store.
func (s *Store) Path() string { return s.path }

// Statements counts the statements that Read has run, for tests that one operation is one statement.
func (s *Store) Statements() int64 { return s.statements.Load() }

// Close waits for reads and writes under way, or for ctx, writes the log back into the file and closes it.
func (s *Store) Close(ctx context.Context) error {
	select {
	case <-s.writing:
	case <-ctx.Done():
		return translate(ctx, ctx.Err())
	}
	s.using.Lock()
	defer s.using.Unlock()
	if s.closed {
		s.writing <- struct{}{}
		return nil
	}
	s.closed = true
	if s.torn.Load() {
		s.writing <- struct{}{}
		return nil
	}
	s.texts.close()
	err := s.release()
	s.writing <- struct{}{}
	return translate(ctx, err)
}

// release closes what is open.
func (s *Store) release() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	for _, stmt := range s.dml {
		errs = append(errs, stmt.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.writers != nil {
		errs = append(errs, s.writers.Close())
	}
	return errors.Join(errs...)
}

// use keeps the store open until the returned function is called; it fails if the store cannot be read.
func (s *Store) use() (done func(), err error) {
	s.using.RLock()
	switch {
	case s.closed:
		err = store.Fail(store.ErrUnavailable, errClosed)
	case s.torn.Load():
		err = &failure{errTorn, store.ErrUnavailable, errTorn}
	case !s.ready.Load():
		err = store.ErrOutdated
	default:
		return s.using.RUnlock, nil
	}
	s.using.RUnlock()
	return nil, err
}
