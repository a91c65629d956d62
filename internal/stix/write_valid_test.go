package stix

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/pythontest"
)

// validate runs the validator of OASIS over objects and returns what it says of each that is wrong. Left out are its
// warnings of ids that are no random UUIDs (ours repeat) and of references without a hash (nobody publishes one).
func validate(t *testing.T, objects []*Object) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bundle.json")
	raw := fmt.Sprintf(`{"type":"bundle","id":"bundle--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37","objects":%s}`, jsonList(objects))
	if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), pythontest.Interpreter(t), filepath.Join("testdata", "validate.py"), file).CombinedOutput()
	if err != nil {
		t.Fatalf("the validator failed: %v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if lines[0] != fmt.Sprintf("objects %d", len(objects)) {
		t.Fatalf("the validator says %s", out)
	}
	return lines[1:]
}

// TestValid holds that an export of the bundled cases is valid STIX 2.1, without a warning.
func TestValid(t *testing.T) {
	c := importertest.Model(t)
	objects := objectsOf(t, written(t, c, jsonltest.Cases(t, c), Options{WithAliases: true}))
	for _, problem := range validate(t, objects) {
		t.Error(problem)
	}
	// The validator finds what is wrong at all.
	wrong := objects[len(objects)-1].Clone()
	wrong.Set("object_marking_refs", []byte(`[]`))
	wrong.Set("odd", []byte(`1`))
	wrong.Delete("extensions")
	if problems := validate(t, []*Object{wrong}); len(problems) < 2 {
		t.Errorf("the validator says %q of %s", problems, wrong.Bytes())
	}
}

// attackObjects returns the first objects of each type of MITRE ATT&CK, and all relationships between groups.
func attackObjects(t *testing.T) []*Object {
	t.Helper()
	raw := importertest.Content(t, importertest.Zipped("testdata/enterprise-attack-actors.json.gz"))
	count := map[string]int{}
	var some []*Object
	for _, o := range objectsOf(t, raw) {
		sort := o.Text("type") + " " + o.Text("relationship_type")
		if count[sort]++; count[sort] <= 20 {
			some = append(some, o)
		}
	}
	return some
}

// TestValidAsBefore holds that somebody else's objects are no worse in an export than they were, and that what is added to
// them and beside them is valid.
func TestValidAsBefore(t *testing.T) {
	c := importertest.Model(t)
	objects := attackObjects(t)
	originals := make([]string, len(objects))
	for i, o := range objects {
		originals[i] = string(o.Bytes())
	}
	before := validate(t, objects)
	exported := objectsOf(t, written(t, c, foreignGraph(originals...), Options{}))
	after := validate(t, exported)
	slices.Sort(before)
	slices.Sort(after)
	if !slices.Equal(before, after) || len(before) == 0 {
		t.Errorf("%d problems before, %d after: the first %q, %q", len(before), len(after), before[0], after[:min(len(after), 3)])
	}
	for _, o := range exported {
		if o.Text("spec_version") != "2.1" {
			t.Errorf("%s has no spec_version", o.Text("id"))
		}
		if o.Text("type") == "malware" && (!o.True("is_family") || !slices.Contains(extensionOf(o).Texts(defaulted), "is_family")) {
			t.Errorf("%s lacks is_family, or does not say that it was added", o.Text("id"))
		}
	}
}
