package plan

import (
	"attrigraph/internal/catalog"
)

// byID is the order without `orderBy`.
func (b *builder) byID(t *catalog.Type) []OrderKey {
	return []OrderKey{{Operand: b.idOf(t)}}
}

// idOf is the id of nodes of the type; unions have it from the interface Node.
func (b *builder) idOf(t *catalog.Type) Operand {
	if f := t.Field(catalog.IDField); f != nil {
		return Operand{On: t, Field: f}
	}
	return Operand{On: b.catalog.Node(), Field: b.catalog.Node().Field(catalog.IDField)}
}

// order plans `orderBy`: a list of objects with one key each. The id is added as the last key, so that every order is
// total.
func (b *builder) order(in input, t *catalog.Type, at *path) ([]OrderKey, error) {
	if in.absent() {
		return b.byID(t), nil
	}
	var keys []OrderKey
	seen := map[string]bool{}
	for _, element := range in.elements(b.vars) {
		var set []entry
		for _, e := range element.fields(b.schema, b.vars) {
			if !e.isNull(b.vars) {
				set = append(set, e)
			}
		}
		if len(set) != 1 {
			return nil, at.fail(BadUserInput, "%s: each entry must name exactly one field, such as {%s: ASC}; write a list for several", element.label, catalog.IDField)
		}
		name := set[0].name
		if seen[name] {
			return nil, at.fail(BadUserInput, "%s orders by %s twice", in.label, name)
		}
		seen[name] = true
		direction, _ := set[0].value(b.vars).(string)
		if direction != "ASC" && direction != "DESC" {
			return nil, at.fail(BadUserInput, "%s must be ASC or DESC", set[0].label)
		}
		keys = append(keys, OrderKey{Operand: b.orderOperand(t, name), Desc: direction == "DESC"})
		if name == catalog.IDField {
			return keys, nil
		}
	}
	return append(keys, b.byID(t)...), nil
}

func (b *builder) orderOperand(t *catalog.Type, name string) Operand {
	f := t.Field(name)
	if f == nil {
		return b.idOf(t)
	}
	if f.Part == catalog.PartText {
		f = f.Parts[catalog.PartKey]
	}
	return Operand{On: t, Field: f}
}

// reverse returns the order from its end.
func reverse(order []OrderKey) []OrderKey {
	out := make([]OrderKey, len(order))
	for i, k := range order {
		out[i] = OrderKey{Operand: k.Operand, Desc: !k.Desc, NullsFirst: !k.NullsFirst}
	}
	return out
}
