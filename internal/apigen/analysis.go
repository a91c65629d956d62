package apigen

import (
	"strings"

	"attrigraph/internal/catalog"
)

// linkTypeEnum is the name of the list of the types of link.
const linkTypeEnum = "LinkType"

// analysis returns the fields of the root that look at the graph as a whole.
func (g *generator) analysis() []field {
	fields := []field{
		{name: "stats", typ: "Stats!", description: "How many nodes and links there are."},
	}
	if !g.linked() {
		return fields
	}
	id := func(name, description string) argument {
		return argument{name: name, typ: "ID!", description: description}
	}
	return append(
		fields,
		field{
			name: "path", typ: "Path",
			description: "How two nodes are connected: of the shortest paths the first by its list of ids; null where there is none that short. Links are taken in both directions." + g.guards(),
			args: []argument{
				id("from", "The id of the first node."),
				id("to", "The id of the last node."),
				{name: "maxLength", typ: "Int = 6", description: "The greatest number of links, 1 to 6."},
				{name: "via", typ: listOf(linkTypeEnum), description: "Only over links of these types."},
			},
		},
		field{
			name: "neighborhood", typ: "Neighborhood",
			description: "What is recorded around a node: the nodes that links lead to, in both directions, by type of link and id; then, from these on, the next. Only nodes that are shown are gone on from.",
			args: []argument{
				id("id", "The id of the node in the middle."),
				{name: "depth", typ: "Int = 1", description: "The greatest number of links to a node, 1 to 3."},
				{name: "limit", typ: "Int = 50", description: "The greatest number of nodes beside the one in the middle; more than the maximum is an error."},
				{name: "links", typ: listOf(linkTypeEnum), description: "Only links of these types."},
				{name: "kinds", typ: listOf(nodeKindEnum), description: "Only nodes of these kinds, but for the one in the middle."},
			},
		},
	)
}

// guards says what paths do not do, as the model declares it with @guarded.
func (g *generator) guards() string {
	var text strings.Builder
	for _, guard := range g.catalog.Guarded.Guards {
		names := make([]string, len(guard.Kinds))
		for i, k := range guard.Kinds {
			names[i] = k.Name
		}
		text.WriteString(" From " + strings.Join(names, " or ") + " a path leads to another kind, and back, only over " + guard.By.Name + ".")
	}
	return text.String()
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
	return append(out, g.foundTypes()...)
}

// foundTypes returns the types of what searches from given nodes on find.
func (g *generator) foundTypes() []*definition {
	if !g.linked() {
		return nil
	}
	number := func(name, description string) field {
		return field{name: name, typ: "Int!", description: description}
	}
	node := func(name, description string) field {
		return field{name: name, typ: catalog.NodeInterface + "!", description: description}
	}
	linkType := field{name: "type", typ: linkTypeEnum + "!", description: "The type of link."}
	from, to := node("from", "The node at which the link begins."), node("to", "The node to which it leads.")
	return []*definition{
		{
			keyword: "type", name: g.name("Path", "the path between two nodes"), description: "How two nodes are connected.",
			fields: []field{
				number("length", "The number of links."),
				{name: "nodes", typ: listOf(catalog.NodeInterface) + "!", description: "The nodes from the first to the last."},
				{name: "steps", typ: listOf("PathStep") + "!", description: "The links between them; of several between two nodes the first by type."},
			},
		},
		{
			keyword: "type", name: g.name("PathStep", "the link in a path"), description: "A link that a path takes, as it is stored.",
			fields: []field{linkType, from, to, {name: "reversed", typ: "Boolean!", description: "Whether the path takes the link from `to` to `from`."}},
		},
		{
			keyword: "type", name: g.name("Neighborhood", "what is around a node"), description: "What is recorded around a node.",
			fields: []field{
				node("node", "The node in the middle."),
				{name: "nodes", typ: listOf("Neighbor") + "!", description: "The nodes around it, by depth, type of link and id."},
				{name: "links", typ: listOf("NeighborhoodLink") + "!", description: "The links between all of these, by type and the ids of both ends; the first 1,000."},
				number("linkCount", "How many links there are between all of these."),
				{name: "depths", typ: listOf("NeighborhoodDepth") + "!", description: "For each depth that was asked for, what is left out."},
			},
		},
		{
			keyword: "type", name: g.name("Neighbor", "the node in a neighborhood"), description: "A node around another.",
			fields: []field{
				number("depth", "The number of links to it from the node in the middle."),
				{name: "type", typ: linkTypeEnum + "!", description: "The type of the first link, by name, that leads to it from a node one step nearer."},
				node("node", "The node."),
			},
		},
		{
			keyword: "type", name: g.name("NeighborhoodLink", "the link in a neighborhood"), description: "A link between two nodes of a neighborhood, as it is stored.",
			fields: []field{linkType, from, to},
		},
		{
			keyword: "type", name: g.name("NeighborhoodDepth", "the depth of a neighborhood"), description: "How many nodes there are at one depth of a neighborhood.",
			fields: []field{
				number("depth", "The number of links from the node in the middle."),
				number("found", "How many nodes the nodes that are shown one step nearer lead to, without those that are shown already."),
				number("omitted", "How many of them are left out. They can be counted again at the next depth."),
			},
		},
	}
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
