// Package importertest has what tests of the formats that are imported have in common: the model and files to read.
package importertest

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/importer"
	"attrigraph/schema"
)

// Model returns the model that the program has.
func Model(t rapid.TB) *catalog.Catalog {
	t.Helper()
	c, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Text is a file of that name and content.
func Text(name, content string) importer.Input {
	return importer.Input{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

// Zipped is a file that is kept compressed by gzip, as data sets in testdata are, under its name without the folder and
// without ".gz".
func Zipped(path string) importer.Input {
	return importer.Input{Name: strings.TrimSuffix(filepath.Base(path), ".gz"), Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return struct {
			io.Reader
			io.Closer
		}{z, f}, nil
	}}
}

// Content returns all of a file.
func Content(t rapid.TB, in importer.Input) []byte {
	t.Helper()
	f, err := in.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
