package apigen

import (
	"attrigraph/internal/catalog"
)

// conditions returns the inputs of `where`: for each type that something leads to, for the links to many nodes, and for
// the properties of links.
func (g *generator) conditions() []*definition {
	var out []*definition
	for _, t := range g.targets {
		out = append(out, g.where(t))
	}
	for _, p := range g.catalog.Properties {
		if g.carries(p) {
			out = append(out, g.propertiesWhere(p))
		}
	}
	filtered := map[string]bool{}
	for _, t := range g.targets {
		for _, f := range t.Fields {
			if f.IsLink() && f.Many {
				filtered[linkFilterName(f.Target, linkProperties(f))] = true
			}
		}
	}
	for _, l := range g.links {
		if filtered[linkFilterName(l.target, l.props)] {
			out = append(out, g.linkFilter(l))
		}
	}
	return out
}

// carries tells whether links with the properties can be filtered.
func (g *generator) carries(p *catalog.Properties) bool {
	for _, l := range g.links {
		if l.props == p {
			return true
		}
	}
	return false
}

func (g *generator) where(t *catalog.Type) *definition {
	d := &definition{
		keyword: "input", name: g.name(whereName(t), "the conditions on "+t.Name),
		description: "Conditions on nodes of type " + t.Name + ". All that are given must hold.",
	}
	d.fields = logic(d.name)
	if t.Form != catalog.Kind {
		d.fields = append(d.fields, g.filtered(field{name: "nodeKind", typ: nodeKindEnum + "Filter", description: "The kind of the node."}))
	}
	if t.Form == catalog.Union {
		d.fields = append(d.fields, g.filtered(field{name: catalog.IDField, typ: "IDFilter", description: "The node's id."}))
	}
	for _, f := range t.Fields {
		switch {
		case f.IsLink() && f.Many:
			d.fields = append(d.fields, field{name: f.Name, typ: linkFilterName(f.Target, linkProperties(f))})
		case f.IsLink():
			d.fields = append(d.fields, field{name: f.Name, typ: whereName(f.Target)})
		case filterable(f):
			d.fields = append(d.fields, g.filtered(field{name: f.Name, typ: filterName(f)}))
		}
	}
	return d
}

func (g *generator) propertiesWhere(p *catalog.Properties) *definition {
	d := &definition{
		keyword: "input", name: g.name(propertiesWhereName(p), "the conditions on links with "+p.Name),
		description: "Conditions on links with " + p.Name + ". All that are given must hold.",
	}
	d.fields = logic(d.name)
	for _, f := range p.Fields {
		switch {
		case f.Reference != nil:
			d.fields = append(d.fields, field{name: f.Name, typ: whereName(f.Reference)})
		case filterable(f):
			d.fields = append(d.fields, g.filtered(field{name: f.Name, typ: filterName(f)}))
		}
	}
	return d
}

func (g *generator) linkFilter(l linkEnd) *definition {
	where := whereName(l.target)
	d := &definition{
		keyword: "input", name: g.name(linkFilterName(l.target, l.props), "the conditions on links to "+l.describe()),
		description: "Conditions on links to " + l.describe() + ". All that are given must hold.",
	}
	if l.props != nil {
		d.fields = append(d.fields, field{
			name: "edge", typ: propertiesWhereName(l.props),
			description: "Look only at links on which these conditions hold.",
		})
	}
	d.fields = append(d.fields,
		field{name: "some", typ: where, description: "There is such a node; `{}` asks only that there is any."},
		field{name: "every", typ: where, description: "All the nodes are such; holds where there are none."},
		field{name: "none", typ: where, description: "There is no such node; `{}` asks that there are none at all."},
		g.filtered(field{name: "count", typ: "CountFilter", description: "How many nodes there are in all."}),
	)
	return d
}

// filterable tells whether `where` has the field: not the ends of a date, which comparisons of the date itself look at.
func filterable(f *catalog.Field) bool {
	return f.IsStored() && !f.Hidden && f.Part != catalog.PartEarliest && f.Part != catalog.PartLatest
}

// filtered notes that a filter is used.
func (g *generator) filtered(f field) field {
	g.used[f.typ] = true
	return f
}

// logic returns the fields that join conditions.
func logic(name string) []field {
	return []field{
		{name: "AND", typ: listOf(name), description: "All of these hold."},
		{name: "OR", typ: listOf(name), description: "At least one of these holds."},
		{name: "NOT", typ: name, description: "This does not hold."},
	}
}
