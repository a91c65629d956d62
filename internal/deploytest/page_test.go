package deploytest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"attrigraph/internal/testenv"
)

// TestPageRequests runs the requests that docs/operating.md shows, on a server of this program.
func TestPageRequests(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		testenv.Missing(t, "curl", "there is no curl to send the requests: install curl")
	}
	requests := regexp.MustCompile(`(?m)^curl (.*)$`).FindAllStringSubmatch(read(t, operating), -1)
	if len(requests) < 3 {
		t.Fatalf("the page shows %d requests only: the test finds them no more", len(requests))
	}
	s := theImage(t).startHere(t, nil)
	for _, m := range requests {
		args := strings.Fields(strings.ReplaceAll(m[1], "127.0.0.1:8080", s.address))
		if out, err := exec.CommandContext(t.Context(), curl, args...).CombinedOutput(); err != nil || len(out) == 0 {
			t.Errorf("%s: %v\n%s", m[0], err, out)
		}
	}
}

var (
	firstCell = regexp.MustCompile(`(?m)^\| ([^|]*) \|`)
	// Not what is one word, such as a code.
	spoken = regexp.MustCompile("`([^`]+ [^`]+)`")
)

// TestTroubleshooting looks up the messages that docs/operating.md explains in the sources.
func TestTroubleshooting(t *testing.T) {
	var sources strings.Builder
	for _, folder := range []string{"cmd", "graph", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "node_modules" {
				return fs.SkipDir
			}
			if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
				text, err := os.ReadFile(file)
				sources.Write(text)
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, table, found := strings.Cut(read(t, operating), "\n## Troubleshooting\n")
	if !found {
		t.Fatal("the page has no troubleshooting")
	}
	messages := 0
	for _, m := range firstCell.FindAllStringSubmatch(table, -1) {
		for _, quoted := range spoken.FindAllStringSubmatch(m[1], -1) {
			messages++
			if !strings.Contains(sources.String(), quoted[1]) {
				t.Errorf("nothing in the sources says %q", quoted[1])
			}
		}
	}
	if messages < 10 {
		t.Errorf("the table explains %d messages only: the test finds them no more", messages)
	}
}
