package storetest

import (
	"encoding/json"
	"slices"
	"strings"

	"attrigraph/internal/store"
)

// records exports the store.
func (f *fixture) records() []store.Record {
	f.t.Helper()
	var list []store.Record
	if err := f.store.Export(f.t.Context(), func(r store.Record) error {
		list = append(list, r)
		return nil
	}); err != nil {
		f.t.Fatalf("exporting: %v", err)
	}
	return list
}

// export moves the sample graph to an empty store by Export and Apply: both exports are equal.
func export(f *fixture) {
	f.load(Sample())
	own := SampleWrite()
	own.At, own.By, own.From = "2025-05-05T05:05:05.005Z", "late", ""
	f.apply(own, writer(9, "Late"), store.Change{DeleteNode: ID("work", 6)}, store.Change{Link: &store.Link{
		Type: "FRIEND_OF", From: ID("writer", 9), To: ID("writer", 1),
	}})
	first := f.records()
	text := f.exported(first)
	for _, want := range []string{
		`{"Node":{"ID":"note-3","Kind":"Note","Props":{},"Recorded":{"At":"2024-01-02T03:04:05.678Z","By":"sampler","From":"sample.yaml"},"ExpectedRevision":0,"IfAbsent":false,"Place":""},"Link":null}`,
		`{"Node":{"ID":"work-3","Kind":"Work","Props":{"date":"2001-01-01","genres":["ESSAY","POEM"],"tags":["a","b","a"],"title":"Beta"},"Recorded":{"At":"2024-01-02T03:04:05.678Z","By":"sampler","From":"sample.yaml"},"ExpectedRevision":0,"IfAbsent":false,"Place":""},"Link":null}`,
		`{"Node":{"ID":"work-4","Kind":"Work","Props":{"date":"../1999-12-31","genre":"NOVEL","pages":7,"text":"","title":"` + "\U0001F600" + ` grin"},"Recorded":{"At":"2024-01-02T03:04:05.678Z","By":"sampler","From":"sample.yaml"},"ExpectedRevision":0,"IfAbsent":false,"Place":""},"Link":null}`,
		`{"Node":{"ID":"writer-9","Kind":"Writer","Props":{"name":"Late"},"Recorded":{"At":"2025-05-05T05:05:05.005Z","By":"late","From":""},"ExpectedRevision":0,"IfAbsent":false,"Place":""},"Link":null}`,
		`{"Node":null,"Link":{"Type":"MADE_BY","From":"work-1","To":"writer-1","Props":{"paidBy":"studio-1","part":"LEAD","share":60,"since":"1999"},"Recorded":{"At":"2024-01-02T03:04:05.678Z","By":"sampler","From":"sample.yaml"},"Place":""}}`,
	} {
		if !strings.Contains(text, want+"\n") {
			f.t.Errorf("the export lacks\n%s", want)
		}
	}
	nodes := slices.IndexFunc(first, func(r store.Record) bool { return r.Node == nil })
	if len(first) != 18+23 || nodes != 18 {
		f.t.Errorf("the export has %d records, %d of them nodes:\n%s", len(first), nodes, text)
	}
	if !slices.IsSortedFunc(first[:nodes], func(a, b store.Record) int { return strings.Compare(a.Node.ID, b.Node.ID) }) {
		f.t.Errorf("nodes are not in order of id:\n%s", text)
	}
	key := func(l *store.Link) string { return l.Type + "\x00" + l.From + "\x00" + l.To }
	if !slices.IsSortedFunc(first[nodes:], func(a, b store.Record) int { return strings.Compare(key(a.Link), key(b.Link)) }) {
		f.t.Errorf("links are not in order of type, from and to:\n%s", text)
	}
	if err := f.store.Close(f.t.Context()); err != nil {
		f.t.Fatalf("closing: %v", err)
	}
	second := newFixture(f.t, f.open)
	var changes []store.Change
	for _, r := range first {
		changes = append(changes, store.Change{Node: r.Node, Link: r.Link})
	}
	second.wantOutcome(second.apply(by("mover", "export.jsonl"), changes...), store.Outcome{Created: len(first), Revision: 1})
	if again := second.exported(second.records()); again != text {
		second.t.Errorf("the second store exports\n%s\nthe first\n%s", again, text)
	}
	second.wantOutcome(second.apply(by("mover", "export.jsonl"), changes...), store.Outcome{Unchanged: len(first), Revision: 1})
	second.checked()
}

func (f *fixture) exported(list []store.Record) string {
	f.t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, r := range list {
		if err := enc.Encode(r); err != nil {
			f.t.Fatal(err)
		}
	}
	return sampleID.ReplaceAllString(b.String(), "$1-$2")
}

// migrate runs Migrate again: there is nothing to do, and what the store holds stays.
func migrate(f *fixture) {
	f.apply(smallWrite(), smallGraph()...)
	before := f.state()
	steps, err := f.store.Migrate(f.t.Context())
	if err != nil || len(steps) != 0 {
		f.t.Errorf("migrating twice: steps %q, error %v", steps, err)
	}
	f.wantState(before)
}
