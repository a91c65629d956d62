package plan

import (
	"math"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits bound what one operation may ask for. Zero values are not "no limit": use DefaultLimits and change what differs.
type Limits struct {
	// DefaultPageSize is the size of a page without first or last; PageSize is the largest page and list of ids.
	DefaultPageSize, PageSize int
	// Depth is the greatest nesting of fields with a selection; a connection counts one.
	Depth int
	// Fields is the greatest number of fields after fragments are expanded, Aliases of those with an alias of their own,
	// RootFields of fields at the root.
	Fields, Aliases, RootFields int
	// Conditions is the greatest number of entries in an operation's filters, FilterDepth the greatest nesting of a filter.
	Conditions, FilterDepth int
	// Links is the greatest number of links that fields and filters follow one after another.
	Links int
	// Searches is the greatest number of paths and neighborhoods that an operation may ask for.
	Searches int
	// Nodes is the greatest number of nodes that the page sizes allow an answer to hold.
	Nodes int
}

// DefaultLimits are the limits that are on by default, as docs/ describes them.
var DefaultLimits = Limits{
	DefaultPageSize: 20, PageSize: 200, Depth: 15, Fields: 10_000, Aliases: 500, RootFields: 500,
	Conditions: 300, FilterDepth: 20, Links: 14, Searches: 3, Nodes: 10_000_000,
}

// cost is what a selection amounts to when its fragments are expanded. Sums saturate.
type cost struct{ fields, aliases, depth int }

func (c *cost) add(other cost) {
	c.fields = saturate(c.fields, other.fields)
	c.aliases = saturate(c.aliases, other.aliases)
	c.depth = max(c.depth, other.depth)
}

func saturate(a, b int) int { return min(a+b, math.MaxInt32) }

// limiter computes each fragment's cost once, so that its work is linear in the document whatever the nesting of spreads.
type limiter struct {
	fragments ast.FragmentDefinitionList
	memo      map[*ast.FragmentDefinition]cost
}

// check refuses an operation that is over a limit before anything is planned.
func (l Limits) check(op *ast.OperationDefinition, fragments ast.FragmentDefinitionList) error {
	lim := &limiter{fragments: fragments, memo: map[*ast.FragmentDefinition]cost{}}
	c := lim.selection(op.SelectionSet)
	for _, m := range []struct {
		what       string
		is, atMost int
	}{
		{"levels of nesting", c.depth, l.Depth},
		{"fields, with fragments expanded,", c.fields, l.Fields},
		{"aliases, with fragments expanded,", c.aliases, l.Aliases},
		{"root fields", lim.roots(op.SelectionSet), l.RootFields},
	} {
		if m.is > m.atMost {
			err := gqlerror.Errorf("the operation has %d %s of which %d are allowed; split it into several", m.is, m.what, m.atMost)
			err.Extensions = map[string]any{"code": LimitExceeded}
			return err
		}
	}
	return nil
}

func (l *limiter) selection(set ast.SelectionSet) cost {
	var total cost
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			below := l.selection(s.SelectionSet)
			below.fields = saturate(below.fields, 1)
			if s.Alias != s.Name {
				below.aliases = saturate(below.aliases, 1)
			}
			if s.SelectionSet != nil && !inConnection(s) {
				below.depth++
			}
			total.add(below)
		case *ast.InlineFragment:
			total.add(l.selection(s.SelectionSet))
		case *ast.FragmentSpread:
			total.add(l.fragment(s))
		}
	}
	return total
}

func (l *limiter) fragment(s *ast.FragmentSpread) cost {
	def := s.Definition
	if def == nil {
		def = l.fragments.ForName(s.Name)
	}
	c, known := l.memo[def]
	if !known {
		c = l.selection(def.SelectionSet)
		l.memo[def] = c
	}
	return c
}

// roots counts the fields at the root, at most once for each spread.
func (l *limiter) roots(set ast.SelectionSet) int {
	seen := map[*ast.FragmentDefinition]bool{}
	var count func(ast.SelectionSet) int
	count = func(set ast.SelectionSet) int {
		n := 0
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				n++
			case *ast.InlineFragment:
				n += count(s.SelectionSet)
			case *ast.FragmentSpread:
				def := s.Definition
				if def == nil {
					def = l.fragments.ForName(s.Name)
				}
				if !seen[def] {
					seen[def] = true
					n += count(def.SelectionSet)
				}
			}
		}
		return n
	}
	return count(set)
}

// inConnection tells whether the field is one of the steps inside a connection, which count together as one level.
func inConnection(f *ast.Field) bool {
	if f.ObjectDefinition == nil {
		return false
	}
	name := f.ObjectDefinition.Name
	return strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge")
}

// pageSize is the tree of an operation's pages, for the number of nodes that an answer can hold.
type pageSize struct {
	size    func(vars map[string]any) (int64, error)
	pages   []*pageSize
	counted bool
}

// count adds a page below this one, once.
func (p *pageSize) count(page *pageSize) {
	if !page.counted {
		page.counted = true
		p.pages = append(p.pages, page)
	}
}

// nodes is the number of nodes that the pages can hold, saturated.
func (p *pageSize) nodes(vars map[string]any) (float64, error) {
	var below float64
	for _, page := range p.pages {
		n, err := page.size(vars)
		if err != nil {
			return 0, err
		}
		under, err := page.nodes(vars)
		if err != nil {
			return 0, err
		}
		below += float64(n) * (1 + under)
	}
	return below, nil
}

func (p *pageSize) check(l Limits) check {
	return func(vars map[string]any) error {
		n, err := p.nodes(vars)
		if err != nil {
			return err
		}
		if n > float64(l.Nodes) {
			err := gqlerror.Errorf("the page sizes allow an answer of %.0f nodes, of which %d are allowed; ask for smaller pages", n, l.Nodes)
			err.Extensions = map[string]any{"code": LimitExceeded}
			return err
		}
		return nil
	}
}
