package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/store"
)

// storedNode is a node as its kind's table holds it: a value for each of the kind's stored fields.
type storedNode struct {
	pk     int64
	kind   *catalog.Type
	values []any
}

// storedLink is a link as its table holds it.
type storedLink struct {
	from, to     int64
	fromID, toID string
	hash         string
	link         *catalog.Link
	values       []any
}

// readNodes hands over the nodes of a kind in order of id.
func readNodes(ctx context.Context, q querier, l *layout, kind *catalog.Type, visit func(storedNode) error) error {
	t := l.types[kind]
	var b strings.Builder
	b.WriteString("SELECT " + quote(pkColumn))
	for _, f := range t.fields {
		b.WriteString(", " + quote(f.Name))
	}
	b.WriteString(" FROM " + quote(t.name) + " ORDER BY " + quote(catalog.IDField))
	return each(ctx, q, b.String(), func(rows *sql.Rows) error {
		n := storedNode{kind: kind, values: make([]any, len(t.fields))}
		if err := rows.Scan(append([]any{&n.pk}, pointers(n.values)...)...); err != nil {
			return err
		}
		if err := decode(t.fields, n.values); err != nil {
			return err
		}
		return visit(n)
	})
}

// readLinks hands over the links of a type whose ends exist, in order of their ids.
func readLinks(ctx context.Context, q querier, l *layout, link *catalog.Link, visit func(storedLink) error) error {
	t := l.links[link]
	node := quote(catalog.NodeInterface)
	var b strings.Builder
	b.WriteString("SELECT e._from, e._to, f.id, t.id, e._hash")
	for _, f := range t.fields {
		b.WriteString(", e." + quote(f.Name))
	}
	b.WriteString(" FROM " + quote(t.name) + " e JOIN " + node + " f ON f._pk = e._from JOIN " + node + " t ON t._pk = e._to ORDER BY f.id, t.id")
	return each(ctx, q, b.String(), func(rows *sql.Rows) error {
		s := storedLink{link: link, values: make([]any, len(t.fields))}
		if err := rows.Scan(append([]any{&s.from, &s.to, &s.fromID, &s.toID, &s.hash}, pointers(s.values)...)...); err != nil {
			return err
		}
		if err := decode(t.fields, s.values); err != nil {
			return err
		}
		return visit(s)
	})
}

func pointers(values []any) []any {
	out := make([]any, len(values))
	for i := range values {
		out[i] = &values[i]
	}
	return out
}

// decode turns what the driver scanned into the values of a store.PreparedNode.
func decode(fields []*catalog.Field, values []any) error {
	for i, f := range fields {
		switch v := values[i].(type) {
		case string:
			if !f.List {
				continue
			}
			list, err := parseList(v)
			if err != nil {
				return store.Fail(store.ErrUnavailable, fmt.Errorf("field %s holds no list: %w", f, err))
			}
			values[i] = list
		case int64:
			if f.Scalar == catalog.Bool {
				values[i] = v != 0
			}
		}
	}
	return nil
}

// record is the node as a change set would have it.
func (n storedNode) record() *store.Node {
	props, recorded := recordOf(n.kind.StoredFields(), n.values, func(f *catalog.Field) bool { return f.Owner.Name == catalog.NodeInterface })
	return &store.Node{ID: n.value(catalog.IDField), Kind: n.kind.Name, Props: props, Recorded: recorded}
}

// value is a text of the node, empty where it is absent.
func (n storedNode) value(name string) string {
	for i, f := range n.kind.StoredFields() {
		if f.Name == name {
			s, _ := n.values[i].(string)
			return s
		}
	}
	return ""
}

// record is the link as a change set would have it.
func (l storedLink) record() *store.Link {
	props, recorded := recordOf(l.link.StoredFields(), l.values, func(*catalog.Field) bool { return false })
	return &store.Link{Type: l.link.Type, From: l.fromID, To: l.toID, Props: props, Recorded: recorded}
}

// recordOf separates what was recorded from its recording. Fields for which own answers true are the store's to fill in.
func recordOf(fields []*catalog.Field, values []any, own func(*catalog.Field) bool) (map[string]any, *store.Provenance) {
	props := map[string]any{}
	recorded := &store.Provenance{}
	for i, f := range fields {
		v := values[i]
		if f.Owner == nil || own(f) {
			s, _ := v.(string)
			switch f.Name {
			case catalog.RecordedAtField:
				recorded.At = s
			case catalog.RecordedByField:
				recorded.By = s
			case catalog.RecordedFromField:
				recorded.From = s
			}
			if f.Owner != nil || isProvenance(f.Name) {
				continue
			}
		}
		switch {
		case f.Part == catalog.PartText:
			if d := dateOf(values[i:]); d != "" {
				props[f.Name] = d
			}
		case f.Part != catalog.NoDatePart, v == nil:
		case f.List && len(v.([]string)) == 0:
		default:
			props[f.Name] = v
		}
	}
	return props, recorded
}

func isProvenance(name string) bool {
	return name == catalog.RecordedAtField || name == catalog.RecordedByField || name == catalog.RecordedFromField
}

// dateOf puts the stored parts of a date together: values begins with its text.
func dateOf(values []any) string {
	part := func(p catalog.DatePart) string {
		s, _ := values[p-catalog.PartText].(string)
		return s
	}
	return date.Join(part(catalog.PartText), part(catalog.PartEarliest), part(catalog.PartLatest))
}
