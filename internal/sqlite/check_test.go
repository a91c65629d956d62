package sqlite

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestCheckFindsDamage plants damage with SQL and expects Check to tell of it.
func TestCheckFindsDamage(t *testing.T) {
	for name, test := range map[string]struct{ damage, says string }{
		"a changed value":       {`UPDATE Work SET text = 'x' WHERE title = 'Alpha'`, "does not match its hash"},
		"a changed copy":        {`UPDATE Maker SET name = 'x' WHERE name = 'Ada Works'`, "has other values in the table of Maker"},
		"a lost copy":           {`DELETE FROM Maker WHERE name = 'Ada Works'`, "has other values in the table of Maker"},
		"an unknown enum value": {`UPDATE Work SET genre = 'COMIC' WHERE title = 'Alpha'`, `"COMIC" is no Genre`},
		"a missing value":       {`UPDATE Work SET title = NULL WHERE title = 'Alpha'`, "title: is missing"},
		"a part of a date":      {`UPDATE Work SET dateKey = '1' WHERE title = 'Alpha'`, "dateKey is 1"},
		"lost provenance":       {`UPDATE Writer SET recordedBy = NULL`, "by whom"},
		"another search text":   {`UPDATE _search SET _text = ' x '`, "search has another text"},
		"a lost search text":    {`DELETE FROM _search WHERE rowid = 3`, "search has another text"},
		"a stray search text":   {`INSERT INTO _search (rowid, _text) VALUES (9999, ' x ')`, "nodes that do not exist"},
		"another name":          {`UPDATE Node SET _name = ' x '`, "search has another text"},
		"a node of no kind":     {`UPDATE Node SET _kind = 'Thing' WHERE _pk = 1`, "which the model does not have"},
		"a lost node":           {`DELETE FROM Node WHERE _pk = 1`, "have an end that does not exist"},
		"a link to the wrong kind": {
			`UPDATE link_HEADED_BY SET _to = (SELECT _pk FROM Work LIMIT 1)`, "cannot join",
		},
		"a changed property":   {`UPDATE link_MADE_BY SET share = 99 WHERE share = 60`, "does not match its hash"},
		"a lost required link": {`DELETE FROM link_MADE_BY WHERE part = 'LEAD' AND share = 100`, "has no makers"},
		"two links of a to-one field": {
			`INSERT INTO link_ABOUT (_from, _to, _hash, recordedAt, recordedBy) SELECT _from, (SELECT _pk FROM Writer WHERE name <> 'x' AND _pk <> _to LIMIT 1),
				_hash, recordedAt, recordedBy FROM link_ABOUT LIMIT 1`, "more than one about",
		},
		"a link at another place in an order": {`UPDATE link_MADE_BY SET _from_Work_dateKeyDown = '1'`, "at another place in the order _from_Work_dateKey"},
		"a link too many is counted":          {`UPDATE "count_MADE_BY_from_Work_id" SET n = n + 1`, "and has"},
		"links that are not counted":          {`DELETE FROM "count_FRIEND_OF_from_Writer_id"`, "is said to have 0 links FRIEND_OF_from_Writer_id"},
		"a link in no order":                  {`UPDATE link_FRIEND_OF SET _to_Writer_id = NULL`, "at another place in the order _to_Writer_id"},
		"a link in an order of others":        {`UPDATE link_NOTED_IN SET _from_Work_id = 'x' WHERE _from NOT IN (SELECT _pk FROM Work)`, "at another place in the order _from_Work_id"},
		"a counter set back":                  {`UPDATE _store SET revision = 0`, "revision is 0"},
		"a lost index entry":                  {`PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'Work_by_title'`, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			path := sampleFile(t)
			exec(t, path, "PRAGMA foreign_keys = 0; "+test.damage)
			s, err := Open(t.Context(), path, storetest.Model(t), Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close(context.Background())
			problems, err := s.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(problems, "\n"), test.says) {
				t.Errorf("Check says %q, not %q", problems, test.says)
			}
		})
	}
}

