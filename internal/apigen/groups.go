package apigen

import (
	"strings"

	"attrigraph/internal/catalog"
)

// Names of the types with which connections answer in groups.
const (
	groupConnectionType = "GroupConnection"
	groupType           = "Group"
)

func groupByName(t *catalog.Type) string { return t.Name + catalog.GroupBySuffix }

// grouped returns the field with the groups of a connection; none where there is nothing to group by.
func (g *generator) grouped(t *catalog.Type) []field {
	if len(t.GroupBys()) == 0 {
		return nil
	}
	return []field{{
		name: "groups", typ: groupConnectionType + "!",
		args: []argument{{name: "by", typ: groupByName(t) + "!"}, {name: "first", typ: "Int"}, {name: "after", typ: "String"}},
	}}
}

// groups returns the types of groups and, for each type that connections lead to, what its nodes can be grouped by.
func (g *generator) groups() []*definition {
	var out []*definition
	seen := map[*catalog.Type]bool{}
	for _, l := range append([]linkEnd{{target: g.catalog.Node()}}, g.links...) { // a search leads to any node
		bys := l.target.GroupBys()
		if seen[l.target] || len(bys) == 0 {
			continue
		}
		seen[l.target] = true
		d := &definition{
			keyword: "enum", name: g.name(groupByName(l.target), "what "+l.target.Name+" is grouped by"),
			description: "What nodes of type " + l.target.Name + " can be grouped by.",
		}
		for _, by := range bys {
			d.values = append(d.values, catalog.EnumEntry{Name: by.Name})
		}
		out = append(out, d)
	}
	return append([]*definition{
		{
			keyword: "type", name: g.name(groupConnectionType, "the groups of a connection"),
			description: "Groups of the nodes of a connection, those of all its pages: the groups with most nodes first, then by value or by the id of the node, the group of those without one last.",
			fields: []field{
				{name: "nodes", typ: listOf(groupType) + "!", description: "The groups of the page."},
				{name: "pageInfo", typ: pageInfoType + "!", description: "Where the page stands among all groups."},
				{name: "totalCount", typ: "Int!", description: "How many groups there are; counted only when it is asked for."},
			},
		},
		{
			keyword: "type", name: g.name(groupType, "a group of nodes of a connection"),
			description: strings.Join([]string{
				"Nodes of a connection that have a value in common, or a node that they lead to.",
				"A node is counted once in each group that it belongs to, so that the groups can add up to more than there are nodes.",
			}, " "),
			fields: []field{
				{name: "value", typ: "String", description: "The value that the nodes share: of the field, of an element of a list, the year of a date (null where it does not lie within one year), or the name of their type. Null where they have none, and for links."},
				{name: "node", typ: catalog.NodeInterface, description: "The node to which the link leads; null where it leads nowhere, and for values."},
				{name: "count", typ: "Int!", description: "How many nodes belong to the group."},
				{name: "first", typ: "Date", description: "The earliest date of the nodes, by its first day, as exact as it is known; null where none has one."},
				{name: "last", typ: "Date", description: "The latest date of the nodes, by its last day, as exact as it is known; null where none has one."},
			},
		},
	}, out...)
}
