// Package casebook reads and writes cases as people write them: one YAML file a case, with the names of the model.
// docs/casebook.md describes the format. The package knows no kind of node: sections, fields and links are those of the
// catalog.
package casebook

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// maxFile is the largest size of a file in bytes. It bounds the memory that reading takes.
const maxFile = 16 << 20

// recordedFrom precedes a case's key in the provenance of what was recorded from it.
const recordedFrom = "casebook/"

// The lines of a node or link that are not fields of the model.
const (
	keyEntry      = "key"
	idEntry       = "id"
	typeEntry     = "type"
	toEntry       = "to"
	recordedEntry = "recorded"
	caseSection   = "case"
)

// File is a case as it is on disk. Name is for messages.
type File struct {
	Name string
	Data []byte
}

// Case is the header of a file.
type Case struct {
	// Key names the case among cases, Title is its name for people, Note free text; none of them but the key is stored.
	Key, Title, Note string
	// Recorded is the provenance of everything in the file that has none of its own.
	Recorded store.Provenance
	// File is the name of the file.
	File string
}

// Book is what a set of files says, checked as a whole.
type Book struct {
	// Cases holds the headers in the order of the files.
	Cases []Case

	nodes []*store.Node
	links []*store.Link
}

// Load reads files and checks them against the model and each other. The error is an *Invalid with every mistake found.
func Load(c *catalog.Catalog, files []File) (*Book, error) {
	if err := checkReserved(c); err != nil {
		return nil, err
	}
	l := &loader{
		catalog: c, problems: &problems{}, cases: map[string]string{},
		byKey: map[string]*entry{}, byID: map[string]*entry{}, sections: map[string]*catalog.Type{},
	}
	for _, k := range c.Kinds() {
		if k.Plural != "" {
			l.sections[k.Plural] = k
			l.sectionNames = append(l.sectionNames, k.Plural)
		}
	}
	for i, f := range files {
		l.file(i, f)
	}
	l.resolve()
	if len(l.problems.list) == 0 {
		l.prepare()
	}
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return &l.book, nil
}

// checkReserved refuses a model with names that the format uses itself.
func checkReserved(c *catalog.Catalog) error {
	for _, k := range c.Kinds() {
		if k.Plural == caseSection {
			return fmt.Errorf("the model calls %s %q, which is the casebook's header: choose another plural", k.Name, k.Plural)
		}
		for _, name := range []string{keyEntry, typeEntry, toEntry, recordedEntry} {
			if k.Field(name) != nil {
				return fmt.Errorf("the model has the field %s.%s, a name that the casebook format uses itself: choose another", k.Name, name)
			}
		}
	}
	for _, p := range c.Properties {
		for _, name := range []string{toEntry, recordedEntry} {
			if p.Field(name) != nil {
				return fmt.Errorf("the model has the property %s.%s, a name that the casebook format uses itself: choose another", p.Name, name)
			}
		}
	}
	return nil
}

// Len returns the number of changes.
func (b *Book) Len() int { return len(b.nodes) + len(b.links) }

// Changes returns what the files say as changes for a store: nodes in the order in which they are written, then links.
// Each has its own provenance. It yields no error: Load has checked everything.
func (b *Book) Changes() iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for _, n := range b.nodes {
			if !yield(store.Change{Node: n}, nil) {
				return
			}
		}
		for _, l := range b.links {
			if !yield(store.Change{Link: l}, nil) {
				return
			}
		}
	}
}

// Write returns how to apply Changes: recorded when and by whom the latest case was, with links that the files no longer
// have taken away. It is the zero Write for a book without cases.
func (b *Book) Write() store.Write {
	if len(b.Cases) == 0 {
		return store.Write{}
	}
	latest := slices.MaxFunc(b.Cases, func(x, y Case) int {
		switch {
		case x.Recorded.At < y.Recorded.At:
			return -1
		case x.Recorded.At > y.Recorded.At:
			return 1
		}
		return 0
	})
	return store.Write{Provenance: latest.Recorded, ReplaceLinks: true}
}

// prepare puts everything through the check that stores make, so that what Load accepts is what a store accepts.
func (l *loader) prepare() {
	if len(l.book.Cases) == 0 {
		return
	}
	fail := func(err error) {
		var invalid *store.InvalidChange
		if errors.As(err, &invalid) {
			l.problems.foreign(invalid.Error())
			return
		}
		l.problems.foreign(err.Error())
	}
	p, err := store.NewPreparer(l.catalog, l.book.Write())
	if err != nil {
		fail(err)
		return
	}
	for _, n := range l.book.nodes {
		if _, err := p.Node(n); err != nil {
			fail(err)
		}
	}
	for _, link := range l.book.links {
		if _, err := p.Link(link); err != nil {
			fail(err)
		}
	}
	if err := p.Finish(); err != nil {
		fail(err)
	}
}
