package cypher_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

const smallModel = `
enum DatePrecision { DAY MONTH YEAR UNKNOWN }
interface Node @node(plural: "") {
  id: ID!
  recordedAt: DateTime! @ordered
  recordedBy: String!
  recordedFrom: String
  revision: Int! @ordered
}
`

const oldBook = smallModel + `type Book implements Node @node(plural: "books", title: "title") { title: String! }`

const newBook = smallModel + `
interface Thing implements Node @node(plural: "things", title: "title") { title: String! @searched @ordered @indexed }
type Book implements Node & Thing @node(plural: "books", title: "title") {
  tags: [String!]!
  date: Date @ordered @indexed
  authors: [Author!]! @relationship(type: "BY", direction: OUT)
}
type Author implements Node @node(plural: "authors", title: "name") { name: String! @searched }
`

// TestModelGrows opens a store of an older model: it is outdated until Migrate has made what is missing, values that
// follow from the new model included.
func TestModelGrows(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	compile := func(sdl string) *catalog.Catalog {
		c, err := catalog.Compile("model.graphqls", sdl)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := open(t, server, compile(oldBook))
	if _, err := before.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	book := store.Change{Node: &store.Node{ID: storetest.ID("book", 1), Kind: "Book", Props: map[string]any{"title": "\U0001F600 Alpha"}}}
	if _, err := before.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(book)); err != nil {
		t.Fatal(err)
	}
	c := compile(newBook)
	cfg := cypher.Config{Catalog: c, URI: server.URI, User: server.Username, Password: server.Password, Database: server.Database}
	if _, err := cypher.Open(t.Context(), cfg); !errors.Is(err, store.ErrOutdated) {
		t.Fatalf("opening with a newer model: got %v, want %v", detail(err), store.ErrOutdated)
	}
	s := open(t, server, c)
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(book)); !errors.Is(err, store.ErrOutdated) {
		t.Errorf("writing before Migrate: got %v, want %v", err, store.ErrOutdated)
	}
	steps, err := s.Migrate(t.Context())
	if err != nil {
		t.Fatal(detail(err))
	}
	for _, want := range []string{"unique id of Author", "index of Thing by _titleKey", "unique id of links BY", "derived values of 1 nodes Book"} {
		if !slices.Contains(steps, want) {
			t.Errorf("the steps lack %q: %q", want, steps)
		}
	}
	if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("Check after Migrate: %q, %v", found, err)
	}
	o, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(book))
	if err != nil || o != (store.Outcome{Unchanged: 1, Revision: 1}) {
		t.Errorf("applying the same again: %+v, %v", o, err)
	}
	if steps, err = s.Migrate(t.Context()); err != nil || len(steps) > 0 {
		t.Errorf("migrating again: %q, %v", steps, err)
	}

	connect(t, server)("MATCH (s:_Store) SET s.version = 1000", nil)
	for _, migrating := range []bool{false, true} {
		cfg.Migrating = migrating
		if _, err := cypher.Open(t.Context(), cfg); !errors.Is(err, store.ErrNewer) {
			t.Errorf("opening a newer store, migrating %t: got %v, want %v", migrating, err, store.ErrNewer)
		}
	}
	if _, err := s.Migrate(t.Context()); !errors.Is(err, store.ErrNewer) {
		t.Errorf("migrating a newer store: got %v, want %v", err, store.ErrNewer)
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(book)); !errors.Is(err, store.ErrNewer) {
		t.Errorf("writing to a newer store: got %v, want %v", err, store.ErrNewer)
	}
}

