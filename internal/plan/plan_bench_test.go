package plan_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2"

	"attrigraph/internal/bench/recorded"
	"attrigraph/internal/plan"
	"attrigraph/schema"
)

// BenchmarkPlan plans the benchmark's deep question: what its first use costs, and what binding costs at every use.
func BenchmarkPlan(b *testing.B) {
	api, err := schema.Parsed()
	if err != nil {
		b.Fatal(err)
	}
	model, err := schema.Catalog()
	if err != nil {
		b.Fatal(err)
	}
	planner, err := plan.NewPlanner(api, model, plan.DefaultLimits)
	if err != nil {
		b.Fatal(err)
	}
	query, variables := recorded.Deep()
	document, errs := gqlparser.LoadQueryWithRules(api, query, nil)
	if errs != nil {
		b.Fatal(errs)
	}
	b.Run("plan", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := planner.Plan(document.Operations[0], document.Fragments, variables); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bind", func(b *testing.B) {
		p, err := planner.Plan(document.Operations[0], document.Fragments, variables)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.Bind(variables); err != nil {
				b.Fatal(err)
			}
		}
	})
}
