package cypher

import (
	"testing"

	bench "attrigraph/internal/bench/recorded"
	"attrigraph/schema"
)

// BenchmarkRender makes the statement of the benchmark's deep question, once for each plan, and binds its values, at every
// use.
func BenchmarkRender(b *testing.B) {
	c, err := schema.Catalog()
	if err != nil {
		b.Fatal(err)
	}
	p, values, err := bench.Plan(bench.Deep())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("render", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := render(c, p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bind", func(b *testing.B) {
		st, err := render(c, p)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if len(st.bind(values)) == 0 {
				b.Fatal("nothing was bound")
			}
		}
	})
}
