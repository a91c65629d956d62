package sqlite

import (
	"database/sql"
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
)

// keysBatch is how many links a migration looks at before it writes.
const keysBatch = 1000

// linkKeys brings the columns of a link's orders to what its nodes make of them.
func (m *migration) linkKeys(link *catalog.Link) error {
	if link.Orders == nil {
		return nil
	}
	row := func(text string, args, into []any) error {
		return translate(m.ctx, m.conn.QueryRowContext(m.ctx, text, args...).Scan(into...))
	}
	var names []string
	for _, o := range link.Orders {
		names = append(names, o.Keys()...)
	}
	update := "UPDATE " + quote(linkTable(link.Type)) + " SET " + assignments(names) + " WHERE _from = ? AND _to = ?"
	changed := 0
	for after := [2]int64{}; ; {
		page, err := m.linkPage(link, names, after)
		if err != nil {
			return err
		}
		for _, l := range page {
			after = l.ends
			var want []any
			for _, o := range link.Orders {
				end := 0
				if o.Out {
					end = 1
				}
				var values []any
				if o.Has(l.kinds[end]) {
					if values, err = m.layout.orders[l.kinds[end]].read(row, l.ends[end]); err != nil {
						return err
					}
				}
				want = append(want, m.layout.keysIn(o, l.kinds[end], values, l.ids[end])...)
			}
			if equalValues(want, l.keys) {
				continue
			}
			changed++
			if err := m.exec(update, append(want, l.ends[0], l.ends[1])...); err != nil {
				return err
			}
		}
		if len(page) < keysBatch {
			break
		}
	}
	if err := m.counts(link); err != nil || changed == 0 {
		return err
	}
	return m.step(fmt.Sprintf("places of %d links %s in their orders", changed, link.Type))
}

// keyedLink is a link with the columns of its orders. The arrays hold the From end, then the To end.
type keyedLink struct {
	ends  [2]int64
	ids   [2]string
	kinds [2]*catalog.Type
	keys  []any
}

// linkPage reads the links that follow the one with the ends.
func (m *migration) linkPage(link *catalog.Link, names []string, after [2]int64) ([]keyedLink, error) {
	var columns strings.Builder
	for _, name := range names {
		columns.WriteString(", e." + quote(name))
	}
	node := quote(catalog.NodeInterface)
	var page []keyedLink
	err := m.each("SELECT e._from, e._to, f.id, t.id, f._kind, t._kind"+columns.String()+" FROM "+quote(linkTable(link.Type))+" e CROSS JOIN "+node+
		" f ON f._pk = e._from CROSS JOIN "+node+" t ON t._pk = e._to WHERE (e._from, e._to) > (?, ?) ORDER BY e._from, e._to LIMIT ?",
		func(rows *sql.Rows) error {
			l := keyedLink{keys: make([]any, len(names))}
			var kinds [2]string
			if err := rows.Scan(append([]any{&l.ends[0], &l.ends[1], &l.ids[0], &l.ids[1], &kinds[0], &kinds[1]}, pointers(l.keys)...)...); err != nil {
				return err
			}
			l.kinds = [2]*catalog.Type{m.catalog.Type(kinds[0]), m.catalog.Type(kinds[1])}
			page = append(page, l)
			return nil
		}, after[0], after[1], keysBatch)
	return page, err
}

func equalValues(a, b []any) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
