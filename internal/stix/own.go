package stix

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// ownReader turns the objects of an export back into the nodes and links that they were made of. It is given all objects
// that isOwn and not isDerived three times: to index, to nodes and to links.
type ownReader struct {
	catalog *catalog.Catalog
	// ids holds the id of the node of each object.
	ids map[string]string
	// sources holds the objects of somebody else that are the original of a Source of the bundle.
	sources map[string]bool
	// waiting holds Sources whose original did not come yet, originals those whose Source did not.
	waiting   map[string]*store.Node
	originals map[string]string
	kinds     map[*catalog.Type]*ownKind
}

// ownKind says what the properties of a kind's objects mean.
type ownKind struct {
	*catalog.Type
	fields map[string]*catalog.Field
	// links holds the types of links by the name before _ref, _refs and _details.
	links map[string]*catalog.Link
}

// The fields of a Source that have to do with somebody else's object. No other kind has an original.
const (
	sourceKind    = "Source"
	originalField = "original"
)

func newOwnReader(c *catalog.Catalog) *ownReader {
	r := &ownReader{
		catalog: c, ids: map[string]string{}, sources: map[string]bool{}, waiting: map[string]*store.Node{}, originals: map[string]string{},
		kinds: map[*catalog.Type]*ownKind{},
	}
	for _, kind := range c.Kinds() {
		k := &ownKind{Type: kind, fields: map[string]*catalog.Field{}, links: map[string]*catalog.Link{}}
		for _, f := range stored(c, kind.StoredFields()) {
			k.fields[property(kind, f)] = f
		}
		for _, l := range c.Links {
			if slices.Contains(l.From, kind) {
				for _, to := range l.To {
					k.links[linkName(kind, l, to)] = l
				}
			}
		}
		r.kinds[kind] = k
	}
	return r
}

// check tells what is wrong with the node that an object says it holds.
func (r *ownReader) check(o *Object) error {
	data := ownData(o)
	id := data.Text(nodeID)
	if id == "" && data != o {
		return nil // only what STIX 2.1 requires was added to the object
	}
	_, err := r.kind(o, id)
	return err
}

// index notes which node an object holds, unless check finds something wrong with it.
func (r *ownReader) index(o *Object) error {
	if err := r.check(o); err != nil {
		return err
	}
	data := ownData(o)
	if original := data.Text(originalRef); original != "" {
		r.sources[original] = true
	}
	if id := data.Text(nodeID); id != "" {
		r.ids[o.Text("id")] = id
	}
	return nil
}

// kind returns the kind of the node with the id that an object holds.
func (r *ownReader) kind(o *Object, id string) (*ownKind, error) {
	prefix, err := ident.Parse(id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", nodeID, err)
	}
	kind := r.catalog.KindOfID(prefix)
	if kind == nil {
		return nil, fmt.Errorf("%s is of a kind that the model does not have: the bundle was written by a newer program, use that", id)
	}
	if want := ownType + prefix; ownData(o) == o && o.Text("type") != want {
		return nil, fmt.Errorf("the object holds the node %s and must be of the type %s", id, want)
	}
	return r.kinds[kind], nil
}

// foreign returns somebody else's object as it came, where nothing else in the bundle holds what was recorded of it: its
// Source is missing. Otherwise it returns nil.
func (r *ownReader) foreign(o *Object) *Object {
	if data := ownData(o); data == o || data.Text(nodeID) != "" && o.Text("created_by_ref") == identityID || r.sources[o.Text("id")] {
		return nil
	}
	plain := o.Clone()
	unmark(plain)
	return plain
}

// nodes returns the nodes that an object holds or completes, none where another object is needed for that.
func (r *ownReader) nodes(o *Object, place string) ([]store.Change, error) {
	data := ownData(o)
	var changes []store.Change
	id := o.Text("id")
	if r.sources[id] {
		plain := o.Clone()
		unmark(plain)
		original := string(plain.Bytes())
		if source := r.waiting[id]; source != nil {
			source.Props[originalField] = original
			changes = append(changes, store.Change{Node: source})
			delete(r.waiting, id)
		} else {
			r.originals[id] = original
		}
	}
	if r.ids[id] == "" {
		return changes, nil
	}
	node, err := r.node(o, data)
	if err != nil {
		return nil, err
	}
	node.Place = place
	if ref := data.Text(originalRef); ref != "" {
		original, ok := r.originals[ref]
		if !ok {
			r.waiting[ref] = node
			return changes, nil
		}
		node.Props[originalField] = original
		delete(r.originals, ref)
	}
	return append(changes, store.Change{Node: node}), nil
}

// rest returns the Sources whose original is not in the bundle, in order of id.
func (r *ownReader) rest() []store.Change {
	var changes []store.Change
	for _, n := range slices.SortedFunc(maps.Values(r.waiting), func(a, b *store.Node) int { return cmp.Compare(a.ID, b.ID) }) {
		changes = append(changes, store.Change{Node: n})
	}
	clear(r.waiting)
	return changes
}

