package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"attrigraph/internal/date"
	"attrigraph/internal/store"
)

// migrations are the numbered steps by which the store's own tables came to be; the position plus one is the version
// that a step leads to. Steps are never changed, only added. Tables of the catalog are not among them: see layout.
var migrations = []struct {
	name       string
	statements []string
}{
	{"tables of the store", []string{
		`CREATE TABLE _store (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, layout TEXT NOT NULL) STRICT`,
		`INSERT INTO _store VALUES (1, 0, '')`,
		`CREATE TABLE _step (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL) STRICT`,
		`CREATE TABLE _applied (key TEXT PRIMARY KEY, created INTEGER NOT NULL, updated INTEGER NOT NULL,
			unchanged INTEGER NOT NULL, deleted INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
		// What a node was until replacedBy, the revision that changed or deleted it.
		`CREATE TABLE _history (id TEXT NOT NULL, revision INTEGER NOT NULL, replacedBy INTEGER NOT NULL, kind TEXT NOT NULL,
			recordedAt TEXT, recordedBy TEXT, recordedFrom TEXT, data TEXT NOT NULL, PRIMARY KEY (id, revision)) STRICT, WITHOUT ROWID`,
		`CREATE INDEX _history_by_revision ON _history (replacedBy)`,
		// A node that was deleted and, if it was recorded again, how often.
		`CREATE TABLE _deleted (id TEXT NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL,
			at TEXT NOT NULL, by TEXT NOT NULL, "from" TEXT, PRIMARY KEY (id, revision)) STRICT, WITHOUT ROWID`,
		`CREATE INDEX _deleted_by_revision ON _deleted (revision)`,
		// One token is all that is asked of a word, so its place in the text need not be kept.
		`CREATE VIRTUAL TABLE _search USING fts5(_text, tokenize = 'ascii', prefix = '2 3', detail = 'none', columnsize = 0)`,
	}},
}

// state is what a file says about itself.
type state struct {
	application, version, tables int
	layout                       string
}

// current tells whether the file is as this program would make it.
func (st state) current(l *layout) bool {
	return st.version == len(migrations) && st.layout == l.fingerprint
}

// refusal is why Open does not take the file, or nil.
func (st state) refusal(l *layout, o Options) error {
	switch {
	case st.tables == 0 && st.application == 0:
		if o.ReadOnly {
			return errNotStore
		}
		return nil
	case st.application != applicationID:
		return errNotStore
	case st.version > len(migrations):
		return store.ErrNewer
	case !st.current(l) && !o.Migrating:
		return store.ErrOutdated
	}
	return nil
}

// querier is a pool, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *Store) inspect(ctx context.Context, q querier) (state, error) {
	var st state
	err := q.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&st.application, &st.version, &st.tables)
	if err == nil && st.application == applicationID && st.version > 0 && st.version <= len(migrations) {
		err = q.QueryRowContext(ctx, "SELECT layout FROM _store").Scan(&st.layout)
	}
	return st, translate(ctx, err)
}

// Migrate implements store.Store. All steps are one transaction.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	var steps []string
	err := s.write(ctx, false, func(conn *sql.Conn) error {
		m := &migration{Store: s, ctx: ctx, conn: conn}
		st, err := s.inspect(ctx, conn)
		if err != nil {
			return err
		}
		if err := st.refusal(s.layout, Options{Migrating: true}); err != nil {
			return err
		}
		if st.current(s.layout) {
			return nil
		}
		err = m.run(st)
		steps = m.steps
		return err
	})
	if err != nil {
		return nil, err
	}
	s.ready.Store(true)
	return steps, nil
}

// migration is one run of Migrate.
type migration struct {
	*Store
	ctx   context.Context
	conn  *sql.Conn
	steps []string
}

func (m *migration) run(st state) error {
	for number := st.version; number < len(migrations); number++ {
		for _, statement := range migrations[number].statements {
			if err := m.exec(statement); err != nil {
				return err
			}
		}
		if err := m.step(migrations[number].name); err != nil {
			return err
		}
	}
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID), fmt.Sprintf("PRAGMA user_version = %d", len(migrations)),
	} {
		if err := m.exec(pragma); err != nil {
			return err
		}
	}
	if err := m.tables(); err != nil {
		return err
	}
	if err := m.derive(); err != nil {
		return err
	}
	return m.exec("UPDATE _store SET layout = ?", m.layout.fingerprint)
}

func (m *migration) exec(statement string, args ...any) error {
	_, err := m.conn.ExecContext(m.ctx, statement, args...)
	return translate(m.ctx, err)
}

func (m *migration) step(name string) error {
	m.steps = append(m.steps, name)
	return m.exec("INSERT INTO _step (name, at) VALUES (?, ?)", name, date.FormatInstant(time.Now()))
}

// tables makes what the catalog has and the file has not: tables, columns and indexes.
func (m *migration) tables() error {
	for _, t := range m.layout.tables {
		have, err := m.columns(t.name)
		if err != nil {
			return err
		}
		other, err := m.otherForm(t)
		if err != nil {
			return err
		}
		switch {
		case len(have) == 0:
			if err := m.exec(t.create()); err != nil {
				return err
			}
			if err := m.step("table " + t.name); err != nil {
				return err
			}
		case other:
			if err := m.layOutAnew(t, have); err != nil {
				return err
			}
		default:
			for _, c := range t.columns {
				if have[c.name] {
					continue
				}
				if err := m.exec("ALTER TABLE " + quote(t.name) + " ADD COLUMN " + quote(c.name) + " " + c.declaration); err != nil {
					return err
				}
				if err := m.step("column " + t.name + "." + c.name); err != nil {
					return err
				}
			}
		}
		if err := m.indexes(t, len(have) > 0); err != nil {
			return err
		}
	}
	return m.copies()
}

func (m *migration) columns(table string) (map[string]bool, error) {
	have := map[string]bool{}
	return have, m.each("SELECT name FROM pragma_table_info(?)", func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		have[name] = true
		return err
	}, table)
}

// otherForm tells that the file has the table with rows under a rowid where the layout has them under a key, or the other
// way about.
func (m *migration) otherForm(t *table) (bool, error) {
	other := false
	return other, m.each("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", func(rows *sql.Rows) error {
		var keyed bool
		err := rows.Scan(&keyed)
		other = keyed != (t.key != "")
		return err
	}, t.name)
}

// layOutAnew makes the table again, with the rows that it has.
func (m *migration) layOutAnew(t *table, have map[string]bool) error {
	old := "_old_" + t.name
	var columns []string
	for _, c := range t.columns {
		if have[c.name] {
			columns = append(columns, quote(c.name))
		}
	}
	list := strings.Join(columns, ", ")
	for _, statement := range []string{
		"ALTER TABLE " + quote(t.name) + " RENAME TO " + quote(old),
		t.create(),
		"INSERT INTO " + quote(t.name) + " (" + list + ") SELECT " + list + " FROM " + quote(old),
		"DROP TABLE " + quote(old), // with its indexes
	} {
		if err := m.exec(statement); err != nil {
			return err
		}
	}
	return m.step("table " + t.name + " laid out anew")
}

func (m *migration) indexes(t *table, tell bool) error {
	have := map[string]string{}
	err := m.each("SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?", func(rows *sql.Rows) error {
		var name, create string
		err := rows.Scan(&name, &create)
		have[name] = create
		return err
	}, t.name)
	if err != nil {
		return err
	}
	for _, i := range t.indexes {
		switch create, there := have[i.name]; {
		case create == i.create:
			continue
		case there:
			if err := m.exec("DROP INDEX " + quote(i.name)); err != nil {
				return err
			}
		}
		if err := m.exec(i.create); err != nil {
			return err
		}
		if tell {
			if err := m.step("index " + i.name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *migration) each(query string, visit func(*sql.Rows) error, args ...any) error {
	return each(m.ctx, m.conn, query, visit, args...)
}

// each hands over the rows of a query.
func each(ctx context.Context, q querier, query string, visit func(*sql.Rows) error, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return translate(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return translate(ctx, err)
		}
	}
	return translate(ctx, errors.Join(rows.Err(), rows.Close()))
}
