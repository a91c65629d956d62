package cypher

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// counting is one Grouping while it is rendered: clauses that lead to a row for each node in each of its groups. Beside
// the node a row has the keys k, what measures look at, m, and i, which is 1 where only implied paths lead to the group.
type counting struct {
	*renderer
	*plan.Grouping
	sc *scope
	strings.Builder
	// names are the variables of a row, the node's first.
	names []string
	// sort holds what each key is ordered by.
	sort []value
	// traced is the name that says of a row whether it is implied, empty as long as there is none.
	traced string
}

// separator stands in a text between what an Earliest or Latest orders by and the date as it was given. Neither holds it.
const separator = "'|'"

// name is a variable of the Grouping; the depth tells it from those of a Grouping around it.
func (c *counting) name(prefix string, i int) string {
	return prefix + strconv.Itoa(c.sc.depth) + "_" + strconv.Itoa(i)
}

func (c *counting) key(i int) string { return c.name("k", i) }

// with adds a WITH of the variables so far and of others; those have the form "x AS name".
func (c *counting) with(others ...string) {
	c.WriteString(" WITH " + strings.Join(append(append([]string(nil), c.names...), others...), ", "))
	for _, o := range others {
		c.names = append(c.names, o[strings.LastIndex(o, " ")+1:])
	}
}

func (r *renderer) counting(g *plan.Grouping, outer *scope) (*counting, error) {
	c := &counting{renderer: r, Grouping: g, sc: enter(g.Select, outer), sort: make([]value, len(g.Keys))}
	if err := c.base(); err != nil {
		return nil, err
	}
	c.names = []string{c.sc.node()}
	var columns []string
	for i, m := range g.Measures {
		x, err := c.measured(m)
		if err != nil {
			return nil, err
		}
		if x != "" {
			columns = append(columns, x+" AS "+c.name("m", i))
		}
	}
	for i, k := range g.Keys {
		if k.Value != nil {
			x, err := c.value(i, k)
			if err != nil {
				return nil, err
			}
			columns = append(columns, x...)
		}
	}
	c.with(columns...)
	for i, k := range g.Keys {
		if k.Value != nil && k.Value.Field != nil && k.Value.Field.List {
			c.elements(i)
		}
	}
	for i, k := range g.Keys {
		if k.Value != nil {
			continue
		}
		if err := c.follow(i, k); err != nil {
			return nil, err
		}
	}
	if g.Several() {
		c.once()
	}
	if g.Apart {
		parts := make([]string, 0, len(g.Keys))
		for i := range g.Keys[1:] {
			parts = append(parts, c.key(i)+" <> "+c.key(i+1))
		}
		c.with()
		c.WriteString(" WHERE " + strings.Join(parts, " OR "))
	}
	return c, nil
}

// base renders where the nodes come from.
func (c *counting) base() error {
	if start := c.Start(); start != nil && len(start.Steps) > 0 && c.sc.outer == nil {
		seeds, steps, err := c.seeds(start, c.sc)
		if err != nil {
			return err
		}
		rest, err := c.where(start.Rest, c.sc)
		c.WriteString(seeds + steps + rest)
		return err
	}
	match, err := c.match(c.sc)
	c.WriteString(match + with(c.sc, ""))
	return err
}

// value returns the columns of a key that is a stored value.
func (c *counting) value(i int, k plan.GroupKey) ([]string, error) {
	name := c.key(i)
	if k.Year {
		first, err := c.part(*k.Value, catalog.PartEarliest)
		if err != nil {
			return nil, err
		}
		last, err := c.part(*k.Value, catalog.PartLatest)
		c.sort[i] = value{text: name, nullable: true}
		return []string{"CASE WHEN left(" + first + ", 4) = left(" + last + ", 4) THEN left(" + first + ", 4) END AS " + name}, err
	}
	v, err := c.read(*k.Value, c.sc)
	if err != nil {
		return nil, err
	}
	columns := []string{v.text + " AS " + name}
	order, err := c.ordered(*k.Value, c.sc, upwards)
	if err != nil {
		return nil, err
	}
	if order.text == v.text || k.Value.Field != nil && k.Value.Field.List {
		c.sort[i] = value{text: name, nullable: true}
		return columns, nil
	}
	columns = append(columns, order.text+" AS "+c.name("o", i))
	order.text = c.name("o", i)
	c.sort[i] = order
	return columns, nil
}

