package deploytest

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// instruction is a line of a Dockerfile: a name, flags such as --from=build, and the rest.
type instruction struct {
	name  string
	flags map[string]string
	text  string
}

// buildStage is what a FROM begins.
type buildStage struct {
	base, name   string
	instructions []instruction
}

// workdir is the working folder at the end of the stage.
func (s buildStage) workdir() string { return s.last("WORKDIR") }

// last is the text of the last instruction of a name, empty without one.
func (s buildStage) last(name string) string {
	for i := len(s.instructions) - 1; i >= 0; i-- {
		if s.instructions[i].name == name {
			return s.instructions[i].text
		}
	}
	return ""
}

// environment is what ENV sets.
func (s buildStage) environment() (map[string]string, error) {
	out := map[string]string{}
	for _, i := range s.instructions {
		if i.name != "ENV" {
			continue
		}
		for pair := range strings.FieldsSeq(i.text) {
			name, value, found := strings.Cut(pair, "=")
			if !found || strings.ContainsAny(value, `"'$\`) {
				return nil, fmt.Errorf("ENV %s: this test cannot read that", pair)
			}
			out[name] = value
		}
	}
	return out, nil
}

// words reads a command in the form of a JSON list: there is no shell in the image that could split one.
func words(text string) ([]string, error) {
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("%s is no list of words, and the image has no shell", text)
	}
	return list, nil
}

var (
	comment   = regexp.MustCompile(`(?m)^\s*#.*\n`)
	continued = regexp.MustCompile(`\\\n\s*`)
	flagged   = regexp.MustCompile(`^--([a-z-]+)=(\S+)\s+`)
)

// readDockerfile splits a Dockerfile into stages. A flag that is repeated keeps its last value.
func readDockerfile(file string) ([]buildStage, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var stages []buildStage
	for line := range strings.Lines(continued.ReplaceAllString(comment.ReplaceAllString(string(text), ""), " ")) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		i := instruction{name: name, flags: map[string]string{}, text: strings.TrimSpace(rest)}
		for m := flagged.FindStringSubmatch(i.text); m != nil; m = flagged.FindStringSubmatch(i.text) {
			i.flags[m[1]] = m[2]
			i.text = i.text[len(m[0]):]
		}
		if i.name == "FROM" {
			base, name, _ := strings.Cut(i.text, " AS ")
			stages = append(stages, buildStage{base: base, name: name})
			continue
		}
		if len(stages) == 0 {
			return nil, fmt.Errorf("%s: %s stands before FROM", file, i.name)
		}
		s := &stages[len(stages)-1]
		s.instructions = append(s.instructions, i)
	}
	if len(stages) != 2 || stages[1].base != "scratch" {
		return nil, fmt.Errorf("%s: this test expects two stages, the second from scratch", file)
	}
	return stages, nil
}

// TestBaseImage holds that the image builds with the Go of go.mod.
func TestBaseImage(t *testing.T) {
	stages, err := readDockerfile(root + "/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	if version == nil || !strings.HasPrefix(stages[0].base, "golang:"+version[1]+"-") {
		t.Errorf("the image is built with %s, go.mod asks for %v", stages[0].base, version)
	}
}
