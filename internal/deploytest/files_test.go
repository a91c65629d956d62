package deploytest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"attrigraph/internal/server"
)

// root is the repository, seen from here.
const root = "../.."

// operating is the page for those who run the server.
const operating = "docs/operating.md"

// endTime is how long the server may take to end: for requests under way, for the store, which gets as long, and for traces.
const endTime = 2*server.DrainTimeout + 3*time.Second

// read returns a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readYAML decodes a file of the repository.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, name)), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// duration reads a time span such as 30s.
func duration(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
