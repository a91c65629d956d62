package deploytest

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ignoreRule is a line of .dockerignore.
type ignoreRule struct {
	pattern string
	// keeps is set by a leading !.
	keeps bool
}

// readIgnore reads .dockerignore. Of its syntax it takes a path, a pattern without slash, **/ before one, and !.
func readIgnore(file string) ([]ignoreRule, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rules []ignoreRule
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		rule := ignoreRule{}
		rule.pattern, rule.keeps = strings.CutPrefix(line, "!")
		rest := strings.TrimPrefix(rule.pattern, "**/")
		if _, err := path.Match(rest, ""); err != nil || strings.Contains(rest, "**") || strings.HasPrefix(rest, "/") || strings.HasSuffix(rest, "/") {
			return nil, fmt.Errorf("%s: this test cannot read %q: write it another way or teach it", file, line)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// matches tells whether the rule means the path or a folder that it is in.
func (r ignoreRule) matches(name string) bool {
	anywhere, found := strings.CutPrefix(r.pattern, "**/")
	for ; name != "."; name = path.Dir(name) {
		pattern, candidate := r.pattern, name
		if found {
			pattern, candidate = anywhere, path.Base(name)
		}
		if ok, _ := path.Match(pattern, candidate); ok { // readIgnore has tried the pattern
			return true
		}
	}
	return false
}

// ignored tells whether the last rule that means the path leaves it out.
func ignored(rules []ignoreRule, name string) bool {
	out := false
	for _, r := range rules {
		if r.matches(name) {
			out = !r.keeps
		}
	}
	return out
}

// copyContext copies to a folder what a build from the repository is sent, and returns the paths of the files.
func copyContext(from, to string) ([]string, error) {
	rules, err := readIgnore(filepath.Join(from, ".dockerignore"))
	if err != nil {
		return nil, err
	}
	var files []string
	err = filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, file)
		if err != nil || name == "." {
			return err
		}
		name = filepath.ToSlash(name)
		if ignored(rules, name) {
			if d.IsDir() && !slices.ContainsFunc(rules, func(r ignoreRule) bool { return r.keeps && strings.HasPrefix(r.pattern, name+"/") }) {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		files = append(files, name)
		return copyFile(file, filepath.Join(to, name))
	})
	return files, err
}

// copyFile copies a file with its mode and makes the folders that it needs.
func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// TestBuildContext holds that a build is sent what it needs and nothing that must not get into an image.
func TestBuildContext(t *testing.T) {
	rules, err := readIgnore(filepath.Join(root, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"go.mod":                              false,
		"cmd/attrigraph/main.go":              false,
		"schema/model.graphqls":               false,
		"schema/examples/a.graphql":           false,
		"internal/casebook/cases/a.yaml":      false,
		"internal/web/playground/dist/a.js":   false,
		"LICENSE":                             false,
		".git/config":                         true,
		".env":                                true,
		"attrigraph.db":                       true,
		"attrigraph.db-wal":                   true,
		"deploy/attrigraph.env":               true,
		"docs/api.md":                         true,
		"graph/handler_test.go":               true,
		"internal/plan/testdata/a.txtar":      true,
		"internal/web/playground/a_test.go":   true,
		"internal/a/node_modules/b/c/d.js":    true,
		"internal/a/testdata/b/c/d.go":        true,
		"cmd/attrigraph/testdata/script/a.go": true,
	} {
		if got := ignored(rules, name); got != want {
			t.Errorf("%s: left out %t, want %t", name, got, want)
		}
	}
}
