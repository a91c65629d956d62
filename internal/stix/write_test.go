package stix

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"attrigraph/internal/casebook"
	"attrigraph/internal/catalog"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/pythontest"
	"attrigraph/internal/store"
)

// bundledCases returns the records of the cases that come with the program.
func bundledCases(t testing.TB, c *catalog.Catalog) []store.Record {
	t.Helper()
	files, err := casebook.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	book, err := casebook.Load(c, files)
	if err != nil {
		t.Fatal(err)
	}
	records, err := jsonltest.Collect(book.Changes())
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// validate runs the validator of OASIS over a bundle and returns what it says of each object that is wrong. Left out are
// its warnings of ids that are no random UUIDs (ours repeat) and of references without a hash (nobody publishes one).
func validate(t *testing.T, raw []byte) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), pythontest.Interpreter(t), "testdata/validate.py", file).CombinedOutput()
	if err != nil {
		t.Fatalf("the validator failed: %v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if !strings.HasPrefix(lines[0], "objects ") {
		t.Fatalf("the validator says %s", out)
	}
	return lines[1:]
}

// TestValid holds that an export of the bundled cases is valid STIX 2.1, without a warning.
func TestValid(t *testing.T) {
	c := compiled(t, realModel)
	for _, problem := range validate(t, written(t, c, bundledCases(t, c), Options{WithAliases: true})) {
		t.Error(problem)
	}
}
