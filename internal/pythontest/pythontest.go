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
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"attrigraph/internal/testenv"
)

// installTimeout covers fetching the packages once.
const installTimeout = 5 * time.Minute

// Interpreter returns the path of the interpreter.
func Interpreter(t testing.TB) string {
	t.Helper()
	path, err := find()
	if err != nil {
		testenv.Missing(t, "python", fmt.Sprintf("no Python tools for this test: %v", err))
	}
	return path
}

var find = sync.OnceValues(func() (string, error) {
	script, err := testenv.Script("python-tools")
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