func (r *ownReader) node(o, data *Object) (*store.Node, error) {
	kind, err := r.kind(o, data.Text(nodeID))
	if err != nil {
		return nil, err
	}
	n := &store.Node{ID: data.Text(nodeID), Kind: kind.Name, Props: map[string]any{}}
	if n.Recorded, err = provenance(data); err != nil {
		return nil, err
	}
	if n.Recorded == nil {
		return nil, fmt.Errorf("%s is missing: a node says when and by whom it was recorded", recordedAt)
	}
	if data.Get(originalRef) != nil && kind.Field(originalField) == nil {
		return nil, fmt.Errorf("%s has no original, so there is no %s", kind.Name, originalRef)
	}
	for i := range data.members {
		m := &data.members[i]
		if f := kind.fields[m.name]; f != nil {
			if n.Props[f.Name], err = fieldOf(m.value, f); err != nil {
				return nil, fmt.Errorf("%s %w", m.name, err)
			}
		} else if _, _, isLink := kind.link(m.name); !isLink && !slices.Contains(common, m.name) && !isRecorded(m.name) {
			return nil, fmt.Errorf("there is no property %s of %s; the bundle may have been written by a newer program", text.Quote(m.name), kind.Name)
		}
	}
	return n, nil
}

// links returns the links of the node that an object holds, and the ids of those to which they lead that are not in the
// bundle.
func (r *ownReader) links(o *Object, place string) (changes []store.Change, dangling []string, err error) {
	data := ownData(o)
	from := r.ids[o.Text("id")]
	if from == "" {
		return nil, nil, nil
	}
	kind, err := r.kind(o, from)
	if err != nil {
		return nil, nil, err
	}
	whole, err := provenance(data)
	if err != nil {
		return nil, nil, err
	}
	for i := range data.members {
		m := &data.members[i]
		link, base, isLink := kind.link(m.name)
		if !isLink || m.name == base+detailsSuffix {
			continue
		}
		refs, err := refsOf(m.value)
		if err != nil {
			return nil, nil, fmt.Errorf("%s %w", m.name, err)
		}
		details, err := detailsOf(data, base+detailsSuffix)
		if err != nil {
			return nil, nil, err
		}
		for _, ref := range refs {
			to, known := r.ids[ref]
			if !known {
				dangling = append(dangling, ref)
				continue
			}
			l := &store.Link{Type: link.Type, From: from, To: to, Recorded: whole, Place: place}
			if d := details[ref]; d != nil {
				if err := r.detail(link, l, d); err != nil {
					return nil, nil, fmt.Errorf("%s: %w", base+detailsSuffix, err)
				}
				delete(details, ref)
			}
			changes = append(changes, store.Change{Link: l})
		}
		for ref := range details {
			if !slices.Contains(refs, ref) {
				return nil, nil, fmt.Errorf("%s has details of %s, which is not in %s", base+detailsSuffix, text.Quote(ref), m.name)
			}
		}
	}
	return changes, dangling, nil
}

// detail adds to a link what its details say beyond its being there.
func (r *ownReader) detail(link *catalog.Link, l *store.Link, d *Object) error {
	own, err := provenance(d)
	if err != nil {
		return err
	}
	if own != nil {
		l.Recorded = own
	}
	l.Props = map[string]any{}
	for i := range d.members {
		m := &d.members[i]
		if m.name == reference || isRecorded(m.name) {
			continue
		}
		f, byNode := linkProperty(r.catalog, link, m.name)
		if f == nil {
			return fmt.Errorf("there is no property %s of these links; the bundle may have been written by a newer program", text.Quote(m.name))
		}
		v, err := fieldOf(m.value, f)
		if err != nil {
			return fmt.Errorf("%s %w", m.name, err)
		}
		if ref, isText := v.(string); isText && f.Reference != nil && !byNode {
			id, known := r.ids[ref]
			if !known {
				return fmt.Errorf("%s names %s, which is not in the bundle", m.name, text.Quote(ref))
			}
			v = id
		}
		l.Props[f.Name] = v
	}
	return nil
}

// The ends of the names of properties that hold links.
const (
	oneSuffix     = "_ref"
	manySuffix    = "_refs"
	detailsSuffix = "_details"
	// nodeSuffix ends the name of a reference to a node that is not in the bundle.
	nodeSuffix = "_node_id"
)

// link returns the type of the links that a property holds, and the name that the properties about them begin with.
func (k *ownKind) link(name string) (link *catalog.Link, base string, ok bool) {
	for _, suffix := range []string{oneSuffix, manySuffix, detailsSuffix} {
		if n := len(name) - len(suffix); n > 0 && name[n:] == suffix {
			if link, ok = k.links[name[:n]]; ok {
				return link, name[:n], true
			}
		}
	}
	return nil, "", false
}

// linkProperty returns the property of a link that a detail holds. byNode tells that it names a node by its own id.
func linkProperty(c *catalog.Catalog, link *catalog.Link, name string) (f *catalog.Field, byNode bool) {
	for _, f := range stored(c, link.StoredFields()) {
		switch base := snake(f.Name); {
		case f.Reference == nil && name == base, f.Reference != nil && name == base+oneSuffix:
			return f, false
		case f.Reference != nil && name == base+nodeSuffix:
			return f, true
		}
	}
	return nil, false
}
