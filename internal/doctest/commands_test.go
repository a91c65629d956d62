package doctest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	command = regexp.MustCompile(`(?m)(?:^|[$(| ])(?:go run \./cmd/attrigraph|bin/attrigraph|attrigraph)((?: [^|)\n]*)?)`)
	target  = regexp.MustCompile(`(?m)^make ([a-z0-9-]+)`)
	script  = regexp.MustCompile(`scripts/[a-z0-9-]+`)
	link    = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
)

// TestCommands looks up every command, flag, make target and script that the documentation says to run.
func TestCommands(t *testing.T) {
	program := filepath.Join(t.TempDir(), "attrigraph")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, root+"/cmd/attrigraph").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	help := map[string]string{}
	makefile := read(t, root+"/Makefile").text
	seen := 0
	for _, p := range pages(t) {
		for _, block := range append(p.blocks("sh"), p.blocks("")...) {
			for _, m := range command.FindAllStringSubmatch(block, -1) {
				args := strings.Fields(strings.ReplaceAll(m[1], `"`, ""))
				if len(args) == 0 || strings.HasPrefix(args[0], "-") || strings.HasSuffix(args[0], ":") {
					continue
				}
				seen++
				if _, known := help[args[0]]; !known {
					out, err := exec.CommandContext(t.Context(), program, args[0], "--help").CombinedOutput()
					if err != nil {
						t.Errorf("%s: there is no command %s", p.name, args[0])
					}
					help[args[0]] = string(out)
				}
				for _, flag := range args[1:] {
					name, _, _ := strings.Cut(flag, "=")
					if strings.HasPrefix(name, "-") && name != "-" && !strings.Contains(help[args[0]], " "+name) {
						t.Errorf("%s: attrigraph %s has no flag %s", p.name, args[0], name)
					}
				}
			}
			for _, m := range target.FindAllStringSubmatch(block, -1) {
				if !strings.Contains(makefile, "\n"+m[1]+":") {
					t.Errorf("%s: the Makefile has no target %s", p.name, m[1])
				}
			}
		}
		for _, s := range script.FindAllString(p.text, -1) {
			if _, err := os.Stat(filepath.Join(root, s)); err != nil {
				t.Errorf("%s: there is no %s", p.name, s)
			}
		}
	}
	if seen < 10 {
		t.Errorf("the documentation shows %d commands only: the test finds them no more", seen)
	}
}

// TestLinks follows the links to other files of the repository.
func TestLinks(t *testing.T) {
	for _, p := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(p.name), m[1])); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", p.name, m[1])
			}
		}
	}
}

// TestTestsExist looks up the tests that the documentation names as proof.
func TestTestsExist(t *testing.T) {
	var sources strings.Builder
	for _, dir := range []string{"graph", "internal", "schema", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if strings.HasSuffix(path, "_test.go") {
				text, err := os.ReadFile(path)
				sources.Write(text)
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range pages(t) {
		for _, m := range regexp.MustCompile("`(Test[A-Z]\\w+)").FindAllStringSubmatch(p.text, -1) {
			if !strings.Contains(sources.String(), "\nfunc "+m[1]+"(") {
				t.Errorf("%s: there is no test %s", p.name, m[1])
			}
		}
	}
}
