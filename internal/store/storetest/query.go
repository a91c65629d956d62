package storetest

import (
	"context"
	"errors"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
)

// query builds a plan by hand, in words short enough for tables of cases.
type query struct {
	t       failer
	catalog *catalog.Catalog
	params  []plan.Param
	values  []any
}

// failer is a test or a run of rapid.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func (f *fixture) query() *query { return &query{t: f.t, catalog: f.catalog} }

// param adds a parameter with a value.
func (q *query) param(v any) plan.ParamIndex {
	q.params = append(q.params, plan.Param{Label: "test"})
	q.values = append(q.values, v)
	return plan.ParamIndex(len(q.values) - 1)
}

func (q *query) kind(name string) *catalog.Type {
	q.t.Helper()
	t := q.catalog.Type(name)
	if t == nil {
		q.t.Fatalf("the model has no type %s", name)
	}
	return t
}

// field returns the field "Type.name".
func (q *query) field(path string) *catalog.Field {
	q.t.Helper()
	of, name, _ := strings.Cut(path, ".")
	f := q.kind(of).Field(name)
	if f == nil {
		q.t.Fatalf("the model has no field %s", path)
	}
	return f
}

// follow is the Source over the link field "Type.name".
func (q *query) follow(path string) plan.Follow { return plan.Follow{Field: q.field(path)} }

// via is the Source over the link field "Type.name" that follows from others; conditions on the way are left out, as only
// the planner reads them.
func (q *query) via(path string) plan.Via { return viaOf(q.field(path)) }

func viaOf(f *catalog.Field) plan.Via {
	paths := func(list []catalog.Path) (out []plan.Path) {
		for _, path := range list {
			var steps plan.Path
			for _, step := range path {
				steps = append(steps, &plan.Select{From: plan.Follow{Field: step.Field}, Type: step.Field.Target, Limit: plan.NoParam})
			}
			out = append(out, steps)
		}
		return out
	}
	return plan.Via{Paths: paths(f.Via.Paths), Unless: paths(f.Via.Unless)}
}

// operand reads "Type.field" of the node, "@Properties.field" or "@LINK_TYPE.field" of the link, "#rank", "#kind" and
// "#name".
func (q *query) operand(path string) plan.Operand {
	q.t.Helper()
	switch path {
	case "#rank":
		return plan.Operand{Of: plan.OfRank}
	case "#kind":
		return plan.Operand{Of: plan.OfKind}
	case "#name":
		return plan.Operand{Of: plan.OfName}
	}
	if link, ok := strings.CutPrefix(path, "@"); ok {
		of, name, _ := strings.Cut(link, ".")
		if p := q.catalog.PropertiesType(of); p != nil && p.Field(name) != nil {
			return plan.Operand{Of: plan.OfLink, Field: p.Field(name)}
		}
		if l := q.catalog.Link(of); l != nil {
			for _, f := range l.StoredFields() {
				if f.Name == name {
					return plan.Operand{Of: plan.OfLink, Field: f}
				}
			}
		}
		q.t.Fatalf("the model has no link property %s", path)
	}
	of, _, _ := strings.Cut(path, ".")
	return plan.Operand{Of: plan.OfNode, On: q.kind(of), Field: q.field(path)}
}

// values reads one column for each operand.
func (q *query) read(paths ...string) []plan.Column {
	q.t.Helper()
	var columns []plan.Column
	for _, path := range paths {
		columns = append(columns, plan.Value{Operand: q.operand(path)})
	}
	return columns
}

// order makes keys of operands; "-" before one means descending, "^" absent values first.
func (q *query) order(paths ...string) []plan.OrderKey {
	q.t.Helper()
	var keys []plan.OrderKey
	for _, path := range paths {
		var k plan.OrderKey
		if rest, ok := strings.CutPrefix(path, "^"); ok {
			k.NullsFirst, path = true, rest
		}
		if rest, ok := strings.CutPrefix(path, "-"); ok {
			k.Desc, path = true, rest
		}
		k.Operand = q.operand(path)
		keys = append(keys, k)
	}
	return keys
}

