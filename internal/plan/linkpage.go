package plan

import (
	"slices"

	"attrigraph/internal/catalog"
)

// LinkPage says how a Select that follows a large link can be read from an order that the store keeps of the link: in
// place, and not by looking at every link of the node.
type LinkPage struct {
	Order *catalog.LinkOrder
	// Key is one of Order.Keys, Down tells that it is the second one.
	Key  string
	Down bool
	// Desc tells that the key is read from its end.
	Desc bool
	// Bounds hold for the key of each node of the page.
	Bounds []Bound
	// Rest is what else the Select asks of a node; nil where that is nothing.
	Rest Predicate
}

// Bound compares a LinkPage's key with a place in its order. Op is GT, GTE, LT or LTE; Params are those of an After.
type Bound struct {
	Op     Op
	Params []ParamIndex
}

// LinkPage returns how the Select can be read from an order of its link, or nil: its order, or where it has none that of
// a place which it asks about, must be one that the link is declared with (`orderedBy:`).
func (s *Select) LinkPage() *LinkPage {
	from, ok := s.From.(Follow)
	if !ok || from.Field.OrderedBy == nil || s.Type != from.Field.Target {
		return nil
	}
	conditions := conjuncts(s.Where)
	order := s.Order
	if len(order) == 0 {
		for _, c := range conditions {
			if after, _ := placed(c); after != nil {
				order = after.Order
				break
			}
		}
	}
	p := s.keptOrder(from.Field, order)
	if p == nil {
		return nil
	}
	var rest []Predicate
	for _, c := range conditions {
		after, not := placed(c)
		if after == nil || len(after.Params) != len(after.Order) {
			rest = append(rest, c)
			continue
		}
		in := s.keptOrder(from.Field, after.Order)
		if in == nil || in.Key != p.Key {
			rest = append(rest, c)
			continue
		}
		op := map[bool]Op{false: GT, true: LT}[in.Desc]
		if not {
			op = map[bool]Op{false: LTE, true: GTE}[in.Desc]
		}
		p.Bounds = append(p.Bounds, Bound{Op: op, Params: after.Params})
	}
	p.Rest = all(append(rest, s.Visible))
	return p
}

// keptOrder finds the order among those that the link is declared with.
func (s *Select) keptOrder(f *catalog.Field, order []OrderKey) *LinkPage {
	if len(order) == 0 || len(order) > 2 || !s.has(order[0]) {
		return nil
	}
	first, last := order[0], order[len(order)-1]
	if !s.has(last) || last.Field.Name != catalog.IDField {
		return nil
	}
	if len(order) == 1 {
		o := f.OrderedBy[0]
		return &LinkPage{Order: o, Key: o.Keys()[0], Desc: last.Desc}
	}
	for _, o := range f.OrderedBy {
		if o.Field != first.Field {
			continue
		}
		same := first.Desc == last.Desc
		if first.Nullable() && first.NullsFirst != (first.Desc == same) {
			return nil
		}
		p := &LinkPage{Order: o, Key: o.Keys()[0], Desc: first.Desc, Down: !same}
		if p.Down {
			p.Key = o.Keys()[1]
		}
		return p
	}
	return nil
}

// has tells whether the key is a field of every node of the Select.
func (s *Select) has(k OrderKey) bool {
	return k.Of == OfNode && !slices.ContainsFunc(s.Type.Members, func(m *catalog.Type) bool { return !slices.Contains(k.On.Members, m) })
}

// placed returns the After that a condition is, or is the opposite of.
func placed(p Predicate) (after *After, not bool) {
	switch p := p.(type) {
	case After:
		return &p, false
	case Not:
		if after, ok := p.Predicate.(After); ok {
			return &after, true
		}
	}
	return nil, false
}

// conjuncts returns the conditions all of which must hold.
func conjuncts(p Predicate) []Predicate {
	switch p := p.(type) {
	case nil:
		return nil
	case And:
		var list []Predicate
		for _, q := range p {
			list = append(list, conjuncts(q)...)
		}
		return list
	}
	return []Predicate{p}
}
