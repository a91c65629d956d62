package plan

import "github.com/vektah/gqlparser/v2/gqlerror"

// checkLinks refuses a plan that follows more links one after another than the limit: Neo4j's planner takes twice as long
// for each further one (measured: 0.1 s for 10 of them, 1.3 s for 14, 33 s for 18), whatever the graph holds, and no
// deadline stops it.
func (l Limits) checkLinks(p *Plan) error {
	n := 0
	for _, c := range p.Roots {
		n = max(n, columnLinks(c))
	}
	if n <= l.Links {
		return nil
	}
	err := gqlerror.Errorf("the operation follows %d links one after another, in fields, filters and what computed fields read, of which %d are allowed; ask in several steps", n, l.Links)
	err.Extensions = map[string]any{"code": LimitExceeded}
	return err
}

// columnLinks is how many links lead from where a column stands to the farthest node that it reads.
func columnLinks(c Column) int {
	switch c := c.(type) {
	case List:
		return c.links()
	case One:
		return c.links()
	case Count:
		return c.links()
	case Exists:
		return c.links()
	case ShortestPath:
		return 1 + c.Nodes.links()
	case Neighborhood:
		return 1 + c.Nodes.links()
	case Groups:
		return c.links()
	case GroupTotals:
		return c.links()
	}
	return 0
}

func (s *Select) links() int {
	n := 0
	for _, p := range []Predicate{s.Where, s.Visible} {
		n = max(n, predicateLinks(p))
	}
	for _, c := range s.Columns {
		n = max(n, columnLinks(c))
	}
	switch s.From.(type) {
	case Follow, Referenced:
		n++
	case Via:
		n += viaLinks(s.From.(Via))
	}
	return n
}

func viaLinks(v Via) int {
	n := 0
	for _, paths := range [][]Path{v.Paths, v.Unless} {
		for _, path := range paths {
			length := len(path)
			for i, step := range path {
				length = max(length, i+step.links())
			}
			n = max(n, length)
		}
	}
	return n
}

func predicateLinks(p Predicate) int {
	n := 0
	switch p := p.(type) {
	case And:
		for _, q := range p {
			n = max(n, predicateLinks(q))
		}
	case Or:
		for _, q := range p {
			n = max(n, predicateLinks(q))
		}
	case Not:
		n = predicateLinks(p.Predicate)
	case Linked:
		n = p.links()
	case Counted:
		n = p.links()
	}
	return n
}
