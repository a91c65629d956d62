package apigen

import (
	"attrigraph/internal/catalog"
)

// connectionArguments returns the arguments that every connection to nodes of the type has.
func connectionArguments(target *catalog.Type) []argument {
	return []argument{
		{name: "first", typ: "Int"},
		{name: "after", typ: "String"},
		{name: "last", typ: "Int"},
		{name: "before", typ: "String"},
		{name: "where", typ: whereName(target)},
		{name: "orderBy", typ: listOf(orderName(target))},
	}
}

// argumentDescriptions says what the arguments of connections do. Only the root connections repeat them: on each of the
// links they would double the size of the API.
var argumentDescriptions = map[string]string{
	"first":   "How many from the start, or after the cursor `after`; more than the maximum is an error.",
	"after":   "Begin after this cursor, an `endCursor` of the same connection with the same `where` and `orderBy`.",
	"last":    "How many from the end, or before the cursor `before`.",
	"before":  "End before this cursor, a `startCursor` of the same connection with the same `where` and `orderBy`.",
	"where":   "Only nodes on which these conditions hold.",
	"orderBy": "By what to order, most important first; ties, and everything without it, are ordered by id.",
}

// connections returns, for everything that connections lead to, the connection and its edge, and the information on
// pages that they share.
func (g *generator) connections() []*definition {
	var out []*definition
	for _, l := range g.links {
		out = append(out, g.connection(l), g.edge(l))
	}
	return append(out, &definition{
		keyword: "type", name: g.name(pageInfoType, "the information on a page of a connection"),
		description: "Where a page stands in its connection.",
		fields: []field{
			{name: "hasNextPage", typ: "Boolean!", description: "Whether more follows after this page."},
			{name: "hasPreviousPage", typ: "Boolean!", description: "Whether something precedes this page."},
			{name: "startCursor", typ: "String", description: "The cursor of the first edge, for `before`; null on an empty page."},
			{name: "endCursor", typ: "String", description: "The cursor of the last edge, for `after`; null on an empty page."},
		},
	})
}

func (g *generator) connection(l linkEnd) *definition {
	return &definition{
		keyword: "type", name: g.name(connectionName(l.target, l.props), "the connection to "+l.describe()),
		description: "A page of " + l.describe() + ".",
		fields: append([]field{
			{name: "edges", typ: listOf(edgeName(l.target, l.props)) + "!", description: "The nodes of the page with what the links to them say."},
			{name: "nodes", typ: listOf(l.target.Name) + "!", description: "The nodes of the page."},
			{name: "pageInfo", typ: pageInfoType + "!", description: "Where the page stands in the connection."},
			{name: "totalCount", typ: "Int!", description: "How many there are on all pages; counted only when it is asked for."},
		}, g.grouped(l.target)...),
	}
}

func (g *generator) edge(l linkEnd) *definition {
	d := &definition{
		keyword: "type", name: g.name(edgeName(l.target, l.props), "the edge to "+l.describe()),
		description: "One of the " + l.describe() + ", with what the link to it says.",
		fields: []field{
			{name: "cursor", typ: "String!", description: "Where the edge stands, for `after` and `before`."},
			{name: "node", typ: l.target.Name + "!", description: "The node."},
		},
	}
	for _, f := range g.catalog.LinkProvenance() {
		d.fields = append(d.fields, output(f))
	}
	if l.props != nil {
		for _, f := range l.props.Fields {
			if !f.Hidden {
				d.fields = append(d.fields, output(f))
			}
		}
	}
	return d
}

// describe names the nodes that the connection leads to.
func (l linkEnd) describe() string {
	text := "nodes of type " + l.target.Name
	if l.props != nil {
		text += ", reached over links with " + l.props.Name
	}
	return text
}
