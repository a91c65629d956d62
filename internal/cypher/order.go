package cypher

import (
	"strings"

	"attrigraph/internal/plan"
)

// direction is a direction of an order.
type direction bool

const (
	upwards   direction = false
	downwards direction = true
)

// key is the value that an order key orders by.
func (r *renderer) key(k plan.OrderKey, sc *scope) (value, error) {
	// Absent values are last in the direction of the key, or of its reverse where they are first.
	return r.ordered(k.Operand, sc, direction(k.Desc != k.NullsFirst))
}

// order is the ORDER BY clause, or nothing.
func (r *renderer) order(sc *scope) (string, error) {
	if sc.page != nil {
		return r.orderPage(sc), nil
	}
	var keys []string
	for _, k := range sc.Order {
		v, err := r.key(k, sc)
		if err != nil {
			return "", err
		}
		// Neo4j takes absent values for the greatest, so they are where they belong but in these two cases.
		if v.nullable && k.Desc != k.NullsFirst {
			if k.NullsFirst {
				keys = append(keys, v.text+" IS NOT NULL")
			} else {
				keys = append(keys, v.text+" IS NULL")
			}
		}
		if k.Desc {
			v.text += " DESC"
		}
		keys = append(keys, v.text)
	}
	if len(keys) == 0 {
		return "", nil
	}
	return " ORDER BY " + strings.Join(keys, ", "), nil
}

// after holds where the node comes strictly after the given keys.
func (r *renderer) after(p plan.After, sc *scope) (string, error) {
	k := p.Order[0]
	v, err := r.key(k, sc)
	if err != nil {
		return "", err
	}
	given := v.param(r, p.Params[0])
	op := " > "
	if k.Desc {
		op = " < "
	}
	beyond := v.text + op + given
	if v.nullable {
		if k.NullsFirst {
			beyond = "(" + beyond + " OR " + v.text + " IS NOT NULL AND " + given + " IS NULL)"
		} else {
			beyond = "(" + beyond + " OR " + v.text + " IS NULL AND " + given + " IS NOT NULL)"
		}
	}
	if len(p.Order) == 1 {
		return beyond, nil
	}
	rest, err := r.after(plan.After{Order: p.Order[1:], Params: p.Params[1:]}, sc)
	if err != nil {
		return "", err
	}
	if v.nullable {
		same := "(" + v.text + " = " + given + " OR " + v.text + " IS NULL AND " + given + " IS NULL)"
		return "(" + beyond + " OR " + same + " AND " + rest + ")", nil
	}
	// Written so that an index of the first key can be entered at its place; "x > a OR x = a AND ..." would be split
	// into a union of two scans.
	return "(" + v.text + strings.TrimSuffix(op, " ") + "= " + given + " AND (" + v.text + " <> " + given + " OR " + rest + "))", nil
}
