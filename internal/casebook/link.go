package casebook

import (
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// wish is a link as a field of a node says it, before the nodes that it names are known.
type wish struct {
	entry *entry
	field *catalog.Field
	to    reference
	props map[string]any
	// refs holds the properties that name nodes.
	refs []propertyReference
	// recorded is set where the link has a provenance of its own; from is that of its file.
	recorded *store.Provenance
	from     store.Provenance
	at       place
}

// reference names a node: by key or id as written, or as the node itself where it is written in place.
type reference struct {
	text  string
	entry *entry
	at    place
}

type propertyReference struct {
	field *catalog.Field
	to    reference
}

// bare tells that the wish says nothing but that the link exists.
func (w *wish) bare() bool { return len(w.props) == 0 && len(w.refs) == 0 && w.recorded == nil }

// link reads the value of a link field.
func (l *loader) link(e *entry, f *catalog.Field, v *value) {
	items := v.items
	if v.form != list {
		items = []*value{v}
	}
	if !f.Many && len(items) > 1 {
		l.problems.add(v.at, "%s of %s is one node, not %d; keep one", f.Name, e.name(), len(items))
		return
	}
	for _, item := range items {
		if l.problems.full() {
			return
		}
		w := &wish{entry: e, field: f, from: l.current.Recorded, at: item.at}
		target := item
		if item.form == mapping && item.get(toEntry) != nil {
			target = item.get(toEntry)
			l.properties(w, item)
		}
		if l.target(w, target) {
			l.wishes = append(l.wishes, w)
		}
	}
}

// target reads what a link leads to and tells whether it makes sense so far.
func (l *loader) target(w *wish, v *value) bool {
	f := w.field
	switch v.form {
	case scalar:
		w.to = reference{text: v.text, at: v.at}
		return true
	case mapping:
		if v.get(toEntry) != nil && v.get(keyEntry) == nil && v.get(idEntry) == nil {
			l.problems.add(v.at, "`to:` cannot hold another `to:`; write the node's key or the node itself")
			return false
		}
		if v.get(keyEntry) == nil && v.get(idEntry) == nil {
			l.problems.add(v.at, "%s must hold `to:` (a node that is written elsewhere, with properties of the link) or `key:` (a new node); add one of them", f.Name)
			return false
		}
		kind := l.kindInPlace(f, v)
		if kind == nil {
			return false
		}
		w.to = reference{entry: l.entry(kind, v), at: v.at}
		return true
	}
	l.problems.add(v.at, "%s must be a key, an id, or a mapping with `to:` or `key:`, not %s", f.Name, v.form)
	return false
}

// kindInPlace finds out of which kind a node is that is written in the place of a link.
func (l *loader) kindInPlace(f *catalog.Field, v *value) *catalog.Type {
	var members []string
	for _, m := range f.Target.Members {
		members = append(members, m.Name)
	}
	given := v.get(typeEntry)
	if given == nil {
		if len(f.Target.Members) == 1 {
			return f.Target.Members[0]
		}
		if id := v.get(idEntry); id != nil {
			prefix, _ := ident.Parse(id.text)
			if k := l.catalog.KindOfID(prefix); k != nil && f.Target.MemberIndex(k) >= 0 {
				return k
			}
		}
		l.problems.add(v.at, "%s leads to nodes of several kinds; add `type:` with one of %s", f.Name, strings.Join(members, ", "))
		return nil
	}
	for _, m := range f.Target.Members {
		if given.form == scalar && given.text == m.Name {
			return m
		}
	}
	l.problems.add(given.at, "%s does not lead to nodes of type %s%s", f.Name, text.Quote(given.text), choices(given.text, "the types", members))
	return nil
}

// properties reads what stands beside `to:`.
func (l *loader) properties(w *wish, v *value) {
	own := w.field.Link.Properties
	var names []string
	if own != nil {
		for _, f := range own.Fields {
			if f.Part <= catalog.PartText {
				names = append(names, f.Name)
			}
		}
	}
	for _, p := range v.pairs {
		f := own.Field(p.key)
		switch {
		case p.key == toEntry:
		case p.key == recordedEntry:
			w.recorded = l.recorded(p.value)
		case f == nil && len(names) == 0:
			l.problems.add(p.at, "links of %s carry no properties; remove %s", w.field.Name, p.key)
		case f == nil:
			l.problems.add(p.at, "links of %s have no property %s%s", w.field.Name, text.Quote(p.key), choices(p.key, "the properties", names))
		case f.Part > catalog.PartText:
			l.problems.add(p.at, "%s is a part of %s and never written; write %s", p.key, f.Date.Name, f.Date.Name)
		case p.value.form == nothing:
			l.problems.add(p.at, "%s has no value; write one or remove it", p.key)
		case f.Reference != nil:
			if p.value.form != scalar {
				l.problems.add(p.value.at, "%s must be %s, not %s", p.key, expected(f), p.value.form)
				continue
			}
			w.refs = append(w.refs, propertyReference{f, reference{text: p.value.text, at: p.value.at}})
		default:
			if got, ok := l.scalars(f, p.value); ok {
				if w.props == nil {
					w.props = map[string]any{}
				}
				w.props[f.Name] = got
			}
		}
	}
}
