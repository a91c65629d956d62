package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// exec runs SQL on the file behind the store's back.
func exec(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// sampleFile makes a store with the sample graph and closes it.
func sampleFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "graph.db")
	s, err := Open(t.Context(), path, storetest.Model(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(storetest.Sample()...)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	return path
}

func TestOpenRefuses(t *testing.T) {
	c := storetest.Model(t)
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database at all\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	exec(t, other, "CREATE TABLE t (x)")
	newer := sampleFile(t)
	exec(t, newer, "PRAGMA user_version = 1000000")
	older := sampleFile(t)
	exec(t, older, "UPDATE _store SET layout = 'another'")
	for name, test := range map[string]struct {
		path    string
		options Options
		kind    error
		says    string
	}{
		"a directory":        {dir, Options{}, nil, "directory"},
		"no directory":       {filepath.Join(dir, "none", "x.db"), Options{}, nil, "there is no directory"},
		"no file to read":    {filepath.Join(dir, "none.db"), Options{ReadOnly: true}, nil, "does not exist"},
		"a text file":        {text, Options{}, nil, "no store of attrigraph"},
		"another database":   {other, Options{}, nil, "no store of attrigraph"},
		"a newer version":    {newer, Options{}, store.ErrNewer, "newer version"},
		"newer, to migrate":  {newer, Options{Migrating: true}, store.ErrNewer, "newer version"},
		"another model":      {older, Options{}, store.ErrOutdated, "attrigraph migrate"},
		"another, read only": {older, Options{ReadOnly: true}, store.ErrOutdated, "attrigraph migrate"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), test.path, c, test.options)
			if err == nil {
				_ = s.Close(t.Context())
				t.Fatal("the file was opened")
			}
			if test.kind != nil && !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), test.path) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "SQL") || strings.Contains(err.Error(), "(") {
				t.Errorf("the error has the driver's words: %v", err)
			}
		})
	}
}

