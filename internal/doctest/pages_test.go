package doctest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository, seen from here.
const root = "../.."

// page is a page of the documentation. Its name is the path below root.
type page struct{ name, text string }

// pages returns the README, the changes and everything in docs.
func pages(t *testing.T) []page {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no documentation: %v", err)
	}
	var list []page
	for _, file := range append(files, filepath.Join(root, "README.md"), filepath.Join(root, "CHANGELOG.md")) {
		list = append(list, read(t, file))
	}
	return list
}

func read(t *testing.T, file string) page {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name, err := filepath.Rel(root, file)
	if err != nil {
		t.Fatal(err)
	}
	return page{filepath.ToSlash(name), string(text)}
}

var fence = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")

// blocks returns the code blocks whose fence says this, such as "graphql".
func (p page) blocks(info string) []string {
	var list []string
	for _, m := range fence.FindAllStringSubmatch(p.text, -1) {
		if m[1] == info {
			list = append(list, m[2])
		}
	}
	return list
}

// block returns the one code block whose fence says this.
func (p page) block(t *testing.T, info string) string {
	t.Helper()
	list := p.blocks(info)
	if len(list) != 1 {
		t.Fatalf("%s has %d blocks ```%s, want one", p.name, len(list), info)
	}
	return list[0]
}

// words is a text without what line breaks and indentation make of it.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }
