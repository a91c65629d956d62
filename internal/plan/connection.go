package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
)

// pagePlan is a connection as the sub-plan of its row: the page of rows and, where asked for, the count and what lies
// beyond its ends.
type pagePlan struct {
	key                     string
	from                    Source
	target                  *catalog.Type
	where                   Predicate
	order                   []OrderKey
	backward                bool
	size                    ParamIndex
	oneMore                 *bool
	sel                     *Select
	row                     *row
	after, before           *cursorInput
	sign                    func() ParamIndex
	rows, total, start, end int
	// filters are what restricts the nodes, for cursors.
	filters []input
}

// connection plans a connection field: from says how its nodes are reached, link is the field that leads there, nil at
// the root.
func (b *builder) connection(c *collected, r *row, at *path, from Source, target *catalog.Type, link *catalog.Field) (Output, error) {
	key := fmt.Sprintf("connection %p %s", link, connectionKey(c.field))
	sub := r.children[key]
	if sub != nil && b.computing == 0 {
		r.size.count(sub.row.size)
	}
	if sub == nil {
		page, err := b.page(c.field, r, at, from, target, link)
		if err != nil {
			return nil, err
		}
		page.key = key
		sub = &child{sel: page.sel, row: page.row, page: page}
		r.children[key] = sub
	}
	fields, err := b.pageFields(c, r, sub.page, link, at)
	if err != nil {
		return nil, err
	}
	return Connection{sub.page.output(fields)}, nil
}

// connectionKey tells fields with different arguments apart. Arguments are compared as they are written.
func connectionKey(f *ast.Field) string {
	var b strings.Builder
	b.WriteString(f.Name)
	args := slices.Clone(f.Arguments)
	slices.SortFunc(args, func(x, y *ast.Argument) int { return strings.Compare(x.Name, y.Name) })
	for _, a := range args {
		b.WriteString(" " + a.Name + ":" + a.Value.String())
	}
	return b.String()
}

func (p *pagePlan) output(fields []PageField) *Page {
	return &Page{
		Rows: p.rows, Size: p.size, OneMore: p.oneMore, Backward: p.backward, Total: p.total, Start: p.start, End: p.end, Fields: fields,
	}
}

// page plans what the arguments of a connection say.
func (b *builder) page(f *ast.Field, r *row, at *path, from Source, target *catalog.Type, link *catalog.Field) (*pagePlan, error) {
	p := &pagePlan{from: from, target: target, rows: -1, total: -1, start: -1, end: -1}
	var err error
	p.filters = []input{b.given(f, "where")}
	if p.where, err = b.where(p.filters[0], target, at); err != nil {
		return nil, err
	}
	if p.order, err = b.order(b.given(f, "orderBy"), target, at); err != nil {
		return nil, err
	}
	if b.given(f, "orderBy").absent() && link != nil && link.Via != nil && link.Via.OrderBy != nil {
		p.order = append([]OrderKey{{Operand: b.orderOperand(target, link.Via.OrderBy.Name)}}, p.order...)
	}
	p.sign = b.signature(f.Name, target, p.order, p.filters)
	return p, b.window(f, r, at, p, link)
}

// window plans first, after, last and before.
func (b *builder) window(f *ast.Field, r *row, at *path, p *pagePlan, link *catalog.Field) error {
	first, last := b.given(f, "first"), b.given(f, "last")
	if !first.absent() && !last.absent() {
		return at.fail(BadUserInput, "first and last together ask for two pages at once; give one of them")
	}
	size := first
	if p.backward = !last.absent(); p.backward {
		size = last
	}
	get := b.pageSize(f, size, at)
	more := new(bool)
	p.oneMore = more
	p.size = b.param(sizeLabel(f, size), func(vars map[string]any) (any, error) {
		n, err := get(vars)
		if *more {
			n++
		}
		return n, err
	})
	p.after = b.cursorInput(b.given(f, "after"), at, p.order, p.sign)
	p.before = b.cursorInput(b.given(f, "before"), at, p.order, p.sign)

	order := p.order
	if p.backward {
		order = reverse(order)
	}
	where := []Predicate{p.where}
	if p.after != nil {
		where = append(where, After{Order: p.order, Params: p.after.params})
	}
	if p.before != nil {
		where = append(where, After{Order: reverse(p.order), Params: p.before.params})
	}
	p.sel = b.access(p.from, p.target, all(where))
	p.sel.Order, p.sel.Limit = order, p.size
	p.row = newRow(p.sel, link, b.pageBelow(r, get))
	return nil
}

