package stix

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// Options say what an export holds beyond the graph.
type Options struct {
	// WithAliases writes the names that alias claims give to a group into the aliases of its intrusion-set too. STIX has no
	// place there for who says so.
	WithAliases bool
}

// Write writes the graph as one bundle of STIX 2.1. The records are those of a store's export and are iterated over twice:
// links are kept in memory, nodes are not. The same graph gives the same bytes. On an error what was written is no JSON,
// so that nobody takes it for the whole.
func Write(w io.Writer, c *catalog.Catalog, records iter.Seq2[store.Record, error], options Options) error {
	x := newOutline(c, options)
	if err := x.read(records); err != nil {
		return err
	}
	out := &bundleWriter{Writer: bufio.NewWriterSize(w, 1<<16), outline: x, seen: newFingerprint(options), waiting: map[string]*carried{}}
	fmt.Fprintf(out, `{"type":"bundle","id":%q,"objects":[`, objectID("bundle", x.digest))
	if err := out.objects(definitions()...); err != nil {
		return err
	}
	for _, licence := range slices.SortedFunc(maps.Keys(x.licences), func(a, b string) int { return strings.Compare(markingID(a), markingID(b)) }) {
		if err := out.objects(marking(licence)); err != nil {
			return err
		}
	}
	for r, err := range records {
		if err != nil {
			return err
		}
		if r.Node == nil {
			break // nodes come first
		}
		out.seen.node(r.Node)
		if err := out.node(r.Node); err != nil {
			return err
		}
	}
	if len(out.waiting) > 0 || out.seen.String() != x.nodes {
		return errors.New("the store changed while it was exported: export it again")
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}

// bundleWriter writes the objects of a bundle. Errors of writing come with Flush.
type bundleWriter struct {
	*bufio.Writer
	outline *outline
	seen    *fingerprint
	began   bool
	// waiting holds what was met first of the two nodes that somebody else's object carries: its Source and the one that
	// was mapped from it.
	waiting map[string]*carried
}

type carried struct{ source, rider *store.Node }

func (w *bundleWriter) objects(objects ...*Object) error {
	for _, o := range objects {
		b := o.Bytes()
		if len(b) > maxObject {
			return fmt.Errorf("%s takes %d bytes, the most that an import reads is %d: shorten its texts", o.Text("id"), len(b), maxObject)
		}
		if w.began {
			w.WriteByte(',')
		}
		w.began = true
		w.WriteByte('\n')
		w.Write(b)
	}
	return nil
}

// node writes the object of a node, and what follows from it for other tools.
func (w *bundleWriter) node(n *store.Node) error {
	x := w.outline
	if n.Recorded == nil {
		return fmt.Errorf("node %s does not say when and by whom it was recorded", n.ID)
	}
	foreign := x.foreign[n.ID]
	if foreign == "" {
		foreign = x.rides[n.ID]
	}
	if foreign == "" {
		o, err := x.object(n)
		if err != nil {
			return err
		}
		return w.objects(append([]*Object{o}, x.derived(n)...)...)
	}
	c := w.waiting[foreign]
	if c == nil {
		c = &carried{}
		w.waiting[foreign] = c
	}
	if x.foreign[n.ID] != "" {
		c.source = n
	} else {
		c.rider = n
	}
	if c.source == nil || c.rider == nil && x.riders[foreign] {
		return nil
	}
	delete(w.waiting, foreign)
	return w.carried(c)
}

// carried writes somebody else's object as it came, with the node that was mapped from it, and its Source.
func (w *bundleWriter) carried(c *carried) error {
	original, err := foreignObject(c.source)
	if err != nil {
		return err
	}
	var data *Object
	if c.rider != nil {
		data = &Object{}
		if err := w.outline.data(data, c.rider); err != nil {
			return err
		}
	}
	if !mark(original, data) {
		return fmt.Errorf("the original of %s changed while it was exported: export it again", c.source.ID)
	}
	source, err := w.outline.object(c.source)
	if err != nil {
		return err
	}
	return w.objects(original, source)
}

// object returns the object that a node is for itself.
func (x *outline) object(n *store.Node) (*Object, error) {
	kind := x.catalog.Type(n.Kind)
	id := x.ids[n.ID]
	typeName, _, _ := strings.Cut(id, "--")
	o := began(typeName, id, n.Recorded.At)
	extension := &Object{}
	if s, ok := standard[n.Kind]; ok {
		s.fill(x, n, o)
		put(extension, extensionType, quoted(moreOfAnother))
		if err := x.data(extension, n); err != nil {
			return nil, err
		}
		if kind.Name == statementKind && publishedAt(n) == "" {
			put(extension, defaulted, quotedList([]string{"published"}))
		}
	} else {
		put(extension, extensionType, quoted(newObject))
		if err := x.data(o, n); err != nil {
			return nil, err
		}
	}
	if refs := x.references(n); len(refs) > 0 {
		put(o, "external_references", jsonList(refs))
	}
	putRefs(o, "object_marking_refs", x.markings(n))
	extensions := &Object{}
	put(extensions, extensionID, extension.Bytes())
	put(o, "extensions", extensions.Bytes())
	return o, nil
}

// began returns an object with the properties that all of ours begin with.
func began(typeName, id, at string) *Object {
	at = instant(at)
	o := &Object{}
	put(o, "type", quoted(typeName))
	put(o, "spec_version", quoted("2.1"))
	put(o, "id", quoted(id))
	if id != identityID {
		put(o, "created_by_ref", quoted(identityID))
	}
	put(o, "created", quoted(at))
	if typeName != "marking-definition" {
		put(o, "modified", quoted(at))
	}
	return o
}

// instant writes an instant with milliseconds, as STIX wants it. Stores keep those of other stores as they came.
func instant(at string) string {
	if whole, err := date.Instant(at); err == nil {
		return whole
	}
	return at
}

// put adds a member that the object does not have.
func put(o *Object, name string, value json.RawMessage) {
	o.members = append(o.members, member{name, text.AppendJSON(nil, name), value})
}

// putText adds a text unless it is empty.
func putText(o *Object, name, value string) {
	if value != "" {
		put(o, name, quoted(value))
	}
}

// putRefs adds a list unless it is empty.
func putRefs(o *Object, name string, refs []string) {
	if len(refs) > 0 {
		put(o, name, quotedList(refs))
	}
}

func jsonList(objects []*Object) json.RawMessage {
	b := []byte{'['}
	for i, o := range objects {
		if i > 0 {
			b = append(b, ',')
		}
		b = o.Append(b)
	}
	return append(b, ']')
}

// textProp returns a text of a node, empty if it has none.
func textProp(n *store.Node, name string) string {
	s, _ := n.Props[name].(string)
	return s
}

// foreignObject returns the object of STIX that a Source has as its original.
func foreignObject(source *store.Node) (*Object, error) {
	return ParseObject([]byte(textProp(source, originalField)))
}

// fingerprint tells graphs apart by what was recorded when.
type fingerprint struct{ hash.Hash }

func newFingerprint(o Options) *fingerprint {
	d := &fingerprint{sha256.New()}
	fmt.Fprintf(d, "%+v\n", o)
	return d
}

func (d *fingerprint) node(n *store.Node) {
	at := ""
	if n.Recorded != nil {
		at = n.Recorded.At
	}
	io.WriteString(d, n.ID+" "+at+"\n")
}

func (d *fingerprint) link(l *store.Link) {
	at := ""
	if l.Recorded != nil {
		at = l.Recorded.At
	}
	io.WriteString(d, l.Type+" "+l.From+" "+l.To+" "+at+"\n")
}

func (d *fingerprint) String() string { return hex.EncodeToString(d.Sum(nil)) }