// reversed returns the order that gives the same rows backwards.
func reversed(keys []plan.OrderKey) []plan.OrderKey {
	var out []plan.OrderKey
	for _, k := range keys {
		out = append(out, plan.OrderKey{Operand: k.Operand, Desc: !k.Desc, NullsFirst: !k.NullsFirst})
	}
	return out
}

func (q *query) cmp(path string, op plan.Op, v any) plan.Predicate {
	q.t.Helper()
	return plan.Compare{Operand: q.operand(path), Op: op, Param: q.param(v)}
}

func (q *query) absent(path string, v bool) plan.Predicate {
	return plan.Absent{Operand: q.operand(path), Param: q.param(v)}
}

func (q *query) empty(path string, v bool) plan.Predicate {
	return plan.Empty{Operand: q.operand(path), Param: q.param(v)}
}

// access says what a Select reads; limit 0 is no limit.
type access struct {
	of      string
	from    plan.Source
	where   plan.Predicate
	visible plan.Predicate
	order   []string
	limit   int64
	read    []plan.Column
}

func (q *query) sel(a access) *plan.Select {
	q.t.Helper()
	s := &plan.Select{
		From: a.from, Type: q.kind(a.of), Where: a.where, Visible: a.visible, Order: q.order(a.order...),
		Limit: plan.NoParam, Columns: a.read,
	}
	if s.From == nil {
		s.From = plan.All{}
	}
	if a.limit > 0 {
		s.Limit = q.param(a.limit)
	}
	return s
}

func (q *query) list(a access) plan.Column { q.t.Helper(); return plan.List{Select: q.sel(a)} }
func (q *query) one(a access) plan.Column  { q.t.Helper(); return plan.One{Select: q.sel(a)} }
func (q *query) count(a access) plan.Column {
	q.t.Helper()
	return plan.Count{Select: q.sel(a)}
}

func (q *query) exists(a access) plan.Column {
	q.t.Helper()
	return plan.Exists{Select: q.sel(a)}
}

func (q *query) linked(a access) plan.Predicate {
	q.t.Helper()
	return plan.Linked{Select: q.sel(a)}
}

// unnoted is the condition that a node has no notes. It asks for their ids as well, so that no store can answer from the
// number of links that it keeps.
func (q *query) unnoted() plan.Predicate {
	q.t.Helper()
	notes := q.sel(access{of: "Note", from: q.follow("Node.notes"), where: q.cmp("Note.id", plan.GT, "")})
	return plan.Counted{Select: notes, Op: plan.EQ, Param: q.param(int64(0))}
}

// run reads the roots and returns the row as canonical text.
func (q *query) run(ctx context.Context, s store.Store, roots ...plan.Column) (string, error) {
	var text string
	err := s.Read(ctx, &plan.Plan{Roots: roots, Params: q.params}, q.values, func(row rows.Value) error {
		var err error
		text, err = Canonical(row, roots)
		return err
	})
	return text, err
}

// expect reads the roots and compares the row with canonical text.
func (f *fixture) expect(q *query, want string, roots ...plan.Column) {
	f.t.Helper()
	got, err := q.run(f.t.Context(), f.store, roots...)
	if err != nil {
		if failed := (*store.Failure)(nil); errors.As(err, &failed) {
			f.t.Logf("%v", failed.Detail)
		}
		f.t.Errorf("%v\n%s", err, f.explain(q, roots))
		return
	}
	if got != want {
		f.t.Errorf("got  %s\nwant %s\n%s", got, want, f.explain(q, roots))
	}
}

func (f *fixture) explain(q *query, roots []plan.Column) string {
	s, err := f.store.Explain(&plan.Plan{Roots: roots, Params: q.params}, q.values)
	if err != nil {
		return "no statement: " + err.Error()
	}
	return s.Text
}