func (c *counting) part(o plan.Operand, p catalog.DatePart) (string, error) {
	o.Field = o.Field.Parts[p]
	v, err := c.read(o, c.sc)
	return v.text, err
}

// measured is what a measure looks at, or nothing where that is the node itself.
func (c *counting) measured(m plan.Measure) (string, error) {
	if m.What == plan.Tally {
		if m.Where == nil {
			return "", nil
		}
		return c.condition(m.Where, c.sc)
	}
	by := map[plan.MeasureKind]catalog.DatePart{plan.Earliest: catalog.PartKey, plan.Latest: catalog.PartLatest}[m.What]
	o := plan.Operand{On: c.sc.Type, Field: m.Date}
	order, err := c.part(o, by)
	if err != nil {
		return "", err
	}
	text, err := c.part(o, catalog.PartText)
	return order + " + " + separator + " + " + text, err
}

// elements makes each element of a list a key of its own, and no element the absent one.
func (c *counting) elements(i int) {
	k := c.key(i)
	x := c.name("x", i)
	c.WriteString(" UNWIND CASE WHEN size(coalesce(" + k + ", [])) = 0 THEN [null] ELSE " + k + " END AS " + x)
	c.replace(k, x)
}

// replace gives the variable x the name of another, which is lost.
func (c *counting) replace(name, x string) {
	list := make([]string, len(c.names))
	for i, n := range c.names {
		list[i] = n
		if n == name {
			list[i] = x + " AS " + n
		}
	}
	c.WriteString(" WITH " + strings.Join(list, ", "))
}

// follow adds the key that paths lead to.
func (c *counting) follow(i int, k plan.GroupKey) error {
	c.sort[i] = value{text: c.key(i) + "." + catalog.IDField, nullable: k.Optional}
	if k.Optional {
		chain, end, err := c.chain(k.Paths[0].Steps)
		if err != nil {
			return err
		}
		c.WriteString(" OPTIONAL " + chain)
		c.with(end + " AS " + c.key(i))
		return nil
	}
	var parts []string
	for _, path := range k.Paths {
		chain, end, err := c.chain(path.Steps)
		if err != nil {
			return err
		}
		trace := "0"
		if path.Implied {
			trace = "1"
		}
		parts = append(parts, chain+" RETURN "+end+" AS "+c.key(i)+", "+trace+" AS "+c.name("i", i))
	}
	c.WriteString(" CALL (" + c.sc.node() + ") { " + strings.Join(parts, " UNION ALL ") + " }")
	c.names = append(c.names, c.key(i))
	switch trace := c.name("i", i); {
	case !c.HasImplied():
		c.with()
	case c.traced == "":
		c.traced = trace
		c.names = append(c.names, trace)
	default:
		c.replace(c.traced, "CASE WHEN "+trace+" = 1 THEN 1 ELSE "+c.traced+" END")
	}
	return nil
}

// chain renders the steps of a path, each as a MATCH of its own, so that a path may take a link there and back, and
// returns the name of the node at its end.
func (c *counting) chain(path plan.Path) (text, end string, err error) {
	var parts []string
	at := c.sc
	for _, step := range path {
		at = enter(step, at)
		match, err := c.match(at)
		if err != nil {
			return "", "", err
		}
		parts = append(parts, match)
	}
	return strings.Join(parts, " "), at.node(), nil
}

