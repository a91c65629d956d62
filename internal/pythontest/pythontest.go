// Package pythontest gives tests a Python interpreter that has the tools of scripts/python-requirements.txt: the validator
// of OASIS for STIX, and networkx for graphs. They are installed once by scripts/python-tools, into the user's cache.
//
// Where they cannot be had the test is skipped with the reason, unless ATTRIGRAPH_TEST_REQUIRE holds "python" or "all":
// then it fails.
package pythontest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// RequireVariable names the environment variable that lists, separated by commas, what tests must not leave out:
// "python" for what needs this package, "all" for everything.
const RequireVariable = "ATTRIGRAPH_TEST_REQUIRE"

// installTimeout covers fetching the packages once.
const installTimeout = 5 * time.Minute

// Interpreter returns the path of the interpreter.
func Interpreter(t testing.TB) string {
	t.Helper()
	path, err := find()
	if err != nil {
		if required() {
			t.Fatalf("no Python tools for this test, and %s asks for them: %v", RequireVariable, err)
		}
		t.Skipf("no Python tools for this test: %v", err)
	}
	return path
}

var find = sync.OnceValues(func() (string, error) {
	script, err := scriptPath()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), installTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, script)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(string(failed.Stderr)))
	}
	return strings.TrimSpace(string(out)), err
})

// scriptPath walks up from the test's folder to the module that holds this package.
func scriptPath() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "scripts", "python-tools"), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("scripts/python-tools is not found: no go.mod above the test's folder")
		}
		dir = parent
	}
}

func required() bool {
	return slices.ContainsFunc(strings.Split(os.Getenv(RequireVariable), ","), func(s string) bool {
		s = strings.TrimSpace(s)
		return s == "python" || s == "all"
	})
}
