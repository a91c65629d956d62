package plan

import (
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
)

// where plans a filter object on nodes of type t; nil where it asks for nothing.
func (b *builder) where(in input, t *catalog.Type, at *path) (Predicate, error) {
	if in.absent() {
		return nil, nil
	}
	return b.conditions(in, at, func(in input) (Predicate, error) { return b.where(in, t, at) }, func(e entry) (Predicate, error) {
		if e.name == "nodeKind" {
			return b.nodeKind(e, at)
		}
		f := t.Field(e.name)
		if f == nil && e.name == catalog.IDField {
			return b.filter(e, b.idOf(t), at)
		}
		if f == nil {
			return nil, at.fail("INTERNAL", "the filter %s has no plan", e.label)
		}
		if f.IsLink() {
			return b.linkFilter(e, f, at)
		}
		return b.filter(e, Operand{On: t, Field: f}, at)
	})
}

// edgeWhere plans a filter object on the properties of links.
func (b *builder) edgeWhere(in input, p *catalog.Properties, at *path) (Predicate, error) {
	if in.absent() {
		return nil, nil
	}
	return b.conditions(in, at, func(in input) (Predicate, error) { return b.edgeWhere(in, p, at) }, func(e entry) (Predicate, error) {
		f := p.Field(e.name)
		if f.Reference == nil {
			return b.filter(e, Operand{Of: OfLink, Field: f}, at)
		}
		where, err := b.where(e.input, f.Target, at)
		return Linked{b.access(Referenced{f}, f.Target, where)}, err
	})
}

// conditions joins the entries of a filter object: AND, OR and NOT by self, the others by one.
func (b *builder) conditions(in input, at *path, self func(input) (Predicate, error), one func(entry) (Predicate, error)) (Predicate, error) {
	b.filterDepth++
	defer func() { b.filterDepth-- }()
	if b.filterDepth > b.limits.FilterDepth {
		return nil, at.fail(LimitExceeded, "the filter nests more than %d conditions in one another; ask a simpler question", b.limits.FilterDepth)
	}
	entries := in.fields(b.schema, b.vars)
	if b.asked += max(1, len(entries)); b.asked > b.limits.Conditions {
		return nil, at.fail(LimitExceeded, "the operation's filters have more than %d conditions; use in: [...] for many values, or split the operation", b.limits.Conditions)
	}
	var all And
	for _, e := range entries {
		if e.isNull(b.vars) {
			continue
		}
		var p Predicate
		var err error
		switch e.name {
		case "AND", "OR":
			p, err = b.several(e, at, self)
		case "NOT":
			if p, err = self(e.input); p == nil {
				p = And{}
			}
			p = Not{p}
		default:
			p, err = one(e)
		}
		if err != nil {
			return nil, err
		}
		if p != nil {
			all = append(all, p)
		}
	}
	switch len(all) {
	case 0:
		return nil, nil
	case 1:
		return all[0], nil
	}
	return all, nil
}

func (b *builder) several(e entry, at *path, self func(input) (Predicate, error)) (Predicate, error) {
	list := []Predicate{}
	for _, element := range e.elements(b.vars) {
		if element.isNull(b.vars) {
			return nil, at.fail(BadUserInput, "%s is null; leave it out", element.label)
		}
		p, err := self(element)
		if err != nil {
			return nil, err
		}
		if p == nil {
			p = And{}
		}
		list = append(list, p)
	}
	if e.name == "AND" {
		return And(list), nil
	}
	return Or(list), nil
}

