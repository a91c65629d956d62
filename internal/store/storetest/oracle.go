package storetest

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// oracle answers plans over the sample graph by their definition, with nothing but loops: what internal/plan/ir.go says
// in words. Random plans are asked of the store and of it.
type oracle struct {
	nodes []*oracleNode
	links []*oracleLink
	// values are those of the plan's parameters.
	values []any
}

type oracleNode struct {
	*store.PreparedNode
	values map[string]any
}

type oracleLink struct {
	link     *catalog.Link
	from, to *oracleNode
	values   map[string]any
}

// item is a node that a Select found and the link by which it did.
type item struct {
	node *oracleNode
	link *oracleLink
	sel  *plan.Select
}

func newOracle(t testing.TB, c *catalog.Catalog, changes []store.Change) *oracle {
	t.Helper()
	p, err := store.NewPreparer(c, SampleWrite())
	if err != nil {
		t.Fatal(err)
	}
	o := &oracle{}
	byID := map[string]*oracleNode{}
	for _, change := range changes {
		if n := change.Node; n != nil {
			prepared, err := p.Node(n)
			if err != nil {
				t.Fatal(err)
			}
			node := &oracleNode{prepared, named(prepared.Kind.StoredFields(), prepared.Values)}
			node.values[catalog.RevisionField] = int64(1)
			o.nodes = append(o.nodes, node)
			byID[n.ID] = node
			continue
		}
		prepared, err := p.Link(change.Link)
		if err != nil {
			t.Fatal(err)
		}
		o.links = append(o.links, &oracleLink{
			prepared.Link, byID[prepared.From], byID[prepared.To], named(prepared.Link.StoredFields(), prepared.Values),
		})
	}
	return o
}

func named(fields []*catalog.Field, values []any) map[string]any {
	out := map[string]any{}
	for i, f := range fields {
		out[f.Name] = values[i]
	}
	return out
}

// row answers columns at a node, as rows.Of takes it.
func (o *oracle) row(columns []plan.Column, at item) []any {
	row := []any{}
	for _, c := range columns {
		switch c := c.(type) {
		case plan.Value:
			v := o.value(c.Operand, at)
			if list, ok := v.([]string); ok {
				array := []any{}
				for _, s := range list {
					array = append(array, s)
				}
				v = array
			}
			row = append(row, v)
		case plan.List:
			list := []any{}
			for _, found := range o.sel(c.Select, at) {
				list = append(list, o.row(c.Columns, found))
			}
			row = append(row, list)
		case plan.One:
			found := o.sel(c.Select, at)
			if len(found) == 0 {
				row = append(row, nil)
			} else {
				row = append(row, o.row(c.Columns, found[0]))
			}
		case plan.Count:
			row = append(row, int64(len(o.sel(c.Select, at))))
		case plan.Groups:
			row = append(row, o.grouped(c, at))
		case plan.GroupTotals:
			row = append(row, o.totals(c, at))
		case plan.Exists:
			row = append(row, len(o.sel(c.Select, at)) > 0)
		case plan.ShortestPath:
			row = append(row, o.shortestPath(c))
		case plan.Neighborhood:
			row = append(row, o.neighborhood(c))
		case plan.LinkCount:
			row = append(row, o.linkCount(c))
		case plan.StoreRevision:
			row = append(row, int64(1))
		}
	}
	return row
}

// sel returns what a Select finds, ordered and limited.
func (o *oracle) sel(s *plan.Select, outer item) []item {
	var found []item
	for _, i := range o.source(s.From, outer) {
		i.sel = s
		if !slices.Contains(s.Type.Members, i.node.Kind) || s.Where != nil && !o.holds(s.Where, i) || s.Visible != nil && !o.holds(s.Visible, i) {
			continue
		}
		found = append(found, i)
	}
	slices.SortStableFunc(found, func(a, b item) int {
		for _, k := range s.Order {
			if c := compareKey(k, o.value(k.Operand, a), o.value(k.Operand, b)); c != 0 {
				return c
			}
		}
		return 0
	})
	if s.Limit != plan.NoParam {
		found = found[:min(int64(len(found)), o.values[s.Limit].(int64))]
	}
	return found
}

func (o *oracle) source(from plan.Source, outer item) []item {
	var found []item
	var accept func(n *oracleNode) bool
	switch from := from.(type) {
	case plan.All:
		accept = func(*oracleNode) bool { return true }
	case plan.ByID:
		accept = func(n *oracleNode) bool { return n.ID == o.values[from.Param] }
	case plan.ByIDs:
		accept = func(n *oracleNode) bool { return slices.Contains(o.values[from.Param].([]string), n.ID) }
	case plan.Referenced:
		accept = func(n *oracleNode) bool { return n.ID == outer.link.values[from.Property.Name] }
	case plan.Match:
		accept = func(n *oracleNode) bool {
			if from.Kinds == plan.NoParam && !n.Listed || from.Kinds != plan.NoParam && !slices.Contains(o.values[from.Kinds].([]string), n.Kind.Name) {
				return false
			}
			return o.values[from.Query].(text.Query).Match(n.SearchText)
		}
	case plan.Follow:
		return o.follow(from.Field, outer.node)
	case plan.Via:
		unless := o.paths(from.Unless, outer)
		for _, end := range o.paths(from.Paths, outer) {
			known := func(i item) bool { return i.node == end.node }
			if end.node != outer.node && !slices.ContainsFunc(found, known) && !slices.ContainsFunc(unless, known) {
				found = append(found, item{node: end.node})
			}
		}
		return found
	}
	for _, n := range o.nodes {
		if accept(n) {
			found = append(found, item{node: n})
		}
	}
	return found
}

