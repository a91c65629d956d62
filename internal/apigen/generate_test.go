package apigen_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/apigen"
	"attrigraph/internal/catalog"
)

var update = flag.Bool("update", false, "write testdata/toy.graphqls anew")

const nodeSDL = `interface Node @node(plural: "") {
  id: ID!
  recordedAt: DateTime!
  recordedBy: String!
  recordedFrom: String
  revision: Int!
}
`

func compile(t *testing.T, sdl string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Compile("model.graphqls", sdl)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func toySDL(t *testing.T) string {
	t.Helper()
	model, err := os.ReadFile("../store/storetest/model.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	sdl, err := apigen.SDL(compile(t, string(model)))
	if err != nil {
		t.Fatal(err)
	}
	return sdl
}

// TestToy compares the API of the model that stores are tested with to the one that was read by people.
func TestToy(t *testing.T) {
	got := toySDL(t)
	if *update {
		if err := os.WriteFile("testdata/toy.graphqls", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/toy.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the API is not testdata/toy.graphqls; if it should be so, run the test with -update (-want +got):\n%s", diff)
	}
	for range 5 {
		if toySDL(t) != got {
			t.Fatal("the same model gives different bytes")
		}
	}
}

// TestOperations validates operations as clients would write them.
func TestOperations(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "toy.graphqls", Input: toySDL(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, query, wrong string }{
		{"everything of a connection", `{ works(first: 2, after: "x", where: {title: {startsWith: "A"}}, orderBy: [{title: ASC}, {date: DESC}, {id: ASC}]) { totalCount edges { cursor recordedAt node { title } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, ""},
		{"properties of an edge", `{ works { nodes { makers { edges { part share since sincePrecision paidBy { name ... on Writer { born } } recordedBy node { name } } } } } }`, ""},
		{"conditions on links", `{ works(where: {makers: {edge: {part: {eq: LEAD}, paidBy: {name: {eq: "x"}}}, some: {nodeKind: {in: [WRITER]}}}, about: {nodeKind: {eq: STUDIO}, id: {eq: "x"}}, others: {none: {}}, OR: [{tags: {hasAny: ["a"]}}, {NOT: {genres: {isEmpty: true}}}]}) { totalCount } }`, ""},
		{"conditions on dates", `{ works(where: {date: {gte: "2020", lte: "2021-05"}, datePrecision: {in: [DAY]}}) { totalCount } }`, ""},
		{"computed", `{ works { nodes { verdict(asOf: "2020") about { ... on Work { title } } aboutWork { title } } } }`, ""},
		{"search", `{ search(query: "x", kinds: [WORK, NOTE], first: 3) { totalCount edges { rank highlights { field before match after } node { id ... on Maker { name } } } } }`, ""},
		{"node", `{ node(id: "x") { __typename id } nodes(ids: ["x"]) { revision } }`, ""},

		{"hidden part", `{ works { nodes { dateKey } } }`, `Cannot query field "dateKey"`},
		{"first day is no condition", `{ works(where: {dateEarliest: {eq: "2020"}}) { totalCount } }`, `Field "dateEarliest" is not defined by type "WorkWhere"`},
		{"computed is no condition", `{ works(where: {verdict: {eq: "x"}}) { totalCount } }`, `Field "verdict" is not defined`},
		{"order by what has none", `{ works(orderBy: [{text: ASC}]) { totalCount } }`, `Field "text" is not defined by type "WorkOrder"`},
		{"order by two keys at once", `{ works(orderBy: [{title: ASC, date: ASC}]) { totalCount } }`, "exactly one key"},
		{"comparing text without an order", `{ works(where: {text: {gt: "x"}}) { totalCount } }`, `Field "gt" is not defined by type "StringFilter"`},
		{"edge without properties", `{ works(where: {topicOf: {edge: {}}}) { totalCount } }`, `Field "edge" is not defined by type "WorkLinkFilter"`},
		{"unions have no fields of their own", `{ works(where: {about: {title: {eq: "x"}}}) { totalCount } }`, `Field "title" is not defined by type "TopicWhere"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, errs := gqlparser.LoadQueryWithRules(schema, test.query, nil)
			switch {
			case test.wrong == "" && errs != nil:
				t.Error(errs)
			case test.wrong != "" && !strings.Contains(errs.Error(), test.wrong):
				t.Errorf("errors %v, want %q", errs, test.wrong)
			}
		})
	}
}

func TestClashes(t *testing.T) {
	kind := func(name, more string) string {
		return "type " + name + ` implements Node @node(plural: "") {` + " " + more + " }\n"
	}
	for _, test := range []struct{ name, sdl, want string }{
		{"kind PageInfo", kind("PageInfo", "x: Int"), "the model's type PageInfo and the information on a page of a connection would both be called PageInfo in the API: rename"},
		{"kind Query", kind("Query", "x: Int"), "the root of queries and the model's type Query would both be called Query"},
		{"kind Mutation", kind("Mutation", "x: Int"), "the root of mutations and the model's type Mutation"},
		{"kind String", kind("String", "x: Int"), "a scalar of GraphQL and the model's type String"},
		{"kind Highlight", kind("Highlight", "x: Int"), "would both be called Highlight"},
		{"enum NodeKind", "enum NodeKind { A }" + kind("Book", "x: NodeKind"), "the list of the kinds of node and the model's enum NodeKind"},
		{"kind BookConnection", `type Book implements Node @node(plural: "books") { x: Int }` + kind("BookConnection", "x: Int"), "the model's type BookConnection ends in Connection, as only the pages of the API do: rename it"},
		{"union ending in Edge", kind("Book", "x: Int") + "union KnowledgeEdge = Book", "the model's union KnowledgeEdge ends in Edge"},
		{"kind BookWhere", `type Book implements Node @node(plural: "books") { x: Int }` + kind("BookWhere", "x: Int"), "the model's type BookWhere and the conditions on Book would both be called BookWhere"},
		{"interface StringFilter", `type Book implements Node & StringFilter @node(plural: "books") { x: Int } interface StringFilter implements Node { y: String }`, "the model's interface StringFilter and the comparison of String"},
		{"enum Int", `type Book implements Node @node(plural: "books") { x: Int } enum Int { A }`, "a scalar of GraphQL and the model's enum Int"},
		{
			"target with properties", kind("Book", `x: [Book!]! @relationship(type: "X", direction: OUT, properties: "Copy")`) +
				`type BookCopy implements Node @node(plural: "copies") { x: Int } type Copy @relationshipProperties { x: Int }`,
			"the connection to nodes of type Book, reached over links with Copy and the connection to nodes of type BookCopy would both be called BookCopyConnection",
		},
		{"plural twice", `type Book implements Node @node(plural: "books") { x: Int } type Copy implements Node @node(plural: "books") { x: Int }`, "type Query of the API would have two fields called books"},
		{"plural search", `type Book implements Node @node(plural: "search") { x: Int }`, "type Query of the API would have two fields called search"},
		{"field AND", `type Book implements Node @node(plural: "books") { AND: Int }`, "input BookWhere of the API would have two fields called AND"},
		{"field nodeKind of an interface", `interface I implements Node @node(plural: "is") { nodeKind: Int } type Book implements Node & I @node(plural: "books") { x: Int }`, "input IWhere of the API would have two fields called nodeKind"},
		{"property node", kind("Book", `x: [Book!]! @relationship(type: "X", direction: OUT, properties: "Copy")`) + `type Copy @relationshipProperties { node: Int }`, "type BookCopyEdge of the API would have two fields called node"},
		{"name of introspection", `type Book implements Node @node(plural: "books") { __x: Int }`, `the model gives an API that GraphQL does not allow: api.graphqls:`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := apigen.SDL(compile(t, nodeSDL+test.sdl))
			if err == nil {
				t.Fatalf("no error, want %q", test.want)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q, want %q", err, test.want)
			}
		})
	}
}

// TestDescriptions makes sure that any description of the model comes out as it went in.
func TestDescriptions(t *testing.T) {
	for _, text := range []string{
		`plain`, `with "quotes"`, `with a \ backslash and \n`, "two\nlines", "two\n\n  and indented lines with \"\"\" in them",
		"ends with a quote\nand \"", "ends with a backslash\nand \\", `ends with \`, "ünïcödé 中文",
	} {
		c := compile(t, nodeSDL+`type Book implements Node @node(plural: "books") { x: Int }`)
		c.Type("Book").Description = text
		c.Type("Book").Field("x").Description = text
		sdl, err := apigen.SDL(c)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		schema, err := gqlparser.LoadSchema(&ast.Source{Input: sdl})
		if err != nil {
			t.Fatal(err)
		}
		if got := schema.Types["Book"].Description; got != text {
			t.Errorf("description %q came out as %q", text, got)
		}
		if got := schema.Types["Book"].Fields.ForName("x").Description; got != text {
			t.Errorf("description of a field %q came out as %q", text, got)
		}
	}
}
