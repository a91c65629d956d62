package sqlite

import (
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// counting is one Grouping while it is rendered: tables in WITH, each made from the one before. The last one has a row
// for each node in each of its groups: n is the node's key, k0, k1 … the keys, i is 1 where only implied paths lead there,
// m0, m1 … are what the measures look at.
type counting struct {
	*renderer
	*plan.Grouping
	with []string
	rows string
	// have tells which keys the rows have so far, traced whether they have i.
	have   []bool
	traced bool
}

// separator stands in a text between what an Earliest or Latest orders by and the date as it was given. Neither holds it.
const separator = "'|'"

// table adds a table to WITH and returns its name.
func (c *counting) table(prefix, query string) string {
	name := c.alias(prefix)
	c.with = append(c.with, name+" AS MATERIALIZED ("+query+")")
	return name
}

func key(i int) string     { return "k" + strconv.Itoa(i) }
func measure(i int) string { return "m" + strconv.Itoa(i) }

// implied tells whether rows say how a node came to its group.
func (c *counting) implied() bool { return c.HasImplied() }

// count renders the tables of a Grouping.
func (r *renderer) counting(g *plan.Grouping, outer scope) *counting {
	c := &counting{renderer: r, Grouping: g, have: make([]bool, len(g.Keys))}
	a := r.access(g.Select, outer)
	if start := g.Start(); start != nil && len(start.Steps) > 0 {
		s := r.alias("s")
		seeds, steps := r.seeds(start, a, s)
		c.with = append(c.with, s+" AS MATERIALIZED ("+seeds+")")
		f := c.table("f", "SELECT DISTINCT pk FROM ("+steps+")")
		far := *a
		far.joins = nil
		far.from = f + " CROSS JOIN " + a.from + " ON " + a.pk() + " = " + f + ".pk"
		far.where = r.wherever(start.Rest, &far)
		a = &far
	}
	columns := []string{a.pk() + " AS n"}
	for i, k := range g.Keys {
		if k.Value != nil {
			columns = append(columns, groupValue(k, a)+" AS "+key(i))
			c.have[i] = true
		}
	}
	for i, m := range g.Measures {
		if x := r.measured(m, a); x != "" {
			columns = append(columns, x+" AS "+measure(i))
		}
	}
	c.rows = c.table("b", a.query(strings.Join(columns, ", "), "", ""))
	for i, k := range g.Keys {
		if k.Value != nil && k.Value.Field != nil && k.Value.Field.List {
			c.elements(i)
		}
	}
	for i, k := range g.Keys {
		if k.Value == nil {
			c.follow(i, k)
		}
	}
	if g.Apart {
		c.rows = c.table("a", "SELECT * FROM "+c.rows+" WHERE "+c.apart())
	}
	if g.Several() {
		columns, by := []string{"n"}, []string{"n"}
		for i := range g.Keys {
			columns, by = append(columns, key(i)), append(by, key(i))
		}
		if c.implied() {
			columns = append(columns, "min(i) AS i")
		}
		c.rows = c.table("d", "SELECT "+strings.Join(append(columns, c.measureColumns("")...), ", ")+" FROM "+c.rows+" GROUP BY "+strings.Join(by, ", "))
	}
	return c
}

// groupValue is the expression of a key that is a stored value.
func groupValue(k plan.GroupKey, a *access) string {
	if !k.Year {
		return a.operand(*k.Value)
	}
	part := func(p catalog.DatePart) string {
		o := *k.Value
		o.Field = k.Value.Field.Parts[p]
		return "substr(" + a.operand(o) + ", 1, 4)"
	}
	return "CASE WHEN " + part(catalog.PartEarliest) + " = " + part(catalog.PartLatest) + " THEN " + part(catalog.PartEarliest) + " END"
}

// measured is the expression of what a measure looks at, or nothing where that is the node itself.
func (r *renderer) measured(m plan.Measure, a *access) string {
	date := func(p catalog.DatePart) string {
		return a.operand(plan.Operand{On: a.sel.Type, Field: m.Date.Parts[p]})
	}
	switch m.What {
	case plan.Earliest:
		return date(catalog.PartKey) + " || " + separator + " || " + date(catalog.PartText)
	case plan.Latest:
		return date(catalog.PartLatest) + " || " + separator + " || " + date(catalog.PartText)
	}
	if m.Where == nil {
		return ""
	}
	return "(" + r.predicate(m.Where, a) + ") IS TRUE"
}

// measureColumns are the columns that measures look at, of the table with the name.
func (c *counting) measureColumns(of string) []string {
	var list []string
	for i, m := range c.Measures {
		if m.What != plan.Tally || m.Where != nil {
			list = append(list, of+measure(i))
		}
	}
	return list
}

// carried are the columns that the table of the i-th key takes over.
func (c *counting) carried(i int) []string {
	list := []string{c.rows + ".n"}
	for j, have := range c.have {
		if have && j != i {
			list = append(list, c.rows+"."+key(j))
		}
	}
	return append(list, c.measureColumns(c.rows+".")...)
}

// linkedFrom is the scope of the node in a row of a table.
type linkedFrom struct {
	rootScope
	table string
}

func (l linkedFrom) pk() string { return l.table + ".n" }

// follow adds the key that paths lead to. SQLite makes a table in WITH anew wherever it is named, so each names the one
// before it once.
func (c *counting) follow(i int, k plan.GroupKey) {
	from := c.rows
	tables, where, end := c.steps(k.Paths[0].Steps, linkedFrom{table: from})
	if _, link := end.(throughLink); len(k.Paths) > 1 || k.Optional && !(link && len(tables) == 1) {
		c.ways(i, k)
		return
	}
	columns := append(append(c.carried(i), end.pk()+" AS "+key(i)), c.trace(literalTrace(k.Paths[0].Implied))...)
	query := "SELECT " + strings.Join(columns, ", ") + " FROM " + from
	if k.Optional {
		query += " LEFT JOIN " + tables[0] + " ON " + strings.Join(where, " AND ")
	} else {
		query += " CROSS JOIN " + strings.Join(tables, " CROSS JOIN ") + " WHERE " + strings.Join(where, " AND ")
	}
	c.rows = c.table("p", query)
	c.have[i], c.traced = true, c.implied()
}

// ways adds the key that several paths lead to, or perhaps none: for each node their ends are put together in a list of
// numbers, twice the key of the end and one more where the path is implied.
func (c *counting) ways(i int, k plan.GroupKey) {
	from := c.rows
	queries := make([]string, len(k.Paths))
	for j, path := range k.Paths {
		tables, where, end := c.steps(path.Steps, linkedFrom{table: from})
		queries[j] = "SELECT " + end.pk() + " * 2 + " + literalTrace(path.Implied) + " AS w FROM " + strings.Join(tables, " CROSS JOIN ") + " WHERE " + strings.Join(where, " AND ")
	}
	way := c.alias("w")
	columns := append(append(c.carried(i), way+".value / 2 AS "+key(i)), c.trace("coalesce("+way+".value % 2, 0)")...)
	join := map[bool]string{true: " LEFT JOIN ", false: " CROSS JOIN "}[k.Optional]
	c.rows = c.table("p", "SELECT "+strings.Join(columns, ", ")+" FROM "+from+join+"json_each((SELECT json_group_array(w) FROM ("+
		strings.Join(queries, " UNION ALL ")+"))) "+way)
	c.have[i], c.traced = true, c.implied()
}

func literalTrace(implied bool) string {
	if implied {
		return "1"
	}
	return "0"
}

// trace is the column that says whether an implied path led to one of the keys so far; way says it of the last one.
func (c *counting) trace(way string) []string {
	switch {
	case !c.implied():
		return nil
	case !c.traced:
		return []string{way + " AS i"}
	}
	return []string{"max(" + way + ", " + c.rows + ".i) AS i"}
}

// elements makes each element of a list a key of its own, and no element the absent one.
func (c *counting) elements(i int) {
	from := c.rows
	columns := append(c.carried(i), "element.value AS "+key(i))
	c.rows = c.table("p", "SELECT "+strings.Join(columns, ", ")+" FROM "+from+" LEFT JOIN json_each("+from+"."+key(i)+") element")
}

// aggregate is the expression of a measure over rows; distinct tells that a node may be in several of them.
func (c *counting) aggregate(i int, distinct bool) string {
	m := c.Measures[i]
	var conditions []string
	if c.implied() {
		conditions = []string{"i = " + literalTrace(m.Implied)}
	}
	if m.What == plan.Tally && m.Where != nil {
		conditions = append(conditions, measure(i))
	}
	when := func(x string) string {
		if len(conditions) == 0 {
			return x
		}
		return "CASE WHEN " + strings.Join(conditions, " AND ") + " THEN " + x + " END"
	}
	switch {
	case m.What == plan.Earliest:
		return given("min(" + when(measure(i)) + ")")
	case m.What == plan.Latest:
		return given("max(" + when(measure(i)) + ")")
	case m.Implied && !c.implied():
		return "0"
	case distinct:
		return "count(DISTINCT " + when("n") + ")"
	}
	return "count(" + when("n") + ")"
}

// given is the date in a text that measured made.
func given(x string) string { return "substr(" + x + ", instr(" + x + ", " + separator + ") + 1)" }

func (c *counting) keys(of string) string {
	list := make([]string, len(c.Keys))
	for i := range c.Keys {
		list[i] = of + key(i)
	}
	return strings.Join(list, ", ")
}

// groups renders the table of groups.
func (c *counting) groups() string {
	columns := []string{c.keys("")}
	for i := range c.Measures {
		columns = append(columns, c.aggregate(i, false)+" AS g"+strconv.Itoa(i))
	}
	q := "SELECT " + strings.Join(columns, ", ") + " FROM " + c.rows + " GROUP BY " + c.keys("")
	if c.Sifted() {
		q += " HAVING min(i) = 0"
	}
	return c.table("g", q)
}

// apart is the condition that the keys of a row are not all the same.
func (c *counting) apart() string {
	parts := make([]string, 0, len(c.Keys))
	for i := range c.Keys[1:] {
		parts = append(parts, key(i)+" <> "+key(i+1))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// groupPage renders a page of groups.
func (r *renderer) groupPage(p plan.Groups, outer scope) cell {
	c := r.counting(p.Grouping, outer)
	g, page := c.groups(), r.alias("q")
	from, order, keys := g, " ORDER BY g0 DESC", []string{}
	columns := []string{g + ".*"}
	var row []cell
	for i, k := range c.Keys {
		x := g + "." + key(i)
		if k.Node == nil {
			row = append(row, cell{page + "." + key(i), asScalar})
		} else {
			node := r.alias("n")
			from += " LEFT JOIN " + quote(r.node().Name) + " " + node + " ON " + node + "." + quote(pkColumn) + " = " + x
			x = node + "." + quote(catalog.IDField)
			columns = append(columns, x+" AS id"+strconv.Itoa(i))
			of, found := r.rows(k.Node, keyScope{column: page + "." + key(i)}, " LIMIT 1")
			row = append(row, jsonOrNull("SELECT "+of+" FROM "+found))
		}
		keys = append(keys, x)
		order += ", " + x + " NULLS LAST"
	}
	for i := range c.Measures {
		row = append(row, cell{page + ".g" + strconv.Itoa(i), asScalar})
	}
	q := "SELECT " + strings.Join(columns, ", ") + " FROM " + from
	if p.After != nil {
		after := r.afterGroup(p.After, append([]string{"g0"}, keys...))
		if p.Until {
			after += " IS NOT TRUE"
		}
		q += " WHERE " + after
	}
	q += order + " LIMIT " + r.param(p.Limit, asValue)
	return itemsWith("WITH "+strings.Join(c.with, ", ")+" ", jsonRow(row), "("+q+") "+page)
}

// afterGroup is the condition that a group comes after the one with the parameters: it has fewer nodes, or as many and
// later keys.
func (r *renderer) afterGroup(params []plan.ParamIndex, keys []string) string {
	if len(params) != len(keys) {
		return r.fail("a place among groups needs %d parameters, not %d", len(keys), len(params))
	}
	out := ""
	for i := len(keys) - 1; i >= 0; i-- {
		x, v := keys[i], r.param(params[i], asValue)
		strict := x + " < " + v
		if i > 0 {
			strict = "(" + v + " IS NOT NULL AND " + x + " IS NULL OR " + x + " > " + v + ")"
		}
		if out == "" {
			out = strict
			continue
		}
		out = "(" + strict + " OR " + x + " IS " + v + " AND " + out + ")"
	}
	return out
}

// keyScope is the scope in which the node of a group is read.
type keyScope struct {
	rootScope
	column string
}

func (k keyScope) pk() string { return k.column }

// groupTotals renders how many groups there are and the measures over all of them.
func (r *renderer) groupTotals(p plan.GroupTotals, outer scope) cell {
	c := r.counting(p.Grouping, outer)
	// Absent keys, and values of any type, are parts of an array like others.
	values := []string{"count(DISTINCT json_array(" + c.keys("") + "))"}
	from := c.rows
	if c.Sifted() {
		// Only rows of the groups that are left count.
		from = "(SELECT * FROM (SELECT *, min(i) OVER (PARTITION BY " + c.keys("") + ") AS least FROM " + from + ") WHERE least = 0)"
	}
	for i := range c.Measures {
		values = append(values, c.aggregate(i, true))
	}
	return cell{"(WITH " + strings.Join(c.with, ", ") + " SELECT json_array(" + strings.Join(values, ", ") + ") FROM " + from + ")", asJSON}
}
