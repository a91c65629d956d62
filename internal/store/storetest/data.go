package storetest

import (
	"fmt"
	"iter"

	"attrigraph/internal/store"
)

// ID returns the id of a sample node: ID("work", 3) is the id that canonical rows print as work-3.
func ID(kind string, n int) string { return fmt.Sprintf("%s--00000000-0000-4000-8000-%012d", kind, n) }

// SampleWrite is how the sample graph is recorded.
func SampleWrite() store.Write {
	return store.Write{Provenance: store.Provenance{At: "2024-01-02T03:04:05.678Z", By: "sampler", From: "sample.yaml"}}
}

type props = map[string]any

// Sample returns the sample graph: names in the private use area and beyond U+FFFF, absent values of every scalar,
// dates of every precision, links to several kinds, with properties, to themselves and to nothing.
func Sample() []store.Change {
	var changes []store.Change
	node := func(label, kind string, n int, p props) {
		id := ID(kind, n)
		changes = append(changes, store.Change{Node: &store.Node{ID: id, Kind: label, Props: p, Place: fmt.Sprintf("%s %d", kind, n)}})
	}
	link := func(kind string, fromKind string, from int, toKind string, to int, p props) {
		changes = append(changes, store.Change{Link: &store.Link{Type: kind, From: ID(fromKind, from), To: ID(toKind, to), Props: p, Place: kind}})
	}
	node("Writer", "writer", 1, props{"name": "Ada", "born": "1900", "alive": false})
	node("Writer", "writer", 2, props{"name": "\uE000mer", "born": "1900-05", "alive": true})
	node("Writer", "writer", 3, props{"name": "\U00010400nne", "born": "1900-05-28"})
	node("Writer", "writer", 4, props{"name": "Ada", "alive": true})
	node("Writer", "writer", 5, props{"name": `Zoë O'Neil "Z" \ ` + "\u2028", "born": "1950/.."})

	node("Studio", "studio", 1, props{"name": "Ada Works", "size": int64(10), "city": "Paris"})
	node("Studio", "studio", 2, props{"name": "\uFF21xe"})
	node("Studio", "studio", 3, props{"name": "Müller & Söhne", "size": int64(3), "city": ""})

	node("Work", "work", 1, props{
		"title": "Alpha", "genre": "NOVEL", "text": "The first letter", "pages": int64(100),
		"tags": []string{"greek", "letter"}, "genres": []string{"NOVEL"}, "date": "2001",
	})
	node("Work", "work", 2, props{"title": "alpha beta", "genre": "POEM", "pages": int64(100), "date": "2001-01"})
	node("Work", "work", 3, props{
		"title": "Beta", "tags": []string{"a", "b", "a"}, "genres": []string{"ESSAY", "POEM"}, "date": "2001-01-01",
	})
	node("Work", "work", 4, props{"title": "\U0001F600 grin", "genre": "NOVEL", "text": "", "pages": int64(7), "date": "../1999-12"})
	node("Work", "work", 5, props{"title": "\uE001", "genre": "ESSAY", "pages": int64(0), "tags": []string{`quote"s`, "new\nline"}})
	node("Work", "work", 6, props{"title": "100%_sure", "genre": "POEM", "text": "Alpha beyond 100%", "pages": int64(-5), "date": "1999"})

	node("Note", "note", 1, props{"words": "Good read", "genre": "NOVEL", "date": "2020"})
	node("Note", "note", 2, props{"words": "alpha", "genre": "POEM", "date": "2019"})
	node("Note", "note", 3, nil)
	node("Secret", "secret", 1, props{"word": "Alpha secret"})

	link("MADE_BY", "work", 1, "writer", 1, props{"part": "LEAD", "share": int64(60), "since": "1999", "paidBy": ID("studio", 1)})
	link("MADE_BY", "work", 1, "studio", 1, props{"part": "HELPER", "share": int64(40)})
	link("MADE_BY", "work", 2, "writer", 1, props{"part": "LEAD", "since": "1998-07"})
	link("MADE_BY", "work", 2, "writer", 2, nil)
	link("MADE_BY", "work", 3, "studio", 2, props{"part": "HELPER", "since": "2000-02"})
	link("MADE_BY", "work", 4, "writer", 3, props{"part": "LEAD", "share": int64(100), "paidBy": ID("writer", 4)})
	link("MADE_BY", "work", 5, "writer", 2, props{"share": int64(0)})
	link("MADE_BY", "work", 6, "writer", 4, nil)
	link("ABOUT", "work", 1, "writer", 2, nil)
	link("ABOUT", "work", 2, "work", 1, nil)
	link("ABOUT", "work", 3, "studio", 1, nil)
	link("ABOUT", "work", 5, "work", 5, nil)
	link("FRIEND_OF", "writer", 1, "writer", 2, nil)
	link("FRIEND_OF", "writer", 2, "writer", 1, nil)
	link("FRIEND_OF", "writer", 1, "writer", 3, nil)
	link("FRIEND_OF", "writer", 3, "writer", 3, nil)
	link("HEADED_BY", "studio", 1, "writer", 1, nil)
	link("NOTED_IN", "work", 1, "note", 1, nil)
	link("NOTED_IN", "work", 1, "note", 2, nil)
	link("NOTED_IN", "work", 2, "note", 1, nil)
	link("NOTED_IN", "writer", 1, "note", 3, nil)
	link("NOTED_IN", "note", 1, "note", 2, nil)
	link("NOTED_IN", "secret", 1, "note", 3, nil)
	return changes
}

// Changes hands over the changes as Apply takes them.
func Changes(changes ...store.Change) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func (f *fixture) load(changes []store.Change) store.Outcome {
	f.t.Helper()
	return f.apply(SampleWrite(), changes...)
}

func (f *fixture) apply(w store.Write, changes ...store.Change) store.Outcome {
	f.t.Helper()
	o, err := f.store.Apply(f.t.Context(), w, Changes(changes...))
	if err != nil {
		f.t.Fatalf("applying: %v", err)
	}
	return o
}
