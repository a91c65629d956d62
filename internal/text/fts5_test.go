package text_test

import (
	"database/sql"
	"strings"
	"testing"

	"attrigraph/internal/text"
	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

// TestFTS5AgreesWithMatch asks a real FTS5 index, because that its tokenizer
// leaves our words alone is a promise about somebody else's code.
func TestFTS5AgreesWithMatch(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Exec(`CREATE VIRTUAL TABLE search USING fts5(body, tokenize = 'ascii')`); err != nil {
		t.Fatal(err)
	}
	ask := func(folded string, q text.Query) (found bool) {
		t.Helper()
		if _, err := db.Exec(`INSERT OR REPLACE INTO search (rowid, body) VALUES (1, ?)`, folded); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow(`SELECT EXISTS (SELECT 1 FROM search WHERE search MATCH ?)`, q.FTS5()).Scan(&found); err != nil {
			t.Fatalf("MATCH %q: %v", q.FTS5(), err)
		}
		return found
	}
	words := rapid.SliceOfN(rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("aAbB1éß中한 -\U0001D400\U00010400")), 1, 3, -1),
		rapid.SampledFrom([]string{"and", "or", "NOT", "near", "b*", "body:", `"a`, "{a}", "^a"}),
		storableText(),
	), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		folded := text.FoldedText(words.Draw(t, "text")...)
		q, err := text.ParseQuery(strings.Join(words.Draw(t, "query"), " "))
		if err != nil {
			return
		}
		if got, want := ask(folded, q), q.Match(folded); got != want {
			t.Fatalf("FTS5 finds %s in %+q: %v, Match: %v", q.FTS5(), folded, got, want)
		}
		if own := q.Exact(); !ask(own, q) {
			t.Fatalf("FTS5 does not find %s in %+q", q.FTS5(), own)
		}
	})
}
