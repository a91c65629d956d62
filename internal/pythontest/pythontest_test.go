package pythontest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"attrigraph/internal/pythontest"
	"attrigraph/internal/testenv"
)

func TestInterpreter(t *testing.T) {
	python := pythontest.Interpreter(t)
	out, err := exec.Command(python, "-c", "import networkx, stix2validator; print(networkx.__version__)").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) == "" {
		t.Fatalf("%v: %s", err, out)
	}
}

// TestWithoutPython runs itself again where there is no Python.
func TestWithoutPython(t *testing.T) {
	if os.Getenv("PYTHON") == "no-such-python" {
		pythontest.Interpreter(t)
		return
	}
	for require, fails := range map[string]bool{"": false, "neo4j": false, "neo4j, python": true, "all": true} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestWithoutPython$", "-test.v")
		cmd.Env = append(os.Environ(), "PYTHON=no-such-python", testenv.RequireVariable+"="+require)
		out, err := cmd.CombinedOutput()
		if (err != nil) != fails || !strings.Contains(string(out), "there is no no-such-python: install Python") {
			t.Errorf("require %q: %v: %s", require, err, out)
		}
		if !fails && !strings.Contains(string(out), "--- SKIP") {
			t.Errorf("require %q is not skipped: %s", require, out)
		}
	}
}
