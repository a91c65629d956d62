package stix

import (
	"fmt"
	"slices"
	"strconv"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// nodeProperties names the properties of a kind's objects.
type nodeProperties struct {
	fields []*catalog.Field
	names  []string
}

func (x *outline) properties(kind *catalog.Type) *nodeProperties {
	p := x.kinds[kind]
	if p == nil {
		p = &nodeProperties{fields: stored(x.catalog, kind.StoredFields())}
		for _, f := range p.fields {
			p.names = append(p.names, property(kind, f))
		}
		x.kinds[kind] = p
	}
	return p
}

// data adds all that a node says to an object: its id, who recorded it, its fields and its links.
func (x *outline) data(o *Object, n *store.Node) error {
	kind := x.catalog.Type(n.Kind)
	put(o, nodeID, quoted(n.ID))
	putProvenance(o, n.Recorded)
	p := x.properties(kind)
	used := 0
	for i, f := range p.fields {
		v, given := n.Props[f.Name]
		if !given {
			continue
		}
		used++
		if f.Name == originalField && x.foreign[n.ID] != "" {
			put(o, originalRef, quoted(x.foreign[n.ID]))
			continue
		}
		if err := putField(o, p.names[i], v); err != nil {
			return fmt.Errorf("%s %w", n.ID, err)
		}
	}
	if used != len(n.Props) {
		return fmt.Errorf("%s has a field that the model does not have", n.ID)
	}
	return x.links(o, n, kind)
}

func putProvenance(o *Object, p *store.Provenance) {
	put(o, recordedAt, quoted(p.At))
	put(o, recordedBy, quoted(p.By))
	putText(o, recordedFrom, p.From)
}

// putField adds a value unless it is absent.
func putField(o *Object, name string, v any) error {
	switch v := v.(type) {
	case nil:
	case string:
		put(o, name, text.AppendJSON(nil, v))
	case int64:
		put(o, name, strconv.AppendInt(nil, v, 10))
	case bool:
		put(o, name, strconv.AppendBool(nil, v))
	case []string:
		putRefs(o, name, v)
	default:
		return fmt.Errorf("has the value %v in %s, which is no text, number, boolean or list of texts", v, name)
	}
	return nil
}

// linkGroup holds the links of a node that are under one name.
type linkGroup struct {
	name    string
	many    bool
	refs    []string
	details []*Object
}

// links adds the links that run from a node: the objects to which they lead and, where a link says more than the node does
// by itself, its details.
func (x *outline) links(o *Object, n *store.Node, kind *catalog.Type) error {
	var groups []*linkGroup
	for _, l := range x.out[n.ID] {
		link := x.catalog.Link(l.Type)
		prefix, _ := ident.Parse(l.To)
		to := x.catalog.KindOfID(prefix)
		name := linkName(kind, link, to)
		at := slices.IndexFunc(groups, func(g *linkGroup) bool { return g.name == name })
		if at < 0 {
			f, named := linkField(kind, link, to)
			at = len(groups)
			groups = append(groups, &linkGroup{name: name, many: !named || f.Many})
		}
		g := groups[at]
		g.refs = append(g.refs, x.ids[l.To])
		detail, err := x.detail(link, l, n.Recorded)
		if err != nil {
			return err
		}
		if detail != nil {
			g.details = append(g.details, detail)
		}
	}
	for _, g := range groups {
		if g.many || len(g.refs) > 1 {
			put(o, g.name+manySuffix, quotedList(g.refs))
		} else {
			put(o, g.name+oneSuffix, quoted(g.refs[0]))
		}
		if len(g.details) > 0 {
			put(o, g.name+detailsSuffix, jsonList(g.details))
		}
	}
	return nil
}

// detail returns what a link says more than its node, nil where that is nothing.
func (x *outline) detail(link *catalog.Link, l *store.Link, of *store.Provenance) (*Object, error) {
	d := &Object{}
	put(d, reference, quoted(x.ids[l.To]))
	used := 0
	for _, f := range stored(x.catalog, link.StoredFields()) {
		v, given := l.Props[f.Name]
		if !given {
			continue
		}
		used++
		name := snake(f.Name)
		if id, isText := v.(string); isText && f.Reference != nil {
			if ref := x.ids[id]; ref != "" {
				name, v = name+oneSuffix, ref
			} else {
				name += nodeSuffix
			}
		}
		if err := putField(d, name, v); err != nil {
			return nil, fmt.Errorf("%s link from %s to %s %w", l.Type, l.From, l.To, err)
		}
	}
	if used != len(l.Props) {
		return nil, fmt.Errorf("%s link from %s to %s has a property that the model does not have", l.Type, l.From, l.To)
	}
	if l.Recorded == nil {
		return nil, fmt.Errorf("%s link from %s to %s does not say when and by whom it was recorded", l.Type, l.From, l.To)
	}
	if *l.Recorded != *of {
		putProvenance(d, l.Recorded)
	}
	if len(d.members) == 1 {
		return nil, nil
	}
	return d, nil
}
