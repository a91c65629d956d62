package response_test

import (
	"testing"

	"attrigraph/internal/bench/recorded/sample"
	"attrigraph/internal/response"
	"attrigraph/internal/rows"
	"attrigraph/internal/rules"
)

// BenchmarkAppend writes the answer to the benchmark's deep question from the row as each store hands it over; the one of
// SQLite is read from its text first.
func BenchmarkAppend(b *testing.B) {
	o, close, err := sample.Record(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := close(); err != nil {
			b.Error(err)
		}
	}()
	src := response.Source{Plan: o.Plan, Values: o.Values, Rules: rules.All()}
	var answer []byte
	write := func(b *testing.B, row rows.Value) {
		data, errs := response.Append(answer[:0], src, row)
		if len(errs) > 0 {
			b.Fatal(errs)
		}
		answer = data
	}
	b.Run("Neo4j", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			write(b, rows.Of(o.Row))
		}
		b.SetBytes(int64(len(answer)))
	})
	b.Run("SQLite", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			document, err := rows.Parse(o.Text)
			if err != nil {
				b.Fatal(err)
			}
			write(b, document.Root())
			document.Release()
		}
		b.SetBytes(int64(len(answer)))
	})
}
