package apigen

// matrices returns the root fields of the model's matrices.
func (g *generator) matrices() []field {
	var out []field
	for _, m := range g.catalog.Matrices {
		f := field{
			name: m.Field, typ: m.Name + "!", description: m.Description,
			args: []argument{
				{name: "where", typ: whereName(m.Of), description: argumentDescriptions["where"]},
				{name: "by", typ: m.By.Name + "! = " + m.By.Values[0].Name, description: m.By.Description},
			},
		}
		for _, o := range m.Options {
			f.args = append(f.args, argument{name: o.Name, typ: "Boolean! = false", description: o.Description})
		}
		f.args = append(f.args,
			argument{name: "first", typ: "Int", description: argumentDescriptions["first"]},
			argument{name: "after", typ: "String", description: "Begin after this cursor, an `endCursor` of the same matrix."},
		)
		out = append(out, f)
	}
	return out
}

// matrixTypes returns the types that only the matrices lead to.
func (g *generator) matrixTypes() []*definition {
	var out []*definition
	for _, m := range g.catalog.Matrices {
		row, totals := m.Name+"Row", m.Name+"Totals"
		r := &definition{keyword: "type", name: g.name(row, "a row of the matrix "+m.Name), description: "A row of " + m.Name + "."}
		t := &definition{
			keyword: "type", name: g.name(totals, "the totals of the matrix "+m.Name),
			description: "What " + m.Name + " counts over all rows, each node once: rows do not add up to it.",
		}
		for _, k := range m.Keys {
			r.fields = append(r.fields, field{name: k.Name, typ: k.Type.Name + "!", description: k.Description})
		}
		for _, x := range m.Measures {
			f := field{name: x.Name, typ: "Int!", description: x.Description}
			if x.Date != "" {
				f.typ = "Date"
			}
			r.fields = append(r.fields, f)
			f.description = ""
			t.fields = append(t.fields, f)
		}
		out = append(out, &definition{
			keyword: "type", name: g.name(m.Name, "the matrix "+m.Name), description: m.Description,
			fields: []field{
				{name: "rows", typ: listOf(row) + "!", description: "The rows of the page, those that count most first, then by the ids of their nodes."},
				{name: "pageInfo", typ: pageInfoType + "!", description: "Where the page stands among all rows."},
				{name: "totalCount", typ: "Int!", description: "How many rows there are; counted only when it is asked for."},
				{name: "totals", typ: totals + "!", description: "What is counted over all rows."},
			},
		}, r, t)
	}
	return out
}
