package cypher

import (
	"fmt"
	"strings"

	"attrigraph/internal/plan"
)

// condition renders a predicate. Where it does not hold it is false or null, which WHERE, AND and OR treat alike; a
// parenthesis is around whatever binds less than AND. Null is turned to false where it matters, at NOT.
func (r *renderer) condition(p plan.Predicate, sc *scope) (string, error) {
	switch p := p.(type) {
	case plan.And:
		return r.all(p, sc)
	case plan.Or:
		return r.any(p, sc)
	case plan.Not:
		t, err := r.condition(p.Predicate, sc)
		if two(p.Predicate) {
			return "NOT (" + t + ")", err
		}
		return "NOT coalesce(" + t + ", false)", err
	case plan.Compare:
		return r.compare(p, sc)
	case plan.Absent:
		v, err := r.read(p.Operand, sc)
		return "(" + v.text + " IS NULL) = " + r.param(p.Param, "", nil), err
	case plan.Empty:
		v, err := r.read(p.Operand, sc)
		// A list that nodes of another kind lack has nothing in it either.
		return "(coalesce(size(" + v.text + "), 0) = 0) = " + r.param(p.Param, "", nil), err
	case plan.Linked:
		return r.exists(p.Select, sc)
	case plan.Counted:
		n, err := r.count(p.Select, sc)
		return n + " " + p.Op.String() + " " + r.param(p.Param, "", nil), err
	case plan.After:
		return r.after(p, sc)
	}
	return "", fmt.Errorf("the plan has an unknown predicate %T", p)
}

// two tells that a predicate is never null.
func two(p plan.Predicate) bool {
	switch p.(type) {
	case plan.Linked, plan.Counted, plan.Not, plan.Absent, plan.Empty:
		return true
	}
	return false
}

func (r *renderer) all(p plan.And, sc *scope) (string, error) {
	parts, err := r.conditions(p, sc)
	if err != nil || len(parts) == 0 {
		return "true", err
	}
	return strings.Join(parts, " AND "), nil
}

func (r *renderer) any(p plan.Or, sc *scope) (string, error) {
	parts, err := r.conditions(p, sc)
	switch {
	case err != nil || len(parts) == 0:
		return "false", err
	case len(parts) == 1:
		return parts[0], nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", nil
}

func (r *renderer) conditions(list []plan.Predicate, sc *scope) ([]string, error) {
	parts := make([]string, len(list))
	for i, p := range list {
		t, err := r.condition(p, sc)
		if err != nil {
			return nil, err
		}
		parts[i] = t
	}
	return parts, nil
}

var infix = map[plan.Op]string{
	plan.EQ: " = ", plan.GT: " > ", plan.GTE: " >= ", plan.LT: " < ", plan.LTE: " <= ", plan.In: " IN ",
	plan.Contains: " CONTAINS ", plan.StartsWith: " STARTS WITH ", plan.EndsWith: " ENDS WITH ",
}

func (r *renderer) compare(p plan.Compare, sc *scope) (string, error) {
	switch p.Op {
	case plan.StartsWith:
		v, err := r.beginning(p.Operand, sc)
		return v.text + infix[p.Op] + v.param(r, p.Param), err
	case plan.Contains, plan.EndsWith:
		v, err := r.read(p.Operand, sc)
		return v.text + infix[p.Op] + r.param(p.Param, "", nil), err
	case plan.Has:
		v, err := r.read(p.Operand, sc)
		return r.param(p.Param, "", nil) + " IN " + v.text, err
	case plan.HasAny:
		v, err := r.read(p.Operand, sc)
		return "any(x IN " + r.param(p.Param, "", nil) + " WHERE x IN " + v.text + ")", err
	case plan.HasAll:
		v, err := r.read(p.Operand, sc)
		// Without the first condition a list that a node of another kind lacks would hold all of no values.
		return v.text + " IS NOT NULL AND all(x IN " + r.param(p.Param, "", nil) + " WHERE x IN " + v.text + ")", err
	}
	op, ok := infix[p.Op]
	if !ok {
		return "", fmt.Errorf("the plan compares by an unknown operation %d", p.Op)
	}
	v, err := r.ordered(p.Operand, sc, upwards)
	t := v.text + op + v.param(r, p.Param)
	if p.Field == nil || formOf(p.Field) != formSides {
		return t, err
	}
	// A null parameter compares with nothing, but its encoding is the place of the absent values.
	beyond := literal(up(p.Field)(nil))
	switch {
	case p.Op == plan.GT, p.Op == plan.GTE:
		t += " AND " + v.text + " < " + beyond
	case p.Op != plan.In:
		t += " AND " + r.param(p.Param, "", nil) + " IS NOT NULL"
	}
	return t, err
}
