package sqlite

import (
	"slices"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// row renders the text of the columns' values as a JSON array.
func (r *renderer) row(columns []plan.Column, s scope) string {
	cells := make([]cell, len(columns))
	for i, c := range columns {
		cells[i] = r.column(c, s)
	}
	return jsonRow(cells)
}

// column renders one value of a row.
func (r *renderer) column(c plan.Column, s scope) cell {
	switch c := c.(type) {
	case plan.Value:
		x := s.operand(c.Operand)
		if c.Field != nil && c.Field.List {
			return cell{"ifnull(" + x + ", 'null')", asJSON}
		}
		return cell{x, asScalar}
	case plan.List:
		row, from := r.rows(c.Select, s, r.limit(c.Select, "-1"))
		return items(row, from)
	case plan.One:
		row, from := r.rows(c.Select, s, " LIMIT 1")
		return jsonOrNull("SELECT " + row + " FROM " + from)
	case plan.Count:
		return cell{r.count(c.Select, s), asJSON}
	case plan.Exists:
		return cell{r.exists(c.Select, s), asJSON}
	case plan.LinkCount:
		return cell{r.linkCount(c), asScalar}
	case plan.ShortestPath:
		return r.shortestPath(c)
	case plan.Neighborhood:
		return r.neighborhood(c)
	case plan.StoreRevision:
		return cell{"(SELECT revision FROM " + quote(storeTable) + ")", asJSON}
	}
	switch c := c.(type) {
	case plan.Groups:
		return r.groupPage(c, s)
	case plan.GroupTotals:
		return r.groupTotals(c, s)
	}
	return cell{r.fail("there is no column %T", c), asScalar}
}

func (r *renderer) limit(s *plan.Select, none string) string {
	if s.Limit == plan.NoParam {
		if none == "" {
			return ""
		}
		return " LIMIT " + none
	}
	return " LIMIT " + r.param(s.Limit, asValue)
}

func (r *renderer) count(s *plan.Select, outer scope) string {
	if n, ok := r.kept(s, outer); ok {
		return n
	}
	a := r.access(s, outer)
	if a.countsLinks() {
		a.from = quote(linkTable(a.link.Type)) + " " + a.edge
	}
	if start := s.Start(); start != nil && len(start.Steps) > 0 && s.Limit == plan.NoParam {
		return r.countFrom(start, a)
	}
	if s.Limit == plan.NoParam {
		return "(" + a.query("count(*)", "", "") + ")"
	}
	return "(SELECT count(*) FROM (" + a.query("1", "", r.limit(s, "")) + "))"
}

// rows renders a Select in two levels: the inner query finds, orders and limits the nodes, the outer makes a row
// of each, so that what is nested is read for the nodes of the page only.
func (r *renderer) rows(s *plan.Select, outer scope, limit string) (row, from string) {
	a := r.access(s, outer)
	order := r.order(s.Order, a)
	o := &output{renderer: r, access: a, alias: r.alias("r"), columns: []string{a.pk()}}
	row = r.row(s.Columns, o)
	var columns strings.Builder
	for i, c := range o.columns {
		if i > 0 {
			columns.WriteString(", ")
		}
		columns.WriteString(c + " AS c" + strconv.Itoa(i))
	}
	return row, "(" + r.begin(a, columns.String(), order, limit) + ") " + o.alias + strings.Join(o.joins, "")
}

// output is the scope in which rows are made: it sees the columns that the inner query hands over.
type output struct {
	*renderer
	access  *access
	alias   string
	columns []string
	joins   []string
}

func (o *output) pk() string { return o.alias + ".c0" }

// carried returns the column in which the inner query hands an expression over.
func (o *output) carried(x string) string {
	for i, c := range o.columns {
		if c == x {
			return o.alias + ".c" + strconv.Itoa(i)
		}
	}
	o.columns = append(o.columns, x)
	return o.alias + ".c" + strconv.Itoa(len(o.columns)-1)
}

func (o *output) property(f *catalog.Field) string { return o.carried(o.access.property(f)) }

// operand reads fields of other types than the Select's by a join around the inner query, for the page's nodes only.
func (o *output) operand(v plan.Operand) string {
	if v.Of != plan.OfNode || o.access.covers(v.On) {
		return o.carried(o.access.operand(v))
	}
	of := o.table(v.On)
	alias := o.alias + "_" + of.name
	join := " LEFT JOIN " + quote(of.name) + " " + alias + " ON " + alias + "." + quote(pkColumn) + " = " + o.pk()
	if !slices.Contains(o.joins, join) {
		o.joins = append(o.joins, join)
	}
	return alias + "." + quote(v.Field.Name)
}
