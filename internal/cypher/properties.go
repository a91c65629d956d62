package cypher

import (
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// kindLabels returns the label expression of a new node: kind and interfaces.
func kindLabels(k *catalog.Type) string {
	return strings.Join(quoted(labelList(k)), ":")
}

// labelList returns the labels of a node of the kind in order of name.
func labelList(k *catalog.Type) []string {
	list := []string{k.Name}
	for _, i := range k.Interfaces {
		list = append(list, i.Name)
	}
	slices.Sort(list)
	return list
}

func quoted(names []string) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = quote(n)
	}
	return list
}

// nodeProperties returns everything that a node's properties hold.
func nodeProperties(n *store.PreparedNode, revision int64) map[string]any {
	props := map[string]any{
		kindProperty: n.Kind.Name, hashProperty: n.Hash, listedProperty: n.Listed,
		searchTextProperty: n.SearchText, searchNameProperty: n.SearchName,
	}
	if key := text.SortKey(n.SearchName); key != n.SearchName {
		props[searchNameKey] = key
	}
	fieldProperties(props, n.Kind.StoredFields(), n.Values)
	props[catalog.RevisionField] = revision
	return props
}

// linkProperties returns everything that a link's properties hold.
func linkProperties(l *store.PreparedLink, revision int64, from, to linkEnd) map[string]any {
	props := map[string]any{linkIDProperty: l.ID, hashProperty: l.Hash}
	fieldProperties(props, l.Link.StoredFields(), l.Values)
	props[catalog.RevisionField] = revision
	orderProperties(props, l.Link, from, to)
	return props
}

func fieldProperties(props map[string]any, fields []*catalog.Field, values []any) {
	for i, f := range fields {
		v := values[i]
		if v != nil {
			props[f.Name] = v
		}
		switch formOf(f) {
		case formKey:
			if v != nil {
				props[keyProperty(f)] = sortKey(v)
			}
		case formSides:
			props[upProperty(f)] = up(f)(v)
			props[downProperty(f)] = down(f)(v)
		}
	}
}

// indexedProperties returns the properties of a field that the store keeps indexes of.
func indexedProperties(f *catalog.Field) []string {
	if !f.Indexed || f.List || f.Owner == nil {
		return nil
	}
	switch formOf(f) {
	case formKey:
		return []string{keyProperty(f)}
	case formSides:
		return []string{upProperty(f), downProperty(f)}
	}
	return []string{f.Name}
}

// nodeRecord is the node that the properties are of, as a change set would give it.
func nodeRecord(c *catalog.Catalog, props map[string]any) (*store.Node, error) {
	id, _ := props[catalog.IDField].(string)
	name, _ := props[kindProperty].(string)
	kind := c.Type(name)
	if kind == nil || kind.Form != catalog.Kind {
		return nil, fmt.Errorf("node %q has the kind %q, which the model does not know", id, name)
	}
	n := &store.Node{ID: id, Kind: name, Props: given(kind.StoredFields(), props), Recorded: recorded(props)}
	for _, f := range c.Node().StoredFields() {
		delete(n.Props, f.Name)
	}
	return n, nil
}

// linkRecord is the link that the properties are of, as a change set would give it.
func linkRecord(l *catalog.Link, from, to string, props map[string]any) *store.Link {
	fields := l.StoredFields()
	own := fields[:len(fields)-len(provenance)]
	return &store.Link{Type: l.Type, From: from, To: to, Props: given(own, props), Recorded: recorded(props)}
}

// provenance names the fields with which every link's stored fields end.
var provenance = []string{catalog.RecordedAtField, catalog.RecordedByField, catalog.RecordedFromField}

func recorded(props map[string]any) *store.Provenance {
	r := &store.Provenance{}
	r.At, _ = props[catalog.RecordedAtField].(string)
	r.By, _ = props[catalog.RecordedByField].(string)
	r.From, _ = props[catalog.RecordedFromField].(string)
	return r
}

// given returns the values that a change set gives: no derived ones and none that is absent.
func given(fields []*catalog.Field, props map[string]any) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		switch {
		case f.Part > catalog.PartText:
		case f.Part == catalog.PartText:
			if s := givenDate(f, props); s != "" {
				out[f.Name] = s
			}
		case f.List:
			list, _ := props[f.Name].([]any)
			texts := make([]string, 0, len(list))
			for _, v := range list {
				s, _ := v.(string)
				texts = append(texts, s)
			}
			if len(texts) > 0 {
				out[f.Name] = texts
			}
		case props[f.Name] != nil:
			out[f.Name] = props[f.Name]
		}
	}
	return out
}

// givenDate puts a date together from its stored parts.
func givenDate(f *catalog.Field, props map[string]any) string {
	part := func(p catalog.DatePart) string {
		s, _ := props[f.Parts[p].Name].(string)
		return s
	}
	return date.Join(part(catalog.PartText), part(catalog.PartEarliest), part(catalog.PartLatest))
}
