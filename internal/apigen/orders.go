package apigen

import "attrigraph/internal/catalog"

// orders returns the inputs of `orderBy`. They are @oneOf, as the keys of an input object have no order of their own.
func (g *generator) orders() []*definition {
	var out []*definition
	for _, t := range g.targets {
		d := &definition{
			keyword: "input", name: g.name(orderName(t), "the order of "+t.Name), directive: "@oneOf",
			description: "By what nodes of type " + t.Name + " are ordered: exactly one key.",
		}
		if t.Form == catalog.Union {
			d.fields = append(d.fields, field{name: catalog.IDField, typ: sortDirectionEnum})
		}
		for _, f := range t.Fields {
			if f.IsStored() && !f.Hidden && f.Ordered {
				d.fields = append(d.fields, field{name: f.Name, typ: sortDirectionEnum})
			}
		}
		out = append(out, d)
	}
	return out
}