// once puts the ways together in which a node came to one group.
func (c *counting) once() {
	if c.traced == "" {
		c.WriteString(" WITH DISTINCT " + strings.Join(c.names, ", "))
		return
	}
	c.replace(c.traced, "min("+c.traced+")")
}

// aggregate is a measure over rows; distinct tells that a node may be in several of them.
func (c *counting) aggregate(i int, distinct bool) string {
	m := c.Measures[i]
	var conditions []string
	if c.traced != "" {
		conditions = []string{c.traced + map[bool]string{true: " = 1", false: " = 0"}[m.Implied]}
	}
	looked := c.name("m", i)
	if m.What == plan.Tally && m.Where != nil {
		conditions = append(conditions, looked)
	}
	when := func(x string) string {
		if len(conditions) == 0 {
			return x
		}
		return "CASE WHEN " + strings.Join(conditions, " AND ") + " THEN " + x + " END"
	}
	switch {
	case m.What == plan.Earliest:
		return "split(min(" + when(looked) + "), " + separator + ")[1]"
	case m.What == plan.Latest:
		return "split(max(" + when(looked) + "), " + separator + ")[1]"
	case m.Implied && c.traced == "":
		return "0"
	case distinct:
		return "count(DISTINCT " + when(c.sc.node()) + ")"
	}
	return "count(" + when(c.sc.node()) + ")"
}

// called begins a value in lets that is the result of a CALL. The server takes a list that is put together with a COLLECT for
// an aggregation of its own if anything is counted within the COLLECT, however deep.
const called = "CALL "

// call names the value of a query, which ends with it, and returns the name.
func (r *renderer) call(query string, sc *scope) string {
	return r.let(called+query, sc)
}

// counts tells whether anything is counted in groups for the rows of a Select.
func counts(s *plan.Select) bool {
	return slices.ContainsFunc(s.Columns, func(c plan.Column) bool {
		switch c := c.(type) {
		case plan.Groups, plan.GroupTotals:
			return true
		case plan.List:
			return counts(c.Select)
		case plan.One:
			return counts(c.Select)
		}
		return false
	})
}

// groupPage renders a page of groups.
func (r *renderer) groupPage(p plan.Groups, outer *scope) (string, error) {
	c, err := r.counting(p.Grouping, outer)
	if err != nil {
		return "", err
	}
	var columns, names, order, row []string
	for i := range c.Keys {
		names = append(names, c.key(i))
		columns = append(columns, c.key(i))
		if o := c.sort[i].text; strings.HasPrefix(o, "o") {
			names, columns = append(names, o), append(columns, o)
		}
		order = append(order, c.sort[i].text)
	}
	for i := range c.Measures {
		name := c.name("g", i)
		names, columns = append(names, name), append(columns, c.aggregate(i, false)+" AS "+name)
	}
	var conditions []string
	if c.Sifted() {
		name := c.name("y", 0)
		columns = append(columns, "min("+c.traced+") AS "+name)
		conditions = append(conditions, name+" = 0")
	}
	if p.After != nil {
		after, err := c.after(p.After)
		if err != nil {
			return "", err
		}
		if p.Until {
			after = "NOT coalesce(" + after + ", false)"
		}
		conditions = append(conditions, after)
	}
	c.WriteString(" WITH " + strings.Join(columns, ", "))
	if len(conditions) > 0 {
		c.WriteString(" WHERE " + strings.Join(conditions, " AND "))
	}
	c.WriteString(" WITH " + strings.Join(names, ", ") + " ORDER BY " + c.name("g", 0) + " DESC, " + strings.Join(order, ", ") + " LIMIT " + r.param(p.Limit, "", nil))
	var lets, nodes lets
	for i, k := range c.Keys {
		if k.Node == nil {
			row = append(row, c.key(i))
			continue
		}
		of := &scope{Select: k.Node, depth: c.sc.depth, name: c.key(i), lets: lets}
		values := make([]string, len(k.Node.Columns))
		for j, column := range k.Node.Columns {
			if values[j], err = r.column(column, of); err != nil {
				return "", err
			}
		}
		lets = of.lets
		node := c.name("v", i)
		nodes = append(nodes, "["+strings.Join(values, ", ")+"] AS "+node)
		row = append(row, "CASE WHEN "+c.key(i)+" IS NULL THEN null ELSE "+node+" END")
	}
	for i := range c.Measures {
		row = append(row, c.name("g", i))
	}
	known := strings.Join(names, ", ")
	c.WriteString(lets.clause(known))
	for _, l := range lets {
		known += ", " + l[strings.LastIndex(l, " ")+1:]
	}
	c.WriteString(nodes.clause(known))
	return r.call(c.String()+" RETURN collect(["+strings.Join(row, ", ")+"])", outer), nil
}