// pageBelow counts a page among those of the operation, unless it belongs to what a computed field reads: its size is
// the schema's choice, not the request's. A request that asks for the same page besides is counted: see connection.
func (b *builder) pageBelow(r *row, size func(vars map[string]any) (int64, error)) *pageSize {
	p := &pageSize{size: size}
	if b.computing == 0 {
		r.size.count(p)
	}
	return p
}

func sizeLabel(f *ast.Field, size input) string {
	if size.absent() {
		return f.Name + "(first: default)"
	}
	return size.label
}

// all joins predicates of which some may be nil.
func all(list []Predicate) Predicate {
	switch list = trim(list); len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return And(list)
}

// pageSize returns how to read the size of a page.
func (b *builder) pageSize(f *ast.Field, size input, at *path) func(vars map[string]any) (int64, error) {
	if size.absent() {
		return func(map[string]any) (int64, error) { return int64(b.limits.DefaultPageSize), nil }
	}
	return func(vars map[string]any) (int64, error) {
		n, err := intValue(size.value(vars))
		switch {
		case err != nil:
			return 0, at.fail(BadUserInput, "%s: %s", size.label, err)
		case n < 0:
			return 0, at.fail(BadUserInput, "%s is %d; a page has 0 to %d nodes", size.label, n, b.limits.PageSize)
		case n > int64(b.limits.PageSize):
			return 0, at.fail(BadUserInput, "%s is %d; a page of %s has %d nodes at the most, ask for the next ones with a cursor", size.label, n, f.Name, b.limits.PageSize)
		}
		return n, nil
	}
}

// rowsColumn makes the page's rows a column of the enclosing row.
func (p *pagePlan) rowsColumn(r *row) {
	p.rows = r.column(p.key, func() Column { return List{p.sel} })
}

// askForMore reads the page's rows and one more, which tells whether the list goes on behind the page.
func (b *builder) askForMore(r *row, p *pagePlan) {
	p.rowsColumn(r)
	b.readOneMore(p.oneMore, p.size)
}

// readOneMore makes the parameter with the size of a page one more, once.
func (b *builder) readOneMore(more *bool, size ParamIndex) {
	if !*more {
		*more = true
		b.plan.Params[size].Label += " + 1"
	}
}

func (b *builder) totalColumn(r *row, p *pagePlan) {
	p.total = r.column(p.key+" total", func() Column {
		return Count{b.access(p.from, p.target, p.where)}
	})
}

// startColumn tells whether there are nodes up to the cursor `after`; endColumn, from the cursor `before` on.
func (b *builder) startColumn(r *row, p *pagePlan) {
	if p.after == nil {
		return
	}
	p.start = r.column(p.key+" start", func() Column {
		return Exists{b.access(p.from, p.target, all([]Predicate{p.where, Not{After{p.order, p.after.params}}}))}
	})
}

func (b *builder) endColumn(r *row, p *pagePlan) {
	if p.before == nil {
		return
	}
	p.end = r.column(p.key+" end", func() Column {
		return Exists{b.access(p.from, p.target, all([]Predicate{p.where, Not{After{reverse(p.order), p.before.params}}}))}
	})
}

