//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package neo4jtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestChooseData lets four choose among three servers, and one that has been started by the second.
func TestChooseData(t *testing.T) {
	before := claimed
	t.Cleanup(func() {
		for _, f := range claimed[len(before):] {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
		claimed = before
	})
	first := filepath.Join(t.TempDir(), "neo4j")
	for i, want := range []string{first, first + "-2", first + "-3", first} {
		t.Setenv(dataVariable, first)
		t.Setenv(ServersVariable, "3")
		got, err := chooseData()
		if err != nil || got != want {
			t.Fatalf("number %d has %s, %v; want %s", i+1, got, err, want)
		}
		if again, err := chooseData(); err != nil || again != want {
			t.Errorf("what number %d starts has %s, %v; want %s", i+1, again, err, want)
		}
		if info, err := os.Stat(got); err != nil || !info.IsDir() {
			t.Errorf("%s is no folder: %v", got, err)
		}
	}
	for _, wrong := range []string{"0", "two", "1000"} {
		t.Setenv(ServersVariable, wrong)
		if _, err := chooseData(); err == nil || !strings.Contains(err.Error(), ServersVariable) {
			t.Errorf("%s servers: got %v", wrong, err)
		}
	}
}
