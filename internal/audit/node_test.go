package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"attrigraph/internal/testenv"
)

// How long npm may fetch, and how long a program may ask.
const (
	installTimeout = 5 * time.Minute
	runTimeout     = 2 * time.Minute
)

// packageFiles say what npm installs.
var packageFiles = []string{"package.json", "package-lock.json", ".npmrc"}

// node runs one of this folder's programs on Node.js and returns what it prints. Without Node.js or npm the test
// ends with testenv.Missing.
func node(t *testing.T, program string, arguments ...string) []byte {
	t.Helper()
	if testing.Short() {
		t.Skip("programs on Node.js take seconds: run without -short")
	}
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			testenv.Missing(t, "node", fmt.Sprintf("no %s found: install Node.js 20 or newer with npm to run this test", name))
		}
	}
	folder, err := installed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The program is run in the folder of its packages, because that is where Node.js looks for them.
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), runTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{"--input-type=module", "-"}, arguments...)...)
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(text)
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", program, err, out, &stderr)
	}
	return out
}

// installed returns a folder of the user's cache with the packages of package-lock.json. They are installed once for each
// content of that file.
func installed(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to install npm packages in: %w", err)
	}
	hash := sha256.New()
	contents := map[string][]byte{}
	for _, name := range packageFiles {
		if contents[name], err = os.ReadFile(name); err != nil {
			return "", err
		}
		hash.Write(contents[name])
	}
	folder := filepath.Join(cache, "attrigraph", "audit-"+hex.EncodeToString(hash.Sum(nil)[:8]))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	unlock, err := lockedfile.MutexAt(filepath.Join(folder, "lock")).Lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	complete := filepath.Join(folder, "complete")
	if _, err := os.Stat(complete); err == nil {
		return folder, nil
	}
	for name, content := range contents {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return "", err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir, cmd.WaitDelay = folder, 5*time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("npm ci failed: %w", err), errors.New(string(out)))
	}
	return folder, os.WriteFile(complete, nil, 0o600)
}