// after is the condition that a group comes after the one with the parameters: it has fewer nodes, or as many and later
// keys.
func (c *counting) after(params []plan.ParamIndex) (string, error) {
	if len(params) != len(c.Keys)+1 {
		return "", fmt.Errorf("a place among groups needs %d parameters, not %d", len(c.Keys)+1, len(params))
	}
	out := ""
	for i := len(c.Keys) - 1; i >= 0; i-- {
		x := c.sort[i]
		v := x.param(c.renderer, params[i+1])
		strict, same := x.text+" > "+v, x.text+" = "+v
		if x.nullable {
			strict = "(" + strict + " OR " + x.text + " IS NULL AND " + v + " IS NOT NULL)"
			same = "(" + same + " OR " + x.text + " IS NULL AND " + v + " IS NULL)"
		}
		if out == "" {
			out = strict
			continue
		}
		out = "(" + strict + " OR " + same + " AND " + out + ")"
	}
	n, v := c.name("g", 0), c.param(params[0], "", nil)
	return "(" + n + " < " + v + " OR " + n + " = " + v + " AND " + out + ")", nil
}

// groupTotals renders how many groups there are and the measures over all of them.
func (r *renderer) groupTotals(p plan.GroupTotals, outer *scope) (string, error) {
	c, err := r.counting(p.Grouping, outer)
	if err != nil {
		return "", err
	}
	if c.Sifted() {
		c.sift()
	}
	// A list of texts is a value of its own even where the key is absent, which count would pass over.
	keys := make([]string, len(c.Keys))
	for i, k := range c.Keys {
		x := c.key(i)
		if k.Node != nil {
			x += "." + catalog.IDField
		}
		keys[i] = "coalesce('+' + toString(" + x + "), '')"
	}
	values := []string{"count(DISTINCT [" + strings.Join(keys, ", ") + "])"}
	for i := range c.Measures {
		values = append(values, c.aggregate(i, true))
	}
	totals := r.call(c.String()+" RETURN ["+strings.Join(values, ", ")+"]", outer)
	row := make([]string, len(values))
	for i := range row {
		row[i] = fmt.Sprintf("%s[%d]", totals, i)
	}
	return "[" + strings.Join(row, ", ") + "]", nil
}

// sift leaves only the rows of groups to which not only implied paths lead.
func (c *counting) sift() {
	list, least, one := c.name("l", 0), c.name("y", 0), c.name("x", 0)
	var keys, others, again []string
	for i := range c.Keys {
		keys = append(keys, c.key(i))
	}
	for _, name := range c.names {
		if !slices.Contains(keys, name) {
			again = append(again, fmt.Sprintf("%s[%d] AS %s", one, len(others), name))
			others = append(others, name)
		}
	}
	by := strings.Join(keys, ", ")
	c.WriteString(" WITH " + by + ", min(" + c.traced + ") AS " + least + ", collect([" + strings.Join(others, ", ") + "]) AS " + list +
		" WHERE " + least + " = 0 UNWIND " + list + " AS " + one + " WITH " + by + ", " + strings.Join(again, ", "))
}
