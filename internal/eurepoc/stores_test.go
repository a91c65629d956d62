package eurepoc_test

import (
	"slices"
	"testing"

	"attrigraph/internal/eurepoc"
	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/opentest"
)

func openSQLite(t testing.TB) store.Store { return opentest.SQLite(t, importertest.Model(t)) }

func openNeo4j(t testing.TB) store.Store { return opentest.Neo4j(t, importertest.Model(t)) }

func load(t testing.TB, s store.Store, files []importer.Input) store.Outcome {
	t.Helper()
	session, _ := session(t)
	im, err := eurepoc.Import(session, files)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Apply(t.Context(), im.Write, im.Changes)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSecondImport holds that importing the same files again, in whatever order, changes nothing on either store, and
// that the next state of the files replaces what the last one said.
func TestSecondImport(t *testing.T) {
	g, _, _ := realGraph(t)
	size := len(g.nodes)
	for _, links := range g.out {
		for _, to := range links {
			size += len(to)
		}
	}
	for _, c := range []struct {
		name string
		open func(testing.TB) store.Store
	}{{"SQLite", openSQLite}, {"Neo4j", openNeo4j}} {
		t.Run(c.name, func(t *testing.T) {
			s := c.open(t)
			files := realInputs(t)
			if got, want := load(t, s, files), (store.Outcome{Created: size, Revision: 1}); got != want {
				t.Errorf("the first import: %+v, want %+v", got, want)
			}
			for range 2 {
				slices.Reverse(files)
				if got, want := load(t, s, files), (store.Outcome{Unchanged: size, Revision: 1}); got != want {
					t.Errorf("another import: %+v, want %+v", got, want)
				}
			}
		})
	}
}

// TestCorrectedFile holds that a corrected file takes back the links of the mistaken one.
func TestCorrectedFile(t *testing.T) {
	s := openSQLite(t)
	files := smallSheets(t)
	load(t, s, files.inputs())
	first := links(t, s, "ACCUSED")
	files.attribution = files.attribution.with(map[string]string{"attributed_initiator_category": "Non-state-group"})
	got := load(t, s, files.inputs())
	if len(first) != 1 || got.Deleted != 1 || len(links(t, s, "ACCUSED")) != 0 {
		t.Errorf("%v, then %+v and %v", first, got, links(t, s, "ACCUSED"))
	}
}

func links(t testing.TB, s store.Store, linkType string) []store.Link {
	t.Helper()
	var out []store.Link
	err := s.Export(t.Context(), func(r store.Record) error {
		if r.Link != nil && r.Link.Type == linkType {
			out = append(out, *r.Link)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// BenchmarkImport reads the three files into a new SQLite store.
func BenchmarkImport(b *testing.B) {
	files := realInputs(b)
	for b.Loop() {
		b.StopTimer()
		s := openSQLite(b)
		b.StartTimer()
		load(b, s, files)
	}
}