// TestOrdersArrive migrates a store whose model had no large links: the links get their places, and a link or a node that
// is changed afterwards keeps them right.
func TestOrdersArrive(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	before := open(t, server, storetest.ModelWithoutOrders(t))
	if _, err := before.Migrate(t.Context()); err != nil {
		t.Fatal(detail(err))
	}
	if _, err := before.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(storetest.Sample()...)); err != nil {
		t.Fatal(detail(err))
	}
	s := open(t, server, storetest.Model(t))
	if found, err := s.Check(t.Context()); err != nil || len(found) == 0 {
		t.Errorf("Check before Migrate: %q, %v", found, err)
	}
	steps, err := s.Migrate(t.Context())
	if err != nil {
		t.Fatal(detail(err))
	}
	for _, want := range []string{"index of links MADE_BY by _from_Work_titleUp", "derived values of 8 links MADE_BY", "derived values of 4 links FRIEND_OF"} {
		if !slices.Contains(steps, want) {
			t.Errorf("the steps lack %q: %q", want, steps)
		}
	}
	if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("Check after Migrate: %q, %v", found, err)
	}
	o, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(storetest.Sample()...))
	if err != nil || o.Created+o.Updated+o.Deleted > 0 {
		t.Errorf("applying the same again: %+v, %v", o, err)
	}
	if steps, err = s.Migrate(t.Context()); err != nil || len(steps) > 0 {
		t.Errorf("migrating again: %q, %v", steps, err)
	}
}

// TestCheckFinds breaks a sound store in one way after another, and Check names each.
func TestCheckFinds(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	s := open(t, server, storetest.Model(t))
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(storetest.Sample()...)); err != nil {
		t.Fatal(err)
	}
	run := connect(t, server)
	work := map[string]any{"id": storetest.ID("work", 1), "other": storetest.ID("writer", 5)}
	for _, c := range []struct{ breaks, mends, says string }{
		{"MATCH (n:Work {id: $id}) SET n.title = 'Omega'", "MATCH (n:Work {id: $id}) SET n.title = 'Alpha'", "holds another"},
		{"MATCH (n:Work {id: $id}) SET n._searchText = ''", "MATCH (n:Work {id: $id}) SET n._searchText = $old", "_searchText"},
		{"MATCH (n:Work {id: $id}) SET n._dateKeyUp = '1'", "MATCH (n:Work {id: $id}) SET n._dateKeyUp = '0' + n.dateKey", "_dateKeyUp"},
		{"MATCH (:Work {id: $id})-[r:MADE_BY]->(:Writer) SET r.was = r._from_Work_dateKeyDown, r._from_Work_dateKeyDown = '1'", "MATCH (:Work {id: $id})-[r:MADE_BY]->(:Writer) SET r._from_Work_dateKeyDown = r.was REMOVE r.was", "holds another _from_Work_dateKeyDown"},
		{"MATCH (:Work {id: $id})-[r:MADE_BY]->(w:Writer) SET r._to = 'x'", "MATCH (:Work {id: $id})-[r:MADE_BY]->(w:Writer) SET r._to = w.id", "holds another _to"},
		{"DROP INDEX attrigraph_FRIEND_OF_to_Writer_id", "CREATE INDEX attrigraph_FRIEND_OF_to_Writer_id FOR ()-[r:FRIEND_OF]-() ON (r._from, r._to_Writer_id)", "index of links FRIEND_OF by _to_Writer_id is missing"},
		{"MATCH (n:Work {id: $id}) SET n.genre = 'COMIC'", "MATCH (n:Work {id: $id}) SET n.genre = 'NOVEL'", "COMIC"},
		{"MATCH (n:Work {id: $id}) SET n.revision = 9", "MATCH (n:Work {id: $id}) SET n.revision = 1", "revision 9"},
		{"MATCH (n:Work {id: $id}) SET n:Maker", "MATCH (n:Work {id: $id}) REMOVE n:Maker", "labels"},
		{"MATCH (n:Work {id: $id}) REMOVE n:Node", "MATCH (n:Work {id: $id}) SET n:Node", "lacks Node"},
		{"MATCH (n:Work {id: $id})-[r:MADE_BY]->() SET r.share = 41", "MATCH (n:Work {id: $id})-[r:MADE_BY]->() SET r.share = CASE r.part WHEN 'LEAD' THEN 60 ELSE 40 END", "holds another"},
		{"MATCH (n:Work {id: $id}), (w:Writer {id: $other}) CREATE (n)-[:ABOUT {id: 'x'}]->(w)", "MATCH ()-[r:ABOUT {id: 'x'}]->() DELETE r", "more than one about"},
		{"MATCH (n:Work {id: $id}), (w:Writer {id: $other}) CREATE (w)-[:MADE_BY {id: 'x'}]->(n)", "MATCH ()-[r:MADE_BY {id: 'x'}]->() DELETE r", "cannot join"},
		{"MATCH (n:Work {id: $id})-[r:MADE_BY]->(w) CREATE (n)-[k:KEPT]->(w) SET k = r DELETE r", "MATCH (n:Work {id: $id})-[k:KEPT]->(w) WITH n, k, w, properties(k) AS p DELETE k CREATE (n)-[r:MADE_BY]->(w) SET r = p", "has no makers"},
		{"DROP INDEX attrigraph_Work__titleKey", "CREATE INDEX attrigraph_Work__titleKey FOR (n:Work) ON (n._titleKey)", "is missing"},
	} {
		work["old"] = run("MATCH (n:Work {id: $id}) RETURN n._searchText", work)[0][0]
		run(c.breaks, work)
		found, err := s.Check(t.Context())
		if err != nil {
			t.Fatal(detail(err))
		}
		if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, c.says) }) {
			t.Errorf("%s: Check says nothing of %q: %q", c.breaks, c.says, found)
		}
		run(c.mends, work)
	}
	run("CALL db.awaitIndexes()", nil)
	if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("a mended store: %q, %v", found, err)
	}
}

