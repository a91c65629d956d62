package deploytest

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// flag is a flag of `attrigraph serve`, as its help describes it.
type flag struct{ name, variable, fallback string }

var (
	flagLine = regexp.MustCompile(`(?m)^ {2,}(?:-\w, )? *--([a-z0-9-]+)`)
	twin     = regexp.MustCompile(`\(\$([A-Z0-9_]+)\)`)
	fallback = regexp.MustCompile(`[Bb]y default (\S+?)[;,]? \(\$`)
	setting  = regexp.MustCompile(`\b(?:ATTRIGRAPH|NEO4J)_[A-Z0-9_]+\b`)
)

// flags returns the flags of `attrigraph serve`.
func flags(t *testing.T) []flag {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), theImage(t).program(), "serve", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	help := string(out)
	starts := flagLine.FindAllStringSubmatchIndex(help, -1)
	var list []flag
	for n, m := range starts {
		end := len(help)
		if n+1 < len(starts) {
			end = starts[n+1][0]
		}
		f := flag{name: help[m[2]:m[3]]}
		text := strings.Join(strings.Fields(help[m[0]:end]), " ")
		if v := twin.FindStringSubmatch(text); v != nil {
			f.variable = v[1]
		}
		if v := fallback.FindStringSubmatch(text); v != nil {
			f.fallback = v[1]
		}
		if f.name != "help" {
			list = append(list, f)
		}
	}
	if len(list) < 9 {
		t.Fatalf("attrigraph serve has the flags %v only: the test reads the help no more", list)
	}
	return list
}

// settings are the variables that the server reads. The password has no flag: it would show in the list of processes.
func settings(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{"NEO4J_PASSWORD": true}
	for _, f := range flags(t) {
		known[f.variable] = true
	}
	return known
}

// TestSettings holds that what the image, the unit and its settings name exists.
func TestSettings(t *testing.T) {
	known := settings(t)
	for name := range theImage(t).env {
		if !known[name] {
			t.Errorf("Dockerfile: attrigraph knows no variable %s", name)
		}
	}
	for _, file := range []string{"deploy/attrigraph.service", "deploy/attrigraph.env", "deploy/probe/main.go"} {
		found := setting.FindAllString(read(t, file), -1)
		if len(found) == 0 {
			t.Errorf("%s names no variable", file)
		}
		for _, name := range found {
			if !known[name] {
				t.Errorf("%s: attrigraph knows no variable %s", file, name)
			}
		}
	}
}

// TestConfigurationTable holds docs/operating.md to the flags of the program, their variables and defaults.
func TestConfigurationTable(t *testing.T) {
	page := read(t, operating)
	rows := map[string][]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `--([a-z0-9-]+)` \\| (?:`([A-Z0-9_]+)`)? ?\\| ([^|]*) \\|").FindAllStringSubmatch(page, -1) {
		rows[m[1]] = m[2:]
	}
	for _, f := range flags(t) {
		row, found := rows[f.name]
		switch {
		case !found:
			t.Errorf("%s does not describe --%s", operating, f.name)
		case row[0] != f.variable:
			t.Errorf("%s: the variable of --%s is %s, the page says %s", operating, f.name, f.variable, row[0])
		case f.fallback != "" && row[1] != "`"+f.fallback+"`":
			t.Errorf("%s: the default of --%s is %s, the page says %s", operating, f.name, f.fallback, row[1])
		}
		delete(rows, f.name)
	}
	for name := range rows {
		t.Errorf("%s: attrigraph serve has no flag --%s", operating, name)
	}
	known := settings(t)
	for _, m := range regexp.MustCompile(`\$\{([A-Z0-9_]+)`).FindAllStringSubmatch(read(t, "docker-compose.yml"), -1) {
		known[m[1]] = true
	}
	for _, name := range setting.FindAllString(page, -1) {
		if !known[name] {
			t.Errorf("%s: attrigraph knows no variable %s", operating, name)
		}
	}
}
