package storetest

import (
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// fact is a node in one of its groups.
type fact struct {
	item item
	// keys holds values, or *oracleNode where the key is a node; nil for the absent one.
	keys    []any
	implied bool
}

// facts returns each node that a Grouping counts once for each of its groups.
func (o *oracle) facts(g *plan.Grouping, outer item) []fact {
	var all []fact
	for _, found := range o.sel(g.Select, outer) {
		ways := []fact{{item: found}}
		for _, k := range g.Keys {
			var next []fact
			for _, way := range ways {
				for _, end := range o.keysOf(k, found) {
					next = append(next, fact{found, append(slices.Clone(way.keys), end.keys...), way.implied || end.implied})
				}
			}
			ways = next
		}
		for _, way := range ways {
			if i := slices.IndexFunc(all, func(f fact) bool { return f.item.node == found.node && slices.Equal(f.keys, way.keys) }); i >= 0 {
				all[i].implied = all[i].implied && way.implied
				continue
			}
			if g.Apart && len(slices.Compact(slices.Clone(way.keys))) == 1 {
				continue
			}
			all = append(all, way)
		}
	}
	if !g.Sifted() {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(f fact) bool {
		return !slices.ContainsFunc(all, func(x fact) bool { return slices.Equal(x.keys, f.keys) && !x.implied })
	})
}

// keysOf returns the values that a node has of one key.
func (o *oracle) keysOf(k plan.GroupKey, at item) []fact {
	one := func(v any) []fact { return []fact{{keys: []any{v}}} }
	if k.Value == nil {
		var ends []fact
		for _, path := range k.Paths {
			nodes := []item{at}
			for _, step := range path.Steps {
				var next []item
				for _, n := range nodes {
					next = append(next, o.sel(step, n)...)
				}
				nodes = next
			}
			for _, n := range nodes {
				ends = append(ends, fact{keys: []any{n.node}, implied: path.Implied})
			}
		}
		if len(ends) == 0 && k.Optional {
			return one(nil)
		}
		return ends
	}
	if k.Year {
		part := func(p catalog.DatePart) string {
			of := *k.Value
			of.Field = of.Field.Parts[p]
			day, _ := o.value(of, at).(string)
			return day
		}
		first, last := part(catalog.PartEarliest), part(catalog.PartLatest)
		if first == "" || last == "" || first[:4] != last[:4] {
			return one(nil)
		}
		return one(first[:4])
	}
	v := o.value(*k.Value, at)
	list, ok := v.([]string)
	if !ok {
		return one(v)
	}
	var ends []fact
	for _, s := range list {
		ends = append(ends, one(s)...)
	}
	if len(ends) == 0 {
		return one(nil)
	}
	return ends
}

// measures answers the measures over facts, each node counted once.
func (o *oracle) measures(g *plan.Grouping, facts []fact) []any {
	var row []any
	for _, m := range g.Measures {
		nodes := map[*oracleNode]bool{}
		var best, text any
		for _, f := range facts {
			if f.implied != m.Implied {
				continue
			}
			if m.What == plan.Tally {
				if m.Where == nil || o.holds(m.Where, f.item) {
					nodes[f.item.node] = true
				}
				continue
			}
			part := map[plan.MeasureKind]catalog.DatePart{plan.Earliest: catalog.PartKey, plan.Latest: catalog.PartLatest}[m.What]
			by, _ := f.item.node.values[m.Date.Parts[part].Name].(string)
			given := f.item.node.values[m.Date.Name]
			if given == nil {
				continue
			}
			by += "|" + given.(string)
			if best == nil || m.What == plan.Earliest && by < best.(string) || m.What == plan.Latest && by > best.(string) {
				best, text = by, given
			}
		}
		if m.What == plan.Tally {
			row = append(row, int64(len(nodes)))
		} else {
			row = append(row, text)
		}
	}
	return row
}

// grouped answers the groups of a column.
func (o *oracle) grouped(p plan.Groups, outer item) []any {
	type group struct{ keys, sort, row []any }
	var groups []group
	facts := o.facts(p.Grouping, outer)
	for i, f := range facts {
		if slices.ContainsFunc(facts[:i], func(x fact) bool { return slices.Equal(x.keys, f.keys) }) {
			continue
		}
		of := slices.DeleteFunc(slices.Clone(facts), func(x fact) bool { return !slices.Equal(x.keys, f.keys) })
		g := group{keys: f.keys, row: o.measures(p.Grouping, of)}
		g.sort = []any{g.row[0]}
		for _, k := range f.keys {
			if n, ok := k.(*oracleNode); ok {
				k = n.ID
			}
			g.sort = append(g.sort, k)
		}
		groups = append(groups, g)
	}
	compareAll := func(a, b []any) int {
		for i := range a {
			if c := compareKey(plan.OrderKey{Desc: i == 0}, a[i], b[i]); c != 0 {
				return c
			}
		}
		return 0
	}
	slices.SortFunc(groups, func(a, b group) int { return compareAll(a.sort, b.sort) })
	if p.After != nil {
		var place []any
		for _, param := range p.After {
			place = append(place, o.values[param])
		}
		groups = slices.DeleteFunc(groups, func(g group) bool { return (compareAll(g.sort, place) > 0) == p.Until })
	}
	list := []any{}
	for _, g := range groups[:min(int64(len(groups)), o.values[p.Limit].(int64))] {
		var row []any
		for i, k := range g.keys {
			if n, ok := k.(*oracleNode); ok {
				k = o.row(p.Keys[i].Node.Columns, item{node: n})
			}
			row = append(row, k)
		}
		list = append(list, append(row, g.row...))
	}
	return list
}

// totals answers what there is over all groups.
func (o *oracle) totals(p plan.GroupTotals, outer item) []any {
	facts := o.facts(p.Grouping, outer)
	groups := map[string]bool{}
	for _, f := range facts {
		var b strings.Builder
		for _, k := range f.keys {
			if n, ok := k.(*oracleNode); ok {
				k = n.ID
			}
			fmt.Fprintf(&b, "%T %q,", k, fmt.Sprint(k))
		}
		groups[b.String()] = true
	}
	return append([]any{int64(len(groups))}, o.measures(p.Grouping, facts)...)
}