// TestHistory updates and deletes a node: what it said before is kept, and a tombstone stays until it is recorded again.
func TestHistory(t *testing.T) {
	server := neo4jtest.Exclusive(t)
	s := open(t, server, storetest.Model(t))
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := storetest.ID("writer", 1)
	named := func(name string) store.Change {
		return store.Change{Node: &store.Node{ID: id, Kind: "Writer", Props: map[string]any{"name": name, "born": "1900"}}}
	}
	for _, c := range []store.Change{named("Ada"), named("Grace"), {DeleteNode: id}} {
		if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(c)); err != nil {
			t.Fatal(err)
		}
	}
	run := connect(t, server)
	rows := run("MATCH (h:_History {id: $id}) RETURN h.revision, h.replacedIn, h.kind, h.recordedBy, h.data ORDER BY h.revision", map[string]any{"id": id})
	want := [][]any{
		{int64(1), int64(2), "Writer", "sampler", `{"born":"1900","name":"Ada"}`},
		{int64(2), int64(3), "Writer", "sampler", `{"born":"1900","name":"Grace"}`},
	}
	if !slices.EqualFunc(rows, want, func(a, b []any) bool { return slices.Equal(a, b) }) {
		t.Errorf("the history is %v, want %v", rows, want)
	}
	tombstones := func() [][]any { return run("MATCH (t:_Tombstone) RETURN t.id, t.kind, t.revision", nil) }
	if got := tombstones(); len(got) != 1 || !slices.Equal(got[0], []any{id, "Writer", int64(3)}) {
		t.Errorf("the tombstones are %v", got)
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(named("Ada"))); err != nil {
		t.Fatal(err)
	}
	if got := tombstones(); len(got) != 0 {
		t.Errorf("a node that was recorded again has a tombstone: %v", got)
	}
}

// TestProjectModel migrates an empty store to the project's own model, whose names no test of the engine uses.
func TestProjectModel(t *testing.T) {
	sdl, err := os.ReadFile("../../schema/model.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Compile("model.graphqls", string(sdl))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, neo4jtest.Exclusive(t), c)
	steps, err := s.Migrate(t.Context())
	if err != nil {
		t.Fatal(detail(err))
	}
	t.Logf("%d steps", len(steps))
	if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("Check: %q, %v", found, err)
	}
	if steps, err = s.Migrate(t.Context()); err != nil || len(steps) > 0 {
		t.Errorf("migrating again: %q, %v", steps, err)
	}
}
