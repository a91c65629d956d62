package sqlite

import (
	"strings"

	"attrigraph/internal/plan"
)

// greatest is a character that no stored text holds (a noncharacter): every text that begins with p lies between p and
// p with this character after it, which an index can find.
const greatest = "char(1114111)"

// predicate renders a condition. Its value may be NULL for a comparison with an absent value, which WHERE, AND and OR
// take for false; Not is where that would show, so Not asks whether the condition is not true.
func (r *renderer) predicate(p plan.Predicate, a *access) string {
	switch p := p.(type) {
	case plan.And:
		return r.junction(p, a, " AND ", "1")
	case plan.Or:
		return r.junction(p, a, " OR ", "0")
	case plan.Not:
		return "((" + r.predicate(p.Predicate, a) + ") IS NOT TRUE)"
	case plan.Compare:
		return "(" + r.compare(p, a) + ")"
	case plan.Absent:
		return "((" + a.operand(p.Operand) + " IS NULL) = " + r.param(p.Param, asValue) + ")"
	case plan.Empty:
		return "((coalesce(json_array_length(" + a.operand(p.Operand) + "), 0) = 0) = " + r.param(p.Param, asValue) + ")"
	case plan.Linked:
		return r.exists(p.Select, a)
	case plan.Counted:
		return "(" + r.count(p.Select, a) + " " + p.Op.String() + " " + r.param(p.Param, asValue) + ")"
	case plan.After:
		return r.after(p, a)
	}
	return r.fail("there is no predicate %T", p)
}

func (r *renderer) junction(list []plan.Predicate, a *access, word, none string) string {
	if len(list) == 0 {
		return none
	}
	parts := make([]string, len(list))
	for i, p := range list {
		parts[i] = r.predicate(p, a)
	}
	return "(" + strings.Join(parts, word) + ")"
}

func (r *renderer) compare(p plan.Compare, a *access) string {
	x := a.operand(p.Operand)
	switch p.Op {
	case plan.In:
		return x + " IN " + r.list(p.Param)
	case plan.HasAny:
		return "EXISTS (SELECT 1 FROM json_each(" + x + ") WHERE value IN " + r.list(p.Param) + ")"
	case plan.HasAll:
		return x + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(" + r.param(p.Param, asValue) +
			") WHERE value NOT IN (SELECT value FROM json_each(" + x + ")))"
	}
	v := r.param(p.Param, asValue)
	switch p.Op {
	case plan.EQ, plan.GT, plan.GTE, plan.LT, plan.LTE:
		return x + " " + p.Op.String() + " " + v
	case plan.Contains:
		return "instr(" + x + ", " + v + ") > 0"
	case plan.StartsWith:
		return x + " >= " + v + " AND " + x + " < " + v + " || " + greatest
	case plan.EndsWith:
		// substr counts from the end, but takes the end of length 0 for the whole text.
		return v + " = '' AND " + x + " IS NOT NULL OR substr(" + x + ", -length(" + v + ")) = " + v
	case plan.Has:
		return "EXISTS (SELECT 1 FROM json_each(" + x + ") WHERE value = " + v + ")"
	}
	return r.fail("there is no comparison %d", p.Op)
}

// exists asks whether the Select has any node.
func (r *renderer) exists(s *plan.Select, outer scope) string {
	a := r.access(s, outer)
	switch {
	case a.links != "":
		a.from = a.links
	case a.countsLinks():
		a.from = quote(linkTable(a.link.Type)) + " " + a.edge
	}
	return "EXISTS (" + a.query("1", "", "") + ")"
}
