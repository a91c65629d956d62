package importer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/schema"
)

func TestTotals(t *testing.T) {
	var notes []importer.Note
	s := &importer.Session{Note: func(n importer.Note) { notes = append(notes, n) }}
	s.Accept("row", 2)
	s.Merge("a.csv:3", "row", "7", "same as row %d", 2)
	s.Reject("a.csv:4", "row", "", "the row is empty")
	s.Accept("cell", 1)
	if err := s.Mistake("a.csv:5", "row", "8", "no date"); err == nil || err.Error() != "a.csv:5: no date" {
		t.Errorf("a mistake does not end the import: %v", err)
	}
	s.KeepGoing = true
	if err := s.Mistake("a.csv:5", "row", "8", "no date"); err != nil {
		t.Errorf("a mistake ends an import that keeps going: %v", err)
	}
	want := []importer.Counts{{Type: "row", Read: 5, Accepted: 2, Merged: 1, Rejected: 2}, {Type: "cell", Read: 1, Accepted: 1}}
	if diff := cmp.Diff(want, s.Totals()); diff != "" {
		t.Error(diff)
	}
	if len(notes) != 3 || notes[0].Reason != "same as row 2" {
		t.Errorf("notes %+v", notes)
	}
}

// TestState makes sure that a state is the same node for importers and for whoever works from the model.
func TestState(t *testing.T) {
	c, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	n, ok := importer.State("CZ", "", "")
	if !ok || n.Props["name"] != "Czechia" {
		t.Fatalf("State(CZ) = %+v, %v", n, ok)
	}
	var kind *catalog.Type = c.Type(n.Kind)
	if want := ident.ForImport(kind.IDPrefix, kind.Identity.Dataset, "CZ"); n.ID != want {
		t.Errorf("the id is %s, the model makes it %s", n.ID, want)
	}
	if _, has := n.Props[kind.Identity.Field.Name]; !has {
		t.Errorf("%v lacks %s", n.Props, kind.Identity.Field.Name)
	}
	for _, code := range []string{"", "cz", "CZE", "EU", "ZZ", "C1", "203", "AN", "CS", "FX", "SU", "UK", "UN"} {
		if n, ok := importer.State(code, "", ""); ok {
			t.Errorf("State(%q) = %+v", code, n)
		}
	}
}
