package storetest

import (
	"fmt"
	"slices"
	"sync"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// concurrent lets writers and readers work at the same time. Every Apply gets its own revision, and a reader never sees
// a part of an Apply.
func concurrent(f *fixture) {
	const writers, readers, rounds = 4, 4, 12
	f.apply(smallWrite(), writer(1, "Ada"))
	var (
		wg        sync.WaitGroup
		mu        sync.Mutex
		revisions []int64
		done      = make(chan struct{})
	)
	for w := range writers {
		wg.Go(func() {
			for i := range rounds {
				n := 100 + w*rounds + i
				o, err := f.store.Apply(f.t.Context(), by(fmt.Sprint("writer ", w), ""), Changes(
					work(n, fmt.Sprint("work ", n)), madeBy(n, 1, nil), writer(1, fmt.Sprint("Ada ", n)),
				))
				if err != nil {
					f.t.Errorf("writer %d: %v", w, err)
					return
				}
				mu.Lock()
				revisions = append(revisions, o.Revision)
				mu.Unlock()
			}
		})
	}
	var reading sync.WaitGroup
	for range readers {
		reading.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := f.halves(); err != nil {
					f.t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	close(done)
	reading.Wait()
	slices.Sort(revisions)
	for i, r := range revisions {
		if r != int64(i+2) {
			f.t.Fatalf("revisions are %v, want 2 to %d", revisions, writers*rounds+1)
		}
	}
	q := f.query()
	f.expect(q, fmt.Sprintf("[%d,0]", writers*rounds), q.count(access{of: "Work"}), q.count(access{
		of: "Work", where: plan.Not{Predicate: q.linked(access{of: "Maker", from: q.follow("Work.makers")})},
	}))
	f.checked()
}

// halves reads the works with their makers and reports a work that has none yet.
func (f *fixture) halves() error {
	q := f.query()
	makers := q.count(access{of: "Maker", from: q.follow("Work.makers")})
	list := q.list(access{of: "Work", order: []string{"Work.id"}, limit: 10, read: append(q.read("Work.id"), makers)})
	return f.store.Read(f.t.Context(), &plan.Plan{Roots: one(list), Params: q.params}, q.values, func(row rows.Value) error {
		for i := range row.At(0).Len() {
			if n, err := row.At(0).At(i).At(1).Int(); err != nil || n != 1 {
				return fmt.Errorf("a reader sees a work with %d makers (%v)", n, err)
			}
		}
		return nil
	})
}
