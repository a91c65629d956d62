package conformance

import (
	"context"
	"encoding/json"
	"testing"

	"attrigraph/internal/eurepoc"
	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/misp"
	"attrigraph/internal/stix"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// imports are the data sets that come with the packages of their formats, in an order in which each finds what it refers to.
var imports = []struct {
	name   string
	format importer.Format
	files  []string
}{
	{"stix", stix.Import, []string{"../stix/testdata/enterprise-attack-actors.json.gz"}},
	{"misp-galaxy", misp.Import, []string{"../misp/testdata/threat-actor.json.gz"}},
	{"eurepoc", eurepoc.Import, []string{
		"../eurepoc/testdata/EuRepoC_Global_Database_1.1.csv.gz", "../eurepoc/testdata/EuRepoC_Attribution_dataset_1.1.csv.gz",
		"../eurepoc/testdata/EuRepoC_Receiver_dataset_1.1.csv.gz",
	}},
}

// importAll imports the data sets into every store of the world.
func (w *world) importAll(t *testing.T) {
	t.Helper()
	for _, side := range w.sides {
		known := map[string]bool{}
		for _, i := range imports {
			s := &importer.Session{
				Context: t.Context(), Catalog: w.catalog,
				Recorded: store.Provenance{At: "2026-11-22T00:00:00.000Z", By: "test"},
				Holds:    func(context.Context, []string) (map[string]bool, error) { return known, nil },
			}
			var files []importer.Input
			for _, f := range i.files {
				files = append(files, importertest.Zipped(f))
			}
			read, err := i.format(s, files)
			if err != nil {
				t.Fatalf("%s: %v", i.name, err)
			}
			found := map[string]bool{}
			outcome, err := side.store.Apply(t.Context(), read.Write, func(yield func(store.Change, error) bool) {
				for c, err := range read.Changes {
					if c.Node != nil {
						found[c.Node.ID] = true
					}
					if !yield(c, err) {
						return
					}
				}
			})
			if err != nil {
				t.Fatalf("%s into %s: %v", i.name, side.name, err)
			}
			for id := range found {
				known[id] = true
			}
			if outcome.Created == 0 {
				t.Errorf("%s into %s: %+v", i.name, side.name, outcome)
			}
		}
	}
}

// TestExamplesOverImports asks the questions of the documentation of the casebook together with all data sets: the stores
// answer the same bytes, with one statement each.
func TestExamplesOverImports(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	w := casebookWorld(t)
	w.importAll(t)
	examples, err := schema.Examples()
	if err != nil || len(examples) < 15 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	for _, e := range examples {
		t.Run(e.Name, func(t *testing.T) {
			vars := map[string]any{}
			if e.Variables != "" {
				if err := json.Unmarshal([]byte(e.Variables), &vars); err != nil {
					t.Fatal(err)
				}
			}
			w.oneStatement(t, e.Query, vars)
			if a := w.both(t, e.Query, vars); a.Errors != nil {
				t.Errorf("errors: %s", a.Errors)
			}
		})
	}
}
