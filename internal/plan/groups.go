package plan

import (
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
)

// groupPlan is a page of groups as a part of the plan of the row that it belongs to. All mentions of the same groups share it.
type groupPlan struct {
	key      string
	grouping *Grouping
	groups   *Groups
	size     ParamIndex
	oneMore  *bool
	after    *cursorInput
	sign     func() ParamIndex
	// order is the order of the groups as cursors see it: the tally and the keys.
	order []OrderKey
	// nodes are the rows of the keys that are nodes, nil for others.
	nodes []*row
	// measures holds where in Grouping.Measures each measure is, by name.
	measures             map[string]int
	rows, before, totals int
	// summed tells that something shows measures over all groups.
	summed bool
}

// groups plans `groups(by:, first:, after:)` of a connection: how many of its nodes, on all pages, have what in common.
func (b *builder) groups(c *collected, r *row, p *pagePlan, at *path) (Output, error) {
	key := p.key + " " + connectionKey(c.field)
	g := r.groups[key]
	if g == nil {
		in := b.argument(c.field, "by")
		name, _ := in.value(b.vars).(string)
		by := p.target.GroupBy(name)
		if by == nil {
			return nil, at.fail(BadUserInput, "%s: %q is nothing that %s can be grouped by", in.label, name, p.target.Name)
		}
		g = b.newGroups(key, b.access(p.from, p.target, p.where))
		k := b.groupKey(*by, p.target)
		g.add(b, k, r)
		g.tally(Measure{What: Tally}, "count")
		g.sign = b.signature("groups "+name+" of "+c.field.ObjectDefinition.Name, p.target, g.order, p.filters)
		if err := b.groupWindow(c, g, r, at); err != nil {
			return nil, err
		}
		r.keep(g)
	}
	return b.groupPage(c, r, g, at, func(f *collected, at *path) (Output, error) {
		first := g.grouping.Keys[0]
		switch f.field.Name {
		case "value":
			if first.Value == nil {
				return Constant{JSON: []byte("null")}, nil
			}
			return GroupValue{Column: 0, Field: g.order[1].Field}, nil
		case "node":
			if first.Value != nil {
				return Constant{JSON: []byte("null")}, nil
			}
			return b.groupNode(f, g, 0, at)
		case "first":
			return g.date(p.target, Earliest, "first"), nil
		case "last":
			return g.date(p.target, Latest, "last"), nil
		}
		return Scalar{Column: len(g.grouping.Keys), Field: wholeNumber}, nil
	})
}

// keep makes the groups found by later mentions.
func (r *row) keep(g *groupPlan) {
	if r.groups == nil {
		r.groups = map[string]*groupPlan{}
	}
	r.groups[g.key] = g
}

func (b *builder) newGroups(key string, sel *Select) *groupPlan {
	g := &groupPlan{key: key, grouping: &Grouping{Select: sel}, measures: map[string]int{}, rows: -1, before: -1, totals: -1}
	g.groups = &Groups{Grouping: g.grouping}
	// The tally is a number, as ranks are.
	g.order = []OrderKey{{Operand: Operand{Of: OfRank}, Desc: true}}
	return g
}

// groupKey is the key of a way to group the nodes of a connection.
func (b *builder) groupKey(by catalog.GroupBy, t *catalog.Type) GroupKey {
	switch {
	case by.Field == nil:
		return GroupKey{Value: &Operand{Of: OfKind}}
	case by.Field.IsLink():
		step := b.access(Follow{by.Field}, by.Field.Target, nil)
		return GroupKey{Optional: true, Paths: []GroupPath{{Steps: Path{step}}}, Node: b.access(Grouped{}, by.Field.Target, nil)}
	}
	return GroupKey{Value: &Operand{On: t, Field: by.Field}, Year: by.Year}
}

// add adds a key to the grouping.
func (g *groupPlan) add(b *builder, k GroupKey, r *row) {
	g.grouping.Keys = append(g.grouping.Keys, k)
	// In cursors a key is what it is as an element, a year or an id, and can be absent.
	f := catalog.Field{Name: fmt.Sprintf("key %d", len(g.order)), Scalar: catalog.Text}
	var node *row
	switch {
	case k.Value == nil:
		node = newRow(k.Node, nil, nil)
		node.value(b.idOf(k.Node.Type))
	case k.Value.Field != nil && !k.Year:
		f.Scalar, f.Enum = k.Value.Field.Scalar, k.Value.Field.Enum
	}
	g.nodes = append(g.nodes, node)
	g.order = append(g.order, OrderKey{Operand: Operand{Field: &f}})
}

// tally adds a measure of that name, once, and returns its column in the row of a group.
func (g *groupPlan) tally(m Measure, name string) int {
	i, have := g.measures[name]
	if !have {
		i = len(g.grouping.Measures)
		g.measures[name] = i
		g.grouping.Measures = append(g.grouping.Measures, m)
	}
	return len(g.grouping.Keys) + i
}

// date is the output of the first or last date of a group's nodes; null where nodes of the type have no principal date.
func (g *groupPlan) date(t *catalog.Type, what MeasureKind, name string) Output {
	if t.Date == nil {
		return Constant{JSON: []byte("null")}
	}
	return Scalar{Column: g.tally(Measure{What: what, Date: t.Date}, name), Field: t.Date}
}

