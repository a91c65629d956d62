package catalog

import (
	"cmp"
	"slices"
)

// Walk says which links a search may take from node to node, in either direction.
type Walk struct {
	kinds []*Type
	steps map[*Type][]WalkStep
	// Guards holds the guards that the walk keeps: see Type.Guard.
	Guards []Guard
}

// WalkStep is a link that can be taken from the nodes of a kind.
type WalkStep struct {
	Link *Link
	// Out tells that the link is taken along its direction.
	Out bool
	// Onto holds the kinds of node onto which it may be taken; All tells that these are all to which it can lead.
	Onto []*Type
	All  bool
}

// Guard is a set of kinds from which a walk leads to nodes of other kinds, and back, over nodes of the interface By only.
type Guard struct {
	By    *Type
	Kinds []*Type
}

// From returns the steps from nodes of the kind, by type of link, those along its direction first.
func (w *Walk) From(kind *Type) []WalkStep { return w.steps[kind] }

// Links returns the types of link of which the walk can take any, in order of name.
func (w *Walk) Links() []*Link {
	var list []*Link
	for _, kind := range w.kinds {
		for _, s := range w.steps[kind] {
			if !slices.Contains(list, s.Link) {
				list = append(list, s.Link)
			}
		}
	}
	slices.SortFunc(list, func(a, b *Link) int { return cmp.Compare(a.Type, b.Type) })
	return list
}

// Takes tells whether a walk may go from a node of one kind to one of the other, over whatever link.
func (w *Walk) Takes(a, b *Type) bool {
	return !slices.ContainsFunc(w.Guards, func(g Guard) bool {
		in := slices.Contains(g.Kinds, a)
		return in != slices.Contains(g.Kinds, b) && !a.Implements(g.By) && !b.Implements(g.By)
	})
}

// newWalk makes the walk over all links that keeps the guards.
func newWalk(c *Catalog, guards []Guard) *Walk {
	w := &Walk{kinds: c.Kinds(), steps: map[*Type][]WalkStep{}, Guards: guards}
	for _, kind := range w.kinds {
		for _, link := range c.Links {
			for _, out := range []bool{true, false} {
				near, far := link.From, link.To
				if !out {
					near, far = far, near
				}
				if !slices.Contains(near, kind) {
					continue
				}
				s := WalkStep{Link: link, Out: out}
				for _, k := range far {
					if w.Takes(kind, k) {
						s.Onto = append(s.Onto, k)
					}
				}
				if s.All = len(s.Onto) == len(far); len(s.Onto) > 0 {
					w.steps[kind] = append(w.steps[kind], s)
				}
			}
		}
	}
	return w
}

// guard resolves @guarded of a kind.
func (c *compiler) guard(t *Type) error {
	d := c.definitions[t].Directives.ForName("guarded")
	if d == nil {
		return nil
	}
	name := argument(d, "by")
	t.Guard = c.types[name]
	if t.Guard == nil || t.Guard.Form != Interface || t.Guard == c.Node() {
		return at(c.definitions[t].Position, "type %s is guarded by %s, which is no interface of several kinds", t.Name, name)
	}
	if t.Implements(t.Guard) {
		return at(c.definitions[t].Position, "type %s is guarded by %s, which it implements itself", t.Name, name)
	}
	return nil
}

// walks makes the walks of the model, when its links are complete.
func (c *compiler) walks() {
	var guards []Guard
	for _, kind := range c.Kinds() {
		if kind.Guard == nil {
			continue
		}
		i := slices.IndexFunc(guards, func(g Guard) bool { return g.By == kind.Guard })
		if i < 0 {
			guards, i = append(guards, Guard{By: kind.Guard}), len(guards)
		}
		guards[i].Kinds = append(guards[i].Kinds, kind)
	}
	c.Guarded, c.Everywhere = newWalk(c.Catalog, guards), newWalk(c.Catalog, nil)
}
