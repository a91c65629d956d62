package conformance

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"pgregory.net/rapid"

	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// TestMain makes 100 shapes of each model the default of the differential runs; `-rapid.checks` still overrides it. What
// takes the time is Neo4j, which plans each new shape.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "100"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	flag.Parse()
	os.Exit(m.Run())
}

// setsPerShape is the number of variable sets that each generated shape is run with.
const setsPerShape = 10

var recorded = store.Write{Provenance: store.Provenance{At: "2026-01-02T03:04:05.000Z", By: "a test", From: "random"}}

// TestDifferential runs generated operations with generated variables on both stores: equal bytes, one statement for
// each operation and one statement text for each shape.
func TestDifferential(t *testing.T) {
	if testing.Short() {
		t.Skip("differential runs are left out of short runs")
	}
	storetest.FewNodes(t, 3)
	for name, m := range map[string]model{"toy": toyModel(t), "real": realModel(t)} {
		t.Run(name, func(t *testing.T) {
			g := newRandomGraph(m.catalog, 7, 12, 25)
			w := newWorld(t, m, recorded, g.changes)
			var answered, refused, bytes int
			rapid.Check(t, func(rt *rapid.T) {
				op := generate(rt, m.schema, g)
				if _, errs := gqlparser.LoadQueryWithRules(m.schema, op.text, nil); errs != nil {
					rt.Fatalf("the generator made an invalid operation: %v\n%s", errs, op.text)
				}
				var texts []string
				for range setsPerShape {
					vars := op.draw(rt, m.schema, g)
					a := w.compare(rt, op.text, vars)
					if a.Data == nil || string(a.Data) == "null" {
						refused++
					} else {
						answered++
						bytes += len(a.Data)
					}
					texts = append(texts, w.texts(rt, op.text, vars)...)
				}
				slices.Sort(texts)
				if texts = slices.Compact(texts); len(texts) > len(w.sides) {
					rt.Fatalf("one shape has %d statement texts:\n%s\n%q", len(texts), op.text, texts)
				}
			})
			t.Logf("%d answered with %d bytes on average, %d refused alike", answered, bytes/max(answered, 1), refused)
			if answered < refused {
				t.Errorf("%d operations were refused and only %d answered: the generator is off", refused, answered)
			}
		})
	}
}

// compare is both for a rapid test; besides, an answer takes one statement and no store fails.
func (w *world) compare(t *rapid.T, query string, vars map[string]any) answer {
	var first answer
	for i, s := range w.sides {
		a := s.run(context.Background(), query, copied(t, vars))
		if slices.Contains(a.codes, "INTERNAL") || slices.Contains(a.codes, "UNAVAILABLE") || slices.Contains(a.codes, "TIMEOUT") {
			raw, _ := json.Marshal(vars)
			t.Fatalf("%s failed: %s\n%s\nvariables %s", s.name, a.Errors, query, raw)
		}
		if a.statements > 1 {
			t.Fatalf("%s took %d statements for\n%s", s.name, a.statements, query)
		}
		if i == 0 {
			first = a
		} else if a.String() != first.String() {
			raw, _ := json.Marshal(vars)
			t.Fatalf("the stores differ over\n%s\nvariables %s\n%s: %s\n%s: %s", query, raw, w.sides[0].name, first, s.name, a)
		}
	}
	return first
}

// texts returns the statement text of the operation on each side, none where the variables are refused.
func (w *world) texts(t *rapid.T, query string, vars map[string]any) []string {
	var texts []string
	for _, s := range w.sides {
		doc, errs := gqlparser.LoadQueryWithRules(w.schema, query, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		p, err := s.es.Plan(doc, doc.Operations[0], copied(t, vars))
		if err != nil {
			return nil
		}
		values, err := p.Bind(copied(t, vars))
		if err != nil || len(p.Roots) == 0 {
			return nil
		}
		statement, err := s.store.Explain(p, values)
		if err != nil {
			t.Fatalf("%s: %v\n%s", s.name, err, query)
		}
		texts = append(texts, statement.Text)
	}
	return texts
}
