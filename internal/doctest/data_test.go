package doctest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestData runs what the README says to do with data sets: import them, beside the cases, and export everything. What the
// import of EuRepoC prints is what docs/data.md shows.
func TestData(t *testing.T) {
	if testing.Short() {
		t.Skip("imports and exports all data sets")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "attrigraph")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, root+"/cmd/attrigraph").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"internal", "schema"} {
		target, err := filepath.Abs(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	commands := "set -euo pipefail\nexport TMPDIR=$PWD\n" + program + " import casebook internal/casebook/cases/*.yaml\n"
	found := 0
	for _, block := range read(t, root+"/README.md").blocks("sh") {
		if strings.Contains(block, "import stix") || strings.Contains(block, "export stix") {
			found++
			commands += strings.ReplaceAll(block, "go run ./cmd/attrigraph", program)
		}
	}
	if found != 2 {
		t.Fatalf("the README has %d blocks that import or export data sets, want 2", found)
	}
	run := exec.CommandContext(t.Context(), "bash", "-c", commands)
	run.Dir = dir
	var problems strings.Builder
	run.Stderr = &problems
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, problems.String())
	}

	report := read(t, root+"/docs/data.md").block(t, "report")
	records, sum, _ := strings.Cut(report, "created ")
	_, printed, ok := strings.Cut(string(out), records)
	if !ok {
		t.Errorf("docs/data.md shows\n%sand the import says\n%s", records, out)
	}
	var shown, created, updated, unchanged int
	if _, err := fmt.Sscanf(sum, "%d,", &shown); err != nil {
		t.Fatalf("the report in docs/data.md ends with %q: %v", sum, err)
	}
	if _, err := fmt.Sscanf(printed, "created %d, updated %d, unchanged %d,", &created, &updated, &unchanged); err != nil {
		t.Fatalf("the import ends with %q: %v", printed, err)
	}
	// Some states were there already.
	if updated != 0 || created+unchanged != shown {
		t.Errorf("docs/data.md shows %d nodes and links of EuRepoC, there are %d and %d updated", shown, created+unchanged, updated)
	}
	for _, name := range []string{"graph.json", "graph.jsonl", "graph.graphml", "graph.zip"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", name, err)
		}
	}
}
