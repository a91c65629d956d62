package catalog_test

import (
	"slices"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/schema"
)

// TestWalks holds the project's model to its rule that an incident or a target is joined to an actor, a statement, a source
// and so on over claims only, whatever links the model gets.
func TestWalks(t *testing.T) {
	c, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	inside, claim := []*catalog.Type{c.Type("Incident"), c.Type("Target")}, c.Type("Claim")
	for _, kind := range c.Kinds() {
		for _, s := range c.Guarded.From(kind) {
			for _, onto := range s.Onto {
				if slices.Contains(inside, kind) != slices.Contains(inside, onto) && !kind.Implements(claim) && !onto.Implements(claim) {
					t.Errorf("a path leads from %s over %s to %s", kind, s.Link.Type, onto)
				}
			}
		}
	}
	var walked []string
	for _, l := range c.Guarded.Links() {
		walked = append(walked, l.Type)
	}
	for _, l := range c.Links {
		want := !slices.Contains([]string{"CONCERNS", "MEASURE_CONCERNS", "REPORTED_BY", "TARGET_IN", "DESIGNATED_BY"}, l.Type)
		if got := slices.Contains(walked, l.Type); got != want {
			t.Errorf("paths take links %s: %t, want %t", l.Type, got, want)
		}
	}
	if n, all := len(c.Everywhere.Links()), len(c.Links); n != all {
		t.Errorf("neighborhoods follow %d of %d types of link", n, all)
	}
	source := c.Guarded.From(c.Type("Source"))
	if i := slices.IndexFunc(source, func(s catalog.WalkStep) bool { return s.Link.Type == "SOURCED_FROM" && !s.Out }); i < 0 || source[i].All || !slices.Contains(source[i].Onto, c.Type("Denial")) {
		t.Error("a path does not lead from a source to what was recorded from it, or to all of it")
	}
}
