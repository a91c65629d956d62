package sqlite

import (
	"database/sql"
	"maps"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// SQLite has no number of links at hand: count(*) reads an index entry for each. For links that can grow large a table
// holds how many each node has in the order by id, so that a total costs the same for every node.

const countColumn = "n"

// countTable is the name of the table with the numbers of an order by id.
func countTable(o *catalog.LinkOrder) string { return "count_" + o.Link.Type + o.Name() }

// countOrders returns the orders of a link that are counted.
func countOrders(link *catalog.Link) []*catalog.LinkOrder {
	return slices.DeleteFunc(slices.Clone(link.Orders), func(o *catalog.LinkOrder) bool { return o.Field != nil })
}

func tableOfCounts(o *catalog.LinkOrder) *table {
	return &table{name: countTable(o), columns: []column{
		{pkColumn, "INTEGER PRIMARY KEY REFERENCES " + quote(catalog.NodeInterface) + " DEFERRABLE INITIALLY DEFERRED"},
		{countColumn, "INTEGER NOT NULL"},
	}}
}

// kept renders the number of links of a Select that a table has; ok is false for others.
func (r *renderer) kept(s *plan.Select, outer scope) (number string, ok bool) {
	from, ok := s.From.(plan.Follow)
	if !ok || from.Field.OrderedBy == nil || s.Type != from.Field.Target || s.Where != nil || s.Visible != nil || s.Limit != plan.NoParam || outer == (rootScope{}) {
		return "", false
	}
	return "coalesce((SELECT " + countColumn + " FROM " + quote(countTable(from.Field.OrderedBy[0])) + " WHERE " + quote(pkColumn) + " = " + outer.pk() + "), 0)", true
}

// counted is a node whose links in an order are counted.
type counted struct {
	order *catalog.LinkOrder
	pk    int64
}

// count notes that a link came or went, by +1 or -1.
func (a *application) count(link *catalog.Link, from, to *nodeState, by int) error {
	for _, o := range link.Orders {
		near, far := to, from
		if o.Out {
			near, far = from, to
		}
		if o.Field == nil && o.Has(far.kind) {
			a.counts[counted{o, near.pk}] += by
		}
	}
	if len(a.counts) < a.memory.counts {
		return nil
	}
	if err := a.flush(); err != nil { // the nodes whose links are counted
		return err
	}
	return a.writeCounts()
}

// uncountNode notes that all links of a node go, before they do.
func (a *application) uncountNode(known *nodeState) error {
	for _, link := range a.catalog.Links {
		for _, o := range countOrders(link) {
			if !o.Has(known.kind) {
				continue
			}
			near, far := ends(o.Out)
			others, err := a.numbers("SELECT "+quote(near)+" FROM "+quote(linkTable(link.Type))+" WHERE "+quote(far)+" = ?", known.pk)
			if err != nil {
				return err
			}
			for _, pk := range others {
				a.counts[counted{o, pk}]--
			}
		}
	}
	return nil
}

// forgetCounts deletes the numbers of a node that is deleted.
func (a *application) forgetCounts(known *nodeState) error {
	for _, link := range a.catalog.Links {
		for _, o := range countOrders(link) {
			delete(a.counts, counted{o, known.pk})
			if err := a.exec("DELETE FROM "+quote(countTable(o))+" WHERE _pk = ?", known.pk); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeCounts adds what was noted to the tables.
func (a *application) writeCounts() error {
	for _, c := range slices.SortedFunc(maps.Keys(a.counts), func(x, y counted) int { return int(x.pk - y.pk) }) {
		by := a.counts[c]
		if by == 0 {
			continue
		}
		t := quote(countTable(c.order))
		if err := a.exec("INSERT INTO "+t+" (_pk, n) VALUES (?, ?) ON CONFLICT (_pk) DO UPDATE SET n = n + excluded.n", c.pk, by); err != nil {
			return err
		}
		if by < 0 {
			if err := a.exec("DELETE FROM "+t+" WHERE _pk = ? AND n = 0", c.pk); err != nil {
				return err
			}
		}
	}
	clear(a.counts)
	return nil
}

// countsOf is a query for the numbers that an order's table should hold.
func countsOf(o *catalog.LinkOrder) string {
	near, _ := ends(o.Out)
	return "SELECT " + quote(near) + " AS _pk, count(*) AS n FROM " + quote(linkTable(o.Link.Type)) + " WHERE " + quote(o.Keys()[0]) + " IS NOT NULL GROUP BY 1"
}

// counts counts the links of a type anew.
func (m *migration) counts(link *catalog.Link) error {
	for _, o := range countOrders(link) {
		t := quote(countTable(o))
		if err := m.exec("DELETE FROM " + t); err != nil {
			return err
		}
		if err := m.exec("INSERT INTO " + t + " (_pk, n) " + countsOf(o)); err != nil {
			return err
		}
	}
	return nil
}

// counts compares the numbers of links with the links.
func (c *checker) counts() error {
	for _, link := range c.catalog.Links {
		for _, o := range countOrders(link) {
			t := quote(countTable(o))
			// Not a FULL JOIN, which SQLite does row by row without an index.
			err := each(c.ctx, c.q, "SELECT node.id, both.held, both.want FROM (SELECT _pk, sum(held) AS held, sum(want) AS want, max(zero) AS zero FROM ("+
				"SELECT _pk, n AS held, 0 AS want, n = 0 AS zero FROM "+t+" UNION ALL SELECT _pk, 0, n, 0 FROM ("+countsOf(o)+
				")) GROUP BY _pk) both JOIN "+quote(catalog.NodeInterface)+" node ON node._pk = both._pk WHERE both.held <> both.want OR both.zero",
				func(rows *sql.Rows) error {
					var id string
					var held, want int
					if err := rows.Scan(&id, &held, &want); err != nil {
						return err
					}
					c.problem("%s is said to have %d links %s and has %d", id, held, strings.TrimPrefix(countTable(o), "count_"), want)
					return nil
				})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