// groupNode plans the selection on a key that is a node.
func (b *builder) groupNode(c *collected, g *groupPlan, i int, at *path) (Output, error) {
	object, err := b.object(c.sets, g.nodes[i], at)
	return Child{Column: i, Object: object, NotFound: NoParam}, err
}

// groupWindow plans first and after.
func (b *builder) groupWindow(c *collected, g *groupPlan, r *row, at *path) error {
	first := b.given(c.field, "first")
	get := b.pageSize(c.field, first, at)
	more := new(bool)
	g.oneMore = more
	g.size = b.param(sizeLabel(c.field, first), func(vars map[string]any) (any, error) {
		n, err := get(vars)
		if *more {
			n++
		}
		return n, err
	})
	g.groups.Limit = g.size
	if g.after = b.cursorInput(b.given(c.field, "after"), at, g.order, g.sign); g.after != nil {
		g.groups.After = g.after.params
	}
	page := b.pageBelow(r, get)
	for _, node := range g.nodes {
		if node != nil {
			node.size = page
		}
	}
	return nil
}

// groupPage plans the selection on a page of groups; each says what a field of a group is made of.
func (b *builder) groupPage(c *collected, r *row, g *groupPlan, at *path, each func(f *collected, at *path) (Output, error)) (Output, error) {
	out := GroupPage{Size: g.size, OneMore: g.oneMore}
	typeName := c.field.Definition.Type.Name()
	for _, s := range b.collect(c.sets, onName(typeName)) {
		f := GroupPageField{Key: s.key, Prefix: keyPrefix(s.key)}
		var err error
		switch s.field.Name {
		case "__typename":
			f.What, f.JSON = GroupTypename, jsonText(typeName)
		case "pageInfo":
			f.What = GroupInfo
			b.groupInfo(&f, s, r, g)
		case "totalCount":
			f.What = GroupCount
			g.totalsColumn(r)
		case "totals":
			f.What = GroupSums
			g.totalsColumn(r)
			f.Each, err = b.groupFields(s, at.in(s.key), func(f *collected, at *path) (Output, error) {
				o, err := each(f, at)
				if m, ok := o.(Scalar); ok { // the row of totals has the number of groups where that of a group has its keys
					m.Column += 1 - len(g.grouping.Keys)
					return m, err
				}
				return o, err
			})
		default:
			f.What = GroupRows
			g.rowsColumn(r)
			f.Each, err = b.groupFields(s, at.in(s.key), each)
		}
		if err != nil {
			return nil, err
		}
		out.Fields = append(out.Fields, f)
	}
	out.Rows, out.Before, out.Totals = g.rows, g.before, g.totals
	return out, nil
}

// groupFields plans the selection on a group or on totals.
func (b *builder) groupFields(c *collected, at *path, each func(f *collected, at *path) (Output, error)) ([]Field, error) {
	typeName := c.field.Definition.Type.Name()
	var fields []Field
	for _, s := range b.collect(c.sets, onName(typeName)) {
		f := Field{Key: s.key, Name: s.field.Name, Prefix: keyPrefix(s.key), NonNull: s.field.Definition.Type.NonNull}
		if s.field.Name == "__typename" {
			f.Out = Constant{JSON: jsonText(typeName)}
		} else {
			var err error
			if f.Out, err = each(s, at.in(s.key)); err != nil {
				return nil, err
			}
		}
		fields = append(fields, f)
	}
	return fields, nil
}

func (b *builder) groupInfo(f *GroupPageField, s *collected, r *row, g *groupPlan) {
	typeName := s.field.Definition.Type.Name()
	for _, i := range b.collect(s.sets, onName(typeName)) {
		info := InfoField{Prefix: keyPrefix(i.key), What: i.field.Name}
		switch i.field.Name {
		case "__typename":
			info.JSON = jsonText(typeName)
		case "startCursor", "endCursor":
			g.rowsColumn(r)
			f.Cursor = g.cursor()
		case "hasPreviousPage":
			g.beforeColumn(b, r)
		case "hasNextPage":
			g.rowsColumn(r)
			b.readOneMore(g.oneMore, g.size)
		}
		f.Info = append(f.Info, info)
	}
}

func (g *groupPlan) cursor() *GroupCursor {
	c := &GroupCursor{Signature: g.sign(), Tally: len(g.grouping.Keys)}
	for i, k := range g.order[1:] {
		c.Keys = append(c.Keys, CursorKey{Column: i, Operand: k.Operand})
		if g.nodes[i] != nil {
			c.Keys[i].Field = nil
		}
	}
	return c
}

func (g *groupPlan) rowsColumn(r *row) {
	g.rows = r.column(g.key, func() Column { return *g.groups })
}

func (g *groupPlan) totalsColumn(r *row) {
	g.totals = r.column(g.key+" totals", func() Column {
		if g.summed {
			return GroupTotals{g.grouping}
		}
		// Nothing but the number of groups is asked for.
		bare := *g.grouping
		bare.Measures = bare.Measures[:1]
		return GroupTotals{&bare}
	})
}

func (g *groupPlan) beforeColumn(b *builder, r *row) {
	if g.after == nil {
		return
	}
	g.before = r.column(g.key+" before", func() Column {
		one := b.param(strings.Fields(g.key)[0]+" before the cursor: 1", func(map[string]any) (any, error) { return int64(1), nil })
		return Groups{Grouping: g.grouping, After: g.after.params, Until: true, Limit: one}
	})
}
