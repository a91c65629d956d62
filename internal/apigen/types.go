package apigen

import (
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
)

// pageSuffixes are what the names of pages end in and no name of the model may: by them clients, and the planner where
// it counts depth, tell pages from nodes.
var pageSuffixes = []string{"Connection", "Edge"}

// types returns the kinds, interfaces and unions of the model as types of the API.
func (g *generator) types() []*definition {
	var out []*definition
	for _, t := range g.catalog.Types {
		d := &definition{description: t.Description}
		switch t.Form {
		case catalog.Kind:
			d.keyword = "type"
		case catalog.Interface:
			d.keyword = "interface"
		case catalog.Union:
			d.keyword = "union"
			for _, m := range t.Members {
				d.members = append(d.members, m.Name)
			}
		}
		d.name = g.name(t.Name, "the model's "+d.keyword+" "+t.Name)
		for _, suffix := range pageSuffixes {
			if strings.HasSuffix(t.Name, suffix) {
				g.clashes = append(g.clashes, fmt.Sprintf("the model's %s %s ends in %s, as only the pages of the API do: rename it", d.keyword, t.Name, suffix))
			}
		}
		for _, i := range t.Interfaces {
			d.implements = append(d.implements, i.Name)
		}
		for _, f := range t.Fields {
			if !f.Hidden {
				d.fields = append(d.fields, output(f))
			}
		}
		out = append(out, d)
	}
	return out
}

// output returns the field as objects and edges have it.
func output(f *catalog.Field) field {
	out := field{name: f.Name, description: f.Description}
	switch {
	case f.Reference != nil:
		out.typ = f.Reference.Name
	case f.IsLink() && f.Many:
		out.typ = connectionName(f.Target, linkProperties(f)) + "!"
		out.args = connectionArguments(f.Target)
	case f.IsLink():
		out.typ = f.Target.Name
	default:
		out.typ = scalarName(f)
		if f.List {
			out.typ = listOf(out.typ)
		}
		if f.NonNull {
			out.typ += "!"
		}
		if f.Computed != nil {
			for _, a := range f.Computed.Args {
				out.args = append(out.args, argument{name: a.Name, typ: a.Type, description: a.Description})
			}
		}
	}
	return out
}

// enums returns the kinds of node, the directions of an order and the closed lists of the model.
func (g *generator) enums() []*definition {
	kinds := &definition{
		keyword: "enum", name: g.name(nodeKindEnum, "the list of the kinds of node"),
		description: "The kinds of node.",
	}
	for _, k := range g.catalog.Kinds() {
		kinds.values = append(kinds.values, catalog.EnumEntry{Name: k.EnumName, Description: k.Description})
	}
	out := []*definition{kinds, {
		keyword: "enum", name: g.name(sortDirectionEnum, "the directions of an order"),
		description: "In which direction a connection is ordered. Nodes without a value come last in both.",
		values: []catalog.EnumEntry{
			{Name: "ASC", Description: "Smallest, first or earliest value first."},
			{Name: "DESC", Description: "Greatest, last or latest value first."},
		},
	}}
	out = append(out, g.linkTypes()...)
	for _, e := range g.catalog.Enums {
		out = append(out, &definition{
			keyword: "enum", name: g.name(e.Name, fmt.Sprintf("the model's enum %s", e.Name)),
			description: e.Description, values: e.Values,
		})
	}
	return out
}
