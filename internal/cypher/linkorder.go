package cypher

import (
	"context"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Links of a type with orders (catalog.LinkOrder) hold the ids of both ends and, for each order that the node at its far
// end is in, the texts of store.LinkKeys. A relationship index of the near end's id and a text has the links of each node
// in that order.
const (
	fromProperty = "_from"
	toProperty   = "_to"
)

// nearProperty is the property with the id of the node whose links are in the order.
func nearProperty(o *catalog.LinkOrder) string {
	if o.Out {
		return fromProperty
	}
	return toProperty
}

// orderProperty is the property with a key of the order: the far end's id itself where all nodes at the far end are in the
// order, which saves one text with each link.
func orderProperty(o *catalog.LinkOrder, key string) string {
	far, id := o.Link.From, fromProperty
	if o.Out {
		far, id = o.Link.To, toProperty
	}
	if o.Field == nil && covers(o.Target.Members, far) {
		return id
	}
	return key
}

// orderElements returns the indexes of a link's orders.
func orderElements(l *catalog.Link) []element {
	var list []element
	for _, o := range l.Orders {
		for _, key := range o.Keys() {
			list = append(list, element{
				name: namePrefix + l.Type + key, what: "index of links " + l.Type + " by " + key,
				create: "ON (n." + nearProperty(o) + ", n." + quote(orderProperty(o, key)) + ")",
			}.on("INDEX", "()-[n:"+quote(l.Type)+"]-()"))
		}
	}
	return list
}

// orderPropertyNames returns the properties that orders add to a link.
func orderPropertyNames(l *catalog.Link) []string {
	var list []string
	for _, o := range l.Orders {
		list = append(list, o.Keys()...)
	}
	if list != nil {
		list = append(list, fromProperty, toProperty)
	}
	return list
}

// linkEnd is a node as far as the orders of its links need it.
type linkEnd struct {
	id     string
	kind   *catalog.Type
	values map[string]any
}

// endValues is an expression for what linkEnds takes of the nodes a and b that a link joins.
func endValues(l *catalog.Link) string {
	if l.Orders == nil {
		return "null"
	}
	values := func(node string, out bool) string {
		list := []string{node + "." + kindProperty}
		for _, o := range orderedBy(l, out) {
			list = append(list, node+"."+quote(o.Field.Name))
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	return "[" + values("a", false) + ", " + values("b", true) + "]"
}

// linkEnds reads what endValues answered.
func linkEnds(c *catalog.Catalog, l *catalog.Link, fromID, toID string, answered any) (from, to linkEnd) {
	ends, _ := answered.([]any)
	if len(ends) == 0 {
		return linkEnd{id: fromID}, linkEnd{id: toID}
	}
	end := func(id string, out bool, answered any) linkEnd {
		list, _ := answered.([]any)
		kind, _ := list[0].(string)
		e := linkEnd{id: id, kind: c.Type(kind), values: map[string]any{}}
		for i, o := range orderedBy(l, out) {
			e.values[o.Field.Name] = list[i+1]
		}
		return e
	}
	return end(fromID, false, ends[0]), end(toID, true, ends[1])
}

// orderedBy returns the orders of a link that need a field of the node at one of its ends.
func orderedBy(l *catalog.Link, out bool) []*catalog.LinkOrder {
	return slices.DeleteFunc(slices.Clone(l.Orders), func(o *catalog.LinkOrder) bool { return o.Out != out || o.Field == nil })
}

// orderProperties adds to a link's properties what its orders need.
func orderProperties(props map[string]any, l *catalog.Link, from, to linkEnd) {
	if l.Orders == nil {
		return
	}
	props[fromProperty], props[toProperty] = from.id, to.id
	for _, o := range l.Orders {
		far := from
		if o.Out {
			far = to
		}
		if far.kind != nil && o.Has(far.kind) {
			orderKeys(props, o, far)
		}
	}
}

// orderKeys adds the texts of one order.
func orderKeys(props map[string]any, o *catalog.LinkOrder, far linkEnd) {
	var v any
	if o.Field != nil {
		v = far.values[o.Field.Name]
	}
	for i, text := range store.LinkKeys(o, v, far.id) {
		props[orderProperty(o, o.Keys()[i])] = text
	}
}

// moveLinks gives the links of updated nodes their new places in the orders by what changed. Old holds the properties
// that the nodes had.
func (a *applier) moveLinks(ctx context.Context, nodes []*store.PreparedNode, old []map[string]any) error {
	before := make(map[any]map[string]any, len(old))
	for _, props := range old {
		before[props[catalog.IDField]] = props
	}
	type side struct {
		link *catalog.Link
		out  bool
	}
	rows := map[side][]any{}
	for _, n := range nodes {
		now := map[string]any{}
		for i, f := range n.Kind.StoredFields() {
			now[f.Name] = n.Values[i]
		}
		moved := map[side]map[string]any{}
		for _, o := range n.Kind.Orders {
			if o.Field == nil || before[n.ID][o.Field.Name] == now[o.Field.Name] {
				continue
			}
			s := side{o.Link, o.Out}
			if moved[s] == nil {
				moved[s] = map[string]any{}
			}
			orderKeys(moved[s], o, linkEnd{id: n.ID, kind: n.Kind, values: now})
		}
		for s, props := range moved {
			rows[s] = append(rows[s], map[string]any{"id": n.ID, "props": props})
		}
	}
	for s, rows := range rows {
		pattern := "(n)-[r:" + quote(s.link.Type) + "]->()"
		if s.out {
			pattern = "(n)<-[r:" + quote(s.link.Type) + "]-()"
		}
		if err := a.exec(ctx, "UNWIND $rows AS row MATCH (n:Node {id: row.id}) MATCH "+pattern+" SET r += row.props", map[string]any{"rows": rows}); err != nil {
			return err
		}
	}
	return nil
}
