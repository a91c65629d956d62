package casebook

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

type linkKey struct{ kind, from, to string }

// madeLink is a link with the wish that says most about it.
type madeLink struct {
	wish *wish
	link *store.Link
	def  *catalog.Link
	// bare tells that no mention gave properties yet.
	bare bool
}

// resolve turns wishes into links when all nodes are known, and checks what only the whole set can tell.
func (l *loader) resolve() {
	made := map[linkKey]*madeLink{}
	var order []*madeLink
	for _, w := range l.wishes {
		if m := l.make(w, made); m != nil {
			order = append(order, m)
		}
	}
	present := map[linkKey]bool{}
	for _, m := range order {
		l.requiredProperties(m)
		present[linkKey{kind: m.link.Type, from: m.link.From}] = true
		l.book.links = append(l.book.links, m.link)
	}
	l.single(order)
	for _, e := range l.entries {
		if e.id == "" {
			continue
		}
		l.book.nodes = append(l.book.nodes, e.node)
		for _, f := range e.kind.Required {
			if !present[linkKey{kind: f.Link.Type, from: e.id}] {
				l.problems.add(e.at, "%s has no %s; add `%s:`, no %s can be recorded without", e.name(), f.Name, f.Name, e.kind.Name)
			}
		}
	}
}

// make adds a wish to the links and returns the link if it is a new one.
func (l *loader) make(w *wish, made map[linkKey]*madeLink) *madeLink {
	id, kind := l.find(w.to, w.field.Target, w.field.Name)
	fine := id != "" && w.entry.id != ""
	props := maps.Clone(w.props)
	if props == nil {
		props = map[string]any{}
	}
	for _, r := range w.refs {
		ref, _ := l.find(r.to, r.field.Reference, r.field.Name)
		fine = fine && ref != ""
		props[r.field.Name] = ref
	}
	if !fine || kind == nil {
		return nil
	}
	key := linkKey{w.field.Link.Type, w.entry.id, id}
	if !w.field.Out {
		key.from, key.to = key.to, key.from
	}
	recorded := w.from
	if w.recorded != nil {
		recorded = *w.recorded
	}
	link := &store.Link{Type: key.kind, From: key.from, To: key.to, Props: props, Recorded: &recorded, Place: w.at.String()}
	old := made[key]
	switch {
	case old == nil:
		m := &madeLink{w, link, w.field.Link, w.bare()}
		made[key] = m
		return m
	case old.wish.entry == w.entry && old.wish.field == w.field:
		l.problems.add(w.at, "%s of %s names the same node twice (see %s); keep one", w.field.Name, w.entry.name(), old.wish.at)
	case w.bare():
	case old.bare:
		old.wish, *old.link, old.bare = w, *link, false
	case !reflect.DeepEqual(old.link.Props, props) || *old.link.Recorded != recorded:
		l.problems.add(w.at, "this link is also written at %s, with other properties; write them in one of the two places", old.wish.at)
	}
	return nil
}

// find returns the id and kind of the node that a reference names, or an empty id after reporting why it names none.
func (l *loader) find(r reference, target *catalog.Type, field string) (string, *catalog.Type) {
	if r.entry != nil {
		return r.entry.id, r.entry.kind
	}
	var kind *catalog.Type
	id := r.text
	if e := l.byKey[r.text]; e != nil {
		id, kind = e.id, e.kind
	} else {
		if strings.Contains(r.text, "--") {
			prefix, err := ident.Parse(r.text)
			if kind = l.catalog.KindOfID(prefix); err != nil || kind == nil {
				l.problems.add(r.at, "%s is no id of a node; write <kind>--<UUID>, or the node's key", text.Quote(r.text))
				return "", nil
			}
		} else {
			var near string
			if l.searched++; l.searched <= shownProblems { // wishes come in the order of the files: later ones are not shown
				near = didYouMean(r.text, l.keysOf(target))
			}
			l.problems.add(r.at, "there is no node with the key %s%s", text.Quote(r.text), unknownKeyAdvice(near))
			return "", nil
		}
	}
	if target.MemberIndex(kind) < 0 {
		var members []string
		for _, m := range target.Members {
			members = append(members, m.Name)
		}
		l.problems.add(r.at, "%s is %s; %s leads to %s", text.Quote(r.text), article(kind.Name), field, strings.Join(members, ", "))
		return "", nil
	}
	return id, kind
}

func unknownKeyAdvice(near string) string {
	if near != "" {
		return near
	}
	return "; add the node, or import the file that has it together with this one"
}

// keysOf returns the keys of the nodes that a link to target can lead to, in order.
func (l *loader) keysOf(target *catalog.Type) []string {
	var keys []string
	for _, e := range l.entries {
		if e.key != "" && target.MemberIndex(e.kind) >= 0 {
			keys = append(keys, e.key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (l *loader) requiredProperties(m *madeLink) {
	if m.def.Properties == nil {
		return
	}
	for _, f := range m.def.Properties.Fields {
		if f.NonNull && !f.List && f.Part == catalog.NoDatePart && m.link.Props[f.Name] == nil {
			l.problems.add(m.wish.at, "the link of %s has no %s; write `{to: …, %s: …}`%s", m.wish.field.Name, f.Name, f.Name, valuesClause(f))
		}
	}
}

// single checks that nodes have no more links than the model allows: one, where a field is no list.
func (l *loader) single(links []*madeLink) {
	type slot struct {
		id    string
		field *catalog.Field
	}
	taken := map[slot]*madeLink{}
	for _, m := range links {
		for _, out := range []bool{true, false} {
			own, other := m.link.From, m.link.To
			if !out {
				own, other = other, own
			}
			ownKind, otherKind := l.kindOf(own), l.kindOf(other)
			for _, f := range ownKind.Fields {
				if f.Many || f.Link != m.def || f.Out != out || f.Target.MemberIndex(otherKind) < 0 {
					continue
				}
				if first := taken[slot{own, f}]; first != nil {
					l.problems.add(m.wish.at, "%s has a second %s here, the first is at %s; the model allows one", l.nameOf(own), f.Name, first.wish.at)
					break
				}
				taken[slot{own, f}] = m
			}
		}
	}
}

func (l *loader) kindOf(id string) *catalog.Type {
	prefix, _ := ident.Parse(id)
	return l.catalog.KindOfID(prefix)
}

func (l *loader) nameOf(id string) string {
	if e := l.byID[id]; e != nil {
		return e.name()
	}
	return id
}
