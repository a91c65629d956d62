package schema

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator"
)

// TestExamples makes sure that each example can be asked as it is: one operation, with the variables that it declares.
func TestExamples(t *testing.T) {
	api, err := Parsed()
	if err != nil {
		t.Fatal(err)
	}
	examples, err := Examples()
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) == 0 {
		t.Fatal("there are no examples")
	}
	for _, e := range examples {
		t.Run(e.Name, func(t *testing.T) {
			doc, errs := gqlparser.LoadQueryWithRules(api, e.Query, nil)
			if errs != nil {
				t.Fatal(errs)
			}
			if len(doc.Operations) != 1 {
				t.Fatalf("there are %d operations, want one", len(doc.Operations))
			}
			variables := map[string]any{}
			if e.Variables != "" {
				if err := json.Unmarshal([]byte(e.Variables), &variables); err != nil {
					t.Fatal(err)
				}
			}
			op := doc.Operations[0]
			if _, err := validator.VariableValues(api, op, variables); err != nil {
				t.Error(err)
			}
			for name := range variables {
				if op.VariableDefinitions.ForName(name) == nil {
					t.Errorf("the operation has no variable $%s", name)
				}
			}
		})
	}
}

func TestParseExample(t *testing.T) {
	got, err := parseExample("who", "# Who said it\n#\n# The first line,\n# and the second.\n# variables: {\"a\": 1}\n\nquery Q($a: Int) { # of what\n  x(a: $a)\n}\n\n")
	if err != nil {
		t.Fatal(err)
	}
	want := Example{
		Name: "who", Title: "Who said it", Description: "The first line, and the second.",
		Query: "query Q($a: Int) { # of what\n  x(a: $a)\n}\n", Variables: `{"a": 1}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, want := range map[string]string{
		"{ x }":                             "example who has no title",
		"":                                  "example who has no title",
		"# Title":                           "example who has no operation",
		"# Title\n# more\n":                 "example who has no operation",
		"# Title\n# variables: [1]\n{ x }":  "example who has variables that are no JSON object",
		"# Title\n# variables: {\n{ x }":    "example who has variables that are no JSON object",
		"# Title\n# variables: null\n{ x }": "example who has variables that are no JSON object",
	} {
		if _, err := parseExample("who", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives the error %v, want %q", text, err, want)
		}
	}
}
