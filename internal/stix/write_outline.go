package stix

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// outline holds what the objects of an export must know of one another.
type outline struct {
	catalog *catalog.Catalog
	options Options
	// digest is that of the whole graph, nodes that of its nodes.
	digest, nodes string
	// ids holds the id of the object of each node.
	ids map[string]string
	// foreign holds, by the id of a Source, the id of somebody else's object that is its original; rides the same by the id
	// of the node that was mapped from the object and has no object of its own; riders tells for which objects there is one.
	foreign, rides map[string]string
	riders         map[string]bool
	// out holds the links by the node from which they run, in order of type and of the other end.
	out map[string][]*store.Link
	// made holds the claims that are made in a statement.
	made map[string][]string
	// withdrawn holds the attributions that a later one takes back.
	withdrawn map[string]bool
	// names holds the names of actors.
	names map[string]string
	// aliases holds the names that are given to a group; only WithAliases.
	aliases map[string][]string
	// sources holds what objects say of the Sources that they come from.
	sources map[string]sourceNote
	// licences holds the licences and lines of attribution.
	licences map[string]bool
	kinds    map[*catalog.Type]*nodeProperties
}

type sourceNote struct {
	title, publisher, date, url, licence string
	isForeign                            bool
}

func newOutline(c *catalog.Catalog, o Options) *outline {
	return &outline{
		catalog: c, options: o, ids: map[string]string{}, foreign: map[string]string{}, rides: map[string]string{}, riders: map[string]bool{},
		out: map[string][]*store.Link{}, made: map[string][]string{}, withdrawn: map[string]bool{}, names: map[string]string{}, aliases: map[string][]string{},
		sources: map[string]sourceNote{}, licences: map[string]bool{}, kinds: map[*catalog.Type]*nodeProperties{},
	}
}

// read goes over all records once.
func (x *outline) read(records iter.Seq2[store.Record, error]) error {
	seen := newFingerprint(x.options)
	names := map[string]string{} // of alias claims, until their group is known
	ready := false
	for r, err := range records {
		switch {
		case err != nil:
			return err
		case r.Node != nil && ready:
			return errors.New("a node comes after a link, which no export does")
		case r.Node != nil:
			seen.node(r.Node)
			if err := x.note(r.Node, names); err != nil {
				return err
			}
		case r.Link != nil:
			if !ready {
				x.nodes, ready = seen.String(), true
				x.findRiders()
			}
			seen.link(r.Link)
			if err := x.link(r.Link, names); err != nil {
				return err
			}
		}
	}
	if !ready {
		x.nodes = seen.String()
		x.findRiders()
	}
	x.digest = seen.String()
	return nil
}

// note takes from a node what other objects need.
func (x *outline) note(n *store.Node, names map[string]string) error {
	kind := x.catalog.Type(n.Kind)
	if kind == nil || kind.Form != catalog.Kind {
		return fmt.Errorf("node %s is of the kind %q, which the model does not have", n.ID, n.Kind)
	}
	typeName := ownType + kind.IDPrefix
	if s, ok := standard[n.Kind]; ok {
		typeName = s.typeOf(n)
	}
	x.ids[n.ID] = objectID(typeName, n.ID)
	if actor := x.catalog.Type("Actor"); actor != nil && kind.Implements(actor) {
		x.names[n.ID] = textProp(n, "name")
	}
	switch n.Kind {
	case sourceKind:
		note := sourceNote{
			title: textProp(n, "title"), publisher: textProp(n, "publisher"), date: textProp(n, "date"), url: textProp(n, "url"),
			licence: textProp(n, "licence"),
		}
		if note.licence != "" {
			x.licences[note.licence] = true
		}
		if id := textProp(n, "recordId"); id != "" && n.ID == ident.ForImport(kind.IDPrefix, dataset, id) && isForeign(n, id) {
			x.foreign[n.ID], note.isForeign = id, true
		}
		x.sources[n.ID] = note
	case aliasKind:
		if x.options.WithAliases && slices.Contains(sameGroup, textProp(n, "relation")) {
			names[n.ID] = textProp(n, "name")
		}
	}
	return nil
}

