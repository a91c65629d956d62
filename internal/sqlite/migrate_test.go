package sqlite

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestLinksUnderKeys migrates a store as earlier versions made it: with links in trees under their ends, without a rowid,
// and with an index of the same name over other columns.
func TestLinksUnderKeys(t *testing.T) {
	path := sampleFile(t)
	c := storetest.Model(t)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(text string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	l := newLayout(c)
	for _, link := range c.Links {
		now := l.links[link]
		old := *now
		old.key = quote(fromColumn) + ", " + quote(toColumn)
		exec("ALTER TABLE " + quote(now.name) + " RENAME TO new")
		exec(old.create())
		exec("INSERT INTO " + quote(now.name) + " SELECT * FROM new")
		exec("DROP TABLE new")
		exec("CREATE INDEX " + quote(now.name+"_by_in") + " ON " + quote(now.name) + " (" + quote(toColumn) + ")")
	}
	exec(`DROP INDEX "Maker_by_name"`)
	exec(`CREATE INDEX "Maker_by_name" ON "Maker" ("name")`)
	exec("UPDATE _store SET layout = 'earlier'")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	if _, err := Open(t.Context(), path, c, Options{}); !errors.Is(err, store.ErrOutdated) {
		t.Fatalf("opening it: got %v, want %v", err, store.ErrOutdated)
	}
	s, err := Open(t.Context(), path, c, Options{Migrating: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	steps, err := s.Migrate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"table link_MADE_BY laid out anew", "index link_MADE_BY_by_out", "index link_MADE_BY_by_in", "index Maker_by_name"} {
		if !slices.Contains(steps, want) {
			t.Errorf("the steps lack %q: %q", want, steps)
		}
	}
	var create string
	if err := s.readers.QueryRowContext(t.Context(), "SELECT group_concat(sql) FROM sqlite_schema WHERE tbl_name LIKE 'link%' OR tbl_name = 'Maker'").Scan(&create); err != nil {
		t.Fatal(err)
	}
	for _, table := range l.tables {
		for _, i := range table.indexes {
			if (table.name == "Maker" || strings.HasPrefix(table.name, "link")) && !strings.Contains(create, i.create) {
				t.Errorf("there is no %s", i.create)
			}
		}
	}
	if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("Check: %q, %v", problems, err)
	}
	outcome, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(storetest.Sample()...))
	if want := (store.Outcome{Unchanged: 41, Revision: 1}); err != nil || outcome != want {
		t.Errorf("applying again: %+v, %v; want %+v", outcome, err, want)
	}
	if again, err := s.Migrate(t.Context()); err != nil || len(again) > 0 {
		t.Errorf("migrating again: %q, %v", again, err)
	}
}
