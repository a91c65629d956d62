package stix_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/opentest"
)

// stores opens an empty store of each sort.
var stores = map[string]func(testing.TB) store.Store{
	"SQLite": func(t testing.TB) store.Store { return opentest.SQLite(t, importertest.Model(t)) },
	"Neo4j":  func(t testing.TB) store.Store { return opentest.Neo4j(t, importertest.Model(t)) },
}

// TestSecondImport holds that importing the same bundle again changes nothing.
func TestSecondImport(t *testing.T) {
	whole := attack(t)
	size := len(whole.nodes) + len(whole.links)
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			if diff := cmp.Diff(store.Outcome{Created: size, Revision: 1}, importInto(t, s, newSession(t), attackBundle)); diff != "" {
				t.Error(diff)
			}
			again := newSession(t)
			again.Recorded.At = "2027-01-01T00:00:00Z"
			if diff := cmp.Diff(store.Outcome{Unchanged: size, Revision: 1}, importInto(t, s, again, attackBundle)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// linksOf returns the ends of a store's links of a type.
func linksOf(t *testing.T, s store.Store, linkType string) map[[2]string]bool {
	t.Helper()
	ends := map[[2]string]bool{}
	if err := s.Export(t.Context(), func(r store.Record) error {
		if r.Link != nil && r.Link.Type == linkType {
			ends[[2]string{r.Link.From, r.Link.To}] = true
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return ends
}

// TestNextVersion holds that the next version of an object, in another bundle, takes the place of the last, with its links,
// and that what a third bundle says of objects of the first two joins them.
func TestNextVersion(t *testing.T) {
	first := bundle(vendor, group, actor, campaign, relation(30, "attributed-to", campaigID, groupID, byVendor))
	next := importertest.Text("next.json", `{"type":"bundle","id":"bundle--2","objects":[`+
		strings.Replace(relation(30, "attributed-to", campaigID, actorID, byVendor), "2024-03-01", "2024-04-01", 1)+","+vendor+`]}`)
	third := importertest.Text("third.json", `{"type":"bundle","id":"bundle--3","objects":[`+relation(31, "duplicate-of", actorID, groupID, "")+`]}`)
	claim := ident.ForImport("attribution", "stix", "relationship--"+uuid(30))
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			importInto(t, s, newSession(t), first)
			if diff := cmp.Diff(map[[2]string]bool{{claim, ident.ForImport("threat-group", "stix", groupID)}: true}, linksOf(t, s, "ACCUSED")); diff != "" {
				t.Error(diff)
			}
			session := newSession(t)
			importInto(t, s, session, next)
			if diff := cmp.Diff(map[[2]string]bool{{claim, ident.ForImport("threat-group", "stix", actorID)}: true}, linksOf(t, s, "ACCUSED")); diff != "" {
				t.Error(diff)
			}
			if len(session.notes) > 0 {
				t.Errorf("%+v", session.notes)
			}
			session = newSession(t)
			importInto(t, s, session, third)
			same := ident.ForImport("alias-claim", "stix", "relationship--"+uuid(31))
			if diff := cmp.Diff(map[[2]string]bool{{same, ident.ForImport("threat-group", "stix", groupID)}: true}, linksOf(t, s, "ALIAS_OTHER")); diff != "" {
				t.Error(diff)
			}
			if len(session.notes) != 1 || !session.noted(importer.Doubtful, "relationship--"+uuid(31), "third.json", "according to nobody") {
				t.Errorf("%+v", session.notes)
			}
		})
	}
}
