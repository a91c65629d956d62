package stix_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"attrigraph/internal/casebook"
	"attrigraph/internal/eurepoc"
	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/jsonl"
	"attrigraph/internal/misp"
	"attrigraph/internal/stix"
	"attrigraph/internal/store"
	"attrigraph/internal/store/opentest"
)

// exports returns a store's graph as a bundle and as JSON lines.
func exports(t testing.TB, s store.Store, o stix.Options) (bundle, lines []byte) {
	t.Helper()
	var a, b bytes.Buffer
	if err := stix.Write(&a, importertest.Model(t), opentest.Records(t, s), o); err != nil {
		t.Fatal(err)
	}
	if err := jsonl.Write(&b, importertest.Model(t), opentest.Records(t, s)); err != nil {
		t.Fatal(err)
	}
	return a.Bytes(), b.Bytes()
}

func applied(t testing.TB, s store.Store, format importer.Format, files ...importer.Input) {
	t.Helper()
	im, err := format(newSession(t).Session, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), im.Write, im.Changes); err != nil {
		t.Fatal(err)
	}
}

func applyCases(t testing.TB, s store.Store) {
	t.Helper()
	files, err := casebook.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	book, err := casebook.Load(importertest.Model(t), files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), book.Write(), book.Changes()); err != nil {
		t.Fatal(err)
	}
}

// of is a file of another package's tests.
func of(format, name string) importer.Input {
	return importertest.Zipped(filepath.Join("..", format, "testdata", name+".gz"))
}

func applyEurepoc(t testing.TB, s store.Store) {
	applied(t, s, eurepoc.Import, of("eurepoc", "EuRepoC_Global_Database_1.1.csv"), of("eurepoc", "EuRepoC_Attribution_dataset_1.1.csv"),
		of("eurepoc", "EuRepoC_Receiver_dataset_1.1.csv"))
}

func applyMISP(t testing.TB, s store.Store) {
	applied(t, s, misp.Import, of("misp", "threat-actor.json"), of("misp", "country.json"), of("misp", "sector.json"), of("misp", "target-information.json"))
}

func applyAttack(t testing.TB, s store.Store) { applied(t, s, stix.Import, attackBundle) }

// TestExportAndImport holds that an export that is imported into an empty store, of either sort, gives the same graph and
// the same export, to the byte, for the cases that come with the program and for everything that can be imported.
func TestExportAndImport(t *testing.T) {
	for _, graph := range []struct {
		name   string
		apply  []func(testing.TB, store.Store)
		stores []string
	}{
		{"casebook", []func(testing.TB, store.Store){applyCases}, []string{"SQLite", "Neo4j"}},
		// All at once are more than one transaction of a Neo4j with 1 GB of heap takes.
		{"ATT&CK", []func(testing.TB, store.Store){applyAttack}, []string{"Neo4j"}},
		{"EuRepoC", []func(testing.TB, store.Store){applyEurepoc}, []string{"Neo4j"}},
		{"MISP", []func(testing.TB, store.Store){applyMISP}, []string{"Neo4j"}},
		{"everything", []func(testing.TB, store.Store){applyCases, applyAttack, applyEurepoc, applyMISP}, []string{"SQLite"}},
	} {
		t.Run(graph.name, func(t *testing.T) {
			if testing.Short() && graph.name != "casebook" {
				t.Skip("large graphs are left out of short runs")
			}
			first := stores["SQLite"](t)
			for _, apply := range graph.apply {
				apply(t, first)
			}
			exported, lines := exports(t, first, stix.Options{WithAliases: true})
			if graph.name == "everything" {
				t.Run("valid", func(t *testing.T) {
					for _, problem := range stix.ValidateSample(t, exported) {
						t.Error(problem)
					}
				})
			}
			for _, name := range graph.stores {
				t.Run(name, func(t *testing.T) { comesBack(t, stores[name](t), exported, lines) })
			}
		})
	}
}

// comesBack imports an export into an empty store and exports it again.
func comesBack(t *testing.T, s store.Store, exported, lines []byte) {
	strict := newSession(t)
	strict.KeepGoing = false
	if out := importInto(t, s, strict, importertest.Text("export.json", string(exported))); out.Created == 0 || out.Updated+out.Deleted+out.Unchanged > 0 {
		t.Errorf("into an empty store: %+v", out)
	}
	read := 0
	for _, c := range strict.Totals() {
		if read += c.Read; c.Rejected > 0 {
			t.Errorf("%+v", c)
		}
	}
	if objects := bytes.Count(exported, []byte("\n")) - 2; read != objects {
		t.Errorf("%d of %d objects are accounted for", read, objects)
	}
	again, sameLines := exports(t, s, stix.Options{WithAliases: true})
	if !bytes.Equal(lines, sameLines) {
		t.Errorf("another graph came back: %s", firstDifference(lines, sameLines))
	}
	if !bytes.Equal(exported, again) {
		t.Errorf("the second export differs from the first: %s", firstDifference(exported, again))
	}
	if out := importInto(t, s, newSession(t), importertest.Text("export.json", string(exported))); out.Created+out.Updated+out.Deleted > 0 {
		t.Errorf("a second time: %+v", out)
	}
}

// firstDifference shows the first lines that differ.
func firstDifference(a, b []byte) string {
	linesA, linesB := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range linesA {
		if i >= len(linesB) {
			return "lines are missing from the second"
		}
		if !bytes.Equal(linesA[i], linesB[i]) {
			return "\n" + string(linesA[i][:min(len(linesA[i]), 2000)]) + "\n" + string(linesB[i][:min(len(linesB[i]), 2000)])
		}
	}
	return "lines are added to the second"
}
