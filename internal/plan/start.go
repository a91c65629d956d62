package plan

import (
	"slices"

	"attrigraph/internal/catalog"
)

// Start says how a Select of all nodes of a type can begin at the other end of its condition: at the few nodes that an
// index finds by a value, and from these back over links to the nodes that are asked for. Whether they are few depends on
// the value, which is a parameter, so the statement looks before it chooses: see FewNodes.
type Start struct {
	// Seed finds the nodes to begin at: an equality (EQ or In) on an indexed field of them.
	Seed Compare
	// Steps are the links between the Select's nodes and those, from the Select on; empty where Seed is about the Select's own
	// nodes.
	Steps []Step
	// Rest is what the Select asks of its nodes beside the condition that Steps, or else Seed, stands for; nil for nothing.
	Rest Predicate
}

// Step is one link of a Start.
type Step struct {
	// Select is that of a Linked condition; its From is a Follow.
	*Select
	// Rest is what it asks of its nodes beside the condition that the next step stands for; nil for nothing.
	Rest Predicate
}

// FewNodes is the number of nodes from which on a statement does not begin at a Start's seeds, nor from what they lead
// to, but reads the nodes in the order of the page until it is full. Nodes that many are come soon in any order; fewer
// are sorted in a few milliseconds. Measured with 50,000 incidents: looking costs about 1 ms. It is a variable for tests only,
// whose graphs are small; see storetest.FewNodes.
var FewNodes = 2000

// Start returns where the Select can begin instead of at all nodes of its type, or nil. The condition of the fewest
// steps counts, and of those the first.
func (s *Select) Start() *Start {
	if _, all := s.From.(All); !all || s.Identified() {
		return nil
	}
	return s.start()
}

// Identified tells whether the condition names the ids of the nodes, so that no more are found than are named.
func (s *Select) Identified() bool {
	return slices.ContainsFunc(conjuncts(s.Where), func(p Predicate) bool {
		c, ok := p.(Compare)
		return ok && equality(c, s) && c.Field.Name == catalog.IDField
	})
}

// equality tells whether an index of the Select's type finds the nodes for which the comparison holds.
func equality(c Compare, s *Select) bool {
	return (c.Op == EQ || c.Op == In) && c.Of == OfNode && c.On == s.Type && s.Type.Form != catalog.Union &&
		!c.Field.List && (c.Field.Indexed || c.Field.Name == catalog.IDField)
}

// start looks for a Start among the conditions of the Select.
func (s *Select) start() *Start {
	conditions := conjuncts(s.Where)
	var best *Start
	for i, p := range conditions {
		rest := func() Predicate {
			return all(append(slices.Delete(slices.Clone(conditions), i, i+1), s.Visible))
		}
		switch p := p.(type) {
		case Compare:
			if equality(p, s) {
				return &Start{Seed: p, Rest: rest()}
			}
		case Linked:
			if _, follow := p.From.(Follow); !follow {
				continue
			}
			below := p.start()
			if below == nil || best != nil && len(best.Steps) <= len(below.Steps)+1 {
				continue
			}
			steps := append([]Step{{Select: p.Select, Rest: below.Rest}}, below.Steps...)
			best = &Start{Seed: below.Seed, Steps: steps, Rest: rest()}
		}
	}
	return best
}
