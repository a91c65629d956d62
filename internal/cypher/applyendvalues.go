package cypher

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// endValuesOf keeps what orders of links need of nodes that were written, so that the store need not be asked when their
// links are. Nodes share what they say alike, such as a day; what does not find room is asked for.
type endValuesOf struct {
	nodes map[endKey]uint32
	// values holds what nodes say, numbers where it is.
	values  []map[string]any
	numbers map[string]uint32
}

// endKey is an id in few bytes.
type endKey struct {
	kind *catalog.Type
	uuid uuid.UUID
}

// What endValuesOf has room for: some 50 MB.
const (
	mostEnds      = 1 << 19
	mostEndValues = 1 << 16
)

func newEndValuesOf() *endValuesOf {
	return &endValuesOf{nodes: map[endKey]uint32{}, numbers: map[string]uint32{}}
}

func endKeyOf(kind *catalog.Type, id string) endKey {
	return endKey{kind, uuid.MustParse(id[len(kind.IDPrefix)+len("--"):])} // ident.Parse has checked it
}

// endOf is a node as the orders of its links see it.
func endOf(n *store.PreparedNode) linkEnd {
	end := linkEnd{id: n.ID, kind: n.Kind}
	for _, o := range n.Kind.Orders {
		if o.Field == nil {
			continue
		}
		for i, f := range n.Kind.StoredFields() {
			if f.Name == o.Field.Name {
				if end.values == nil {
					end.values = map[string]any{}
				}
				end.values[f.Name] = n.Values[i]
			}
		}
	}
	return end
}

// put keeps what a node says that was written.
func (e *endValuesOf) put(n *store.PreparedNode) {
	end := endOf(n)
	if end.values == nil {
		return
	}
	var text []byte
	for _, o := range n.Kind.Orders {
		if o.Field == nil {
			continue
		}
		switch v := end.values[o.Field.Name].(type) {
		case string:
			text = append(append(text, '"'), v...)
		case int64:
			text = strconv.AppendInt(append(text, '#'), v, 10)
		}
		text = append(append(append(text, 0), o.Field.Name...), 0) // which no value holds
	}
	key := endKeyOf(n.Kind, n.ID)
	number, found := e.numbers[string(text)]
	switch _, kept := e.nodes[key]; {
	case !found && len(e.values) == mostEndValues, !kept && len(e.nodes) == mostEnds:
		delete(e.nodes, key)
		return
	case !found:
		number = uint32(len(e.values))
		e.numbers[string(text)] = number
		e.values = append(e.values, end.values)
	}
	e.nodes[key] = number
}

// get returns the end of a link at a node; ok is false if what the node says must be asked for.
func (e *endValuesOf) get(kind *catalog.Type, id string) (end linkEnd, ok bool) {
	number, ok := e.nodes[endKeyOf(kind, id)]
	if !ok {
		return linkEnd{id: id, kind: kind}, false
	}
	return linkEnd{id: id, kind: kind, values: e.values[number]}, true
}

// ends returns the ends of links of one type as far as its orders need them. What of it is not known the store is asked
// for; an end that it does not hold has no values.
func (a *applier) ends(ctx context.Context, link *catalog.Link, links []*store.PreparedLink) (from, to []linkEnd, err error) {
	if from, err = a.endsAt(ctx, orderedBy(link, false), links, func(l *store.PreparedLink) string { return l.From }); err == nil {
		to, err = a.endsAt(ctx, orderedBy(link, true), links, func(l *store.PreparedLink) string { return l.To })
	}
	return from, to, err
}

func (a *applier) endsAt(ctx context.Context, orders []*catalog.LinkOrder, links []*store.PreparedLink, id func(*store.PreparedLink) string) ([]linkEnd, error) {
	ends := make([]linkEnd, len(links))
	var unknown []string
	wanted := map[string][]int{}
	for i, l := range links {
		at := id(l)
		kind := a.store.kindOf(at)
		ends[i] = linkEnd{id: at, kind: kind}
		needed := false
		for _, o := range orders {
			needed = needed || o.Has(kind)
		}
		if !needed {
			continue
		}
		var ok bool
		if ends[i], ok = a.known.ends.get(kind, at); !ok {
			if wanted[at] == nil {
				unknown = append(unknown, at)
			}
			wanted[at] = append(wanted[at], i)
		}
	}
	if len(unknown) == 0 {
		return ends, nil
	}
	text := "UNWIND $ids AS id " + matchNodeByID("id") + "RETURN id"
	for _, o := range orders {
		text += ", n." + quote(o.Field.Name)
	}
	_, err := a.run(ctx, text, map[string]any{"ids": unknown}, func(row []any) error {
		at, _ := row[0].(string)
		values := map[string]any{}
		for i, o := range orders {
			values[o.Field.Name] = row[i+1]
		}
		for _, i := range wanted[at] {
			ends[i].values = values
		}
		return nil
	})
	return ends, err
}

// kindOf is the kind that an id names; nil if there is none.
func (s *Store) kindOf(id string) *catalog.Type {
	prefix, err := ident.Parse(id)
	if err != nil {
		return nil
	}
	return s.catalog.KindOfID(prefix)
}
