package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/catalog"
)

const (
	shelfSDL = precisionSDL + nodeSDL + bookSDL + `type Writer implements Node @node(plural: "writers", date: "born") {
  name: String! @ordered
  nick: String
  born: Date
  alive: Boolean
  wrote: [Book!]! @relationship(type: "WROTE_BOOK", direction: OUT)
}
enum ShelfGroupBy { A B }
`
	// shelf is a matrix with the places that TestMatrixErrors puts mistakes in.
	shelf = `type Shelf @matrix(field: "shelf", of: "Writer", by: "ShelfGroupBy") {
  book: Book! @key(from: ["{ wrote { id } }", "{ wrote { id } }"])
  count: Int! @measure
  first: Date @measure(date: "FIRST")
  all: Boolean @option
}
`
)

func TestMatrix(t *testing.T) {
	c, err := catalog.Compile("model.graphqls", shelfSDL+shelf)
	if err != nil {
		t.Fatal(err)
	}
	m := c.Matrix("shelf")
	if m == nil || m.Of != c.Type("Writer") || len(m.Keys) != 1 || len(m.Measures) != 2 || m.Option("all") == nil || m.Option("count") != nil || c.Matrix("book") != nil {
		t.Errorf("the matrix is read as %+v", m)
	}
	if c.Type("Shelf") != nil {
		t.Error("a matrix is a type of node")
	}
	var names []string
	for _, g := range c.Type("Writer").GroupBys() {
		names = append(names, g.Name)
	}
	if want := []string{"NAME", "BORN_YEAR", "BORN_PRECISION", "ALIVE", "WROTE"}; !slices.Equal(names, want) {
		t.Errorf("writers are grouped by %v, want %v", names, want)
	}
	if c.Type("Writer").GroupBy("NICK") != nil || c.Type("Node").GroupBy("NODE_KIND") == nil {
		t.Error("a text without an order groups, or the kinds of an interface do not")
	}
}

// TestMatrixErrors has a mistake for each message about matrices and principal dates.
func TestMatrixErrors(t *testing.T) {
	change := func(from, to string) string {
		if !strings.Contains(shelfSDL+shelf, from) {
			t.Fatalf("nothing has %s", from)
		}
		return strings.Replace(shelfSDL+shelf, from, to, 1)
	}
	for _, test := range []struct{ name, sdl, want string }{
		{"no such date", change(`date: "born"`, `date: "died"`), "type Writer has the date died, which is no date field of it"},
		{"text for a date", change(`date: "born"`, `date: "name"`), "type Writer has the date name, which is no date field of it"},
		{"of nothing", change(`of: "Writer"`, `of: "Reader"`), "matrix Shelf counts Reader, which is no kind or interface of the model"},
		{"by nothing", change(`by: "ShelfGroupBy"`, `by: "Shelves"`), "matrix Shelf is by Shelves, which is no enum of the model whose name ends in GroupBy"},
		{"by another enum", change(`by: "ShelfGroupBy"`, `by: "DatePrecision"`), "matrix Shelf is by DatePrecision, which is no enum"},
		{"field in two words", change(`field: "shelf"`, `field: "a shelf"`), "which must be in camel case"},
		{"no field", change(`field: "shelf", `, ""), "@matrix of Shelf lacks the argument field"},
		{"no directive", change("count: Int! @measure\n", "count: Int!\n"), "Shelf.count must have one of @key, @measure and @option"},
		{"two directives", change("count: Int! @measure\n", "count: Int! @measure @option\n"), "Shelf.count must have one of @key, @measure and @option"},
		{"another directive", change("count: Int! @measure\n", "count: Int! @ordered\n"), "Shelf.count has @ordered, which has no meaning there"},
		{"nullable key", change("book: Book! @key", "book: Book @key"), "Shelf.book must be a type of the model with `!`"},
		{"key of no type", change("book: Book! @key", "book: Boot! @key"), "Shelf.book must be a type of the model"},
		{"one path of two", change(`, "{ wrote { id } }"])`, "])"), "its key have one path for each value of ShelfGroupBy"},
		{"no key", change("  book: Book! @key(from: [\"{ wrote { id } }\", \"{ wrote { id } }\"])\n", ""), "matrix Shelf must have a field with @key"},
		{"no measure", change("  count: Int! @measure\n", ""), "first of those with @measure, a number by which its rows are ordered"},
		{"text measure", change("count: Int! @measure", "count: String! @measure"), "Shelf.count is a measure: it must be Int!"},
		{"date of another form", change(`date: "FIRST"`, `date: "BEST"`), `date: "BEST", which must be FIRST or LAST`},
		{"date of kinds without", change(`, date: "born"`, ""), "Shelf.first is a date, but Writer has no principal date"},
		{"half an option", change("count: Int! @measure\n", "count: Int! @measure(option: \"all\")\n"), "have both option and optionWhere or neither"},
		{"unknown option", change("count: Int! @measure\n", "count: Int! @measure(option: \"none\", optionWhere: \"{}\")\n"), "Shelf.count asks for the option none, which is no field with @option"},
		{"option that is a number", change("all: Boolean @option", "all: Int @option"), "Shelf.all is an option: it must be Boolean"},
		{"truth as text", change("all: Boolean @option", `all: Boolean @option(same: "yes")`), `@option of Shelf.all has the argument same: "yes", which must be true or false`},
		{"argument of every matrix", change("all: Boolean @option", "where: Boolean @option"), "Shelf.where has a name that every matrix uses itself: rename it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := catalog.Compile("model.graphqls", test.sdl)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
