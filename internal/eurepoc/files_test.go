package eurepoc_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/store"
)

// The names of the three files of version 1.1.
const (
	globalFile      = "EuRepoC_Global_Database_1.1.csv"
	attributionFile = "EuRepoC_Attribution_dataset_1.1.csv"
	receiverFile    = "EuRepoC_Receiver_dataset_1.1.csv"
)

// real reads one of the files of version 1.1 as EuRepoC published it.
func real(t testing.TB, name string) []byte {
	t.Helper()
	return importertest.Content(t, importertest.Zipped(filepath.Join("testdata", name+".gz")))
}

func input(name string, raw []byte) importer.Input {
	return importer.Input{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }}
}

func realInputs(t testing.TB) []importer.Input {
	t.Helper()
	var out []importer.Input
	for _, name := range []string{attributionFile, globalFile, receiverFile} {
		out = append(out, input(name, real(t, name)))
	}
	return out
}

// rowsOf reads a file by other means than the importer: the rows as maps by column.
func rowsOf(t testing.TB, name string) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(real(t, name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range all[1:] {
		m := map[string]string{}
		for i, v := range r {
			m[all[0][i]] = v
		}
		out = append(out, m)
	}
	return out
}

// session returns a session that gathers its notes.
func session(t rapid.TB) (*importer.Session, *[]importer.Note) {
	t.Helper()
	notes := &[]importer.Note{}
	return &importer.Session{
		Context: context.Background(), Catalog: importertest.Model(t),
		Recorded: store.Provenance{At: "2026-01-01T00:00:00.000Z", By: "test"},
		Holds:    func(context.Context, []string) (map[string]bool, error) { return nil, nil },
		Note:     func(n importer.Note) { *notes = append(*notes, n) },
	}, notes
}
