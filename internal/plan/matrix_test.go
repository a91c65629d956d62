package plan

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/apigen"
	"attrigraph/internal/catalog"
)

// TestMatrixMistakes puts mistakes into what a matrix says in GraphQL: they show when the planner is made.
func TestMatrixMistakes(t *testing.T) {
	model, err := os.ReadFile("../store/storetest/model.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ from, to, want string }{
		{`where: "{pages: {gte: 0}}"`, `where: "{pages: {gte: \"a\"}}"`, "matrix Critique: critique: "},
		{`where: "{genre: {eq: NOVEL}}"`, `where: "{genre: {eq: PLAY}}"`, `matrix Critique: novels: `},
		{`optionWhere: "{genre: {in: [NOVEL, POEM]}}"`, `optionWhere: "{genres: {in: [NOVEL]}}"`, "matrix Critique: novels with dead: "},
		{`leavesOut: "{title: {`, `leavesOut: "{titles: {`, "matrix Critique: untitled: "},
		{`{ notes { id } }`, `{ notes }`, "Work.notes is no stored link with a selection that ends at an id"},
		{`{ notes { id } }`, `{ title { id } }`, "Work.title is no stored link"},
		{`{ notes { id } }`, `{ others { id } }`, "Work.others is no stored link"},
		{`{ notes { id } }`, `{ id }`, "Work.id is no stored link"},
		{`{ notes { id } }`, `{ notes { words } }`, "Note.words is no stored link"},
		{`{ notes { id } }`, `{ notes { id }`, "matrix Critique: note: "},
		{`{ notes { id } }`, `{ makers { id } }`, "a path ends at Maker and not at Note"},
		{`{ notes { id } }`, `{ notes { ... on Work { id } } }`, "a fragment on Work stands where no node of that type can be"},
		{`{ notes { id } }`, `{ ... on Work { notes { id } } }`, "a fragment on Work stands where no node of that type can be"},
		{`{ notes { id } }`, `{ notes { ...id } }`, "...id names no fragment, or stands in one itself"},
		{`{ notes { id } }`, `{ notes { ...a } } fragment a on Note { ...a }`, "...a names no fragment, or stands in one itself"},
		{`{ notes { id } }`, `{ notes @include(if: $unknown) { id } }`, "$unknown is no field with @option"},
		{`{ notes { id } }`, `{ notes @include(if: true) { id } }`, "@include lacks if: with an option, such as $name"},
		{`{ notes { id } }`, `{ notes @where(is: {word: {eq: NOVEL}}) { id } }`, `matrix Critique: note: `},
		{`{ notes { id } }`, `{ notes @where(unless: $dead) { id } }`, "@where lacks the argument is"},
		{`{ notes { id } }`, `{ notes @where(is: {genre: {eq: NOVEL}}, unless: "dead") { id } }`, "@where lacks unless: with an option, such as $name"},
		{`{ notes { id } }`, `{ notes @ordered { id } }`, "@ordered has no meaning in a path"},
	} {
		t.Run(test.to, func(t *testing.T) {
			to := strings.ReplaceAll(test.to, `unless: "dead"`, `unless: \"dead\"`)
			sdl := strings.Replace(string(model), test.from, to, 1)
			if sdl == string(model) {
				t.Fatalf("the model has no %s", test.from)
			}
			c, err := catalog.Compile("model.graphqls", sdl)
			if err != nil {
				t.Fatal(err)
			}
			api, err := apigen.SDL(c)
			if err != nil {
				t.Fatal(err)
			}
			s, err := gqlparser.LoadSchema(&ast.Source{Name: "toy", Input: api})
			if err != nil {
				t.Fatal(err)
			}
			_, err = NewPlanner(s, c, DefaultLimits)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
