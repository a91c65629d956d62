package sqlite

import (
	"database/sql"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// orders checks that every link is at its place in the orders.
func (c *checker) orders() error {
	for _, link := range c.catalog.Links {
		for _, o := range link.Orders {
			far := link.From
			if o.Out {
				far = link.To
			}
			for _, kind := range far {
				if err := c.orderOf(o, kind); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (c *checker) orderOf(o *catalog.LinkOrder, kind *catalog.Type) error {
	field := "NULL"
	if o.Field != nil && o.Has(kind) {
		field = "n." + quote(o.Field.Name)
	}
	keys := o.Keys()
	columns := ""
	for _, key := range keys {
		columns += ", e." + quote(key)
	}
	_, far := ends(o.Out)
	return each(c.ctx, c.q, "SELECT n.id, "+field+columns+" FROM "+quote(linkTable(o.Link.Type))+" e JOIN "+quote(kind.Name)+" n ON n._pk = e."+quote(far),
		func(rows *sql.Rows) error {
			var id string
			var v any
			held, want := make([]any, len(keys)), make([]any, len(keys))
			if err := rows.Scan(append([]any{&id, &v}, pointers(held)...)...); err != nil {
				return err
			}
			if o.Has(kind) {
				for i, key := range store.LinkKeys(o, v, id) {
					want[i] = key
				}
			}
			if !equalValues(want, held) {
				c.problem("a link %s of %s is at another place in the order %s than the node's values give it", o.Link.Type, id, o.Name())
			}
			return nil
		})
}
