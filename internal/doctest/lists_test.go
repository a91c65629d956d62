package doctest

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"attrigraph/internal/casebook"
	"attrigraph/schema"
)

// TestCasesAreListed makes sure that docs/casebook.md lists the cases that come with the program, and no others, and that
// the README counts them.
func TestCasesAreListed(t *testing.T) {
	files, err := casebook.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, root+"/docs/casebook.md").text
	cases := 0
	for _, f := range files {
		name := path.Base(f.Name)
		if strings.HasPrefix(name, "00-") { // what cases share
			continue
		}
		cases++
		if !strings.Contains(text, "\n| `"+name+"` | ") {
			t.Errorf("docs/casebook.md does not list the case %s", name)
		}
	}
	if listed := strings.Count(text, ".yaml` | "); listed != cases {
		t.Errorf("docs/casebook.md lists %d cases, there are %d", listed, cases)
	}
	if count := fmt.Sprintf(" %d cases ", cases); !strings.Contains(read(t, root+"/README.md").text, count) {
		t.Errorf("the README does not say that there are%s", count)
	}
}

// TestExamplesAreListed makes sure that the README lists every example, and no others.
func TestExamplesAreListed(t *testing.T) {
	examples, err := schema.Examples()
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, root+"/README.md").text
	for _, e := range examples {
		if !strings.Contains(text, "| `"+e.Name+"` |") {
			t.Errorf("the README does not list the example %s", e.Name)
		}
	}
	_, table, _ := strings.Cut(text, "\n| question | example |")
	table, _, _ = strings.Cut(table, "\n\n")
	if listed := strings.Count(table, "\n") - 1; listed != len(examples) {
		t.Errorf("the README lists %d examples, there are %d", listed, len(examples))
	}
}
