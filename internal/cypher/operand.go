package cypher

import (
	"fmt"
	"slices"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/text"
)

// value is an expression for a stored value.
type value struct {
	text string
	// nullable tells that the value can be null.
	nullable bool
	// suffix and encode say how a parameter is encoded that is compared with the value.
	suffix string
	encode func(any) any
}

// param refers to a parameter that is compared with the value.
func (v value) param(r *renderer, p plan.ParamIndex) string { return r.param(p, v.suffix, v.encode) }

// read is the value as it is recorded.
func (r *renderer) read(o plan.Operand, sc *scope) (value, error) {
	switch o.Of {
	case plan.OfNode, plan.OfLink:
		t, err := r.property(o, sc, o.Field.Name)
		return value{text: t, nullable: o.Nullable() || r.narrows(o, sc)}, err
	case plan.OfKind:
		return value{text: sc.node() + "." + kindProperty}, nil
	case plan.OfName:
		return value{text: sc.node() + "." + searchNameProperty}, nil
	case plan.OfRank:
		return r.rank(sc)
	}
	return value{}, fmt.Errorf("the plan reads a value of an unknown sort %d", o.Of)
}

// ordered is the value in the form whose order is the one that all stores share. Towards tells in which direction the
// absent values lie: it is the direction in which they are last.
func (r *renderer) ordered(o plan.Operand, sc *scope, towards direction) (value, error) {
	if o.Of == plan.OfName {
		n := sc.node()
		return value{text: "coalesce(" + n + "." + searchNameKey + ", " + n + "." + searchNameProperty + ")", suffix: "Key", encode: sortKey}, nil
	}
	if o.Field == nil {
		return r.read(o, sc)
	}
	switch formOf(o.Field) {
	case formKey:
		t, err := r.property(o, sc, keyProperty(o.Field))
		return value{text: t, nullable: o.Nullable() || r.narrows(o, sc), suffix: "Key", encode: sortKey}, err
	case formSides:
		name, suffix, encode := upProperty(o.Field), "Up", up(o.Field)
		if towards == downwards {
			name, suffix, encode = downProperty(o.Field), "Down", down(o.Field)
		}
		if o.Field.Scalar == catalog.Int {
			suffix += "Number"
		}
		t, err := r.property(o, sc, name)
		if r.narrows(o, sc) {
			t = "coalesce(" + t + ", " + literal(encode(nil)) + ")"
		}
		return value{text: t, suffix: suffix, encode: encode}, err
	}
	return r.read(o, sc)
}

// beginning is the value in the form in which its beginning is looked for: that of the order where an index has it, since
// the key of a text begins with the key of the text's beginning.
func (r *renderer) beginning(o plan.Operand, sc *scope) (value, error) {
	if o.Field == nil || o.Field.Scalar != catalog.Text || o.Field.Hidden || len(indexedProperties(o.Field)) == 0 || r.narrows(o, sc) {
		return r.read(o, sc)
	}
	v, err := r.ordered(o, sc, upwards)
	if encode := v.encode; encode != nil {
		v.suffix += "Start"
		v.encode = func(given any) any {
			if given == nil {
				return nil // no text begins with what is not there, and absent values have a place in the order
			}
			return encode(given)
		}
	}
	return v, err
}

// literal writes one of the program's own constants.
func literal(v any) string {
	if s, ok := v.(string); ok {
		return "'" + s + "'"
	}
	return fmt.Sprint(v)
}

// property is the property of the node or the link; of a node of a kind that has it only by chance of name, null.
func (r *renderer) property(o plan.Operand, sc *scope, name string) (string, error) {
	if o.Of == plan.OfLink {
		link, err := sc.link()
		return link + "." + quote(name), err
	}
	n := sc.node()
	t := n + "." + quote(name)
	for _, m := range sc.Type.Members {
		if f := m.Field(o.Field.Name); f != nil && f.IsStored() && !m.Implements(o.On) {
			return "CASE WHEN " + n + ":" + labels(r.catalog, o.On) + " THEN " + t + " END", nil
		}
	}
	return t, nil
}

// narrows tells whether some nodes of the scope are of no kind that has the operand's field.
func (r *renderer) narrows(o plan.Operand, sc *scope) bool {
	return o.Of == plan.OfNode && slices.ContainsFunc(sc.Type.Members, func(m *catalog.Type) bool { return !m.Implements(o.On) })
}

// rank says how well the scope's Match found the node.
func (r *renderer) rank(sc *scope) (value, error) {
	match, ok := sc.From.(plan.Match)
	if !ok {
		return value{}, fmt.Errorf("the plan ranks nodes where %T leads to them", sc.From)
	}
	name := sc.node() + "." + searchNameProperty
	return value{text: "CASE WHEN " + name + " = " + r.param(match.Query, "Exact", exactName) + " THEN 0" +
		" WHEN " + name + " STARTS WITH " + r.param(match.Query, "Start", startOfName) + " THEN 1" +
		" WHEN all(w IN " + r.param(match.Query, "Words", needles) + " WHERE " + name + " CONTAINS w) THEN 2 ELSE 3 END"}, nil
}

func exactName(v any) any { return v.(text.Query).Exact() }

func startOfName(v any) any {
	exact := v.(text.Query).Exact()
	return exact[:len(exact)-1]
}

func needles(v any) any { return v.(text.Query).Needles() }
