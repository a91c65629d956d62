package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

func (q *query) match(words string, kinds ...string) plan.Match {
	q.t.Helper()
	parsed, err := text.ParseQuery(words)
	if err != nil {
		q.t.Fatal(err)
	}
	m := plan.Match{Query: q.param(parsed), Kinds: plan.NoParam}
	if kinds != nil {
		m.Kinds = q.param(kinds)
	}
	return m
}

// search covers Match: folding, prefixes, ranks, listing by kind, and pages of found nodes.
func (f *fixture) search(t *testing.T) {
	found := []string{"#rank", "#kind", "#name", "Node.id"}
	cases := []struct {
		words string
		kinds []string
		of    string
		want  string
	}{
		{"alpha", nil, "Node", `[[["work-1",0],["work-2",1],["work-6",3]]]`},
		{"ALPH", nil, "Node", `[[["work-1",1],["work-2",1],["work-6",3]]]`},
		{"beta", nil, "Node", `[[["work-3",0],["work-2",2]]]`},
		{"beta alpha", nil, "Node", `[[["work-2",2]]]`},
		{"alpha beta", nil, "Node", `[[["work-2",0]]]`},
		{"letter alpha", nil, "Node", `[[["work-1",3]]]`},
		{"a", nil, "Node", `[[["studio-1",1],["studio-2",1],["work-1",1],["work-2",1],["writer-1",1],["writer-4",1],["work-6",3],["work-3",3]]]`},
		{"ada", nil, "Node", `[[["writer-1",0],["writer-4",0],["studio-1",1]]]`},
		{"ada", nil, "Maker", `[[["writer-1",0],["writer-4",0],["studio-1",1]]]`},
		{"ada", nil, "Studio", `[[["studio-1",1]]]`},
		{"alpha", nil, "Topic", `[[["work-1",0],["work-2",1],["work-6",3]]]`},
		{"alpha", []string{"Note", "Secret"}, "Node", `[[["note-2",0],["secret-1",1]]]`},
		{"alpha", []string{"Work"}, "Node", `[[["work-1",0],["work-2",1],["work-6",3]]]`},
		{"alpha", []string{}, "Node", `[[]]`},
		{"alpha", []string{"Work", "Nothing"}, "Maker", `[[]]`},
		{"lpha", nil, "Node", `[[]]`},
		{"Müller SOHN", nil, "Node", `[[["studio-3",1]]]`},
		{"\uFF21x", nil, "Node", `[[["studio-2",1]]]`},
		{"\U00010428NNE", nil, "Node", `[[["writer-3",0]]]`},
		{"o'neil zoe", nil, "Node", `[[["writer-5",2]]]`},
		{"s quote", nil, "Node", `[[["work-5",3]]]`},
		{"alpha AND beta", nil, "Node", `[[]]`},
		{"100%", nil, "Node", `[[["work-6",1]]]`},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.words, c.kinds, c.of), func(t *testing.T) {
			f := f.on(t)
			q := f.query()
			f.expect(q, c.want, q.list(access{of: c.of, from: q.match(c.words, c.kinds...), order: found, read: q.read("Node.id", "#rank")}))
		})
	}
	f.cases(t, []readCase{
		{"with a condition", `[[["work-2",1,"Work"," alpha beta ",100]],1,true]`, func(q *query) []plan.Column {
			m, where := q.match("alpha"), q.cmp("Work.genre", plan.EQ, "POEM")
			of := access{of: "Node", from: m, where: where, visible: q.cmp("Work.pages", plan.GT, int64(0))}
			list := of
			list.order, list.read = found, q.read("Node.id", "#rank", "#kind", "#name", "Work.pages")
			return []plan.Column{q.list(list), q.count(of), q.exists(of)}
		}},
		{"with links", `[[["work-1",[["studio-1"],["writer-1"]]]]]`, func(q *query) []plan.Column {
			makers := q.list(access{of: "Maker", from: q.follow("Work.makers"), order: []string{"Maker.id"}, read: q.read("Maker.id")})
			return one(q.list(access{of: "Work", from: q.match("alpha letter"), order: found, read: append(q.read("Work.id"), makers)}))
		}},
	})
	t.Run("pages", func(t *testing.T) {
		f.on(t).walk(found, func(q *query) access { return access{of: "Node", from: q.match("a")} }, nil)
		f.on(t).walk([]string{"-Node.id"}, func(q *query) access { return access{of: "Maker", from: q.match("a", "Writer", "Studio")} }, nil)
	})
}

// deadline asks with a deadline that has passed, and with one that passes while the store works.
func (f *fixture) deadline(t *testing.T) {
	q := f.query()
	root := q.count(access{of: "Node"})
	passed, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := q.run(passed, f.store, root); !errors.Is(err, store.ErrTimeout) {
		t.Errorf("a read after its deadline: got %v, want %v", err, store.ErrTimeout)
	}
	cancelled, stop := context.WithCancel(t.Context())
	stop()
	if _, err := q.run(cancelled, f.store, root); !errors.Is(err, context.Canceled) {
		t.Errorf("a read whose caller has gone: got %v, want %v", err, context.Canceled)
	}
	if _, err := f.store.Apply(passed, SampleWrite(), Changes(Sample()...)); !errors.Is(err, store.ErrTimeout) {
		t.Errorf("an Apply after its deadline: got %v, want %v", err, store.ErrTimeout)
	}
	broken := errors.New("the reader of the row gave up")
	err := f.store.Read(t.Context(), &plan.Plan{Roots: one(root), Params: q.params}, q.values, func(rows.Value) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("visit's error: got %v, want %v", err, broken)
	}
	g := f.on(t)
	g.expect(q, `[18]`, root)
}

// sound expects that Check finds nothing wrong.
func (f *fixture) sound(t *testing.T) { f.on(t).checked() }

func (f *fixture) checked() {
	f.t.Helper()
	problems, err := f.store.Check(f.t.Context())
	if err != nil {
		f.t.Fatalf("checking: %v", err)
	}
	for _, p := range problems {
		f.t.Errorf("Check: %s", p)
	}
}
