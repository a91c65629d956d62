package doctest

import (
	"path"
	"strings"
	"testing"

	"attrigraph/internal/casebook"
)

// TestCasesAreListed makes sure that docs/casebook.md lists the cases that come with the program, and no others.
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
}
