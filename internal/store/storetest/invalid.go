package storetest

import (
	"errors"
	"fmt"
	"strings"

	"attrigraph/internal/store"
)

// invalid applies what cannot be applied: the error names the place, and nothing is written.
func invalid(f *fixture) {
	f.apply(smallWrite(), smallGraph()...)
	before := f.state()
	node := func(id, kind string, p props) store.Change {
		return store.Change{Node: &store.Node{ID: id, Kind: kind, Props: p, Place: "here:7"}}
	}
	link := func(kind, from, to string, p props) store.Change {
		return store.Change{Link: &store.Link{Type: kind, From: from, To: to, Props: p, Place: "here:7"}}
	}
	for name, c := range map[string]struct {
		change store.Change
		says   string
	}{
		"a kind that is not in the model":  {node(ID("thing", 1), "Thing", nil), "Thing"},
		"an interface":                     {node(ID("writer", 2), "Maker", props{"name": "x"}), "Maker"},
		"an id of another kind":            {node(ID("work", 2), "Writer", props{"name": "x"}), ID("work", 2)},
		"an id that is none":               {node("writer-2", "Writer", props{"name": "x"}), "writer-2"},
		"a missing value":                  {node(ID("writer", 2), "Writer", nil), "name"},
		"a field that is not in the model": {node(ID("writer", 2), "Writer", props{"name": "x", "size": int64(1)}), "size"},
		"a value of another type":          {node(ID("writer", 2), "Writer", props{"name": int64(5)}), "name"},
		"a value that is not in the enum":  {node(ID("note", 2), "Note", props{"genre": "COMIC"}), "COMIC"},
		"a date that does not exist":       {node(ID("note", 2), "Note", props{"date": "2021-02-30"}), "date"},
		"text that no store may hold":      {node(ID("note", 2), "Note", props{"words": "a\x00b"}), "words"},
		"a recording at no instant":        {store.Change{Node: &store.Node{ID: ID("writer", 2), Kind: "Writer", Props: props{"name": "x"}, Recorded: &store.Provenance{At: "yesterday", By: "b"}, Place: "here:7"}}, "yesterday"},
		"a node without a required link":   {node(ID("work", 9), "Work", props{"title": "x"}), "makers"},
		"a type of link that is not there": {link("READS", ID("writer", 1), ID("work", 1), nil), "READS"},
		"a link to the wrong kind":         {link("MADE_BY", ID("work", 1), ID("work", 2), nil), "MADE_BY"},
		"a link from a missing node":       {link("MADE_BY", ID("work", 9), ID("writer", 1), nil), ID("work", 9)},
		"a link to a missing node":         {link("MADE_BY", ID("work", 1), ID("writer", 9), nil), ID("writer", 9)},
		"a property that is not there":     {link("FRIEND_OF", ID("writer", 1), ID("writer", 1), props{"since": "1999"}), "since"},
		"a reference to the wrong kind":    {link("MADE_BY", ID("work", 1), ID("writer", 1), props{"paidBy": ID("work", 1)}), "paidBy"},
	} {
		_, err := f.store.Apply(f.t.Context(), by("second", ""), Changes(writer(2, "Bea"), writer(1, "Grace"), c.change))
		var wrong *store.InvalidChange
		switch {
		case !errors.As(err, &wrong):
			f.t.Errorf("%s: got %v, want an invalid change", name, err)
		case wrong.Place != "here:7" || !strings.Contains(wrong.Reason, c.says):
			f.t.Errorf("%s: the error does not name here:7 and %q: %v", name, c.says, err)
		}
	}
	f.wantState(before)
	for name, w := range map[string]store.Write{"no instant": {Provenance: store.Provenance{By: "x"}}, "no name": {Provenance: store.Provenance{At: smallWrite().At}}} {
		var wrong *store.InvalidChange
		if _, err := f.store.Apply(f.t.Context(), w, Changes()); !errors.As(err, &wrong) {
			f.t.Errorf("%s: got %v, want an invalid change", name, err)
		}
	}
}

// atomic lets an Apply fail after many changes, in every kind of change, and expects nothing of it.
func atomic(f *fixture) {
	f.apply(smallWrite(), smallGraph()...)
	before := f.state()
	broken := errors.New("the source of the changes is broken")
	for n := range 3 {
		count := []int{0, 1, 5000}[n]
		_, err := f.store.Apply(f.t.Context(), by("second", ""), func(yield func(store.Change, error) bool) {
			for _, c := range []store.Change{{DeleteNode: ID("work", 2)}, {DeleteLink: madeBy(1, 1, nil).Link}, writer(1, "Grace")} {
				if !yield(c, nil) {
					return
				}
			}
			for i := range count {
				if !yield(writer(i+10, fmt.Sprint("w", i)), nil) {
					return
				}
			}
			yield(store.Change{}, broken)
		})
		if !errors.Is(err, broken) {
			f.t.Errorf("an error after %d changes: got %v, want %v", count, err, broken)
		}
		f.wantState(before)
	}
	f.wantOutcome(f.apply(by("third", ""), writer(2, "Bea")), store.Outcome{Created: 1, Revision: 2})
}

// twice gives one node and one link more than once in a change set: the last wish holds.
func twice(f *fixture) {
	f.apply(smallWrite(), smallGraph()...)
	f.apply(by("second", ""),
		writer(1, "Grace"), writer(2, "Bea"), writer(1, "Hedy"), writer(2, "Bea two"),
		madeBy(1, 2, props{"share": int64(1)}), madeBy(1, 2, props{"share": int64(2)}), madeBy(1, 1, props{"share": int64(3)}))
	f.wantState(`[[["work-1",null,"Alpha","first",1],["work-2",null,"Beta","first",1],["writer-1","Hedy",null,"second",2],["writer-2","Bea two",null,"second",2]]]
MADE_BY work-1 writer-1 second share=3
MADE_BY work-1 writer-2 second share=2
MADE_BY work-2 writer-1 first`)
	q := f.query()
	order := []string{"Node.id"}
	f.expect(q, `[[["writer-1"]],[],[["writer-2"]]]`,
		q.list(access{of: "Writer", from: q.match("hedy"), order: order, read: q.read("Writer.id")}),
		q.list(access{of: "Writer", from: q.match("grace"), order: order, read: q.read("Writer.id")}),
		q.list(access{of: "Writer", from: q.match("bea"), order: order, read: q.read("Writer.id")}))
}
