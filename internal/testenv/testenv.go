// Package testenv settles what happens to tests whose machine lacks something they need, such as Neo4j or a browser: they
// are skipped with the reason, unless ATTRIGRAPH_TEST_REQUIRE asks for them.
package testenv

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// RequireVariable names the environment variable that lists, separated by commas, what tests must not leave out: the
// names that Missing is called with, or "all".
const RequireVariable = "ATTRIGRAPH_TEST_REQUIRE"

// Missing ends a test for which there is no `what`, such as "neo4j". It skips the test, or fails it where RequireVariable
// asks for that. why says what is missing and what to install.
func Missing(t testing.TB, what, why string) {
	t.Helper()
	if required(what) {
		t.Fatalf("%s asks for %s: %s", RequireVariable, what, why)
	}
	t.Skip(why)
}

func required(what string) bool {
	return slices.ContainsFunc(strings.Split(os.Getenv(RequireVariable), ","), func(s string) bool {
		s = strings.TrimSpace(s)
		return s == what || s == "all"
	})
}

// Script returns the path of a file in the folder scripts of the module that the working folder belongs to, so that a
// test finds it from the folder of whichever package it is in.
func Script(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "scripts", name), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("scripts/" + name + " is not found: no go.mod above the working folder; run the test within the module")
		}
		dir = parent
	}
}
