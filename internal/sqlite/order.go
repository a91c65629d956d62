package sqlite

import (
	"strings"

	"attrigraph/internal/plan"
)

// order renders ORDER BY. SQLite takes absent values for the smallest, so ascending orders have to say that they come
// last, and descending ones that they come first.
func (r *renderer) order(keys []plan.OrderKey, a *access) string {
	if len(keys) == 0 {
		return ""
	}
	if a.ordered != "" {
		return a.ordered
	}
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = a.operand(k.Operand)
		if k.Desc {
			parts[i] += " DESC"
		}
		if k.NullsFirst == k.Desc && a.nullable(k.Operand) {
			parts[i] += map[bool]string{true: " NULLS FIRST", false: " NULLS LAST"}[k.NullsFirst]
		}
	}
	return " ORDER BY " + strings.Join(parts, ", ")
}

// after renders the condition that a node comes strictly after the one with the keys in the parameters: its first key
// comes after, or is the same and the rest comes after. Whether a key was absent shows in the parameter only, so the
// text allows for both.
func (r *renderer) after(p plan.After, a *access) string {
	if len(p.Order) == 0 || len(p.Order) != len(p.Params) {
		return r.fail("a position in an order needs a parameter for each of its %d keys, not %d", len(p.Order), len(p.Params))
	}
	out := ""
	for i := len(p.Order) - 1; i >= 0; i-- {
		k, v := p.Order[i], r.param(p.Params[i], asValue)
		x := a.operand(k.Operand)
		nullable := a.nullable(k.Operand)
		strict := r.strictlyAfter(k, x, v, nullable)
		switch {
		case out == "":
			out = strict
		case nullable:
			out = "(" + strict + " OR " + x + " IS " + v + " AND " + out + ")"
		default:
			// The first comparison says nothing new, but an index can start from it.
			out = "(" + x + map[bool]string{false: " >= ", true: " <= "}[k.Desc] + v + " AND (" + strict + " OR " + out + "))"
		}
	}
	return out
}

func (r *renderer) strictlyAfter(k plan.OrderKey, x, v string, nullable bool) string {
	compare := x + map[bool]string{false: " > ", true: " < "}[k.Desc] + v
	switch {
	case !nullable:
		return compare
	case k.NullsFirst:
		return "(" + v + " IS NULL AND " + x + " IS NOT NULL OR " + compare + ")"
	}
	return "(" + v + " IS NOT NULL AND " + x + " IS NULL OR " + compare + ")"
}

// rank renders how well a Match found a node, by its folded name.
func (a *access) rank() string {
	m, ok := a.sel.From.(plan.Match)
	if !ok {
		return a.fail("a rank is asked for where nothing is searched")
	}
	name := a.searched(nameColumn)
	begin := a.param(m.Query, asBeginning)
	return "CASE WHEN " + name + " = " + a.param(m.Query, asExact) + " THEN 0 WHEN " + name + " >= " + begin + " AND " + name + " < " + begin +
		" || " + greatest + " THEN 1 WHEN NOT EXISTS (SELECT 1 FROM json_each(" + a.param(m.Query, asNeedles) + ") WHERE instr(" + name +
		", value) = 0) THEN 2 ELSE 3 END"
}
