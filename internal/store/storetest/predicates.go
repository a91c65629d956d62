package storetest

import (
	"fmt"
	"strings"
	"testing"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// predicates covers every Predicate and Op on nodes that have the value and nodes that lack it. Each case is asked in
// four ways: as Where, as Visible, negated (which must give all other nodes) and counted.
func (f *fixture) predicates(t *testing.T) {
	type predicateCase struct {
		name string
		// of is the kind of the nodes that are asked, want their numbers.
		of, want string
		where    func(q *query) plan.Predicate
	}
	compare := func(of, path string, op plan.Op, v any, want string) predicateCase {
		return predicateCase{fmt.Sprintf("%s %s %v", path, op, v), of, want, func(q *query) plan.Predicate { return q.cmp(path, op, v) }}
	}
	texts := func(list ...string) []string { return append([]string{}, list...) }
	paidBy := func(q *query) plan.Referenced {
		return plan.Referenced{Property: q.catalog.PropertiesType("Making").Field("paidBy")}
	}
	cases := []predicateCase{
		compare("Work", "Work.genre", plan.EQ, "NOVEL", "1 4"),
		compare("Work", "Work.genre", plan.In, texts("POEM", "ESSAY"), "2 5 6"),
		compare("Work", "Work.genre", plan.In, texts(), ""),
		compare("Work", "Work.title", plan.EQ, "Beta", "3"),
		compare("Work", "Work.title", plan.EQ, "beta", ""),
		compare("Work", "Work.title", plan.In, texts("Beta", "\U0001F600 grin", "'"), "3 4"),
		compare("Work", "Work.title", plan.GT, "alpha beta", "4 5"),
		compare("Work", "Work.title", plan.GTE, "alpha beta", "2 4 5"),
		compare("Work", "Work.title", plan.GT, "\uE001", "4"),
		compare("Work", "Work.title", plan.LT, "\uE001", "1 2 3 6"),
		compare("Work", "Work.title", plan.LTE, "\uE001", "1 2 3 5 6"),
		compare("Work", "Work.title", plan.LT, "\U0001F600", "1 2 3 5 6"),
		compare("Work", "Work.title", plan.Contains, "eta", "2 3"),
		compare("Work", "Work.title", plan.Contains, "%_", "6"),
		compare("Work", "Work.title", plan.Contains, "*", ""),
		compare("Work", "Work.title", plan.Contains, "", "1 2 3 4 5 6"),
		compare("Work", "Work.title", plan.StartsWith, "Al", "1"),
		compare("Work", "Work.title", plan.StartsWith, "al", "2"),
		compare("Work", "Work.title", plan.StartsWith, "100%", "6"),
		compare("Work", "Work.title", plan.StartsWith, "\U0001F600", "4"),
		compare("Work", "Work.title", plan.StartsWith, "", "1 2 3 4 5 6"),
		compare("Work", "Work.title", plan.EndsWith, "a", "1 2 3"),
		compare("Work", "Work.title", plan.EndsWith, "alpha beta", "2"),
		compare("Work", "Work.title", plan.EndsWith, "\uE001", "5"),
		compare("Work", "Work.title", plan.EndsWith, "", "1 2 3 4 5 6"),
		compare("Work", "Work.text", plan.Contains, "lpha", "6"),
		compare("Work", "Work.text", plan.Contains, "", "1 4 6"),
		compare("Work", "Work.text", plan.EndsWith, "", "1 4 6"),
		compare("Work", "Work.text", plan.EQ, "", "4"),
		compare("Work", "Work.pages", plan.EQ, int64(100), "1 2"),
		compare("Work", "Work.pages", plan.GT, int64(0), "1 2 4"),
		compare("Work", "Work.pages", plan.GTE, int64(0), "1 2 4 5"),
		compare("Work", "Work.pages", plan.LT, int64(7), "5 6"),
		compare("Work", "Work.pages", plan.LTE, int64(7), "4 5 6"),
		compare("Work", "Work.tags", plan.Has, "a", "3"),
		compare("Work", "Work.tags", plan.Has, `quote"s`, "5"),
		compare("Work", "Work.tags", plan.HasAny, texts("letter", "b", "b"), "1 3"),
		compare("Work", "Work.tags", plan.HasAny, texts(), ""),
		compare("Work", "Work.tags", plan.HasAll, texts("b", "a", "a"), "3"),
		compare("Work", "Work.tags", plan.HasAll, texts("greek", "a"), ""),
		compare("Work", "Work.tags", plan.HasAll, texts(), "1 2 3 4 5 6"),
		compare("Work", "Work.genres", plan.Has, "POEM", "3"),
		compare("Work", "Work.date", plan.EQ, "2001", "1"),
		compare("Work", "Work.datePrecision", plan.EQ, "UNKNOWN", "4 5"),
		compare("Work", "Work.dateEarliest", plan.GTE, "2001-01-01", "1 2 3"),
		compare("Work", "Work.dateLatest", plan.LTE, "1999-12-31", "4 6"),
		compare("Work", "Work.dateKey", plan.GT, "2001-01-01/1", "2 3"),
		compare("Work", "Work.id", plan.GT, ID("work", 4), "5 6"),
		compare("Work", "Work.id", plan.In, texts(ID("work", 4), ID("writer", 4)), "4"),
		compare("Work", "Work.recordedAt", plan.LTE, "2024-01-02T03:04:05.678Z", "1 2 3 4 5 6"),
		compare("Work", "Work.recordedAt", plan.LT, "2024-01-02T03:04:05.678Z", ""),
		compare("Work", "Work.revision", plan.EQ, int64(1), "1 2 3 4 5 6"),
		compare("Writer", "Writer.alive", plan.EQ, true, "2 4"),
		compare("Writer", "Writer.alive", plan.EQ, false, "1"),
		compare("Writer", "Writer.bornEarliest", plan.GTE, "1900-05-28", "3 5"),
		compare("Writer", "Writer.bornLatest", plan.GTE, "1900-05-28", "1 2 3"),
		compare("Maker", "Writer.alive", plan.EQ, true, "2 4"),
		compare("Node", "Studio.size", plan.GT, int64(0), "1 3"),
		compare("Node", "Maker.name", plan.EQ, "Ada", "1 4"),
		compare("Topic", "Work.tags", plan.HasAll, texts(), "1 2 3 4 5 6"),
		compare("Topic", "Work.tags", plan.Has, "a", "3"),
		compare("Node", "#kind", plan.In, texts("Secret", "Nothing"), "1"),
		{"Absent", "Work", "3", func(q *query) plan.Predicate { return q.absent("Work.genre", true) }},
		{"Absent false", "Work", "1 2 4 5 6", func(q *query) plan.Predicate { return q.absent("Work.pages", false) }},
		{"Absent text", "Work", "2 3 5", func(q *query) plan.Predicate { return q.absent("Work.text", true) }},
		{"Absent elsewhere", "Maker", "1 2 3 3 5", func(q *query) plan.Predicate { return q.absent("Writer.alive", true) }},
		{"Empty", "Work", "2 4 6", func(q *query) plan.Predicate { return q.empty("Work.tags", true) }},
		{"Empty false", "Work", "1 3", func(q *query) plan.Predicate { return q.empty("Work.genres", false) }},
		{"Empty elsewhere", "Topic", "1 2 3 2 4 6 1 2 3 4 5", func(q *query) plan.Predicate { return q.empty("Work.tags", true) }},
		{"And of nothing", "Work", "1 2 3 4 5 6", func(*query) plan.Predicate { return plan.And{} }},
		{"Or of nothing", "Work", "", func(*query) plan.Predicate { return plan.Or{} }},
		{"And", "Work", "1 4", func(q *query) plan.Predicate {
			return plan.And{q.cmp("Work.pages", plan.GT, int64(0)), q.cmp("Work.genre", plan.EQ, "NOVEL")}
		}},
		{"Or", "Work", "3 5", func(q *query) plan.Predicate {
			return plan.Or{q.cmp("Work.genre", plan.EQ, "ESSAY"), q.absent("Work.genre", true)}
		}},
		{"And of Not", "Work", "3 5 6", func(q *query) plan.Predicate {
			return plan.And{
				plan.Not{Predicate: q.cmp("Work.genre", plan.EQ, "NOVEL")},
				plan.Not{Predicate: q.cmp("Work.pages", plan.GT, int64(0))},
			}
		}},
		{"Not of Or", "Work", "3 5 6", func(q *query) plan.Predicate {
			return plan.Not{Predicate: plan.Or{q.cmp("Work.genre", plan.EQ, "NOVEL"), q.cmp("Work.pages", plan.GT, int64(0))}}
		}},
		{"Not of Not", "Work", "1 2", func(q *query) plan.Predicate {
			return plan.Not{Predicate: plan.Not{Predicate: q.cmp("Work.pages", plan.GT, int64(7))}}
		}},
		{"some link", "Work", "1 2 6", func(q *query) plan.Predicate {
			return q.linked(access{of: "Maker", from: q.follow("Work.makers"), where: q.cmp("Maker.name", plan.EQ, "Ada")})
		}},
		{"some link to some of the kinds", "Work", "1 2 4 5 6", func(q *query) plan.Predicate {
			return q.linked(access{of: "Writer", from: q.follow("Work.writers")})
		}},
		{"some link's property", "Work", "1 2 4", func(q *query) plan.Predicate {
			return q.linked(access{of: "Maker", from: q.follow("Work.makers"), where: q.cmp("@Making.part", plan.EQ, "LEAD")})
		}},
		{"some link's property negated", "Work", "1 2 3 5 6", func(q *query) plan.Predicate {
			return q.linked(access{
				of: "Maker", from: q.follow("Work.makers"), where: plan.Not{Predicate: q.cmp("@Making.share", plan.GTE, int64(50))},
			})
		}},
		{"some link's property absent", "Work", "2 3 6", func(q *query) plan.Predicate {
			return q.linked(access{of: "Maker", from: q.follow("Work.makers"), where: q.absent("@Making.share", true)})
		}},
		{"some link's date", "Work", "2 3", func(q *query) plan.Predicate {
			return q.linked(access{of: "Maker", from: q.follow("Work.makers"), where: plan.Or{
				q.cmp("@Making.sinceEarliest", plan.GTE, "2000-01-01"), q.cmp("@Making.sinceLatest", plan.LT, "1998-12-31"),
			}})
		}},
		{"some link's recording", "Work", "1 2 3 4 5 6", func(q *query) plan.Predicate {
			return q.linked(access{of: "Maker", from: q.follow("Work.makers"), where: q.cmp("@MADE_BY.recordedBy", plan.EQ, "sampler")})
		}},
		{"every link", "Work", "4", func(q *query) plan.Predicate {
			return plan.Not{Predicate: q.linked(access{
				of: "Maker", from: q.follow("Work.makers"), where: plan.Not{Predicate: q.cmp("@Making.share", plan.GTE, int64(50))},
			})}
		}},
		{"no link", "Writer", "5", func(q *query) plan.Predicate {
			return plan.Not{Predicate: q.linked(access{of: "Work", from: q.follow("Writer.made")})}
		}},
		{"link to a union", "Work", "1", func(q *query) plan.Predicate {
			return q.linked(access{of: "Topic", from: q.follow("Work.about"), where: q.cmp("Writer.name", plan.EQ, "\uE000mer")})
		}},
		{"link of a link", "Writer", "1 2", func(q *query) plan.Predicate {
			return q.linked(access{of: "Work", from: q.follow("Writer.made"), where: q.linked(access{
				of: "Work", from: q.follow("Work.aboutWork"), where: q.cmp("Work.title", plan.In, texts("Alpha", "\uE001")),
			})})
		}},
		{"via", "Work", "1 2 5", func(q *query) plan.Predicate {
			return q.linked(access{of: "Work", from: q.via("Work.others")})
		}},
		{"via with a condition", "Work", "2", func(q *query) plan.Predicate {
			return q.linked(access{of: "Work", from: q.via("Work.others"), where: q.cmp("Work.text", plan.GT, "A")})
		}},
		{"referenced", "Work", "1", func(q *query) plan.Predicate {
			return q.linked(access{of: "Maker", from: q.follow("Work.makers"), where: q.linked(access{
				of: "Maker", from: paidBy(q), where: q.cmp("Maker.name", plan.EQ, "Ada Works"),
			})})
		}},
		{"visible links only", "Work", "1 6", func(q *query) plan.Predicate {
			return q.linked(access{
				of: "Maker", from: q.follow("Work.makers"), where: q.cmp("Maker.name", plan.EQ, "Ada"),
				visible: plan.Or{q.cmp("Maker.id", plan.EQ, ID("writer", 4)), q.cmp("@Making.share", plan.GT, int64(0))},
			})
		}},
		{"After", "Work", "2 3 4 5", func(q *query) plan.Predicate {
			return plan.After{Order: q.order("Work.title"), Params: []plan.ParamIndex{q.param("Alpha")}}
		}},
		{"one parameter twice", "Work", "2", func(q *query) plan.Predicate {
			p := q.param("alpha beta")
			return plan.And{
				plan.Compare{Operand: q.operand("Work.title"), Op: plan.GTE, Param: p},
				plan.Compare{Operand: q.operand("Work.title"), Op: plan.LTE, Param: p},
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := f.on(t)
			all := f.ids(func(q *query) *plan.Select {
				return q.sel(access{of: c.of, order: []string{"Node.id"}, read: q.read("Node.id")})
			})
			var short []string
			where := f.ids(func(q *query) *plan.Select {
				return q.sel(access{of: c.of, where: c.where(q), order: []string{"Node.id"}, read: q.read("Node.id")})
			})
			for _, id := range where {
				short = append(short, id[strings.IndexByte(id, '-')+1:])
			}
			if got := strings.Join(short, " "); got != c.want {
				t.Errorf("finds %q, want %q\n%s", got, c.want, f.statement(func(q *query) *plan.Select { return q.sel(access{of: c.of, where: c.where(q)}) }))
			}
			visible := f.ids(func(q *query) *plan.Select {
				return q.sel(access{of: c.of, visible: c.where(q), order: []string{"Node.id"}, read: q.read("Node.id")})
			})
			same(t, "Visible", visible, where)
			not := f.ids(func(q *query) *plan.Select {
				return q.sel(access{of: c.of, where: plan.Not{Predicate: c.where(q)}, order: []string{"-Node.id"}, read: q.read("Node.id")})
			})
			var rest []string
			for _, id := range all {
				if !contains(where, id) {
					rest = append([]string{id}, rest...)
				}
			}
			same(t, "Not", not, rest)
			q := f.query()
			f.expect(
				q, fmt.Sprintf("[%d,%t]", len(where), len(where) > 0),
				q.count(access{of: c.of, where: c.where(q)}), q.exists(access{of: c.of, where: c.where(q)}),
			)
		})
	}
}

// ids reads the Select and returns the first column of its rows, sample ids in short.
func (f *fixture) ids(build func(q *query) *plan.Select) []string {
	f.t.Helper()
	q := f.query()
	root := plan.List{Select: build(q)}
	var ids []string
	err := f.store.Read(f.t.Context(), &plan.Plan{Roots: []plan.Column{root}, Params: q.params}, q.values, func(row rows.Value) error {
		for i := range row.At(0).Len() {
			id, err := row.At(0).At(i).At(0).Text()
			if err != nil {
				return err
			}
			ids = append(ids, sampleID.ReplaceAllString(id, "$1-$2"))
		}
		return nil
	})
	if err != nil {
		f.t.Fatalf("%v\n%s", err, f.explain(q, []plan.Column{root}))
	}
	return ids
}

func (f *fixture) statement(build func(q *query) *plan.Select) string {
	q := f.query()
	return f.explain(q, []plan.Column{plan.Count{Select: build(q)}})
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
