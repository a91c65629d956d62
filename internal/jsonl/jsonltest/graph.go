// Package jsonltest has graphs for tests of the formats that carry whole graphs: any that a model allows, and the bundled
// cases.
package jsonltest

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// awkward are texts that formats are known to get wrong.
var awkward = []string{
	"", " ", "-", "- a", "a: b", "a:", ": a", "#", "a #b", "a#b", "&a", "*a", "!a", "%a", "@a", "`a", "|", ">", "?", "? a", "[a]", "{a: b}", "a, b", "'", `"`,
	`\`, `\u0041`, `\\ud800`, "'a'", `"a"`, "null", "~", "true", "False", "yes", "NO", "1", "-1", "01", "0x1F", "0o17", "1e3", "1.10", ".5", ".inf", "nan", "1_000",
	"2025-05-28", "2025", "12:30", "---", "...", "--- a", "\n", "a\n", "\na", "a\nb", "a\n\nb\n", "\t", "a\tb", "\r\n", "a\rb", "  a", "a  b", "a ", "a\u00a0b",
	"\u2028", "a\u2029b", "\ufeff", "\u200b", "\u202e", "\u00ad", "\ufffd", "ÚZSI", "中国", "ﷺ", "e\u0301", "\U0001F600", "a\U000E0001b", "<<", "=", "<script>&amp;",
}

// Text draws a text that a store may hold.
func Text() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(awkward),
		rapid.StringMatching(`[A-Za-z0-9 ,.'()/:#-]{1,30}`),
		rapid.String().Filter(func(s string) bool { return text.Check(s) == nil }),
	)
}

// Graph draws the records of a store with the model: at least one node of each kind, with the links that the model
// requires and some more, in the order of an export. Lists are not empty and what is absent is not there, as in exports.
func Graph(t *rapid.T, c *catalog.Catalog) []store.Record {
	g := &graph{t: t, catalog: c, byKind: map[*catalog.Type][]string{}, links: map[[3]string]*store.Link{}, single: map[string]bool{}}
	for _, k := range c.Kinds() {
		for i := range rapid.IntRange(1, 2).Draw(t, "nodes") {
			id := ident.ForImport(k.IDPrefix, "test", fmt.Sprint(i))
			g.byKind[k] = append(g.byKind[k], id)
			g.ids = append(g.ids, id)
		}
	}
	for _, k := range c.Kinds() {
		for _, id := range g.byKind[k] {
			for _, f := range k.Required {
				g.link(f, id)
			}
			for _, f := range k.Fields {
				if f.Link != nil && rapid.IntRange(0, 2).Draw(t, "linked") == 0 {
					g.link(f, id)
				}
			}
		}
	}
	var records []store.Record
	for _, k := range c.Kinds() {
		for _, id := range g.byKind[k] {
			props := g.props(k.StoredFields(), func(f *catalog.Field) bool { return c.Node().Field(f.Name) != nil })
			records = append(records, store.Record{Node: &store.Node{ID: id, Kind: k.Name, Props: props, Recorded: g.provenance()}})
		}
	}
	for _, l := range g.links {
		records = append(records, store.Record{Link: l})
	}
	slices.SortFunc(records, compare)
	// Link properties are drawn last and in order: drawing while going over a map could not be repeated.
	for _, r := range records {
		if r.Link != nil {
			def := c.Link(r.Link.Type)
			r.Link.Props = g.props(def.StoredFields(), func(f *catalog.Field) bool { return slices.Contains(c.LinkProvenance(), f) })
			r.Link.Recorded = g.provenance()
		}
	}
	return records
}

func compare(a, b store.Record) int {
	switch {
	case a.Node != nil && b.Node != nil:
		return cmp.Compare(a.Node.ID, b.Node.ID)
	case a.Node != nil:
		return -1
	case b.Node != nil:
		return 1
	}
	return cmp.Or(cmp.Compare(a.Link.Type, b.Link.Type), cmp.Compare(a.Link.From, b.Link.From), cmp.Compare(a.Link.To, b.Link.To))
}

type graph struct {
	t       *rapid.T
	catalog *catalog.Catalog
	byKind  map[*catalog.Type][]string
	ids     []string
	links   map[[3]string]*store.Link
	// single holds the fields to one node that are taken.
	single map[string]bool
}

