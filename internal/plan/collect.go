package plan

import (
	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
)

// collected is one response key with the field and the selection sets of all its mentions, which are merged.
type collected struct {
	key   string
	field *ast.Field
	sets  []ast.SelectionSet
}

// on tells whether a fragment with the type condition applies.
type on func(condition string) bool

// onName applies fragments on exactly that type: connections, edges and other types that are no nodes.
func onName(name string) on { return func(condition string) bool { return condition == name } }

// onKind applies fragments on the kind and on the interfaces and unions that it belongs to.
func (b *builder) onKind(kind *catalog.Type) on {
	return func(condition string) bool {
		t := b.catalog.Type(condition)
		return t != nil && kind.Implements(t)
	}
}

// collect gathers the fields of selection sets as the specification's CollectFields does: in order of first mention,
// with @skip and @include, each named fragment once.
func (b *builder) collect(sets []ast.SelectionSet, applies on) []*collected {
	c := collector{builder: b, applies: applies, byKey: map[string]*collected{}}
	for _, set := range sets {
		c.add(set)
	}
	return c.list
}

type collector struct {
	*builder
	applies on
	list    []*collected
	byKey   map[string]*collected
	spread  map[string]bool
}

func (c *collector) add(set ast.SelectionSet) {
	for _, selection := range set {
		c.visits++
		switch s := selection.(type) {
		case *ast.Field:
			if !c.included(s.Directives) {
				continue
			}
			f := c.byKey[s.Alias]
			if f == nil {
				f = &collected{key: s.Alias, field: s}
				c.byKey[s.Alias] = f
				c.list = append(c.list, f)
			}
			if s.SelectionSet != nil {
				f.sets = append(f.sets, s.SelectionSet)
			}
		case *ast.InlineFragment:
			if c.included(s.Directives) && (s.TypeCondition == "" || c.applies(s.TypeCondition)) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if !c.included(s.Directives) || c.spread[s.Name] {
				continue
			}
			if c.spread == nil {
				c.spread = map[string]bool{}
			}
			c.spread[s.Name] = true
			if def := c.fragment(s); c.applies(def.TypeCondition) {
				c.add(def.SelectionSet)
			}
		}
	}
}

// fragment returns the fragment that a spread names; validation has made sure that there is one.
func (b *builder) fragment(s *ast.FragmentSpread) *ast.FragmentDefinition {
	if s.Definition != nil {
		return s.Definition
	}
	return b.fragments.ForName(s.Name)
}

// included evaluates @skip and @include; the shape holds the variables that they read.
func (b *builder) included(directives ast.DirectiveList) bool {
	return b.condition(directives, "include", true) && !b.condition(directives, "skip", false)
}

func (b *builder) condition(directives ast.DirectiveList, name string, otherwise bool) bool {
	d := directives.ForName(name)
	if d == nil {
		return otherwise
	}
	a := d.Arguments.ForName("if")
	if a == nil {
		return otherwise
	}
	v, err := a.Value.Value(b.vars)
	if err != nil {
		return otherwise
	}
	return v == true
}
