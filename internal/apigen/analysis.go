package apigen

import (
	"strings"

	"attrigraph/internal/catalog"
)

// linkTypeEnum is the name of the list of the types of link.
const linkTypeEnum = "LinkType"

// analysis returns the fields of the root that look at the graph as a whole.
func (g *generator) analysis() []field {
	return []field{
		{name: "stats", typ: "Stats!", description: "How many nodes and links there are."},
	}
}

// analysisTypes returns the types that only these fields lead to.
func (g *generator) analysisTypes() []*definition {
	stats := &definition{
		keyword: "type", name: g.name("Stats", "the numbers of nodes and links"),
		description: "How many nodes and links there are.",
		fields: []field{
			{name: "nodes", typ: "Int!", description: "The number of all nodes."},
			{name: "links", typ: "Int!", description: "The number of all links."},
			{name: "kinds", typ: listOf("KindCount") + "!", description: "The number of nodes of each kind, in the order of the model."},
		},
	}
	out := []*definition{stats, {
		keyword: "type", name: g.name("KindCount", "the number of nodes of a kind"),
		description: "How many nodes of one kind there are.",
		fields: []field{
			{name: "kind", typ: nodeKindEnum + "!", description: "The kind."},
			{name: "count", typ: "Int!", description: "The number of its nodes."},
		},
	}}
	if g.linked() {
		stats.fields = append(stats.fields, field{
			name: "linkTypes", typ: listOf("LinkTypeCount") + "!", description: "The number of links of each type, in order of name.",
		})
		out = append(out, &definition{
			keyword: "type", name: g.name("LinkTypeCount", "the number of links of a type"),
			description: "How many links of one type there are.",
			fields: []field{
				{name: "type", typ: linkTypeEnum + "!", description: "The type of link."},
				{name: "count", typ: "Int!", description: "The number of its links."},
			},
		})
	}
	stats.fields = append(stats.fields, field{
		name: "revision", typ: "Int!", description: "The number of the last change of the store; it grows with each change.",
	})
	return out
}

// linked tells whether the model has links: GraphQL knows no closed list without values.
func (g *generator) linked() bool { return len(g.catalog.Links) > 0 }

// linkTypes returns the closed list of the types of link, each described by the fields that follow it.
func (g *generator) linkTypes() []*definition {
	if !g.linked() {
		return nil
	}
	d := &definition{
		keyword: "enum", name: g.name(linkTypeEnum, "the list of the types of link"),
		description: "The types of link, as they are stored. A link runs from one node to another; fields follow it in both directions.",
	}
	for _, l := range g.catalog.Links {
		var along, against []string
		for _, t := range g.catalog.Types {
			for _, f := range t.Fields {
				name := "`" + t.Name + "." + f.Name + "`"
				switch {
				case f.Link != l || f.Owner != t:
				case f.Out:
					along = append(along, name)
				default:
					against = append(against, name)
				}
			}
		}
		d.values = append(d.values, catalog.EnumEntry{Name: l.Type, Description: followed(along, against)})
	}
	return []*definition{d}
}

// followed says by which fields a link is followed along its direction and against it.
func followed(along, against []string) string {
	var parts []string
	for i, names := range [][]string{along, against} {
		if len(names) > 0 {
			parts = append(parts, []string{"Along: ", "Against: "}[i]+strings.Join(names, ", ")+".")
		}
	}
	return strings.Join(parts, " ")
}
