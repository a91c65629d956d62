package storetest

import (
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// orders covers orders by every scalar in both directions: text by code point, absent values last in both.
func (f *fixture) orders(t *testing.T) {
	for _, c := range []struct{ of, by, want string }{
		{"Work", "Work.title Work.id", "6 1 3 2 5 4"},
		{"Work", "-Work.title Work.id", "4 5 2 3 1 6"},
		{"Work", "Work.genre Work.id", "5 1 4 2 6 3"},
		{"Work", "-Work.genre Work.id", "2 6 1 4 5 3"},
		{"Work", "Work.pages -Work.id", "6 5 4 2 1 3"},
		{"Work", "-Work.pages Work.id", "1 2 4 5 6 3"},
		{"Work", "^-Work.pages -Work.id", "3 2 1 4 5 6"},
		{"Work", "^Work.pages Work.id", "3 6 5 4 1 2"},
		{"Work", "Work.dateKey Work.id", "6 1 2 3 4 5"},
		{"Work", "-Work.dateKey Work.id", "3 2 1 6 4 5"},
		{"Work", "-Work.text Work.id", "1 6 4 2 3 5"},
		{"Work", "Work.genre Work.pages Work.title Work.id", "5 4 1 6 2 3"},
		{"Work", "-Work.revision -Work.id", "6 5 4 3 2 1"},
		{"Work", "#name Work.id", "5 6 1 2 3 4"},
		{"Maker", "#kind -Maker.id", "3 2 1 5 4 3 2 1"},
		{"Maker", "Maker.name Maker.id", "1 4 1 3 5 2 2 3"},
		{"Maker", "-Studio.size Maker.id", "1 3 2 1 2 3 4 5"},
		{"Writer", "Writer.alive Writer.id", "1 2 4 3 5"},
		{"Writer", "Writer.bornKey Writer.id", "1 2 3 5 4"},
	} {
		t.Run(c.of+" by "+c.by, func(t *testing.T) {
			f := f.on(t)
			keys := strings.Fields(c.by)
			got := f.ids(func(q *query) *plan.Select { return q.sel(access{of: c.of, order: keys, read: q.read("Node.id")}) })
			for i, id := range got {
				got[i] = id[strings.IndexByte(id, '-')+1:]
			}
			same(t, "order", got, strings.Fields(c.want))
		})
	}
}

// pages walks through orders from every position, in both directions, and compares with the whole list.
func (f *fixture) pages(t *testing.T) {
	for _, c := range []struct{ of, by string }{
		{"Work", "Work.id"},
		{"Work", "-Work.id"},
		{"Work", "Work.title Work.id"},
		{"Work", "-Work.title Work.id"},
		{"Work", "Work.genre Work.pages Work.dateKey Work.id"},
		{"Work", "-Work.genre -Work.pages -Work.dateKey -Work.id"},
		{"Work", "Work.genre -Work.pages Work.text -Work.id"},
		{"Work", "-Work.dateKey Work.pages -Work.title Work.id"},
		{"Work", "Work.revision Work.recordedAt Work.id"},
		{"Work", "#name -Work.id"},
		{"Writer", "Writer.alive Writer.bornKey Writer.id"},
		{"Maker", "#kind Maker.name Maker.id"},
		{"Maker", "Studio.size -Writer.bornKey Maker.name Maker.id"},
		{"Topic", "Work.genre Writer.name Node.id"},
		{"Node", "Note.words Work.title Node.id"},
	} {
		t.Run(c.of+" by "+c.by, func(t *testing.T) {
			f.on(t).walk(strings.Fields(c.by), func(*query) access { return access{of: c.of} }, nil)
		})
	}
	for _, by := range []string{
		"@Making.share Work.id", "-@Making.share -Work.id", "@Making.part -@Making.sinceKey Work.id", "-@MADE_BY.recordedAt Work.genre Work.id",
	} {
		t.Run("links by "+by, func(t *testing.T) {
			f.on(t).walk(strings.Fields(by), func(q *query) access { return access{of: "Work", from: q.follow("Maker.made")} }, func(q *query, c plan.Column) plan.Column {
				return q.one(access{of: "Maker", from: plan.ByID{Param: q.param(ID("writer", 1))}, read: one(c)})
			})
		})
	}
	t.Run("via", func(t *testing.T) {
		f.on(t).walk([]string{"-Work.title", "Work.id"}, func(q *query) access {
			return access{of: "Work", from: q.via("Work.others")}
		}, func(q *query, c plan.Column) plan.Column {
			return q.one(access{of: "Work", from: plan.ByID{Param: q.param(ID("work", 2))}, read: one(c)})
		})
	})
}

// walk reads the access whole, then the rest after each of its rows, in the order and its reverse. Around wraps the
// list where it is not at the top level.
func (f *fixture) walk(by []string, from func(q *query) access, around func(q *query, c plan.Column) plan.Column) {
	f.t.Helper()
	if around == nil {
		around = func(_ *query, c plan.Column) plan.Column { return c }
	}
	for _, backward := range []bool{false, true} {
		// list returns the ids and keys of what comes after the keys, or not after them.
		list := func(after []any, not bool, limit int64) (ids []string, keys [][]any) {
			q := f.query()
			a := from(q)
			a.limit = limit
			s := q.sel(a)
			s.Order = q.order(by...)
			if backward {
				s.Order = reversed(s.Order)
			}
			if after != nil {
				p := plan.After{Order: s.Order}
				for _, v := range after {
					p.Params = append(p.Params, q.param(v))
				}
				s.Where = p
				if not {
					s.Where = plan.Not{Predicate: p}
				}
			}
			s.Columns = q.read("Node.id")
			for _, k := range s.Order {
				s.Columns = append(s.Columns, plan.Value{Operand: k.Operand})
			}
			root := around(q, plan.List{Select: s})
			err := f.store.Read(f.t.Context(), &plan.Plan{Roots: one(root), Params: q.params}, q.values, func(row rows.Value) error {
				found := row.At(0)
				if _, nested := root.(plan.One); nested {
					found = found.At(0)
				}
				for i := range found.Len() {
					id, err := found.At(i).At(0).Text()
					if err != nil {
						return err
					}
					ids = append(ids, sampleID.ReplaceAllString(id, "$1-$2"))
					values, err := keyValues(found.At(i), s.Order)
					if err != nil {
						return err
					}
					keys = append(keys, values)
				}
				return nil
			})
			if err != nil {
				f.t.Fatalf("%v\n%s", err, f.explain(q, one(root)))
			}
			return ids, keys
		}
		all, keys := list(nil, false, 0)
		if len(all) < 2 {
			f.t.Fatalf("only %v to walk through", all)
		}
		for i := range all {
			rest, _ := list(keys[i], false, 0)
			same(f.t, "after "+all[i], rest, all[i+1:])
			first, _ := list(keys[i], false, 2)
			same(f.t, "two after "+all[i], first, all[i+1:min(i+3, len(all))])
			before, _ := list(keys[i], true, 0)
			same(f.t, "not after "+all[i], before, all[:i+1])
		}
		if backward {
			slices.Reverse(all)
			forward := f.forward(by, from, around)
			same(f.t, "reverse", all, forward)
		}
	}
}

func (f *fixture) forward(by []string, from func(q *query) access, around func(q *query, c plan.Column) plan.Column) []string {
	q := f.query()
	a := from(q)
	a.order, a.read = by, q.read("Node.id")
	got, err := q.run(f.t.Context(), f.store, around(q, q.list(a)))
	if err != nil {
		f.t.Fatal(err)
	}
	var ids []string
	for id := range strings.FieldsFuncSeq(got, func(r rune) bool { return strings.ContainsRune(`[]",`, r) }) {
		ids = append(ids, id)
	}
	return ids
}

// keyValues reads the key columns, which follow the id, as parameters for After.
func keyValues(row rows.Value, order []plan.OrderKey) ([]any, error) {
	values := []any{}
	for i, k := range order {
		v, err := scalarOf(row.At(i+1), k.Operand)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}