// paths returns the ends of paths.
func (o *oracle) paths(paths []plan.Path, from item) []item {
	var ends []item
	for _, path := range paths {
		at := []item{from}
		for _, step := range path {
			var next []item
			for _, i := range at {
				next = append(next, o.sel(step, i)...)
			}
			at = next
		}
		ends = append(ends, at...)
	}
	return ends
}

func (o *oracle) follow(f *catalog.Field, from *oracleNode) []item {
	var found []item
	for _, l := range o.links {
		near, far := l.from, l.to
		if !f.Out {
			near, far = far, near
		}
		if l.link == f.Link && near == from {
			found = append(found, item{node: far, link: l})
		}
	}
	return found
}

// value is nil where the operand is absent.
func (o *oracle) value(of plan.Operand, at item) any {
	switch of.Of {
	case plan.OfLink:
		return at.link.values[of.Field.Name]
	case plan.OfKind:
		return at.node.Kind.Name
	case plan.OfName:
		return at.node.SearchName
	case plan.OfRank:
		return o.rank(at)
	}
	if !slices.Contains(of.On.Members, at.node.Kind) {
		return nil
	}
	return at.node.values[of.Field.Name]
}

func (o *oracle) rank(at item) any {
	q := o.values[at.sel.From.(plan.Match).Query].(text.Query)
	switch {
	case at.node.SearchName == q.Exact():
		return int64(0)
	case strings.HasPrefix(at.node.SearchName, strings.TrimSuffix(q.Exact(), " ")):
		return int64(1)
	case q.Match(at.node.SearchName):
		return int64(2)
	}
	return int64(3)
}

// compareKey compares two values in the order of a key.
func compareKey(k plan.OrderKey, a, b any) int {
	if a == nil || b == nil {
		c := 0
		switch {
		case a == nil && b != nil:
			c = 1
		case a != nil && b == nil:
			c = -1
		}
		if k.NullsFirst {
			return -c
		}
		return c
	}
	if k.Desc {
		return compare(b, a)
	}
	return compare(a, b)
}

func compare(a, b any) int {
	switch a := a.(type) {
	case string:
		return slices.Compare([]rune(a), []rune(b.(string)))
	case int64:
		return cmp.Compare(a, b.(int64))
	case bool:
		number := map[bool]int{true: 1}
		return cmp.Compare(number[a], number[b.(bool)])
	}
	panic("values of this type have no order")
}

func (o *oracle) holds(p plan.Predicate, at item) bool {
	switch p := p.(type) {
	case plan.And:
		return !slices.ContainsFunc(p, func(q plan.Predicate) bool { return !o.holds(q, at) })
	case plan.Or:
		return slices.ContainsFunc(p, func(q plan.Predicate) bool { return o.holds(q, at) })
	case plan.Not:
		return !o.holds(p.Predicate, at)
	case plan.Absent:
		return (o.value(p.Operand, at) == nil) == o.values[p.Param].(bool)
	case plan.Empty:
		list, _ := o.value(p.Operand, at).([]string)
		return (len(list) == 0) == o.values[p.Param].(bool)
	case plan.Linked:
		return len(o.sel(p.Select, at)) > 0
	case plan.Counted:
		return compares(p.Op, int64(len(o.sel(p.Select, at))), o.values[p.Param])
	case plan.Compare:
		v := o.value(p.Operand, at)
		return v != nil && compares(p.Op, v, o.values[p.Param])
	case plan.After:
		for i, k := range p.Order {
			if c := compareKey(k, o.value(k.Operand, at), o.values[p.Params[i]]); c != 0 {
				return c > 0
			}
		}
		return false
	}
	panic("there is no such predicate")
}

func compares(op plan.Op, v, param any) bool {
	switch op {
	case plan.EQ:
		return v == param
	case plan.GT:
		return compare(v, param) > 0
	case plan.GTE:
		return compare(v, param) >= 0
	case plan.LT:
		return compare(v, param) < 0
	case plan.LTE:
		return compare(v, param) <= 0
	case plan.In:
		return slices.Contains(param.([]string), v.(string))
	case plan.Contains:
		return strings.Contains(v.(string), param.(string))
	case plan.StartsWith:
		return strings.HasPrefix(v.(string), param.(string))
	case plan.EndsWith:
		return strings.HasSuffix(v.(string), param.(string))
	}
	has := func(s string) bool { return slices.Contains(v.([]string), s) }
	switch op {
	case plan.Has:
		return has(param.(string))
	case plan.HasAny:
		return slices.ContainsFunc(param.([]string), has)
	}
	return !slices.ContainsFunc(param.([]string), func(s string) bool { return !has(s) })
}
