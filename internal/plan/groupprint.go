package plan

import (
	"fmt"
	"strings"
)

// group prints a column that counts nodes in groups.
func (p *printer) group(indent, i int, c Column) {
	switch c := c.(type) {
	case Groups:
		tail := fmt.Sprintf(" limit %d", c.Limit)
		if c.After != nil {
			tail = fmt.Sprintf(" %s %v", map[bool]string{false: "after", true: "until"}[c.Until], c.After) + tail
		}
		p.grouping(indent, fmt.Sprintf("%d groups", i), c.Grouping, tail)
	case GroupTotals:
		p.grouping(indent, fmt.Sprintf("%d totals of groups", i), c.Grouping, "")
	}
}

func (p *printer) grouping(indent int, what string, g *Grouping, tail string) {
	line := fmt.Sprintf("%s of %s %s", what, g.Type.Name, sourceString(g.From)) + p.conditions(g.Select)
	if g.Apart {
		line += " apart"
	}
	if g.Implied {
		line += " with implied ones"
	}
	p.line(indent, "%s", line+tail)
	for i, k := range g.Keys {
		p.key(indent+1, i, k)
	}
	for i, m := range g.Measures {
		p.line(indent+1, "%d %s", len(g.Keys)+i, p.measure(m))
	}
}

func (p *printer) key(indent, i int, k GroupKey) {
	if k.Value != nil {
		year := ""
		if k.Year {
			year = "year of "
		}
		p.line(indent, "%d by %s%s", i, year, *k.Value)
		return
	}
	var paths []string
	for _, path := range k.Paths {
		text := ""
		if path.Implied {
			text = "implied "
		}
		for _, step := range path.Steps {
			text += linkString(step.From.(Follow).Field) + step.Type.Name
			if c := p.conditions(step); c != "" {
				text += "[" + strings.TrimPrefix(c, " ") + "]"
			}
		}
		paths = append(paths, text)
	}
	p.line(indent, "%d by %s", i, strings.Join(paths, " or "))
	for j, c := range k.Node.Columns {
		p.column(indent+1, j, c)
	}
}

func (p *printer) measure(m Measure) string {
	text := [...]string{"tally", "earliest", "latest"}[m.What]
	if m.Implied {
		text = "implied " + text
	}
	if m.Date != nil {
		text += " " + m.Date.Name
	}
	if m.Where != nil {
		text += " where " + p.predicate(m.Where)
	}
	return text
}

// links is how many links lead from where a Grouping stands to the farthest node that it reads.
func (g *Grouping) links() int {
	n := g.Select.links()
	base := n - (&Select{Where: g.Where, Visible: g.Visible}).links()
	for _, m := range g.Measures {
		n = max(n, base+predicateLinks(m.Where))
	}
	for _, k := range g.Keys {
		far := 0
		for _, path := range k.Paths {
			for i, step := range path.Steps {
				far = max(far, i+step.links())
			}
		}
		n = max(n, base+far)
		if k.Node != nil {
			n = max(n, k.Node.links())
		}
	}
	return n
}
