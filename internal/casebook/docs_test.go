package casebook_test

import (
	"os"
	"strings"
	"testing"

	"attrigraph/internal/casebook"
	"attrigraph/internal/catalog"
)

func model(t testing.TB, path string) *catalog.Catalog {
	t.Helper()
	sdl, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Compile(path, string(sdl))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestDocumentedExample holds the documentation to what the program reads.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/casebook.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(page), "```yaml\n")
	example, _, closed := strings.Cut(example, "```")
	if !found || !closed {
		t.Fatal("the page has no example")
	}
	book, err := casebook.Load(model(t, "../../schema/model.graphqls"), []casebook.File{{Name: "example.yaml", Data: []byte(example)}})
	if err != nil {
		t.Fatal(err)
	}
	kinds, links := map[string]int{}, map[string]int{}
	for c, err := range book.Changes() {
		if err != nil {
			t.Fatal(err)
		}
		if c.Node != nil {
			kinds[c.Node.Kind]++
		} else {
			links[c.Link.Type]++
		}
	}
	if kinds["Attribution"] != 1 || kinds["Denial"] != 1 || kinds["Demand"] != 1 || kinds["Provision"] != 1 || kinds["Statement"] != 2 {
		t.Errorf("nodes: %v", kinds)
	}
	if links["ACCUSER"] != 2 || links["MADE_IN"] != 2 || links["SUPPORTS"] != 1 || links["PROVISION_OF"] != 1 || links["SUBJECT"] != 1 {
		t.Errorf("links: %v", links)
	}
}

func TestBundledCasesAreValid(t *testing.T) {
	files, err := casebook.Bundled()
	if err != nil || len(files) == 0 {
		t.Fatal("no cases come with the program", err)
	}
	if _, err := casebook.Load(model(t, "../../schema/model.graphqls"), files); err != nil {
		t.Fatal(err)
	}
}
