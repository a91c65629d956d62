package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/plan"
	"attrigraph/internal/store"
)

// The small graph that tests of Apply work on: two works by one writer.
func smallGraph() []store.Change {
	return []store.Change{
		writer(1, "Ada"), work(1, "Alpha"), work(2, "Beta"), madeBy(1, 1, nil), madeBy(2, 1, nil),
	}
}

func writer(n int, name string) store.Change {
	return store.Change{Node: &store.Node{ID: ID("writer", n), Kind: "Writer", Props: props{"name": name}, Place: "writers:" + name}}
}

func work(n int, title string) store.Change {
	return store.Change{Node: &store.Node{ID: ID("work", n), Kind: "Work", Props: props{"title": title}, Place: "works:" + title}}
}

func madeBy(from, to int, p props) store.Change {
	return store.Change{Link: &store.Link{Type: "MADE_BY", From: ID("work", from), To: ID("writer", to), Props: p, Place: "links"}}
}

// by is a Write at another time by somebody else than smallWrite.
func by(name, from string) store.Write {
	return store.Write{Provenance: store.Provenance{At: "2025-06-07T08:09:10.000Z", By: name, From: from}}
}

func smallWrite() store.Write { return by("first", "a.yaml") }

// state renders the whole graph: nodes with kind, recording and revision, and links.
func (f *fixture) state() string {
	f.t.Helper()
	q := f.query()
	nodes := q.list(access{of: "Node", order: []string{"Node.id"}, read: q.read("Node.id", "Maker.name", "Work.title", "Node.recordedBy", "Node.revision")})
	got, err := q.run(f.t.Context(), f.store, nodes)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, r := range f.records() {
		if r.Link != nil {
			got += "\n" + r.Link.Type + " " + sampleID.ReplaceAllString(r.Link.From+" "+r.Link.To, "$1-$2") + " " + r.Link.Recorded.By + propsText(r.Link.Props)
		}
	}
	return got
}

func propsText(p props) string {
	var list []string
	for k, v := range p {
		list = append(list, fmt.Sprintf(" %s=%v", k, v))
	}
	slices.Sort(list)
	return strings.Join(list, "")
}

func (f *fixture) wantState(want string) {
	f.t.Helper()
	if got := f.state(); got != want {
		f.t.Errorf("the store holds\n%s\nwant\n%s", got, want)
	}
	f.checked()
}

func (f *fixture) wantOutcome(got, want store.Outcome) {
	f.t.Helper()
	if got != want {
		f.t.Errorf("outcome %+v, want %+v", got, want)
	}
}

// write begins with an empty store.
func write(f *fixture) {
	empty, err := f.store.Empty(f.t.Context())
	if err != nil || !empty {
		f.t.Errorf("a new store: Empty is %v, %v", empty, err)
	}
	q := f.query()
	f.expect(q, `[[],0,false]`, q.list(access{of: "Node", order: []string{"Node.id"}, read: q.read("Node.id")}), q.count(access{of: "Node"}), q.exists(access{of: "Node"}))
	f.checked()
	f.wantOutcome(f.apply(smallWrite()), store.Outcome{})
	w := smallWrite()
	progress := 0
	w.Progress = func(done int) { progress = done }
	f.wantOutcome(f.apply(w, smallGraph()...), store.Outcome{Created: 5, Revision: 1})
	if progress < 0 || progress > 5 {
		f.t.Errorf("Progress was told of %d changes of 5", progress)
	}
	if empty, err = f.store.Empty(f.t.Context()); err != nil || empty {
		f.t.Errorf("a filled store: Empty is %v, %v", empty, err)
	}
	f.wantState(`[[["work-1",null,"Alpha","first",1],["work-2",null,"Beta","first",1],["writer-1","Ada",null,"first",1]]]
MADE_BY work-1 writer-1 first
MADE_BY work-2 writer-1 first`)
}

// unchanged applies what the store already holds.
func unchanged(f *fixture) {
	f.apply(smallWrite(), smallGraph()...)
	before := f.state()
	f.wantOutcome(f.apply(by("second", "b.yaml"), smallGraph()...), store.Outcome{Unchanged: 5, Revision: 1})
	f.wantState(before)
	f.wantOutcome(f.apply(by("second", "b.yaml")), store.Outcome{Revision: 1})
}

// ifAbsent gives nodes that the store may have: one that it has stays as it is, with its links.
func ifAbsent(f *fixture) {
	f.apply(smallWrite(), smallGraph()...)
	polite := func(c store.Change) store.Change {
		c.Node.IfAbsent = true
		return c
	}
	w := smallWrite()
	w.ReplaceLinks = true
	got := f.apply(w, polite(writer(1, "Other")), polite(writer(2, "Grace")), polite(work(1, "Other")), work(2, "Beta"), madeBy(1, 2, nil), madeBy(2, 2, nil))
	f.wantOutcome(got, store.Outcome{Created: 3, Unchanged: 3, Deleted: 1, Revision: 2})
	f.wantState(`[[["work-1",null,"Alpha","first",1],["work-2",null,"Beta","first",1],["writer-1","Ada",null,"first",1],["writer-2","Grace",null,"first",2]]]
MADE_BY work-1 writer-1 first
MADE_BY work-1 writer-2 first
MADE_BY work-2 writer-2 first`)
}

