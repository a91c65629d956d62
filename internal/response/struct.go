package response

import (
	"strconv"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// structs writes a list of objects over the same row.
func (w *writer) structs(s plan.Structs, row rows.Value) bool {
	w.buf = append(w.buf, '[')
	for i, fields := range s.Each {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.path = append(w.path, step{index: i})
		if !w.fields(fields, row) {
			return false
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.buf = append(w.buf, ']')
	return true
}

// sum writes the sum of several numbers of the row.
func (w *writer) sum(s plan.Sum, row rows.Value) bool {
	var total int64
	for _, c := range s.Columns {
		n, err := column(row, c).Int()
		if err != nil {
			return w.broken(err)
		}
		total += n
	}
	w.buf = strconv.AppendInt(w.buf, total, 10)
	return true
}