// pageFields plans the selection on a connection.
func (b *builder) pageFields(c *collected, r *row, p *pagePlan, link *catalog.Field, at *path) ([]PageField, error) {
	typeName := c.field.Definition.Type.Name()
	var fields []PageField
	for _, s := range b.collect(c.sets, onName(typeName)) {
		f := PageField{Key: s.key, Prefix: keyPrefix(s.key)}
		var err error
		switch s.field.Name {
		case "__typename":
			f.What, f.JSON = PageTypename, jsonText(typeName)
		case "edges":
			f.What = PageEdges
			p.rowsColumn(r)
			f.Edges, err = b.edgeFields(s, p, link, at.in(s.key))
		case "nodes":
			f.What = PageNodes
			p.rowsColumn(r)
			f.Node, err = b.object(s.sets, p.row, at.in(s.key))
		case "pageInfo":
			f.What = PageInfo
			b.infoFields(&f, s, r, p)
		case "totalCount":
			f.What = PageTotal
			b.totalColumn(r, p)
		case "groups":
			f.What = PageGroups
			f.Groups, err = b.groups(s, r, p, at.in(s.key))
		default:
			err = at.fail("INTERNAL", "the field %s of a connection has no plan", s.field.Name)
		}
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

func (b *builder) infoFields(f *PageField, s *collected, r *row, p *pagePlan) {
	typeName := s.field.Definition.Type.Name()
	for _, i := range b.collect(s.sets, onName(typeName)) {
		info := InfoField{Prefix: keyPrefix(i.key), What: i.field.Name}
		switch i.field.Name {
		case "__typename":
			info.JSON = jsonText(typeName)
		case "startCursor", "endCursor":
			p.rowsColumn(r)
			f.Cursor = p.cursor()
		case "hasPreviousPage":
			b.startColumn(r, p)
			if p.backward {
				b.askForMore(r, p)
			}
		case "hasNextPage":
			b.endColumn(r, p)
			if !p.backward {
				b.askForMore(r, p)
			}
		}
		f.Info = append(f.Info, info)
	}
}

// edgeFields plans the selection on the edges of a connection.
func (b *builder) edgeFields(c *collected, p *pagePlan, link *catalog.Field, at *path) ([]EdgeField, error) {
	typeName := c.field.Definition.Type.Name()
	var fields []EdgeField
	for _, s := range b.collect(c.sets, onName(typeName)) {
		f := EdgeField{Key: s.key, Prefix: keyPrefix(s.key)}
		var err error
		switch s.field.Name {
		case "__typename":
			f.What, f.JSON = EdgeTypename, jsonText(typeName)
		case "cursor":
			f.What, f.Cursor = EdgeCursor, p.cursor()
		case "node":
			f.What = EdgeNode
			f.Node, err = b.object(s.sets, p.row, at.in(s.key))
		default:
			f.What = EdgeProperty
			var found bool
			if f.Out, found = b.found(s, p); found {
				f.NonNull = true
				break
			}
			f.Out, f.NonNull, err = b.edgeProperty(s, p.row, link, at.in(s.key))
		}
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// edgeProperty plans a property of a link, its provenance, or the node that a property refers to.
func (b *builder) edgeProperty(c *collected, r *row, link *catalog.Field, at *path) (Output, bool, error) {
	if link == nil || link.Link == nil {
		// Only nodes that were reached over a stored link have properties of a link.
		return Constant{JSON: []byte("null")}, false, nil
	}
	f := link.Link.Field(c.field.Name)
	if f == nil {
		return nil, false, at.fail("INTERNAL", "links of type %s have no property %s", link.Link.Type, c.field.Name)
	}
	if f.Reference == nil {
		return Scalar{Column: r.value(Operand{Of: OfLink, Field: f}), Field: f}, f.NonNull || f.List, nil
	}
	key := fmt.Sprintf("reference %p", f)
	sub := r.children[key]
	if sub == nil {
		sel := b.access(Referenced{f}, f.Target, nil)
		sub = &child{sel: sel, row: newRow(sel, nil, r.size)}
		r.children[key] = sub
	}
	object, err := b.object(c.sets, sub.row, at)
	column := r.column(key, func() Column { return One{sub.sel} })
	return Child{Column: column, Object: object, NotFound: NoParam}, false, err
}
