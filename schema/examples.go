package schema

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

//go:embed examples/*.graphql
var exampleFiles embed.FS

// Example is a question that the pages and the documentation offer, from examples/NAME.graphql.
type Example struct {
	// Name is the file's name without its extension.
	Name string
	// Title says in a few words what is asked.
	Title string
	// Description says more, in one paragraph; it may be empty.
	Description string
	// Query is the operation, without the comments before it.
	Query string
	// Variables holds a JSON object with the operation's variables; empty where it has none.
	Variables string
}

// Examples returns the examples in order of name. It fails only where a file has a mistake, which it names.
func Examples() ([]Example, error) {
	files, err := exampleFiles.ReadDir("examples")
	if err != nil {
		return nil, fmt.Errorf("examples cannot be listed: %w", err)
	}
	var out []Example
	for _, file := range files {
		text, err := exampleFiles.ReadFile(path.Join("examples", file.Name()))
		if err != nil {
			return nil, fmt.Errorf("example %s cannot be read: %w", file.Name(), err)
		}
		e, err := parseExample(strings.TrimSuffix(file.Name(), ".graphql"), string(text))
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// parseExample splits a file into the comments before the operation and the operation. The first comment is the title,
// a comment `variables: {…}` holds the variables on one line, and the others are the description.
func parseExample(name, text string) (Example, error) {
	e := Example{Name: name}
	var description []string
	for {
		line, rest, _ := strings.Cut(text, "\n")
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !ok {
			break
		}
		text = rest
		comment = strings.TrimSpace(comment)
		variables, ok := strings.CutPrefix(comment, "variables:")
		switch {
		case ok:
			e.Variables = strings.TrimSpace(variables)
		case e.Title == "":
			e.Title = comment
		case comment != "":
			description = append(description, comment)
		}
	}
	e.Description = strings.Join(description, " ")
	if e.Query = strings.TrimSpace(text); e.Query != "" {
		e.Query += "\n"
	}
	if e.Title == "" {
		return e, fmt.Errorf("example %s has no title: begin the file with a comment that says what is asked", name)
	}
	if e.Query == "" {
		return e, fmt.Errorf("example %s has no operation: write one after the comments", name)
	}
	if e.Variables != "" {
		var object map[string]any
		if err := json.Unmarshal([]byte(e.Variables), &object); err != nil || object == nil {
			return e, fmt.Errorf("example %s has variables that are no JSON object on one line: write `# variables: {\"name\": \"value\"}`", name)
		}
	}
	return e, nil
}
