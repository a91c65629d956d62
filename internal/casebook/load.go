package casebook

import (
	"fmt"
	"regexp"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// keyForm is what the key of a case or node looks like. No id does: an id has two hyphens in a row.
var keyForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

const (
	longestKey = 100
	keyRule    = "a key has lower-case letters, digits and single hyphens, at most 100 characters"
)

func isKey(s string) bool { return len(s) <= longestKey && keyForm.MatchString(s) }

// loader reads files one after the other; what refers to other nodes waits until all are read.
type loader struct {
	catalog      *catalog.Catalog
	problems     *problems
	sections     map[string]*catalog.Type
	sectionNames []string

	book    Book
	cases   map[string]string // file by key of case
	entries []*entry
	byKey   map[string]*entry
	byID    map[string]*entry
	wishes  []*wish
	// searched counts the unknown keys for which a near one was looked for.
	searched int
	// current is the header of the file that is being read.
	current *Case
}

// entry is a node as a file defines it.
type entry struct {
	kind *catalog.Type
	// id is empty where the entry has no valid key or id; then it is already reported.
	id, key string
	at      place
	node    *store.Node
}

// name names the entry for messages.
func (e *entry) name() string {
	switch {
	case e.key != "":
		return e.kind.Name + " " + e.key
	case e.id != "":
		return e.id
	}
	return "this " + e.kind.Name
}

func (l *loader) file(index int, f File) {
	if l.problems.full() {
		return
	}
	r := &reader{index: index, name: f.Name, problems: l.problems}
	root := r.read(f.Data)
	if root == nil {
		return
	}
	l.current = l.header(root, r)
	for _, p := range root.pairs {
		if p.key == caseSection {
			continue
		}
		kind := l.sections[p.key]
		if kind == nil {
			l.unknownSection(p)
			continue
		}
		if p.value.form != list {
			l.problems.add(p.value.at, "section %s must be a list; begin each of its nodes with `- key: …`, or remove the section", p.key)
			continue
		}
		for _, v := range p.value.items {
			if l.problems.full() {
				return
			}
			if v.form != mapping {
				l.problems.add(v.at, "a node of section %s must be a mapping; write `- key: …` and its fields", p.key)
				continue
			}
			l.entry(kind, v)
		}
	}
}

func (l *loader) unknownSection(p pair) {
	if t := l.interfaceOf(p.key); t != nil {
		var plurals []string
		for _, m := range t.Members {
			plurals = append(plurals, m.Plural)
		}
		l.problems.add(p.at, "%s are of several kinds and have no section of their own; use %s", p.key, strings.Join(plurals, ", "))
		return
	}
	l.problems.add(p.at, "there is no section %s%s", text.Quote(p.key), choices(p.key, "the sections", append([]string{caseSection}, l.sectionNames...)))
}

func (l *loader) interfaceOf(plural string) *catalog.Type {
	for _, t := range l.catalog.Types {
		if t.Form != catalog.Kind && t.Plural == plural && plural != "" {
			return t
		}
	}
	return nil
}

// header reads `case:`. It always returns a header, so that reading can go on to the next mistake.
func (l *loader) header(root *value, r *reader) *Case {
	c := &Case{File: r.name}
	v := root.get(caseSection)
	if v == nil {
		l.problems.add(root.at, "the file has no header; begin it with `case:` and its key, title, recordedAt and recordedBy")
		return c
	}
	if v.form != mapping {
		l.problems.add(v.at, "the header must be a mapping; give it key, title, recordedAt and recordedBy")
		return c
	}
	for _, p := range v.pairs {
		var into *string
		switch p.key {
		case "key":
			into = &c.Key
		case "title":
			into = &c.Title
		case "note":
			into = &c.Note
		case "recordedAt":
			into = &c.Recorded.At
		case "recordedBy":
			into = &c.Recorded.By
		default:
			known := []string{"key", "title", "recordedAt", "recordedBy", "note"}
			l.problems.add(p.at, "the header has no field %s%s", text.Quote(p.key), choices(p.key, "its fields", known))
			continue
		}
		if p.value.form != scalar || p.value.text == "" {
			l.problems.add(p.value.at, "%s of the header must be text; write it on the same line", p.key)
			*into = "?"
			continue
		}
		*into = p.value.text
		switch p.key {
		case "key":
			l.caseKey(c, p.value.at)
		case "recordedAt":
			at, err := instant(p.value.text)
			if err != nil {
				l.problems.add(p.value.at, "recordedAt: %s", err)
			}
			c.Recorded.At = at
		}
	}
	for _, f := range []struct{ name, value string }{{"key", c.Key}, {"title", c.Title}, {"recordedBy", c.Recorded.By}} {
		if f.value == "" {
			l.problems.add(v.at, "the header has no %s; add `%s: …`", f.name, f.name)
		}
	}
	if v.get("recordedAt") == nil {
		l.problems.add(v.at, "the header has no recordedAt; add the day on which the file was last changed")
	}
	c.Recorded.From = recordedFrom + c.Key
	l.book.Cases = append(l.book.Cases, *c)
	return c
}

func (l *loader) caseKey(c *Case, at place) {
	if !isKey(c.Key) {
		l.problems.add(at, "%s is no key of a case; %s", text.Quote(c.Key), keyRule)
		return
	}
	if other, taken := l.cases[c.Key]; taken {
		l.problems.add(at, "the case %s is already in %s; give each file its own key", c.Key, other)
		return
	}
	l.cases[c.Key] = at.String()
}

// instant reads a day, which begins in UTC, or an instant.
func instant(s string) (string, error) {
	if d, err := date.Parse(s); err == nil && d.Precision == date.DAY {
		return date.Instant(s + "T00:00:00Z")
	}
	at, err := date.Instant(s)
	if err != nil {
		return "", fmt.Errorf("%s is neither a day nor an instant; write 2025-05-28 or 2025-05-28T14:03:00Z", text.Quote(s))
	}
	return at, nil
}

// entry reads a node and, with it, the nodes that are written in place.
func (l *loader) entry(kind *catalog.Type, v *value) *entry {
	e := &entry{kind: kind, at: v.at}
	l.identity(e, v)
	recorded := l.current.Recorded
	e.node = &store.Node{ID: e.id, Kind: kind.Name, Props: map[string]any{}, Recorded: &recorded, Place: e.at.String()}
	l.entries = append(l.entries, e)
	for _, p := range v.pairs {
		switch p.key {
		case keyEntry, idEntry, typeEntry:
		case recordedEntry:
			if r := l.recorded(p.value); r != nil {
				e.node.Recorded = r
			}
		default:
			l.field(e, p)
		}
	}
	for _, f := range kind.StoredFields() {
		if f.NonNull && !f.List && f.Part == catalog.NoDatePart && l.catalog.Node().Field(f.Name) == nil && v.get(f.Name) == nil {
			l.problems.add(e.at, "%s has no %s; add `%s: …`%s", e.name(), f.Name, f.Name, valuesClause(f))
		}
	}
	return e
}

// identity gives an entry its id and enters it among all.
func (l *loader) identity(e *entry, v *value) {
	key, id := v.get(keyEntry), v.get(idEntry)
	if t := v.get(typeEntry); t != nil && (t.form != scalar || t.text != e.kind.Name) {
		l.problems.add(t.at, "the node is %s here; write `type: %s` or leave it out", article(e.kind.Name), e.kind.Name)
	}
	switch {
	case key == nil && id == nil:
		l.problems.add(e.at, "the %s has no key; add `key: …`: %s", e.kind.Name, keyRule)
	case key != nil && id != nil:
		l.problems.add(id.at, "the node has a key and an id; keep one of the two")
	case key != nil:
		e.at = key.at
		if key.form != scalar || !isKey(key.text) {
			l.problems.add(key.at, "%s is no key; %s", text.Quote(key.text), keyRule)
			return
		}
		if other := l.byKey[key.text]; other != nil {
			l.problems.add(key.at, "the key %s is already used at %s; a key is used once over all kinds and files", key.text, other.at)
			return
		}
		e.key, e.id = key.text, idOf(e.kind, key.text, v)
		l.byKey[e.key] = e
		l.enter(e)
	default:
		e.at = id.at
		if prefix, err := ident.Parse(id.text); err != nil || prefix != e.kind.IDPrefix {
			l.problems.add(id.at, "%s is no id of %s; write %s--<UUID>, or `key:` in place of `id:`", text.Quote(id.text), article(e.kind.Name), e.kind.IDPrefix)
			return
		}
		e.id = id.text
		l.enter(e)
	}
}

// idOf makes the id of a node from its key or, where the model says so, from the value that makes it the same node in every
// data set.
func idOf(kind *catalog.Type, key string, v *value) string {
	if i := kind.Identity; i != nil {
		if same := v.get(i.Field.Name); same != nil && same.form == scalar && same.text != "" {
			return ident.ForImport(kind.IDPrefix, i.Dataset, same.text)
		}
	}
	return ident.ForCasebook(kind.IDPrefix, key)
}

func (l *loader) enter(e *entry) {
	if other := l.byID[e.id]; other != nil {
		l.problems.add(e.at, "the node %s is already written at %s; keep one of the two", e.id, other.at)
		return
	}
	l.byID[e.id] = e
}

// recorded reads a provenance that replaces the file's.
func (l *loader) recorded(v *value) *store.Provenance {
	if v.form != mapping {
		l.problems.add(v.at, "recorded must be a mapping; write `{at: …, by: …, from: …}`")
		return nil
	}
	r := &store.Provenance{}
	for _, p := range v.pairs {
		if p.value.form != scalar {
			l.problems.add(p.value.at, "recorded.%s must be text", p.key)
			return nil
		}
		switch p.key {
		case "at":
			at, err := instant(p.value.text)
			if err != nil {
				l.problems.add(p.value.at, "recorded.at: %s", err)
				return nil
			}
			r.At = at
		case "by":
			r.By = p.value.text
		case "from":
			r.From = p.value.text
		default:
			l.problems.add(p.at, "recorded has no field %s; its fields are at, by, from", text.Quote(p.key))
			return nil
		}
	}
	if r.At == "" || r.By == "" {
		l.problems.add(v.at, "recorded needs at and by; write `{at: …, by: …, from: …}`")
		return nil
	}
	return r
}
