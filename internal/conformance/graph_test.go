package conformance

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// randomGraph is a graph of any model: every kind, every type of link, texts in which the two stores' own orders and
// equalities would differ. The same seed gives the same graph.
type randomGraph struct {
	catalog *catalog.Catalog
	rand    *rand.Rand
	ids     map[*catalog.Type][]string
	// texts and dates are those that nodes have, so that comparisons can meet them.
	texts, dates []string
	nodes        []*store.Node
	links        []*store.Link
}

// alphabets hold what orders and folds differ on: UTF-16 units sort U+E000 to U+FFFF after astral characters, and marks,
// cases and ligatures fold.
var alphabets = [][]rune{
	[]rune("abcxyzABCXYZ 019-_.,"),
	[]rune("áčďéěíňóřšťúůýžÁČŽßſﬁÅ"),
	[]rune("\uD7FE\uD7FF\uE000\uE001\uF8FF\uFB00\uFDCF\uFDF0\uFFFC\uFFFD"),
	[]rune("\U00010000\U0001F600\U0001F9FF\U00020000\U000E0001\U0010FFFD"),
	[]rune("\"\\'`$%&/<>{}[]();:\t\n\u2028\u00A0"),
	[]rune("中国外交部部"),
}

func newRandomGraph(c *catalog.Catalog, seed uint64, perKind, linksPerType int) *randomGraph {
	g := &randomGraph{catalog: c, rand: rand.New(rand.NewPCG(seed, 1)), ids: map[*catalog.Type][]string{}}
	for _, kind := range c.Kinds() {
		for i := range perKind {
			id := ident.ForImport(kind.IDPrefix, "random", strconv.Itoa(i))
			g.ids[kind] = append(g.ids[kind], id)
		}
	}
	for _, kind := range c.Kinds() {
		for _, id := range g.ids[kind] {
			props := g.props(kind.StoredFields(), func(f *catalog.Field) bool { return c.Node().Field(f.Name) != nil })
			g.nodes = append(g.nodes, &store.Node{ID: id, Kind: kind.Name, Props: props})
			for _, f := range kind.Required {
				g.link(f.Link, id, g.anyOf(f.Target.Members))
			}
		}
	}
	for _, link := range c.Links {
		for range linksPerType {
			g.link(link, g.anyOf(link.From), g.anyOf(link.To))
		}
	}
	return g
}

func (g *randomGraph) anyOf(kinds []*catalog.Type) string {
	ids := g.ids[kinds[g.rand.IntN(len(kinds))]]
	// The square makes some nodes much better connected than others.
	return ids[g.rand.IntN(len(ids))*g.rand.IntN(len(ids))/len(ids)]
}

func (g *randomGraph) link(l *catalog.Link, from, to string) {
	same := func(x *store.Link) bool { return x.Type == l.Type && x.From == from && x.To == to }
	if slices.ContainsFunc(g.links, same) {
		return
	}
	var fields []*catalog.Field
	if l.Properties != nil {
		fields = l.Properties.Fields
	}
	g.links = append(g.links, &store.Link{Type: l.Type, From: from, To: to, Props: g.props(fields, func(*catalog.Field) bool { return false })})
}

func (g *randomGraph) props(fields []*catalog.Field, skip func(*catalog.Field) bool) map[string]any {
	props := map[string]any{}
	for _, f := range fields {
		if skip(f) || f.Part > catalog.PartText || (!f.NonNull && !f.List && g.rand.IntN(3) == 0) {
			continue
		}
		if !f.List {
			props[f.Name] = g.value(f)
			continue
		}
		list := []string{}
		for range g.rand.IntN(4) {
			list = append(list, g.value(f).(string))
		}
		props[f.Name] = list
	}
	return props
}

func (g *randomGraph) value(f *catalog.Field) any {
	switch f.Scalar {
	case catalog.Int:
		return int64(g.rand.IntN(7) - 2)
	case catalog.Bool:
		return g.rand.IntN(2) == 0
	case catalog.EnumValue:
		return f.Enum.Values[g.rand.IntN(len(f.Enum.Values))].Name
	case catalog.Date:
		d := g.date()
		if !strings.Contains(d, "/") {
			g.dates = append(g.dates, d)
		}
		return d
	case catalog.DateTime:
		return fmt.Sprintf("2025-0%d-01T00:00:00.000Z", 1+g.rand.IntN(9))
	case catalog.ID:
		return g.anyOf(f.Reference.Members)
	}
	s := g.text()
	g.texts = append(g.texts, s)
	return s
}

func (g *randomGraph) text() string {
	if len(g.texts) > 0 && g.rand.IntN(5) == 0 {
		return g.texts[g.rand.IntN(len(g.texts))]
	}
	var b strings.Builder
	for range 1 + g.rand.IntN(6) {
		a := alphabets[g.rand.IntN(len(alphabets))]
		b.WriteRune(a[g.rand.IntN(len(a))])
	}
	return b.String()
}

func (g *randomGraph) date() string {
	year, month, day := 2019+g.rand.IntN(3), 1+g.rand.IntN(3), 1+g.rand.IntN(3)
	switch g.rand.IntN(6) {
	case 0:
		return fmt.Sprintf("%04d", year)
	case 1:
		return fmt.Sprintf("%04d-%02d", year, month)
	case 2:
		return fmt.Sprintf("%04d-%02d-%02d/..", year, month, day)
	case 3:
		return fmt.Sprintf("../%04d-%02d", year, month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}

func (g *randomGraph) changes() iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for _, n := range g.nodes {
			if !yield(store.Change{Node: n}, nil) {
				return
			}
		}
		for _, l := range g.links {
			if !yield(store.Change{Link: l}, nil) {
				return
			}
		}
	}
}
