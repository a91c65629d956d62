package response

import (
	"strconv"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/text"
)

// groupPage writes a page of groups.
func (w *writer) groupPage(c plan.GroupPage, row rows.Value) bool {
	p, err := w.page(c.Rows, c.Size, *c.OneMore, row)
	if err != nil {
		return w.broken(err)
	}
	w.buf = append(w.buf, '{')
	for i := range c.Fields {
		f := &c.Fields[i]
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, f.Prefix...)
		w.path = append(w.path, step{name: f.Key})
		ok := true
		switch f.What {
		case plan.GroupTypename:
			w.buf = append(w.buf, f.JSON...)
		case plan.GroupRows:
			ok = w.each(p, func(group rows.Value) bool { return w.fields(f.Each, group) })
		case plan.GroupCount:
			ok = w.scalar(plan.Scalar{Column: 0, Field: groupCount}, true, column(row, c.Totals))
		case plan.GroupSums:
			ok = w.fields(f.Each, column(row, c.Totals))
		case plan.GroupInfo:
			ok = w.groupInfo(c, f, p, row)
		}
		if !ok {
			return false
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.buf = append(w.buf, '}')
	return true
}

// groupCount is what the number of groups is printed by.
var groupCount = &catalog.Field{Name: "totalCount", Scalar: catalog.Int, NonNull: true}

func (w *writer) groupInfo(c plan.GroupPage, f *plan.GroupPageField, p page, row rows.Value) bool {
	w.buf = append(w.buf, '{')
	for i, info := range f.Info {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, info.Prefix...)
		switch info.What {
		case "__typename":
			w.buf = append(w.buf, info.JSON...)
		case "hasNextPage":
			w.buf = strconv.AppendBool(w.buf, p.more)
		case "hasPreviousPage":
			before := false
			if c.Before >= 0 {
				groups, err := list(row, c.Before)
				if err != nil {
					return w.broken(err)
				}
				before = groups.Len() > 0
			}
			w.buf = strconv.AppendBool(w.buf, before)
		case "startCursor", "endCursor":
			at := 0
			if info.What == "endCursor" {
				at = p.n - 1
			}
			if p.n == 0 {
				w.buf = append(w.buf, "null"...)
			} else if !w.groupCursor(f.Cursor, p.row(at)) {
				return false
			}
		}
	}
	w.buf = append(w.buf, '}')
	return true
}

func (w *writer) groupCursor(c *plan.GroupCursor, row rows.Value) bool {
	raw := plan.CursorHead(w.keys[:0], w.Values[c.Signature].(string))
	n, err := column(row, c.Tally).Int()
	if err != nil {
		return w.broken(err)
	}
	raw = strconv.AppendInt(append(raw, '['), n, 10)
	for _, k := range c.Keys {
		raw = append(raw, ',')
		v := column(row, k.Column)
		switch {
		case v.IsNull():
			raw = append(raw, "null"...)
		case k.Field == nil:
			raw, err = column(v, 0).AppendText(raw)
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

// groupValue writes the value of a group as text: the field has one type for values of all types.
func (w *writer) groupValue(g plan.GroupValue, row rows.Value) bool {
	v := column(row, g.Column)
	if v.IsNull() {
		w.buf = append(w.buf, "null"...)
		return true
	}
	if g.Field.Scalar != catalog.Int && g.Field.Scalar != catalog.Bool {
		return w.scalar(plan.Scalar(g), true, row)
	}
	raw, err := appendScalar(nil, g.Field, v)
	if err != nil {
		return w.broken(err)
	}
	w.buf = text.AppendJSON(w.buf, string(raw))
	return true
}
