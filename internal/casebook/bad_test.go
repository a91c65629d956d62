package casebook_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"attrigraph/internal/casebook"
)

var update = flag.Bool("update", false, "write the error lines of testdata/bad anew")

const toyModel = "../store/storetest/model.graphqls"

// TestBadInput holds every message to its golden file and to the form that all have.
func TestBadInput(t *testing.T) {
	c := model(t, toyModel)
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no bad input", err)
	}
	line := regexp.MustCompile(`^[a-z0-9]+\.yaml:\d+:\d+: [^;]+(; .+)?$`)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			book, err := casebook.Load(c, []casebook.File{{Name: filepath.Base(path), Data: data}})
			var invalid *casebook.Invalid
			if book != nil || !errors.As(err, &invalid) {
				t.Fatalf("bad input was read: %v", err)
			}
			for _, p := range invalid.Problems {
				if !line.MatchString(p) {
					t.Errorf("not of the form `file:line:column: what is wrong; what to do`: %s", p)
				}
			}
			golden := strings.TrimSuffix(path, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, readErr := os.ReadFile(golden)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if err.Error()+"\n" != string(want) {
				t.Errorf("got\n%s\nwant\n%s", err, want)
			}
		})
	}
}