// update changes a node and a link; what does not change keeps its recording and revision.
func update(f *fixture) {
	f.apply(smallWrite(), smallGraph()...)
	got := f.apply(by("second", "b.yaml"), work(1, "Alpha two"), work(2, "Beta"), madeBy(1, 1, nil), madeBy(2, 1, props{"share": int64(5)}))
	f.wantOutcome(got, store.Outcome{Updated: 2, Unchanged: 2, Revision: 2})
	f.wantState(`[[["work-1",null,"Alpha two","second",2],["work-2",null,"Beta","first",1],["writer-1","Ada",null,"first",1]]]
MADE_BY work-1 writer-1 first
MADE_BY work-2 writer-1 second share=5`)
	q := f.query()
	order := []string{"Node.id"}
	f.expect(q, `[[["work-1"]],[]]`,
		q.list(access{of: "Work", from: q.match("two"), order: order, read: q.read("Work.id")}),
		q.list(access{of: "Work", from: q.match("nothing"), order: order, read: q.read("Work.id")}))

	// What a change leaves out is absent afterwards, and found no more.
	f.apply(by("third", ""), store.Change{Node: &store.Node{ID: ID("writer", 1), Kind: "Writer", Props: props{"name": "Grace", "born": "1906", "alive": true}}})
	f.apply(by("fourth", ""), writer(1, "Grace"))
	q = f.query()
	f.expect(q, `[["Grace",null,null,"UNKNOWN",null,"fourth",null,4],[]]`,
		q.one(access{of: "Writer", from: plan.ByID{Param: q.param(ID("writer", 1))}, read: q.read(
			"Writer.name", "Writer.alive", "Writer.born", "Writer.bornPrecision", "Writer.bornKey", "Writer.recordedBy", "Writer.recordedFrom", "Writer.revision")}),
		q.list(access{of: "Node", from: q.match("ada"), order: order, read: q.read("Node.id")}))

	// What another store recorded keeps its own recording.
	own := writer(7, "Moved")
	own.Node.Recorded = &store.Provenance{At: "2001-01-01T00:00:00.000Z", By: "elsewhere", From: "old.jsonl"}
	f.apply(by("fifth", "new.jsonl"), own)
	q = f.query()
	f.expect(q, `[["2001-01-01T00:00:00.000Z","elsewhere","old.jsonl",5]]`, q.one(access{
		of: "Node", from: plan.ByID{Param: q.param(ID("writer", 7))}, read: q.read("Node.recordedAt", "Node.recordedBy", "Node.recordedFrom", "Node.revision"),
	}))
	f.checked()
}

// remove deletes links and nodes, and records a deleted node again.
func remove(f *fixture) {
	f.apply(smallWrite(), append(smallGraph(), writer(2, "Bea"), madeBy(1, 2, nil))...)
	link := madeBy(1, 2, nil).Link
	f.wantOutcome(f.apply(by("second", ""), store.Change{DeleteLink: link}), store.Outcome{Deleted: 1, Revision: 2})
	f.wantOutcome(f.apply(by("second", ""), store.Change{DeleteLink: link}), store.Outcome{Unchanged: 1, Revision: 2})
	f.wantOutcome(f.apply(by("third", ""), store.Change{DeleteNode: ID("work", 2)}), store.Outcome{Deleted: 2, Revision: 3})
	f.wantOutcome(f.apply(by("third", ""), store.Change{DeleteNode: ID("work", 2)}), store.Outcome{Unchanged: 1, Revision: 3})
	f.wantState(`[[["work-1",null,"Alpha","first",1],["writer-1","Ada",null,"first",1],["writer-2","Bea",null,"first",1]]]
MADE_BY work-1 writer-1 first`)
	q := f.query()
	f.expect(q, `[[],null]`,
		q.list(access{of: "Work", from: q.match("beta"), order: []string{"Work.id"}, read: q.read("Work.id")}),
		q.one(access{of: "Work", from: plan.ByID{Param: q.param(ID("work", 2))}, read: q.read("Work.id")}))
	f.wantOutcome(f.apply(by("fourth", ""), work(2, "Beta"), madeBy(2, 2, nil)), store.Outcome{Created: 2, Revision: 4})
	f.wantState(`[[["work-1",null,"Alpha","first",1],["work-2",null,"Beta","fourth",4],["writer-1","Ada",null,"first",1],["writer-2","Bea",null,"first",1]]]
MADE_BY work-1 writer-1 first
MADE_BY work-2 writer-2 fourth`)
}