// TestPageSize looks into a new file's header: the size of pages has to be chosen before anything else.
func TestPageSize(t *testing.T) {
	s := openNew(t)
	header := make([]byte, 100)
	file, err := os.Open(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.ReadFull(file, header); err != nil {
		t.Fatal(err)
	}
	if got := binary.BigEndian.Uint16(header[16:]); got != pageSize {
		t.Errorf("pages have %d bytes, want %d", got, pageSize)
	}
}

func TestReadOnly(t *testing.T) {
	path := sampleFile(t)
	s, err := Open(t.Context(), path, storetest.Model(t), Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	if n := len(ids(t, s, "Work")); n != 6 {
		t.Errorf("the store holds %d works, want 6", n)
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("writing: got %v", err)
	}
	if _, err := s.Migrate(t.Context()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("migrating: got %v", err)
	}
}

// ids reads the ids of a type's nodes.
func ids(t testing.TB, s *Store, of string) []string {
	t.Helper()
	typ := s.catalog.Type(of)
	id := plan.Operand{On: s.catalog.Node(), Field: s.catalog.Node().Field(catalog.IDField)}
	var list []string
	err := s.Read(context.Background(), &plan.Plan{Roots: []plan.Column{plan.List{Select: &plan.Select{
		From: plan.All{}, Type: typ, Order: []plan.OrderKey{{Operand: id}}, Limit: plan.NoParam, Columns: []plan.Column{plan.Value{Operand: id}},
	}}}}, nil, func(row rows.Value) error {
		for i := range row.At(0).Len() {
			id, err := row.At(0).At(i).At(0).Text()
			if err != nil {
				return err
			}
			list = append(list, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestUnmigrated asks a new store before Migrate, and any store after Close.
func TestUnmigrated(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "odd name ?#%20.db"), storetest.Model(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if empty, err := s.Empty(t.Context()); err != nil || !empty {
		t.Errorf("Empty: %v, %v", empty, err)
	}
	ask := func(want error) {
		t.Helper()
		p := &plan.Plan{Roots: []plan.Column{plan.Count{Select: &plan.Select{From: plan.All{}, Type: s.catalog.Node(), Limit: plan.NoParam}}}}
		if err := s.Read(t.Context(), p, nil, func(rows.Value) error { return nil }); !errors.Is(err, want) {
			t.Errorf("Read: got %v, want %v", err, want)
		}
		if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes()); !errors.Is(err, want) {
			t.Errorf("Apply: got %v, want %v", err, want)
		}
		if _, err := s.Check(t.Context()); !errors.Is(err, want) {
			t.Errorf("Check: got %v, want %v", err, want)
		}
	}
	ask(store.ErrOutdated)
	if _, err := os.Stat(s.Path()); err != nil {
		t.Errorf("the file is elsewhere: %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask(store.ErrUnavailable)
}

// TestOtherProcess writes while another connection holds the file's lock.
func TestOtherProcess(t *testing.T) {
	path := sampleFile(t)
	s, err := Open(t.Context(), path, storetest.Model(t), Options{Busy: 30 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	change := storetest.Changes(store.Change{DeleteNode: storetest.ID("work", 1)})
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), change); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("while another process writes: got %v", err)
	}
	var detail *store.Failure
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), change); !errors.As(err, &detail) || detail.Detail == nil {
		t.Errorf("the driver's own words are lost: %v", err)
	}
	if n := len(ids(t, s, "Work")); n != 6 {
		t.Errorf("a reader sees %d works, want 6", n)
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), change); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestFullDisk lets the file grow no further, which SQLite tells as it tells of a full disk.
func TestFullDisk(t *testing.T) {
	t.Run("written as ever", func(t *testing.T) { fullDisk(t, openNew(t)) })
	t.Run("filled", func(t *testing.T) { fullDisk(t, openAlone(t)) })
}

func fullDisk(t *testing.T, s *Store) {
	var pages int
	if err := s.writer.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if err := s.writer.QueryRowContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", n)).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 2)
	many := func(yield func(store.Change, error) bool) {
		for i := range 2000 {
			if !yield(store.Change{Node: &store.Node{ID: storetest.ID("writer", i+1), Kind: "Writer", Props: map[string]any{"name": strings.Repeat("long name ", 20)}}}, nil) {
				return
			}
		}
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), many); !errors.Is(err, store.ErrFull) {
		t.Errorf("got %v, want %v", err, store.ErrFull)
	}
	limit(1_000_000)
	if n := len(ids(t, s, "Node")); n != 0 {
		t.Errorf("%d nodes are left of the failed Apply", n)
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), many); err != nil {
		t.Errorf("with room on the disk: %v", err)
	}
}

// TestDeadlineInterrupts ends a read that would take long.
func TestDeadlineInterrupts(t *testing.T) {
	s := openNew(t)
	manyWorks(t, s, 3000)
	title := plan.Operand{On: s.catalog.Type("Work"), Field: s.catalog.Type("Work").Field("title")}
	sel := func(of string, from plan.Source, where plan.Predicate, columns ...plan.Column) *plan.Select {
		return &plan.Select{From: from, Type: s.catalog.Type(of), Where: where, Limit: plan.NoParam, Columns: columns}
	}
	made := plan.Count{Select: sel("Work", plan.Follow{Field: s.catalog.Type("Maker").Field("made")}, plan.Compare{Operand: title, Op: plan.Contains, Param: 0})}
	makers := plan.List{Select: sel("Maker", plan.Follow{Field: s.catalog.Type("Work").Field("makers")}, nil, made)}
	p := &plan.Plan{Roots: []plan.Column{plan.List{Select: sel("Work", plan.All{}, nil, makers)}}, Params: make([]plan.Param, 1)}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := s.Read(ctx, p, []any{"nothing"}, func(rows.Value) error { return nil })
	if !errors.Is(err, store.ErrTimeout) {
		t.Errorf("got %v, want %v", err, store.ErrTimeout)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("a read with 30 ms took %v", took)
	}
	if n := len(ids(t, s, "Work")); n != 3000 {
		t.Errorf("afterwards there are %d works", n)
	}
}

// TestOneStatement counts what one Read runs, and that a plan is rendered once.
func TestOneStatement(t *testing.T) {
	s := openNew(t)
	before := s.Statements()
	p := &plan.Plan{Roots: []plan.Column{plan.Count{Select: &plan.Select{From: plan.All{}, Type: s.catalog.Node(), Limit: plan.NoParam}}}}
	for range 3 {
		if err := s.Read(t.Context(), p, nil, func(rows.Value) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Statements() - before; n != 3 {
		t.Errorf("3 reads ran %d statements", n)
	}
	first, _, err := s.statement(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, _, _ := s.statement(p, nil); again != first {
		t.Error("the plan was rendered twice")
	}
}

// TestStatementsAreBounded reads more shapes than are kept.
func TestStatementsAreBounded(t *testing.T) {
	s := openNew(t)
	for n := range 2*maxStatements + 5 {
		var roots []plan.Column
		for range n + 1 {
			roots = append(roots, plan.Count{Select: &plan.Select{From: plan.All{}, Type: s.catalog.Node(), Limit: plan.NoParam}})
		}
		if err := s.Read(t.Context(), &plan.Plan{Roots: roots}, nil, func(rows.Value) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.texts.recent.Len(); n != maxStatements || len(s.texts.byText) != n {
		t.Errorf("%d statements are kept, %d by text, want %d", n, len(s.texts.byText), maxStatements)
	}
}
