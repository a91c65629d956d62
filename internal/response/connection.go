package response

import (
	"strconv"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// page is a connection's rows with the one row too many taken off, in the order in which they are shown.
type page struct {
	list     rows.Value
	n        int
	more     bool
	backward bool
}

// row returns the i-th row as it is shown: a page that was read from its end comes in reverse.
func (p page) row(i int) rows.Value {
	if p.backward {
		return p.list.At(p.n - 1 - i)
	}
	return p.list.At(i)
}

// page reads the rows in a column, of which one can be more than the size asked for; without the column the page is empty.
func (w *writer) page(column int, size plan.ParamIndex, oneMore bool, row rows.Value) (p page, err error) {
	if column < 0 {
		return p, nil
	}
	if p.list, err = list(row, column); err != nil {
		return p, err
	}
	n := int(w.Values[size].(int64))
	if oneMore {
		n--
	}
	p.n, p.more = min(p.list.Len(), n), p.list.Len() > n
	return p, nil
}

func (w *writer) connection(c *plan.Page, row rows.Value) bool {
	p, err := w.page(c.Rows, c.Size, *c.OneMore, row)
	if err != nil {
		return w.broken(err)
	}
	p.backward = c.Backward
	w.buf = append(w.buf, '{')
	for i := range c.Fields {
		f := &c.Fields[i]
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, f.Prefix...)
		w.path = append(w.path, step{name: f.Key})
		if !w.pageField(c, f, p, row) {
			return false
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.buf = append(w.buf, '}')
	return true
}

func (w *writer) pageField(c *plan.Page, f *plan.PageField, p page, row rows.Value) bool {
	switch f.What {
	case plan.PageTypename:
		w.buf = append(w.buf, f.JSON...)
	case plan.PageTotal:
		n, err := column(row, c.Total).Int()
		if err != nil {
			return w.broken(err)
		}
		w.buf = strconv.AppendInt(w.buf, n, 10)
	case plan.PageGroups:
		return w.output(f.Groups, true, row)
	case plan.PageInfo:
		return w.info(c, f, p, row)
	case plan.PageNodes:
		return w.each(p, func(node rows.Value) bool { return w.object(f.Node, node) })
	case plan.PageEdges:
		return w.each(p, func(node rows.Value) bool { return w.edge(f.Edges, node) })
	}
	return true
}

// each writes a list of what write makes of the page's rows.
func (w *writer) each(p page, write func(rows.Value) bool) bool {
	w.buf = append(w.buf, '[')
	for i := range p.n {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.path = append(w.path, step{index: i})
		if !write(p.row(i)) {
			return false
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.buf = append(w.buf, ']')
	return true
}

func (w *writer) edge(fields []plan.EdgeField, row rows.Value) bool {
	w.buf = append(w.buf, '{')
	for i := range fields {
		f := &fields[i]
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, f.Prefix...)
		ok := true
		switch f.What {
		case plan.EdgeTypename:
			w.buf = append(w.buf, f.JSON...)
		case plan.EdgeCursor:
			ok = w.cursor(f.Cursor, row)
		case plan.EdgeNode:
			w.path = append(w.path, step{name: f.Key})
			if ok = w.object(f.Node, row); ok {
				w.path = w.path[:len(w.path)-1]
			}
		case plan.EdgeProperty:
			ok = w.value(f.Key, f.Out, f.NonNull, row)
		}
		if !ok {
			return false
		}
	}
	w.buf = append(w.buf, '}')
	return true
}

// cursor writes the cursor of a row.
func (w *writer) cursor(c *plan.Cursor, row rows.Value) bool {
	raw := plan.CursorHead(w.keys[:0], w.Values[c.Signature].(string))
	raw = append(raw, '[')
	for i, k := range c.Keys {
		if i > 0 {
			raw = append(raw, ',')
		}
		v := column(row, k.Column)
		var err error
		switch {
		case v.IsNull():
			raw = append(raw, "null"...)
		case k.Of == plan.OfRank:
			var n int64
			n, err = v.Int()
			raw = strconv.AppendInt(raw, n, 10)
		case k.Field == nil:
			raw, err = v.AppendText(raw)
		default:
			raw, err = appendScalar(raw, k.Field, v)
		}
		if err != nil {
			return w.broken(err)
		}
	}
	raw = append(raw, ']')
	w.keys = raw
	w.buf = plan.EncodeCursor(w.buf, raw)
	return true
}

func (w *writer) info(c *plan.Page, f *plan.PageField, p page, row rows.Value) bool {
	beyond := func(i int) (bool, error) {
		if i < 0 {
			return false, nil
		}
		return column(row, i).Bool()
	}
	w.buf = append(w.buf, '{')
	for i, info := range f.Info {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, info.Prefix...)
		switch info.What {
		case "__typename":
			w.buf = append(w.buf, info.JSON...)
		case "hasNextPage", "hasPreviousPage":
			// In the direction of reading, the row too many tells; beyond the cursors, the store was asked.
			next := info.What == "hasNextPage"
			end := c.Start
			if next {
				end = c.End
			}
			more, err := beyond(end)
			if err != nil {
				return w.broken(err)
			}
			w.buf = strconv.AppendBool(w.buf, more || p.more && next != p.backward)
		case "startCursor", "endCursor":
			if p.n == 0 {
				w.buf = append(w.buf, "null"...)
				continue
			}
			at := 0
			if info.What == "endCursor" {
				at = p.n - 1
			}
			if !w.cursor(f.Cursor, p.row(at)) {
				return false
			}
		}
	}
	w.buf = append(w.buf, '}')
	return true
}
