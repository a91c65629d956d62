package sqlite

import (
	"slices"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// maxArguments is how many arguments a function of SQL may have (SQLITE_MAX_FUNCTION_ARG is 1,000 in this build).
const maxArguments = 1000

// row renders the JSON array of the columns' values.
func (r *renderer) row(columns []plan.Column, s scope) string {
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = r.column(c, s)
	}
	if len(values) <= maxArguments {
		return "json_array(" + strings.Join(values, ", ") + ")"
	}
	return r.wideRow(values)
}

// wideRow puts the text of an array together where json_array cannot hold the values: json_quote gives the text of each
// value, groups of concat keep the expression flat, and json() says that the whole is JSON.
func (r *renderer) wideRow(values []string) string {
	parts := make([]string, 0, len(values))
	for i, v := range values {
		open := "', '"
		if i == 0 {
			open = "'['"
		}
		parts = append(parts, open+", json_quote("+v+")")
	}
	parts = append(parts, "']'")
	const group = maxArguments / 2
	for len(parts) > 1 {
		var groups []string
		for from := 0; from < len(parts); from += group {
			groups = append(groups, "concat("+strings.Join(parts[from:min(from+group, len(parts))], ", ")+")")
		}
		parts = groups
	}
	return "json(" + parts[0] + ")"
}

// column renders one value of a row; the JSON of a sub-select goes through json(), or it would be quoted as a text.
func (r *renderer) column(c plan.Column, s scope) string {
	switch c := c.(type) {
	case plan.Value:
		x := s.operand(c.Operand)
		if c.Field != nil && c.Field.List {
			return "json(" + x + ")"
		}
		return x
	case plan.List:
		row, from := r.rows(c.Select, s, r.limit(c.Select, "-1"))
		return "json((SELECT json_group_array(" + row + ") FROM " + from + "))"
	case plan.One:
		row, from := r.rows(c.Select, s, " LIMIT 1")
		return "json((SELECT " + row + " FROM " + from + "))"
	case plan.Count:
		return r.count(c.Select, s)
	case plan.Exists:
		return r.exists(c.Select, s)
	case plan.LinkCount:
		return r.linkCount(c)
	case plan.ShortestPath:
		return r.shortestPath(c)
	case plan.Neighborhood:
		return r.neighborhood(c)
	case plan.StoreRevision:
		return "(SELECT revision FROM " + quote(storeTable) + ")"
	}
	switch c := c.(type) {
	case plan.Groups:
		return r.groupPage(c, s)
	case plan.GroupTotals:
		return r.groupTotals(c, s)
	}
	return r.fail("there is no column %T", c)
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