// replaceLinks makes the links of a file all the links that its nodes have from that file.
func replaceLinks(f *fixture) {
	f.apply(smallWrite(), append(smallGraph(), writer(2, "Bea"), writer(3, "Cat"), madeBy(1, 2, nil))...)
	f.apply(by("other", "other.yaml"), madeBy(1, 3, nil))
	f.apply(by("hand", ""), madeBy(2, 3, nil))
	w := by("second", "a.yaml")
	w.ReplaceLinks = true
	// work-1 loses its link to writer-2, keeps the one of the other file; work-2 is not in the set.
	f.wantOutcome(f.apply(w, work(1, "Alpha"), madeBy(1, 1, nil)), store.Outcome{Unchanged: 2, Deleted: 1, Revision: 4})
	f.wantState(`[[["work-1",null,"Alpha","first",1],["work-2",null,"Beta","first",1],["writer-1","Ada",null,"first",1],["writer-2","Bea",null,"first",1],["writer-3","Cat",null,"first",1]]]
MADE_BY work-1 writer-1 first
MADE_BY work-1 writer-3 other
MADE_BY work-2 writer-1 first
MADE_BY work-2 writer-3 hand`)
	// What the records of the set say about their own file counts like what the Write says.
	another := madeBy(1, 1, nil)
	another.Link.Recorded = &store.Provenance{At: w.At, By: "second", From: "other.yaml"}
	f.wantOutcome(f.apply(w, work(1, "Alpha"), another), store.Outcome{Unchanged: 2, Deleted: 1, Revision: 5})
	f.apply(by("other", "other.yaml"), madeBy(1, 3, nil))
	// Links that come in stay.
	f.wantOutcome(f.apply(w, writer(1, "Ada")), store.Outcome{Unchanged: 1, Revision: 6})
	// By hand means from no file.
	w = by("third", "")
	w.ReplaceLinks = true
	f.wantOutcome(f.apply(w, work(2, "Beta two"), madeBy(2, 2, nil)), store.Outcome{Created: 1, Updated: 1, Deleted: 1, Revision: 7})
	f.wantState(`[[["work-1",null,"Alpha","first",1],["work-2",null,"Beta two","third",7],["writer-1","Ada",null,"first",1],["writer-2","Bea",null,"first",1],["writer-3","Cat",null,"first",1]]]
MADE_BY work-1 writer-1 first
MADE_BY work-1 writer-3 other
MADE_BY work-2 writer-1 first
MADE_BY work-2 writer-2 third`)
}

// conflict expects revisions.
func conflict(f *fixture) {
	f.apply(smallWrite(), smallGraph()...)
	expecting := func(c store.Change, revision int64) store.Change {
		c.Node.ExpectedRevision = revision
		return c
	}
	f.wantOutcome(f.apply(by("second", ""), expecting(writer(1, "Grace"), 1)), store.Outcome{Updated: 1, Revision: 2})
	before := f.state()
	for name, c := range map[string]store.Change{
		"an older revision":               expecting(writer(1, "Hedy"), 1),
		"a newer revision":                expecting(writer(1, "Hedy"), 3),
		"another revision, nothing to do": expecting(writer(1, "Grace"), 1),
		"a revision of what is not there": expecting(writer(9, "Nobody"), 1),
	} {
		_, err := f.store.Apply(f.t.Context(), by("third", ""), Changes(writer(2, "Bea"), c))
		if !errors.Is(err, store.ErrConflict) {
			f.t.Errorf("%s: got %v, want %v", name, err, store.ErrConflict)
		}
		f.wantState(before)
	}
	f.wantOutcome(f.apply(by("third", ""), expecting(writer(1, "Grace"), 2)), store.Outcome{Unchanged: 1, Revision: 2})
}

// idempotency applies with one key twice.
func idempotency(f *fixture) {
	w := smallWrite()
	w.IdempotencyKey = "import-1"
	first := f.apply(w, smallGraph()...)
	f.wantOutcome(first, store.Outcome{Created: 5, Revision: 1})
	f.apply(by("second", ""), writer(2, "Bea"))
	before := f.state()
	f.wantOutcome(f.apply(w, smallGraph()...), first)
	f.wantOutcome(f.apply(w, writer(3, "Cat")), first)
	f.wantState(before)
	w.IdempotencyKey = "import-2"
	f.wantOutcome(f.apply(w, writer(3, "Cat")), store.Outcome{Created: 1, Revision: 3})
	// A key whose Apply failed is free.
	w.IdempotencyKey = "import-3"
	if _, err := f.store.Apply(f.t.Context(), w, Changes(work(4, "Alone"))); err == nil {
		f.t.Error("a work without makers was taken")
	}
	f.wantOutcome(f.apply(w, writer(4, "Dora")), store.Outcome{Created: 1, Revision: 4})
}
