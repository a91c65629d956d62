package sqlite

import (
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Links of a type with orders (catalog.LinkOrder) have, for each order that the node at their far end is in, the texts
// of store.LinkKeys in columns of their own, and an index of near end and text that has the links of each node in that
// order.

// addOrders adds columns and indexes of the orders to the table of a link.
func (t *table) addOrders(link *catalog.Link) {
	for _, o := range link.Orders {
		near, far := ends(o.Out)
		for _, key := range o.Keys() {
			t.columns = append(t.columns, column{key, "TEXT"})
			t.index(key, near, key, far)
		}
	}
}

// orderIndex is the name of the index that addOrders makes for a key.
func orderIndex(link *catalog.Link, key string) string { return linkTable(link.Type) + "_by_" + key }

// orderFields says which values of a kind's nodes orders of links need, and where they are.
type orderFields struct {
	// fields holds each field once, positions where it is among the kind's stored fields.
	fields    []*catalog.Field
	positions []int
	// query reads the values of the node with a key.
	query string
}

func orderFieldsOf(kind *catalog.Type) *orderFields {
	out := &orderFields{}
	var columns []string
	for i, f := range kind.StoredFields() {
		for _, o := range kind.Orders {
			if o.Field == f {
				out.fields, out.positions = append(out.fields, f), append(out.positions, i)
				columns = append(columns, quote(f.Name))
				break
			}
		}
	}
	out.query = "SELECT " + strings.Join(columns, ", ") + " FROM " + quote(kind.Name) + " WHERE " + quote(pkColumn) + " = ?"
	return out
}

// of takes the values from those of a node.
func (o *orderFields) of(values []any) []any {
	out := make([]any, len(o.positions))
	for i, p := range o.positions {
		out[i] = values[p]
	}
	return out
}

// value is the value of a field among those that of returns; nil for no field.
func (o *orderFields) value(values []any, f *catalog.Field) any {
	for i, g := range o.fields {
		if g == f {
			return values[i]
		}
	}
	return nil
}

// read returns the values of the node with a key.
func (o *orderFields) read(row func(text string, args, into []any) error, pk int64) ([]any, error) {
	values := make([]any, len(o.fields))
	if len(values) == 0 {
		return values, nil
	}
	return values, row(o.query, []any{pk}, pointers(values))
}

// orderValues returns the values of a node that orders of its links need.
func (a *application) orderValues(n *nodeState) ([]any, error) {
	if n.order != nil {
		return n.order, nil
	}
	var err error
	n.order, err = a.layout.orders[n.kind].read(a.row, n.pk)
	return n.order, err
}

// linkKeys returns the values of the columns of a link's orders.
func (a *application) linkKeys(l *store.PreparedLink, from, to *nodeState) ([]any, error) {
	var keys []any
	for _, o := range l.Link.Orders {
		far, id := from, l.From
		if o.Out {
			far, id = to, l.To
		}
		var values []any
		if o.Field != nil && o.Has(far.kind) {
			var err error
			if values, err = a.orderValues(far); err != nil {
				return nil, err
			}
		}
		keys = append(keys, a.layout.keysIn(o, far.kind, values, id)...)
	}
	return keys, nil
}

// keysIn returns the values of an order's columns for a node at the far end, NULL where it is not in the order.
func (l *layout) keysIn(o *catalog.LinkOrder, kind *catalog.Type, values []any, id string) []any {
	out := make([]any, len(o.Keys()))
	if !o.Has(kind) {
		return out
	}
	for i, key := range store.LinkKeys(o, l.orders[kind].value(values, o.Field), id) {
		out[i] = key
	}
	return out
}

// moveLinks gives the links of a node that is being updated their new places in the orders by what changes.
func (a *application) moveLinks(n *store.PreparedNode, known *nodeState) error {
	old, err := a.orderValues(known)
	if err != nil {
		return err
	}
	fields := a.layout.orders[n.Kind]
	now := fields.of(n.Values)
	known.order = now
	if known.created {
		a.created.orders.put(known.pk-a.firstPK, now)
	}
	for _, o := range n.Kind.Orders {
		if o.Field == nil || fields.value(old, o.Field) == fields.value(now, o.Field) {
			continue
		}
		_, far := ends(o.Out)
		if err := a.exec("UPDATE "+quote(linkTable(o.Link.Type))+" SET "+assignments(o.Keys())+" WHERE "+quote(far)+" = ?",
			append(a.layout.keysIn(o, n.Kind, now, n.ID), known.pk)...); err != nil {
			return err
		}
	}
	return nil
}

// assignments is what follows SET where columns get the values of parameters.
func assignments(columns []string) string {
	set := make([]string, len(columns))
	for i, c := range columns {
		set[i] = quote(c) + " = ?"
	}
	return strings.Join(set, ", ")
}
