package recorded_test

import (
	"bytes"
	"testing"

	"attrigraph/internal/bench/recorded/sample"
)

// TestAnswersAsTheStoreDid: a recorded operation answers, in both forms of the row, what the store answers.
func TestAnswersAsTheStoreDid(t *testing.T) {
	o, close, err := sample.Record(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := close(); err != nil {
			t.Error(err)
		}
	}()
	o.FromStore()
	want, err := o.Do(t.Context())
	if err != nil || len(want) < 20_000 {
		t.Fatalf("the store answers %d bytes, %v", len(want), err)
	}
	for form, choose := range map[string]func(){"Neo4j": o.FromNeo4j, "SQLite": o.FromSQLite} {
		choose()
		got, err := o.Do(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("the row of %s gives\n%s\nthe store gave\n%s", form, got, want)
		}
	}
}

// BenchmarkCachedOperation is what the server itself does for the deep question once it knows it, from each store's row:
// look the operation up, bind its values, find and bind the statement, write the answer.
func BenchmarkCachedOperation(b *testing.B) {
	o, close, err := sample.Record(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := close(); err != nil {
			b.Error(err)
		}
	}()
	b.Run("Neo4j", func(b *testing.B) {
		o.FromNeo4j()
		o.Bench(b)
	})
	b.Run("SQLite", func(b *testing.B) {
		o.FromSQLite()
		o.Bench(b)
	})
}