// link adds a link under a field, unless a field to one node at either end is taken.
func (g *graph) link(f *catalog.Field, own string) {
	member := rapid.SampledFrom(f.Target.Members).Draw(g.t, "kind")
	from, to := own, rapid.SampledFrom(g.byKind[member]).Draw(g.t, "other")
	if !f.Out {
		from, to = to, from
	}
	key := [3]string{f.Link.Type, from, to}
	if g.links[key] != nil {
		return
	}
	var slots []string
	for _, end := range []struct {
		own, other string
		out        bool
	}{{from, to, true}, {to, from, false}} {
		otherKind := g.kindOf(end.other)
		for _, f := range g.kindOf(end.own).Fields {
			if !f.Many && f.Link == g.catalog.Link(key[0]) && f.Out == end.out && f.Target.MemberIndex(otherKind) >= 0 {
				slot := end.own + " " + f.Name
				if g.single[slot] {
					return
				}
				slots = append(slots, slot)
			}
		}
	}
	for _, s := range slots {
		g.single[s] = true
	}
	g.links[key] = &store.Link{Type: key[0], From: from, To: to}
}

func (g *graph) kindOf(id string) *catalog.Type {
	prefix, _ := ident.Parse(id)
	return g.catalog.KindOfID(prefix)
}

func (g *graph) provenance() *store.Provenance {
	p := store.Provenance{
		At:   rapid.SampledFrom([]string{"2025-05-28T00:00:00.000Z", "2025-05-29T10:11:12.345Z"}).Draw(g.t, "at"),
		By:   rapid.SampledFrom([]string{"someone", "a: b", "ÚZSI"}).Draw(g.t, "by"),
		From: rapid.SampledFrom([]string{"", "casebook/one", "casebook/two", "eurepoc 1.3"}).Draw(g.t, "from"),
	}
	return &p
}

func (g *graph) props(fields []*catalog.Field, own func(*catalog.Field) bool) map[string]any {
	props := map[string]any{}
	for _, f := range fields {
		if own(f) || f.Part > catalog.PartText {
			continue
		}
		if (f.List || !f.NonNull) && rapid.Bool().Draw(g.t, "absent") {
			continue
		}
		if f.List {
			var list []string
			for range rapid.IntRange(1, 3).Draw(g.t, "items") {
				list = append(list, g.value(f).(string))
			}
			props[f.Name] = list
			continue
		}
		props[f.Name] = g.value(f)
	}
	return props
}

func (g *graph) value(f *catalog.Field) any {
	switch f.Scalar {
	case catalog.Int:
		return int64(rapid.Int32().Draw(g.t, f.Name))
	case catalog.Bool:
		return rapid.Bool().Draw(g.t, f.Name)
	case catalog.EnumValue:
		return rapid.SampledFrom(f.Enum.Values).Draw(g.t, f.Name).Name
	case catalog.ID:
		return rapid.SampledFrom(g.byKind[rapid.SampledFrom(f.Reference.Members).Draw(g.t, "kind")]).Draw(g.t, f.Name)
	case catalog.Date:
		return rapid.SampledFrom([]string{"2025", "2025-05", "2025-05-28", "2021-03-10/2021-03-14", "2025-05-28/..", "../2021-03-31"}).Draw(g.t, f.Name)
	case catalog.DateTime:
		return "2025-05-28T14:03:00.000Z"
	}
	return Text().Draw(g.t, f.Name)
}

// Records hands over records as a store's export does.
func Records(records []store.Record) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Collect turns changes back into the records of an export: in its order, without the places of the changes.
func Collect(changes iter.Seq2[store.Change, error]) ([]store.Record, error) {
	var records []store.Record
	for c, err := range changes {
		if err != nil {
			return nil, err
		}
		r := store.Record{}
		if c.Node != nil {
			n := *c.Node
			n.Place = ""
			r.Node = &n
		}
		if c.Link != nil {
			l := *c.Link
			l.Place = ""
			r.Link = &l
		}
		records = append(records, r)
	}
	slices.SortFunc(records, compare)
	return records, nil
}
