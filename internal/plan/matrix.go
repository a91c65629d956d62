package plan

import (
	"fmt"
	"slices"

	"attrigraph/internal/catalog"
)

// matrix plans the root field of a matrix: groups of the nodes that it counts, by all of its keys together.
func (b *builder) matrix(c *collected, r *row, at *path, m *catalog.Matrix) (Output, error) {
	key := "matrix " + connectionKey(c.field)
	on := func(option string) bool { return b.given(c.field, option).value(b.vars) == true }
	by, _ := b.argument(c.field, "by").value(b.vars).(string)
	index := slices.IndexFunc(m.By.Values, func(v catalog.EnumEntry) bool { return v.Name == by })
	if index < 0 {
		return nil, at.fail(BadUserInput, "%s(by:) is %q, which is no %s", m.Field, by, m.By.Name)
	}
	g := r.groups[key]
	if g == nil {
		var err error
		if g, err = b.newMatrix(c, r, at, m, key, on); err != nil {
			return nil, err
		}
		r.keep(g)
	}
	out, err := b.groupPage(c, r, g, at, func(f *collected, at *path) (Output, error) {
		for i, k := range m.Keys {
			if k.Name == f.field.Name {
				return b.groupNode(f, g, i, at)
			}
		}
		for _, x := range m.Measures {
			if x.Name == f.field.Name {
				return b.measured(g, m, x, on), nil
			}
		}
		return nil, at.fail("INTERNAL", "the matrix %s has no field %s", m.Name, f.field.Name)
	})
	if err != nil {
		return nil, err
	}
	// What is implied is looked for only if something shows it.
	implied := g.grouping.Implied || slices.ContainsFunc(g.grouping.Measures, func(x Measure) bool { return x.Implied })
	for i, k := range m.Keys {
		paths, err := b.keyPaths(m, k.From[index], on)
		if err != nil {
			return nil, at.fail("INTERNAL", "%s", err)
		}
		if !implied {
			paths = slices.DeleteFunc(paths, func(p GroupPath) bool { return p.Implied })
		}
		g.grouping.Keys[i].Paths = paths
	}
	return out, nil
}

// newMatrix begins the groups of a matrix, without the paths to its keys.
func (b *builder) newMatrix(c *collected, r *row, at *path, m *catalog.Matrix, key string, on func(string) bool) (*groupPlan, error) {
	whereInput := b.given(c.field, "where")
	asked, err := b.where(whereInput, m.Of, at)
	if err != nil {
		return nil, err
	}
	where := []Predicate{asked, b.ofModel(m.Of, m.Where)}
	options := ""
	for _, o := range m.Options {
		options += fmt.Sprintf(" %t", on(o.Name))
		if p := b.ofModel(m.Of, o.LeavesOut); p != nil && !on(o.Name) {
			where = append(where, Not{p})
		}
	}
	g := b.newGroups(key, b.access(All{}, m.Of, all(where)))
	g.summed = true
	for _, o := range m.Options {
		g.grouping.Apart = g.grouping.Apart || o.Same && !on(o.Name)
		g.grouping.Implied = g.grouping.Implied || o.Implied && on(o.Name)
	}
	for _, k := range m.Keys {
		g.add(b, GroupKey{Node: b.access(Grouped{}, k.Type, nil)}, r)
	}
	b.measured(g, m, m.Measures[0], on)
	by, _ := b.argument(c.field, "by").value(b.vars).(string)
	g.sign = b.signature("matrix "+m.Field+" by "+by+options, m.Of, g.order, []input{whereInput})
	return g, b.groupWindow(c, g, r, at)
}

// measured is the output of a measure of a matrix.
func (b *builder) measured(g *groupPlan, m *catalog.Matrix, x *catalog.MatrixMeasure, on func(string) bool) Output {
	if x.Date != "" {
		what := map[string]MeasureKind{"FIRST": Earliest, "LAST": Latest}[x.Date]
		return g.date(m.Of, what, x.Name)
	}
	where := x.Where
	if x.Option != "" && on(x.Option) {
		where = x.OptionWhere
	}
	return Scalar{Column: g.tally(Measure{What: Tally, Where: b.ofModel(m.Of, where), Implied: x.Implied}, x.Name), Field: wholeNumber}
}

// keyPaths plans the paths of a matrix to one of its keys.
func (b *builder) keyPaths(m *catalog.Matrix, from string, on func(string) bool) ([]GroupPath, error) {
	var paths []GroupPath
	doc := b.keys[from]
	w := keyWalk{Planner: b.Planner, fragments: doc.Fragments, on: on, found: func(steps []keyStep, implied bool) error {
		p := GroupPath{Implied: implied}
		for _, s := range steps {
			where := make([]Predicate, len(s.where))
			for i, c := range s.where {
				where[i] = b.ofModel(c.of, c.text)
			}
			p.Steps = append(p.Steps, b.access(Follow{s.field}, s.typ, all(where)))
		}
		paths = append(paths, p)
		return nil
	}}
	return paths, w.walk(doc.Operations[0].SelectionSet, m.Of, nil, false)
}

// readMatrices parses what the matrices of the catalog say in GraphQL, so that a mistake shows when the program starts.
func (p *Planner) readMatrices() error {
	for _, m := range p.catalog.Matrices {
		fail := func(name string, err error) error { return fmt.Errorf("matrix %s: %s: %w", m.Name, name, err) }
		conditions := map[string]string{m.Field: m.Where}
		for _, o := range m.Options {
			conditions[o.Name] = o.LeavesOut
		}
		for _, x := range m.Measures {
			conditions[x.Name], conditions[x.Name+" with "+x.Option] = x.Where, x.OptionWhere
		}
		for name, where := range conditions {
			if err := p.readCondition(m.Name+"."+name, m.Of, where); err != nil {
				return fail(name, err)
			}
		}
		for _, k := range m.Keys {
			for _, from := range k.From {
				if err := p.readKey(m, k, from); err != nil {
					return fail(k.Name, err)
				}
			}
		}
	}
	return nil
}
