package stix_test

import (
	"bytes"
	"io"
	"testing"

	"attrigraph/internal/importer"
	"attrigraph/internal/stix"
)

// inMemory reads a file of testdata once, so that a benchmark does not measure its unpacking.
func inMemory(t testing.TB, name string) importer.Input {
	t.Helper()
	in := unpacked(name)
	f, err := in.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return importer.Input{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }}
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
		importInto(b, emptySQLite(b, model(b)), newSession(b), in)
	}
}