// isForeign tells whether a Source's original is the object of STIX with the id, and can carry our extension.
func isForeign(source *store.Node, id string) bool {
	o, err := foreignObject(source)
	return err == nil && o.Text("id") == id && o.Text("type") != "" && string(o.Bytes()) == textProp(source, originalField) &&
		!isOwn(o) && mark(o, &Object{})
}

// findRiders finds the nodes that were mapped from an object of somebody else and are of a kind that STIX knows.
func (x *outline) findRiders() {
	for _, id := range x.foreign {
		for _, kind := range x.catalog.Kinds() {
			if _, ok := standard[kind.Name]; !ok {
				continue
			}
			if n := ident.ForImport(kind.IDPrefix, dataset, id); x.ids[n] != "" {
				x.ids[n], x.rides[n], x.riders[id] = id, id, true
				break
			}
		}
	}
}

func (x *outline) link(l *store.Link, names map[string]string) error {
	if x.ids[l.From] == "" || x.ids[l.To] == "" || x.catalog.Link(l.Type) == nil {
		return fmt.Errorf("a link %s joins %s and %s, which are not all in the export", l.Type, l.From, l.To)
	}
	x.out[l.From] = append(x.out[l.From], l)
	switch {
	case l.Type == madeIn:
		x.made[l.To] = append(x.made[l.To], l.From)
	case l.Type == revises && l.Props["kind"] == "WITHDRAWS":
		x.withdrawn[l.To] = true
	case l.Type == aliasGroup && names[l.From] != "":
		x.aliases[l.To] = append(x.aliases[l.To], names[l.From])
	}
	return nil
}

// to returns the nodes to which a node has links of a type.
func (x *outline) to(n *store.Node, linkType string) []string {
	var ids []string
	for _, l := range x.out[n.ID] {
		if l.Type == linkType {
			ids = append(ids, l.To)
		}
	}
	return ids
}

// objectsOf returns the objects of nodes.
func (x *outline) objectsOf(nodes []string) []string {
	refs := make([]string, len(nodes))
	for i, id := range nodes {
		refs[i] = x.ids[id]
	}
	return refs
}

// namesOf names actors in a sentence.
func (x *outline) namesOf(nodes []string) string {
	var b strings.Builder
	for i, id := range nodes {
		switch {
		case i > 0 && i == len(nodes)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(cmp.Or(x.names[id], id))
	}
	return b.String()
}

// references copies what a node's sources are into the form in which other tools show it.
func (x *outline) references(n *store.Node) []*Object {
	ids := x.to(n, sourcedFrom)
	if n.Kind == sourceKind {
		ids = []string{n.ID}
	}
	var refs []*Object
	for _, id := range ids {
		s := x.sources[id]
		if s.isForeign {
			continue // the object itself is in the bundle
		}
		o := &Object{}
		description := s.title
		if s.date != "" {
			description += ", " + s.date
		}
		put(o, "source_name", quoted(cmp.Or(s.publisher, s.title, "not named")))
		put(o, "description", quoted(cmp.Or(description, "not named")))
		if isURL(s.url) {
			put(o, "url", quoted(s.url))
		}
		refs = append(refs, o)
	}
	return refs
}

// isURL tells whether a text can stand where STIX asks for a URL; recorded as a Source's it may be anything.
func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.String() == s &&
		strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}[]", r) }) < 0
}

// markings returns the markings with the licences of the sources that a node comes from, in order.
func (x *outline) markings(n *store.Node) []string {
	ids := x.to(n, sourcedFrom)
	if n.Kind == sourceKind {
		ids = append(ids, n.ID)
	}
	var refs []string
	for _, id := range ids {
		if licence := x.sources[id].licence; licence != "" {
			refs = append(refs, markingID(licence))
		}
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}
