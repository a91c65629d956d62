package jsonltest

import (
	"pgregory.net/rapid"

	"attrigraph/internal/casebook"
	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Cases returns the records of the cases that come with the program, in the order of an export.
func Cases(t rapid.TB, c *catalog.Catalog) []store.Record {
	t.Helper()
	files, err := casebook.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	book, err := casebook.Load(c, files)
	if err != nil {
		t.Fatal(err)
	}
	records, err := Collect(book.Changes())
	if err != nil {
		t.Fatal(err)
	}
	return records
}
