package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"attrigraph/internal/catalog"
)

const (
	nodeSDL = `interface Node @node(plural: "") {
  id: ID!
  recordedAt: DateTime!
  recordedBy: String!
  recordedFrom: String
  revision: Int!
}
`
	precisionSDL = "enum DatePrecision { DAY MONTH YEAR UNKNOWN }\n"
	bookSDL      = `type Book implements Node @node(plural: "books", title: "name") { name: String! }
`
)

// TestCompileErrors has a mistake for each message of the compiler, with the line that it must name.
func TestCompileErrors(t *testing.T) {
	// book puts fields into a kind Book, one a line, beginning in line 9.
	book := func(fields string) string {
		return nodeSDL + "type Book implements Node @node(plural: \"books\") {\n" + fields + "\n}\n"
	}
	large := func(by ...string) string {
		return fmt.Sprintf(`  x: [Book!]! @relationship(type: "A", direction: OUT, orderedBy: ["%s"])`, strings.Join(by, `", "`))
	}
	for _, test := range []struct{ name, sdl, want string }{
		{"syntax", "type {", "model.graphqls:1"},
		{"no Node", "enum A { B }", "the model has no interface Node"},
		{"Node is a kind", `type Node @node(plural: "") { id: ID! }`, "the model has no interface Node"},
		{"extension", nodeSDL + "extend interface Node { x: Int }", "model.graphqls:8:18: Node is extended"},
		{"schema", nodeSDL + "schema { query: Node }", "the model declares a schema"},
		{"input", nodeSDL + "input A { x: Int }", "model.graphqls:8:7: input A has no meaning in the model"},
		{"type without directive", nodeSDL + "type A { x: Int }", "type A has neither @node nor @relationshipProperties"},

		{"declared twice", nodeSDL + bookSDL + bookSDL, "model.graphqls:9:6: Book is declared twice"},
		{"kind and enum", nodeSDL + bookSDL + "enum Book { A }", "Book is declared twice"},
		{"names differ in case", nodeSDL + bookSDL + "enum BOOK { A }", "BOOK is declared twice, also as Book"},
		{"empty enum", nodeSDL + "enum A", "enum A has no values"},
		{"value twice", nodeSDL + "enum A {\n  B\n  B\n}", "model.graphqls:10:3: enum A has the value B twice"},

		{"unknown directive", book("  x: Int @orderd"), "model.graphqls:9:3: Book.x has @orderd, which has no meaning there"},
		{"unknown directive of a type", nodeSDL + `type A implements Node @node(plural: "") @secret { x: Int }`, "A has @secret, which has no meaning there"},
		{"directive of an enum", nodeSDL + "enum A @ordered { B }", "A has @ordered, which has no meaning there"},
		{"misplaced directive", book(`  x: [Book!]! @relationship(type: "A", direction: OUT) @ordered`), "Book.x has @ordered, which has no meaning there"},
		{"computed property", nodeSDL + `type P @relationshipProperties { x: Int @computed(by: "a", from: "{ id }") }`, "P.x has @computed, which has no meaning there"},
		{"link among properties", nodeSDL + `type P @relationshipProperties { x: Node @relationship(type: "A", direction: OUT) }`, "P.x has @relationship, which has no meaning there"},
		{"kind with properties", nodeSDL + `type P @relationshipProperties @node(plural: "") { x: Int }`, "P has @node, which has no meaning there"},
		{"reference of a kind", book("  x: Book @reference"), "Book.x has @reference, which has no meaning there"},
		{"directive twice", book("  x: Int @ordered @ordered"), "Book.x has @ordered twice"},
		{"unknown argument", nodeSDL + `type A implements Node @node(plural: "", label: "x") { x: Int }`, "@node of A has the argument label, which it does not know"},
		{"missing argument", book("  x: [Book!]! @relationship(direction: OUT)"), "@relationship of Book.x lacks the argument type"},
		{"via without links", book("  x: [Book!]! @via"), "@via of Book.x lacks the argument paths"},
		{"guarded by nothing", nodeSDL + `type A implements Node @node(plural: "") @guarded { x: Int }`, "@guarded of A lacks the argument by"},
		{"guarded by a kind", nodeSDL + bookSDL + `type A implements Node @node(plural: "") @guarded(by: "Book") { x: Int }`, "type A is guarded by Book, which is no interface of several kinds"},
		{"guarded by every node", nodeSDL + `type A implements Node @node(plural: "") @guarded(by: "Node") { x: Int }`, "type A is guarded by Node, which is no interface of several kinds"},
		{"guarded by itself", nodeSDL + `interface I implements Node @node(plural: "") { x: Int } type A implements Node & I @node(plural: "") @guarded(by: "I") { y: Int }`, "type A is guarded by I, which it implements itself"},
		{"guarded interface", nodeSDL + `interface I implements Node @node(plural: "") @guarded(by: "I") { x: Int }`, "I has @guarded, which has no meaning there"},
		{"requires without links", nodeSDL + `type A implements Node @node(plural: "") @requires { x: Int }`, "@requires of A lacks the argument links"},
		{"argument of another form", book(`  x: [Book!]! @via(paths: "y")`), `@via of Book.x has the argument paths: "y", which must be a list of names`},
		{"list of another form", book("  x: [Book!]! @via(paths: [1, 2])"), "which must be a list of names"},
		{"text of another form", book("  x: [Book!]! @relationship(type: A, direction: OUT)"), "@relationship of Book.x has the argument type: A, which must be text"},
		{"direction as text", book(`  x: [Book!]! @relationship(type: "A", direction: "OUT")`), `the argument direction: "OUT", which must be IN or OUT`},
		{"unknown direction", book(`  x: [Book!]! @relationship(type: "A", direction: BOTH)`), "the argument direction: BOTH, which must be IN or OUT"},
		{"relationship in lower case", book(`  x: [Book!]! @relationship(type: "madeBy", direction: OUT)`), `type: "madeBy", which must be in upper snake case`},
		{"plural in two words", nodeSDL + `type A implements Node @node(plural: "two words") { x: Int }`, `plural: "two words", which must be in camel case, or empty`},

		{"arguments", book("  x(a: Int): Int"), "Book.x has arguments: only fields with @computed can"},
		{"computed and ordered", book(`  x: Int @computed(by: "a", from: "{ id }") @ordered`), "Book.x is computed and therefore not stored"},
		{"relationship and via", book(`  x: [Book!]! @relationship(type: "A", direction: OUT) @via(paths: ["a.b"])`), "Book.x has both @relationship and @via"},

		{"implements no interface", nodeSDL + `type A implements Thing @node(plural: "") { x: Int }`, "A implements Thing, which is no interface of the model"},
		{"implements a kind", nodeSDL + bookSDL + `type A implements Book @node(plural: "") { x: Int }`, "A implements Book, which is no interface of the model"},
		{"kind without Node", nodeSDL + `type A @node(plural: "") { x: Int }`, "A must implement Node"},
		{"interface without Node", nodeSDL + `interface I { x: Int } type A implements Node & I @node(plural: "") { y: Int }`, "I must implement Node"},
		{"interface of itself", nodeSDL + `interface I implements I { x: Int }`, "interface I implements itself"},
		{"circle of interfaces", nodeSDL + `type A implements I @node(plural: "") { y: Int } interface I implements J { x: Int } interface J implements I { z: Int }`, "implements itself, directly or over others"},
		{"union of an interface", nodeSDL + bookSDL + "union U = Book | Node", "union U names Node, which is no kind of node"},
		{"union names twice", nodeSDL + bookSDL + "union U = Book | Book", "union U names Book twice"},
		{"no kinds", nodeSDL, "Node has no kinds"},

		{"unknown type", book("  x: Real"), "model.graphqls:9:3: x has type Real, which is no scalar or enum of the model: links need @relationship"},
		{"link without directive", book("  x: Book"), "links need @relationship"},
		{"nullable list", book("  x: [String!]"), "x is a list: it must be [String!]! and cannot be ordered"},
		{"list of nullables", book("  x: [String]!"), "x is a list: it must be [String!]! and cannot be ordered"},
		{"ordered list", book("  x: [String!]! @ordered"), "x is a list: it must be [String!]! and cannot be ordered"},
		{"list of lists", book("  x: [[String!]!]!"), "x is a list: it must be [String!]! and cannot be ordered"},
		{"list of numbers", book("  x: [Int!]!"), "x is a list of Int: lists hold text or values of an enum"},
		{"list of dates", precisionSDL + book("  x: [Date!]!"), "x is a list of Date: lists hold text or values of an enum"},
		{"searched number", book("  x: Int @searched"), "x is searched: it must be text"},
		{"id of a kind", book("  x: ID"), "Book.x is an id: only Node.id is"},
		{"required date", precisionSDL + book("  x: Date!"), "x is a date: it must be nullable and single"},
		{"date without precision", book("  x: Date"), "the model needs the enum DatePrecision"},

		{"link to nothing", book(`  x: [Page!]! @relationship(type: "A", direction: OUT)`), "link Book.x leads to Page, which is no type of the model"},
		{"nullable list of links", book(`  x: [Book!] @relationship(type: "A", direction: OUT)`), "link Book.x must be [Book!]! (any number) or Book (at most one, may be absent)"},
		{"list of nullable links", book(`  x: [Book]! @relationship(type: "A", direction: OUT)`), "link Book.x must be [Book!]!"},
		{"required link", book(`  x: Book! @relationship(type: "A", direction: OUT)`), "link Book.x must be [Book!]!"},
		{"single via", book(`  x: Book @via(paths: ["a.b"])`), "link Book.x is @via others: it must be [Book!]!"},
		{"unknown properties", book(`  x: Book @relationship(type: "A", direction: OUT, properties: "P")`), "link Book.x has properties P, which is no type with @relationshipProperties"},
		{
			"other properties", book(`  x: Book @relationship(type: "A", direction: OUT, properties: "P")
  y: Book @relationship(type: "A", direction: IN, properties: "Q")`) + "type P @relationshipProperties { a: Int } type Q @relationshipProperties { a: Int }",
			"model.graphqls:10:3: links of type A have properties P elsewhere and Q here",
		},
		{
			"properties on one side", book(`  x: Book @relationship(type: "A", direction: OUT)
  y: Book @relationship(type: "A", direction: IN, properties: "P")`) + "type P @relationshipProperties { a: Int }",
			"links of type A have properties none elsewhere and P here",
		},
		{"repeats a field", book("  revision: Int!"), "type Book repeats the field revision of an interface"},
		{"field twice", book("  x: Int\n  x: String"), "type Book has two fields called x"},
		{"fields differ in case", book("  x: Int\n  X: String"), "type Book has two fields called X"},
		{"date part twice", precisionSDL + book("  x: Date\n  xKey: String"), "type Book has two fields called xKey"},
		{
			"interfaces agree", nodeSDL + `interface I implements Node { x: Int } interface J implements Node { x: Int }
type A implements Node & I & J @node(plural: "") { y: Int }`, "type A has two fields called x",
		},
		{"large link to one", book(`  x: Book @relationship(type: "A", direction: OUT, orderedBy: [])`), "link Book.x leads to one node at most"},
		{"large link by nothing", book(large("z")), "link Book.x is orderedBy z, which is no field of Book with @ordered"},
		{"large link by a field without order", book(large("y") + "\n  y: Int"), "link Book.x is orderedBy y, which is no field of Book with @ordered"},
		{"large link by a link", book(large("x")), "link Book.x is orderedBy x, which is no field of Book with @ordered"},
		{"large link by id", book(large("id")), "link Book.x is orderedBy id, which every such link is: leave it out"},
		{"large link by revision", strings.Replace(book(large("revision")), "revision: Int!", "revision: Int! @ordered", 1), "link Book.x is orderedBy revision, which changes with every state of a node"},
		{"large link by a truth value", book(large("y") + "\n  y: Boolean @ordered"), "link Book.x is orderedBy y, which is true or false"},
		{"large link by a long text", book(large("y") + "\n  y: String @ordered"), "link Book.x is orderedBy y, a text without @indexed"},
		{"large link by a field twice", book(large("y", "y") + "\n  y: Int @ordered"), "link Book.x is orderedBy y twice"},
		{"large link to a union", book(`  x: [Any!]! @relationship(type: "A", direction: OUT, orderedBy: ["y"])
  y: Int @ordered`) + "union Any = Book", "link Book.x is orderedBy y, but the nodes of Any, a union, have only the id in common: write orderedBy: []"},
		{"large link by no list", book(`  x: [Book!]! @relationship(type: "A", direction: OUT, orderedBy: "y")`), "has the argument orderedBy: \"y\", which must be a list of names"},
		{"large via", book(`  x: [Book!]! @via(paths: ["x.x"], orderedBy: ["y"])`), "@via of Book.x has the argument orderedBy, which it does not know"},

		{"via no link", book("  x: String\n  y: [Book!]! @via(paths: [\"x.x\"])"), "link Book.y goes via x, which is no stored link of Book"},
		{"via no path", book(`  x: [Book!]! @relationship(type: "A", direction: OUT)
  y: [Book!]! @via(paths: [])`), "link Book.y goes via no path: name one at least"},
		{"via ends elsewhere", book(`  x: [Book!]! @relationship(type: "A", direction: OUT)
  y: [Shelf!]! @via(paths: ["x.x"])`) + `type Shelf implements Node @node(plural: "") { a: Int }`, "link Book.y goes via x.x, which ends at Book and not at Shelf"},
		{"via members that differ", book(`  x: Thing @relationship(type: "A", direction: OUT)
  z: [Book!]! @relationship(type: "B", direction: OUT)
  y: [Book!]! @via(paths: ["x.z"])`) + `type Shelf implements Node @node(plural: "") { z: [Book!]! @relationship(type: "C", direction: OUT) } union Thing = Book | Shelf`, "link Book.y goes via z, which is no stored link of Thing"},

		{"unknown title", nodeSDL + `type A implements Node @node(plural: "", title: "x") { y: Int }`, "type A has the title x, which is no stored text field of it"},
		{"computed title", nodeSDL + `type A implements Node @node(plural: "", title: "x") { x: String! @computed(by: "a", from: "{ id }") }`, "type A has the title x"},
		{"two identities", nodeSDL + `type A implements Node @node(plural: "") { x: String @identity(dataset: "d") y: String @identity(dataset: "d") }`, "A has two identities, x and y"},
		{"identity that is a number", nodeSDL + `type A implements Node @node(plural: "") { x: Int @identity(dataset: "d") }`, "A.x is an identity: it must be a single stored text"},
		{"identity of an interface", nodeSDL + `interface I implements Node { x: String @identity(dataset: "d") } type A implements Node & I @node(plural: "") { y: Int }`, "I.x is an identity: only a kind can have one"},
		{"unlisted by nothing", nodeSDL + `type A implements Node @node(plural: "") @unlisted(field: "x", values: ["B"]) { y: Int }`, "type A is unlisted by x, which is no single stored text or enum field of it"},
		{"unlisted without values", nodeSDL + `type A implements Node @node(plural: "") @unlisted(field: "x") { x: String }`, "type A is unlisted with only one of field and values"},
		{"unlisted by no value", nodeSDL + `enum E { B } type A implements Node @node(plural: "") @unlisted(field: "x", values: ["C"]) { x: E }`, "type A is unlisted by x: C, which is no value of E"},
		{"requires no link", nodeSDL + `type A implements Node @node(plural: "") @requires(links: ["x"]) { x: Int }`, "type A requires x, which is no outgoing link of it"},
		{"requires an incoming link", nodeSDL + `type A implements Node @node(plural: "") @requires(links: ["x"]) { x: [A!]! @relationship(type: "B", direction: IN) }`, "type A requires x, which is no outgoing link of it"},

		{"reference to nothing", nodeSDL + bookSDL + "type P @relationshipProperties { x: Page @reference }", "P.x must refer to a type of the model, be nullable"},
		{"required reference", nodeSDL + bookSDL + "type P @relationshipProperties { x: Book! @reference }", "P.x must refer to a type of the model, be nullable"},
		{"ordered reference", nodeSDL + bookSDL + "type P @relationshipProperties { x: Book @reference @ordered }", "and have no other directive"},
		{"property of no type", nodeSDL + bookSDL + "type P @relationshipProperties { x: Book }", "x has type Book, which is no scalar"},
		{"id as property", nodeSDL + bookSDL + "type P @relationshipProperties { x: ID }", "P.x is an id: refer to a node with @reference"},
		{"property of every link", nodeSDL + bookSDL + "type P @relationshipProperties { recordedBy: String }", "P.recordedBy has the name of what every link carries"},
		{"property twice", precisionSDL + nodeSDL + bookSDL + "type P @relationshipProperties { x: Date xKey: String }", "P has two fields called xKey"},
		{"properties implement", nodeSDL + bookSDL + "type P implements Node @relationshipProperties { x: Int }", "P holds properties of links: it implements nothing"},

		{"Node lacks a field", strings.Replace(nodeSDL, "  revision: Int!\n", "", 1) + bookSDL, "interface Node lacks the field revision: Int!, which every store fills in"},
		{"Node has another field", strings.Replace(nodeSDL, "id: ID!", "id: String!", 1) + bookSDL, "interface Node lacks the field id: ID!"},
		{"Node has a nullable field", strings.Replace(nodeSDL, "recordedBy: String!", "recordedBy: String", 1) + bookSDL, "interface Node lacks the field recordedBy: String!"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := catalog.Compile("model.graphqls", test.sdl)
			if err == nil {
				t.Fatalf("compiles; want the error %q", test.want)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q has several lines", err)
			}
		})
	}
}

// TestErrorBasis makes sure that the SDL around the mistakes of TestCompileErrors has none.
func TestErrorBasis(t *testing.T) {
	if _, err := catalog.Compile("model.graphqls", precisionSDL+nodeSDL+bookSDL); err != nil {
		t.Fatal(err)
	}
}
