package doctest

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/cypher"
	"attrigraph/internal/sqlite"
	"attrigraph/schema"
)

// TestOperations asks every operation that the documentation shows; one that needs variables is only planned with texts.
func TestOperations(t *testing.T) {
	e := bundled(t)
	asked := 0
	for _, p := range pages(t) {
		for _, query := range p.blocks("graphql") {
			asked++
			variables := map[string]any{}
			for _, m := range regexp.MustCompile(`\$(\w+): String!`).FindAllStringSubmatch(query, -1) {
				variables[m[1]] = "Czech"
			}
			if data := e.ask(t, query, variables); strings.Contains(data, `"nodes":[]}}`) || strings.Contains(data, `"totalCount":0,"nodes"`) {
				t.Errorf("%s: the answer is empty: %s\n%s", p.name, data, query)
			}
		}
	}
	if asked == 0 {
		t.Fatal("the documentation shows no operation")
	}
}

// TestWorkedExample holds docs/architecture.md to what `attrigraph explain` and `attrigraph query` print.
func TestWorkedExample(t *testing.T) {
	e, p := bundled(t), read(t, root+"/docs/architecture.md")
	query := p.block(t, "graphql example")
	variables := map[string]any{"word": "Czech Ministry", "n": json.Number("1")}
	planned, values, errs := e.handler.Plan(t.Context(), query, "", variables)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if diff := cmp.Diff(p.block(t, "plan"), planned.String()); diff != "" {
		t.Errorf("plan (-page +program):\n%s", diff)
	}
	onNeo4j, err := cypher.Explain(e.catalog, planned, values)
	if err != nil {
		t.Fatal(err)
	}
	onSQLite, err := sqlite.Explain(e.catalog, planned, values)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(words(p.block(t, "cypher")), words(onNeo4j.Text)); diff != "" {
		t.Errorf("Cypher (-page +program):\n%s", diff)
	}
	if diff := cmp.Diff(words(p.block(t, "sql")), words(onSQLite.Text)); diff != "" {
		t.Errorf("SQL (-page +program):\n%s", diff)
	}
	parameters, err := json.Marshal(onNeo4j.Params)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.text, "`"+string(parameters)+"`") {
		t.Errorf("the page does not show the parameters %s", parameters)
	}
	var page, program any
	if err := json.Unmarshal([]byte(p.block(t, "json")), &page); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"data": `+e.ask(t, query, variables)+`}`), &program); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page, program); diff != "" {
		t.Errorf("answer (-page +program):\n%s", diff)
	}
}

// TestReadmeAnswer holds the answer in the README, which is shortened, to the one that the first example gets.
func TestReadmeAnswer(t *testing.T) {
	examples, err := schema.Examples()
	if err != nil {
		t.Fatal(err)
	}
	answer := bundled(t).ask(t, examples[0].Query, map[string]any{})
	block := read(t, root+"/README.md").block(t, "jsonc")
	texts := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`).FindAllString(block, -1)
	if len(texts) < 50 {
		t.Fatalf("the README shows an answer of %d texts only", len(texts))
	}
	for _, s := range texts {
		// Where a text is shortened its beginning counts.
		if !strings.Contains(answer, strings.TrimSuffix(s, `…"`)) && s != `"data"` {
			t.Errorf("the answer does not hold %s", s)
		}
	}
}
