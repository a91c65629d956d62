package doctest

import (
	"strings"
	"testing"

	"attrigraph/internal/casebook"
	"attrigraph/schema"
)

// TestAddingAKind walks through "Adding a kind of node" in docs/architecture.md: model, data and question, with nothing
// else changed.
func TestAddingAKind(t *testing.T) {
	p := read(t, root+"/docs/architecture.md")
	const field = "  \"Measures that concern this incident.\"\n"
	if strings.Count(schema.Model, field) != 1 {
		t.Fatal("the test finds no place for a field of Incident in the model: choose another field")
	}
	model := strings.Replace(schema.Model, field, p.block(t, "graphql field")+field, 1) + "\n" + p.block(t, "graphql type")
	edited := false
	e := newEngine(t, model, func(f *casebook.File) {
		if strings.HasSuffix(f.Name, "/czech-mfa-2025.yaml") {
			f.Data = append(append([]byte{}, f.Data...), p.block(t, "yaml section")...)
			edited = true
		}
	})
	if !edited {
		t.Fatal("the case to which the page adds is not there")
	}
	data := e.ask(t, p.block(t, "graphql question"), nil)
	for _, want := range []string{
		`"name":"NanoSlate","firstReported":null,"firstReportedPrecision":"UNKNOWN"`, `"malware":{"totalCount":1}`,
		`"rank":1,"node":{"__typename":"Malware"}`,
	} {
		if !strings.Contains(data, want) {
			t.Errorf("the answer does not hold %s:\n%s", want, data)
		}
	}
}