// linkFilter plans a filter on what a link leads to.
func (b *builder) linkFilter(e entry, f *catalog.Field, at *path) (Predicate, error) {
	linked := func(where ...Predicate) Predicate {
		sel := b.access(b.source(f), f.Target, nil)
		where = trim(where)
		switch len(where) {
		case 0:
		case 1:
			sel.Where = where[0]
		default:
			sel.Where = And(where)
		}
		return Linked{sel}
	}
	if !f.Many {
		where, err := b.where(e.input, f.Target, at)
		return linked(where), err
	}
	var all And
	var edge Predicate
	for _, q := range e.fields(b.schema, b.vars) {
		if q.isNull(b.vars) {
			continue
		}
		if q.name == "edge" {
			var err error
			if edge, err = b.edgeWhere(q.input, f.Link.Properties, at); err != nil {
				return nil, err
			}
			continue
		}
		if q.name == "count" {
			counted, err := b.operatorsOf(q, at, func(raw any) (any, error) { return intValue(raw) }, func(op Op, param ParamIndex) Predicate {
				return Counted{linked(edge).(Linked).Select, op, param}
			})
			if err != nil {
				return nil, err
			}
			all = append(all, trim([]Predicate{counted})...)
			continue
		}
		where, err := b.where(q.input, f.Target, at)
		if err != nil {
			return nil, err
		}
		switch q.name {
		case "some":
			all = append(all, Linked{linked(where, edge).(Linked).Select})
		case "none":
			all = append(all, Not{linked(where, edge)})
		case "every":
			if where == nil {
				where = And{}
			}
			all = append(all, Not{linked(Not{where}, edge)})
		}
	}
	if len(all) == 0 && edge != nil {
		return nil, at.fail(BadUserInput, "%s.edge restricts some, every, none or count: give one of them", e.label)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func trim(list []Predicate) []Predicate {
	var out []Predicate
	for _, p := range list {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

// nodeKind plans a filter on what a node is; the API's THREAT_GROUP is the catalog's ThreatGroup.
func (b *builder) nodeKind(e entry, at *path) (Predicate, error) {
	return b.operators(e, Operand{Of: OfKind}, at, b.kindName)
}

// kindName reads a value of the API's enum NodeKind and returns the kind's name.
func (b *builder) kindName(raw any) (any, error) {
	for _, k := range b.catalog.Kinds() {
		if k.EnumName == raw {
			return k.Name, nil
		}
	}
	return nil, fmt.Errorf("%v is no NodeKind", raw)
}

// filter plans the comparisons of one stored value.
func (b *builder) filter(e entry, o Operand, at *path) (Predicate, error) {
	if o.Field.Part == catalog.PartText {
		return b.dateOperators(e, o, at)
	}
	return b.operators(e, o, at, scalarDecode(o.Field))
}

var operatorOf = map[string]Op{
	"eq": EQ, "gt": GT, "gte": GTE, "lt": LT, "lte": LTE, "in": In,
	"contains": Contains, "startsWith": StartsWith, "endsWith": EndsWith,
	"has": Has, "hasAny": HasAny, "hasAll": HasAll,
}

// operators plans a filter object of comparisons, all of which must hold.
func (b *builder) operators(e entry, o Operand, at *path, d decode) (Predicate, error) {
	return b.eachOperator(e, at, func(c entry) Predicate {
		switch c.name {
		case "isNull":
			return Absent{o, b.scalarParam(c.input, at, boolValue)}
		case "isEmpty":
			return Empty{o, b.scalarParam(c.input, at, boolValue)}
		case "in", "hasAny", "hasAll":
			list := listOf(d)
			if o.Field != nil && o.Field.Scalar == catalog.Int {
				list = intList
			}
			return Compare{o, operatorOf[c.name], b.scalarParam(c.input, at, list)}
		}
		return Compare{o, operatorOf[c.name], b.scalarParam(c.input, at, d)}
	})
}

// operatorsOf plans comparisons with single values of something that is no stored value.
func (b *builder) operatorsOf(e entry, at *path, d decode, compare func(Op, ParamIndex) Predicate) (Predicate, error) {
	return b.eachOperator(e, at, func(c entry) Predicate { return compare(operatorOf[c.name], b.scalarParam(c.input, at, d)) })
}

// dateOperators plans comparisons with a date: gt and gte compare first days, lt and lte last days, eq the date as given.
func (b *builder) dateOperators(e entry, o Operand, at *path) (Predicate, error) {
	part := func(p catalog.DatePart) Operand { return Operand{Of: o.Of, On: o.On, Field: o.Field.Parts[p]} }
	return b.eachOperator(e, at, func(c entry) Predicate {
		switch c.name {
		case "isNull":
			return Absent{o, b.scalarParam(c.input, at, boolValue)}
		case "in":
			return Compare{o, In, b.scalarParam(c.input, at, listOf(dateBound(dateText)))}
		case "gt":
			// A sort key is the first day, "/" and a digit: "~" comes after every digit.
			return Compare{part(catalog.PartKey), GT, b.scalarParam(c.input, at, dateBound(func(d date.Date) string { return d.Latest + "/~" }))}
		case "gte":
			return Compare{part(catalog.PartKey), GTE, b.scalarParam(c.input, at, dateBound(func(d date.Date) string { return d.Earliest + "/" }))}
		case "lt":
			return Compare{part(catalog.PartLatest), LT, b.scalarParam(c.input, at, dateBound(func(d date.Date) string { return d.Earliest }))}
		case "lte":
			return Compare{part(catalog.PartLatest), LTE, b.scalarParam(c.input, at, dateBound(func(d date.Date) string { return d.Latest }))}
		}
		return Compare{o, EQ, b.scalarParam(c.input, at, dateBound(dateText))}
	})
}

func dateText(d date.Date) string { return d.Text }

// eachOperator joins what plan makes of each comparison and refuses null.
func (b *builder) eachOperator(e entry, at *path, plan func(entry) Predicate) (Predicate, error) {
	var all And
	for _, c := range e.fields(b.schema, b.vars) {
		if c.isNull(b.vars) {
			if strings.HasPrefix(c.name, "is") {
				return nil, at.fail(BadUserInput, "%s is null; say true or false", c.label)
			}
			return nil, at.fail(BadUserInput, "%s compares with null, which never holds; ask for absent values with isNull: true", c.label)
		}
		all = append(all, plan(c))
	}
	switch len(all) {
	case 0:
		return nil, nil
	case 1:
		return all[0], nil
	}
	return all, nil
}
