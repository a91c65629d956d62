package conformance

import (
	"bytes"
	"encoding/json"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator"

	"attrigraph/internal/casebook"
	"attrigraph/internal/plan"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// casebookWorld holds the bundled cases.
func casebookWorld(t *testing.T) *world {
	t.Helper()
	m := realModel(t)
	files, err := casebook.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	book, err := casebook.Load(m.catalog, files)
	if err != nil {
		t.Fatal(err)
	}
	return newWorld(t, m, book.Write(), func() iter.Seq2[store.Change, error] { return book.Changes() })
}

// TestCasebook shows what operations over the bundled cases become: the golden files hold plan, statements and answer,
// which is the same on both stores; and every example of the documentation is answered.
func TestCasebook(t *testing.T) {
	w := casebookWorld(t)
	files, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { w.golden(t, file) })
	}
	examples, err := schema.Examples()
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, e := range examples {
		t.Run(e.Name, func(t *testing.T) { w.example(t, e) })
	}
}

// golden compares what the file's query becomes with what the file says.
func (w *world) golden(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	query, vars := string(a.Files[0].Data), map[string]any{}
	if err := json.Unmarshal(a.Files[1].Data, &vars); err != nil {
		t.Fatal(err)
	}
	w.oneStatement(t, query, vars)
	p, statements := w.explain(t, query, vars)
	answer := w.both(t, query, vars)
	raw, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	want := &txtar.Archive{Comment: a.Comment, Files: append(
		slices.Clone(a.Files[:2]),
		txtar.File{Name: "plan.txt", Data: []byte(p.String())},
		txtar.File{Name: "statement.sql", Data: []byte(statements["sqlite"].Text + "\n")},
		txtar.File{Name: "statement.cypher", Data: []byte(statements["neo4j"].Text + "\n")},
		txtar.File{Name: "answer.json", Data: pretty.Bytes()},
	)}
	if *update {
		if err := os.WriteFile(file, txtar.Format(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i, f := range want.Files {
		if i >= len(a.Files) || !bytes.Equal(a.Files[i].Data, f.Data) {
			t.Errorf("%s differs from %s (-update rewrites it); now:\n%s", f.Name, file, f.Data)
		}
	}
}

// explain plans an operation and returns the statements that it becomes.
func (w *world) explain(t *testing.T, query string, vars map[string]any) (*plan.Plan, map[string]store.Statement) {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(w.schema, query, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	coerced, err := validator.VariableValues(w.schema, doc.Operations[0], copied(t, vars))
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.sides[0].es.Plan(doc, doc.Operations[0], coerced)
	if err != nil {
		t.Fatal(err)
	}
	values, err := p.Bind(coerced)
	if err != nil {
		t.Fatal(err)
	}
	statements := map[string]store.Statement{}
	for _, s := range w.sides {
		if statements[s.name], err = s.store.Explain(p, values); err != nil {
			t.Fatal(err)
		}
	}
	return p, statements
}

// oneStatement fails the test unless each store answers with exactly one statement.
func (w *world) oneStatement(t *testing.T, query string, vars map[string]any) {
	t.Helper()
	for _, s := range w.sides {
		if a := s.run(t.Context(), query, copied(t, vars)); a.statements != 1 {
			t.Errorf("%s took %d statements", s.name, a.statements)
		}
	}
}

// example fails the test unless the example has an answer without errors, from one statement on each store, with which
// Neo4j finds nothing wrong.
func (w *world) example(t *testing.T, e schema.Example) {
	vars := map[string]any{}
	if e.Variables != "" {
		if err := json.Unmarshal([]byte(e.Variables), &vars); err != nil {
			t.Fatal(err)
		}
	}
	w.oneStatement(t, e.Query, vars)
	a := w.both(t, e.Query, vars)
	if a.Errors != nil {
		t.Fatalf("errors: %s", a.Errors)
	}
	if !slices.ContainsFunc([]string{"nodes", "edges", "rows"}, func(list string) bool { return strings.Contains(string(a.Data), `"`+list+`":[{`) }) {
		t.Errorf("the bundled cases have no answer: %s", a.Data)
	}
	goldenAnswer(t, e.Name, a.Data)
	_, statements := w.explain(t, e.Query, vars)
	s := statements["neo4j"]
	found, err := w.neo4j.Plan(t.Context(), s.Text, s.Params, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range found.Notifications {
		if n.Category == "PERFORMANCE" {
			t.Errorf("PROFILE notes %+v", n)
		}
	}
	t.Logf("PROFILE: %d notifications", len(found.Notifications))
}

// goldenAnswer compares the answer to an example with the one in testdata/answers, for those that are about the first case
// (design: model.md, "The first case, end to end"): these are read by people, point by point.
func goldenAnswer(t *testing.T, name string, data []byte) {
	file := filepath.Join("testdata", "answers", name+".json")
	want, err := os.ReadFile(file)
	if err != nil {
		return
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, data, "", " "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	switch {
	case bytes.Equal(pretty.Bytes(), want):
	case *update:
		if err := os.WriteFile(file, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the answer differs from %s (-update rewrites it); now:\n%s", file, pretty.Bytes())
	}
}

// TestAnswersAreThere makes sure that the answers about the first case are among those that are compared.
func TestAnswersAreThere(t *testing.T) {
	for _, question := range []string{"01-", "02-", "02b-", "03-", "06-", "07-", "11-", "14-"} {
		if found, err := filepath.Glob("testdata/answers/" + question + "*.json"); err != nil || len(found) != 1 {
			t.Errorf("%s: %v, %v", question, found, err)
		}
	}
}