// TestGrownModel opens a store with a model that has gained kinds, fields, an interface and a link, without a numbered
// migration, and then with the model it came from.
func TestGrownModel(t *testing.T) {
	path := sampleFile(t)
	sdl, err := os.ReadFile("../store/storetest/model.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	text := string(sdl)
	for old, grown := range map[string]string{
		"type Writer implements Node & Maker @node": "interface Aged implements Node @node(plural: \"\") {\n  age: Int @indexed\n}\n\n" +
			"type Poster implements Node @node(plural: \"posters\") {\n  shows: [Work!]! @relationship(type: \"SHOWS\", direction: OUT)\n}\n\n" +
			"type Writer implements Node & Maker & Aged @node",
		"  name: String! @searched @ordered @indexed\n": "  name: String! @searched @ordered @indexed\n  nick: String @searched @indexed\n  names: [String!]! @searched\n",
		"type Making @relationshipProperties {\n":       "type Making @relationshipProperties {\n  until: Date\n",
		"  text: String @searched\n":                    "  text: String @indexed\n",
	} {
		if strings.Count(text, old) != 1 {
			t.Fatalf("the model has changed: %q", old)
		}
		text = strings.Replace(text, old, grown, 1)
	}
	grown, err := catalog.Compile("grown.graphqls", text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*catalog.Catalog{grown, storetest.Model(t)} {
		if s, err := Open(t.Context(), path, c, Options{}); err == nil {
			_ = s.Close(t.Context())
			t.Fatal("an outdated store was opened")
		}
		s, err := Open(t.Context(), path, c, Options{Migrating: true})
		if err != nil {
			t.Fatal(err)
		}
		steps, err := s.Migrate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if c == grown && !strings.Contains(strings.Join(steps, " "), "column Maker.nick") {
			t.Errorf("steps are %q", steps)
		}
		problems, err := s.Check(t.Context())
		if err != nil || len(problems) > 0 {
			t.Errorf("Check: %q, %v", problems, err)
		}
		outcome, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(storetest.Sample()...))
		if want := (store.Outcome{Unchanged: 41, Revision: 1}); err != nil || outcome != want {
			t.Errorf("applying again: %+v, %v; want %+v", outcome, err, want)
		}
		if c == grown {
			if n := len(ids(t, s, "Aged")); n != 5 {
				t.Errorf("the new interface has %d nodes, want 5", n)
			}
			if n := len(ids(t, s, "Poster")); n != 0 {
				t.Errorf("the new kind has %d nodes", n)
			}
		}
		if again, err := s.Migrate(t.Context()); err != nil || len(again) > 0 {
			t.Errorf("migrating again: %q, %v", again, err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHistory keeps what a node was, and a tombstone of what was deleted.
func TestHistory(t *testing.T) {
	s := openNew(t)
	apply := func(at string, changes ...store.Change) {
		t.Helper()
		w := store.Write{Provenance: store.Provenance{At: at, By: "tester"}}
		if _, err := s.Apply(t.Context(), w, storetest.Changes(changes...)); err != nil {
			t.Fatal(err)
		}
	}
	writer := func(name string) store.Change {
		return store.Change{Node: &store.Node{ID: storetest.ID("writer", 1), Kind: "Writer", Props: map[string]any{"name": name, "born": "1900-05"}}}
	}
	apply("2024-01-01T00:00:00Z", writer("one"))
	apply("2024-01-02T00:00:00Z", writer("two"), writer("three"))
	apply("2024-01-03T00:00:00Z", store.Change{DeleteNode: storetest.ID("writer", 1)})
	var got []string
	err := each(t.Context(), s.readers, `SELECT revision || ' until ' || replacedBy || ' ' || kind || ' ' || recordedAt || ' ' || recordedBy || ' ' ||
		(data ->> 'name') || ' ' || (data ->> 'bornEarliest') FROM _history ORDER BY revision`, scanText(&got))
	if err != nil {
		t.Fatal(err)
	}
	err = each(t.Context(), s.readers, `SELECT 'deleted ' || revision || ' ' || kind || ' ' || at || ' ' || by FROM _deleted`, scanText(&got))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 until 2 Writer 2024-01-01T00:00:00.000Z tester one 1900-05-01", "2 until 3 Writer 2024-01-02T00:00:00.000Z tester three 1900-05-01",
		"deleted 3 Writer 2024-01-03T00:00:00.000Z tester",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func scanText(into *[]string) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		*into = append(*into, s)
		return err
	}
}
