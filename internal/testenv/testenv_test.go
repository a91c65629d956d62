package testenv_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"attrigraph/internal/testenv"
)

// TestMissing runs itself again as a test that lacks something.
func TestMissing(t *testing.T) {
	const inner = "TESTENV_INNER"
	if os.Getenv(inner) != "" {
		testenv.Missing(t, "anvil", "there is no anvil: buy one")
		return
	}
	for require, fails := range map[string]bool{"": false, "forge": false, "forge, anvil": true, "all": true} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMissing$", "-test.v")
		cmd.Env = append(os.Environ(), inner+"=1", testenv.RequireVariable+"="+require)
		out, err := cmd.CombinedOutput()
		if (err != nil) != fails || !strings.Contains(string(out), "there is no anvil: buy one") {
			t.Errorf("require %q: %v: %s", require, err, out)
		}
		if strings.Contains(string(out), "asks for anvil") != fails || strings.Contains(string(out), "--- SKIP") == fails {
			t.Errorf("require %q: %s", require, out)
		}
	}
}

func TestScript(t *testing.T) {
	path, err := testenv.Script("neo4j")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil || !filepath.IsAbs(path) {
		t.Errorf("%s: %v", path, err)
	}
	t.Chdir(t.TempDir())
	if path, err := testenv.Script("neo4j"); err == nil {
		t.Errorf("outside of the module there is %s", path)
	}
}
