package apigen

import "attrigraph/internal/catalog"

// query returns the scalars and the root of queries with what only it leads to.
func (g *generator) query() []*definition {
	root := &definition{
		keyword: "type", name: g.name(queryType, "the root of queries"),
		description: "What can be asked.",
		fields: []field{
			{
				name: "node", typ: catalog.NodeInterface, description: "The node with the id, or null where there is none.",
				args: []argument{{name: "id", typ: "ID!", description: "The id, as every node gives it."}},
			},
			{
				name: "nodes", typ: "[" + catalog.NodeInterface + "]!", description: "The nodes with the ids, in the order of the ids; null in the place of an id that no node has.",
				args: []argument{{name: "ids", typ: listOf("ID") + "!", description: "The ids, as every node gives them."}},
			},
		},
	}
	for _, t := range g.catalog.Types {
		if t.Plural == "" {
			continue
		}
		args := connectionArguments(t)
		for i := range args {
			args[i].description = argumentDescriptions[args[i].name]
		}
		root.fields = append(root.fields, field{
			name: t.Plural, typ: connectionName(t, nil) + "!", description: t.Description, args: args,
		})
	}
	root.fields = append(root.fields, field{
		name: "search", typ: "SearchConnection!",
		description: "Nodes whose text has all the words, in any case and with or without accents; the last may be the beginning of a word. Best first.",
		args: []argument{
			{name: "query", typ: "String!", description: "The words to find."},
			{name: "kinds", typ: listOf(nodeKindEnum), description: "Only nodes of these kinds. Some kinds are found only when they are asked for here."},
			{name: "first", typ: "Int", description: argumentDescriptions["first"]},
			{name: "after", typ: "String", description: "Begin after this cursor, an `endCursor` of the same search."},
		},
	})
	root.fields = append(root.fields, g.entries()...)
	root.fields = append(append(root.fields, g.matrices()...), g.analysis()...)
	return append([]*definition{
		{
			keyword: "scalar", name: g.name("Date", "the scalar of calendar dates"),
			description: "A calendar date at its own precision, in ISO 8601: `2025`, `2025-05` or `2025-05-28`.",
		},
		{
			keyword: "scalar", name: g.name("DateTime", "the scalar of instants"),
			description: "An instant in UTC, in RFC 3339 with milliseconds: `2025-05-28T14:00:00.000Z`.",
		},
		root,
		{
			keyword: "type", name: g.name("SearchConnection", "the connection to what a search finds"),
			description: "A page of what a search finds.",
			fields: append([]field{
				{name: "edges", typ: listOf("SearchEdge") + "!", description: "The nodes of the page with where the words were found."},
				{name: "nodes", typ: listOf(catalog.NodeInterface) + "!", description: "The nodes of the page."},
				{name: "pageInfo", typ: pageInfoType + "!", description: "Where the page stands among all that was found."},
				{name: "totalCount", typ: "Int!", description: "How many nodes were found; counted only when it is asked for."},
			}, g.grouped(g.catalog.Node())...),
		},
		{
			keyword: "type", name: g.name("SearchEdge", "the edge to what a search finds"),
			description: "One node that a search finds.",
			fields: []field{
				{name: "cursor", typ: "String!", description: "Where the node stands, for `after`."},
				{name: "node", typ: catalog.NodeInterface + "!", description: "The node."},
				{name: "rank", typ: "Int!", description: "Where all the words are, best first: 0 they are its name, 1 its name begins with them, 2 they are in its name, 3 elsewhere."},
				{name: "highlights", typ: listOf(highlightType) + "!", description: "Where the words were found."},
			},
		},
		{
			keyword: "type", name: g.name(highlightType, "the place where a search finds a word"),
			description: "A place where a word of a search was found, in three pieces of the text.",
			fields: []field{
				{name: "field", typ: "String!", description: "The field of the node whose text it is."},
				{name: "before", typ: "String!", description: "The text before the word."},
				{name: "match", typ: "String!", description: "The word as the text has it."},
				{name: "after", typ: "String!", description: "The text after the word."},
			},
		},
	}, append(g.matrixTypes(), g.analysisTypes()...)...)
}
