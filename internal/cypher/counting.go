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
		if step := k.Paths[0].Steps[0]; step.Where == nil && step.Visible == nil {
			// Nothing is counted in the condition, so that this is safe (see optional), and the server expands it in one step.
			c.WriteString(" OPTIONAL " + chain)
			c.with(end + " AS " + c.key(i))
			return nil
		}
		c.WriteString(" " + optional(c.sc.node(), chain, end+" AS "+c.key(i)))
		c.names = append(c.names, c.key(i))
		c.with()
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
