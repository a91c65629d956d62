package deploytest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"attrigraph/internal/testenv"
)

const unit = "deploy/attrigraph.service"

// maxExposure is the exposure of the unit that is allowed, in tenths, as `systemd-analyze security` reckons it: 2.0 of 10.
const maxExposure = "20"

// TestUnit has systemd read the unit with the program in its place, and say how far the unit is shut off.
func TestUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		testenv.Missing(t, "systemd", "there is no systemd-analyze to read the unit: install systemd")
	}
	const installed = "ExecStart=/usr/local/bin/attrigraph serve"
	text := read(t, unit)
	if !strings.Contains(text, "\n"+installed+"\n") {
		t.Fatalf("the unit does not start %s", installed)
	}
	text = strings.Replace(text, installed, "ExecStart="+theImage(t).program()+" serve", 1)
	file := filepath.Join(t.TempDir(), "attrigraph.service")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// systemd reports what it does not know, such as a misspelt name, and carries on.
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", file).CombinedOutput(); err != nil || strings.Contains(string(out), "attrigraph") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=true", "--no-pager", "--threshold="+maxExposure, file).CombinedOutput()
	if err != nil {
		t.Errorf("the unit is more exposed than %s tenths: %v\n%s", maxExposure, err, out)
	}
}

// TestUnitStops holds that systemd waits as long as the server may take to end.
func TestUnitStops(t *testing.T) {
	m := regexp.MustCompile(`(?m)^TimeoutStopSec=(\S+)$`).FindStringSubmatch(read(t, unit))
	if m == nil {
		t.Fatal("the unit does not say how long the server may take to end")
	}
	if wait := duration(t, m[1]); wait <= endTime {
		t.Errorf("the server is killed after %s, and may take %s to end", wait, endTime)
	}
}
