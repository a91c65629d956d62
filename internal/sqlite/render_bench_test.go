package sqlite

import (
	"testing"

	"attrigraph/internal/bench/recorded"
	"attrigraph/schema"
)

// BenchmarkRender makes the statement of the benchmark's deep question, once for each plan, and binds its values, at every
// use.
func BenchmarkRender(b *testing.B) {
	c, err := schema.Catalog()
	if err != nil {
		b.Fatal(err)
	}
	l := newLayout(c)
	p, values, err := recorded.Plan(recorded.Deep())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("render", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := render(l, p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bind", func(b *testing.B) {
		st, err := render(l, p)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := st.bind(values); err != nil {
				b.Fatal(err)
			}
		}
	})
}
