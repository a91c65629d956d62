package sqlite

import (
	"context"
	"testing"

	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// BenchmarkApply loads works with two links each into an empty store; records/s counts nodes and links.
func BenchmarkApply(b *testing.B) {
	const works = 20_000
	for b.Loop() {
		b.StopTimer()
		s := openNew(b)
		b.StartTimer()
		manyWorks(b, s, works)
	}
	b.ReportMetric(float64(works*3*b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkUnchanged applies what the store already holds.
func BenchmarkUnchanged(b *testing.B) {
	s := openNew(b)
	manyWorks(b, s, 5000)
	for b.Loop() {
		manyWorks(b, s, 5000)
	}
	b.ReportMetric(float64(5000*3*b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkSmallApply commits one changed node, as a mutation does.
func BenchmarkSmallApply(b *testing.B) {
	s := openNew(b)
	manyWorks(b, s, 5000)
	n := int64(0)
	for b.Loop() {
		n++
		w := store.Change{Node: &store.Node{ID: storetest.ID("writer", 1), Kind: "Writer", Props: map[string]any{"name": "Ada", "alive": n%2 == 0}}}
		if _, err := s.Apply(context.Background(), storetest.SampleWrite(), storetest.Changes(w)); err != nil {
			b.Fatal(err)
		}
	}
}
