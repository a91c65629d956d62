package casebook_test

import (
	"testing"

	"attrigraph/internal/casebook"
	"attrigraph/internal/ident"
	"attrigraph/schema"
)

// TestIdentity makes sure that a node with the value that identifies it everywhere gets its id from that and not from its
// key, and that others refer to it by the key all the same.
func TestIdentity(t *testing.T) {
	c, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	const file = `case: {key: a, title: A, recordedAt: 2025-01-01, recordedBy: test}
states:
  - {key: somewhere, name: Somewhere, isoCode: "NO"}
  - {key: elsewhere, name: Elsewhere}
organizations:
  - {key: body, name: Body, kind: AGENCY, state: somewhere}
`
	book, err := casebook.Load(c, []casebook.File{{Name: "a.yaml", Data: []byte(file)}})
	if err != nil {
		t.Fatal(err)
	}
	somewhere, elsewhere := ident.ForImport("state", "iso-3166-1", "NO"), ident.ForCasebook("state", "elsewhere")
	found := map[string]bool{}
	for change := range book.Changes() {
		if change.Node != nil {
			found[change.Node.ID] = true
		} else if change.Link.To != somewhere {
			t.Errorf("the link leads to %s, want %s", change.Link.To, somewhere)
		}
	}
	if !found[somewhere] || !found[elsewhere] {
		t.Errorf("the states are not %s and %s: %v", somewhere, elsewhere, found)
	}
}
