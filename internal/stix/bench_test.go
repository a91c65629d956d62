package stix_test

import (
	"testing"

	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/stix"
	"attrigraph/internal/store/opentest"
)

// inMemory unpacks a file once, so that a benchmark does not measure that.
func inMemory(t testing.TB, in importer.Input) importer.Input {
	t.Helper()
	return importertest.Text(in.Name, string(importertest.Content(t, in)))
}

// BenchmarkRead measures what the import does before a store has to do anything.
func BenchmarkRead(b *testing.B) {
	in := inMemory(b, attackBundle)
	b.ReportAllocs()
	for b.Loop() {
		im, err := stix.Import(newSession(b).Session, []importer.Input{in})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range im.Changes {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkImport measures the import into a new SQLite file.
func BenchmarkImport(b *testing.B) {
	in := inMemory(b, attackBundle)
	for b.Loop() {
		importInto(b, opentest.SQLite(b, importertest.Model(b)), newSession(b), in)
	}
}
