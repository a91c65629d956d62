package cypher

import (
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

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
