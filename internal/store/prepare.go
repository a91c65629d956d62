package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/ident"
	"attrigraph/internal/text"
)

// PreparedNode is a node of a change set, checked against the model, with everything that stores derive from it.
type PreparedNode struct {
	ID   string
	Kind *catalog.Type
	// Values holds nil, string, int64, bool or []string for each of Kind.StoredFields(); the revision is the store's to
	// fill in.
	Values []any
	// SearchText and SearchName are the folded text and name that search compares; Listed tells whether search finds the
	// node without being asked for its kind.
	SearchText, SearchName string
	Listed                 bool
	// Hash is a digest of what the node says, without its provenance: equal hashes mean nothing to write.
	Hash             string
	ExpectedRevision int64
	IfAbsent         bool
	Place            string
}

// PreparedLink is a link of a change set, checked against the model.
type PreparedLink struct {
	// ID is made of type and ends: the same link has the same id in every store.
	ID       string
	Link     *catalog.Link
	From, To string
	// Values holds nil, string, int64, bool or []string for each of Link.StoredFields().
	Values []any
	Hash   string
	Place  string
}

// Preparer checks changes one by one and makes them ready for a store.
type Preparer struct {
	catalog *catalog.Catalog
	write   Write
	// kinds are those of the catalog, numbers their places in it.
	kinds   []*catalog.Type
	numbers map[*catalog.Type]uint16
	// lacking holds the required links that nodes of this change set still lack, in few bytes each, since a change set of any
	// size can wait for its links; places is where maxPlaces of them were.
	lacking map[requirement]struct{}
	places  map[requirement]string
	// origins holds every Provenance.From of the change set.
	origins map[string]bool
}

const maxPlaces = 50_000

// requirement is a link that a node must have, in few bytes and without pointers: the node by the number of its kind and its
// UUID, the field by its place among the kind's required ones.
type requirement struct {
	uuid        uuid.UUID
	kind, field uint16
}

func (p *Preparer) require(kind *catalog.Type, id string, field int) requirement {
	return requirement{uuid.MustParse(id[len(kind.IDPrefix)+len("--"):]), p.numbers[kind], uint16(field)} // ident.Parse has checked it
}

// id is that of the node.
func (p *Preparer) id(r requirement) string { return p.kinds[r.kind].IDPrefix + "--" + r.uuid.String() }

// field is what the node lacks.
func (p *Preparer) field(r requirement) *catalog.Field { return p.kinds[r.kind].Required[r.field] }

// NewPreparer returns a Preparer for one Apply.
func NewPreparer(c *catalog.Catalog, w Write) (*Preparer, error) {
	at, err := date.Instant(w.At)
	if err != nil || w.By == "" {
		return nil, &InvalidChange{Reason: "a change needs an instant and a name to be recorded with"}
	}
	w.At = at
	p := &Preparer{
		catalog: c, write: w, kinds: c.Kinds(), numbers: map[*catalog.Type]uint16{},
		lacking: map[requirement]struct{}{}, places: map[requirement]string{}, origins: map[string]bool{w.From: true},
	}
	for i, kind := range p.kinds {
		p.numbers[kind] = uint16(i)
	}
	return p, nil
}

// Node checks a node.
func (p *Preparer) Node(n *Node) (*PreparedNode, error) {
	invalid := func(format string, args ...any) error {
		return &InvalidChange{Place: n.Place, Reason: fmt.Sprintf(format, args...)}
	}
	kind := p.catalog.Type(n.Kind)
	if kind == nil || kind.Form != catalog.Kind {
		return nil, invalid("there is no kind of node %q", n.Kind)
	}
	if prefix, err := ident.Parse(n.ID); err != nil || prefix != kind.IDPrefix {
		return nil, invalid("the id %q of a %s must be %s--<UUID>", n.ID, kind.Name, kind.IDPrefix)
	}
	values, err := fieldValues(kind.StoredFields(), n.Props, func(name string) bool { return p.catalog.Node().Field(name) != nil })
	if err != nil {
		return nil, invalid("%s %s: %s", kind.Name, n.ID, err)
	}
	out := &PreparedNode{ID: n.ID, Kind: kind, Values: values, ExpectedRevision: n.ExpectedRevision, IfAbsent: n.IfAbsent, Place: n.Place}
	out.Hash = digest(kind.StoredFields(), values)
	out.SearchText, out.SearchName, out.Listed = searchable(kind, values)
	set(kind.StoredFields(), values, catalog.IDField, n.ID)
	if err := p.record(kind.StoredFields(), values, n.Recorded); err != nil {
		return nil, invalid("%s %s: %s", kind.Name, n.ID, err)
	}
	for i := range kind.Required {
		r := p.require(kind, n.ID, i)
		p.lacking[r] = struct{}{}
		if len(p.places) < maxPlaces {
			p.places[r] = n.Place
		}
	}
	return out, nil
}

// Link checks a link.
func (p *Preparer) Link(l *Link) (*PreparedLink, error) {
	invalid := func(format string, args ...any) error {
		return &InvalidChange{Place: l.Place, Reason: fmt.Sprintf(format, args...)}
	}
	link := p.catalog.Link(l.Type)
	if link == nil {
		return nil, invalid("there is no type of link %q", l.Type)
	}
	for _, end := range []struct {
		id    string
		kinds []*catalog.Type
	}{{l.From, link.From}, {l.To, link.To}} {
		prefix, err := ident.Parse(end.id)
		if err != nil {
			return nil, invalid("a link %s names %q, which is no id", l.Type, end.id)
		}
		if kind := p.catalog.KindOfID(prefix); kind == nil || !slices.Contains(end.kinds, kind) {
			return nil, invalid("a link %s cannot join %s: it joins %s to %s", l.Type, end.id, names(link.From), names(link.To))
		}
	}
	values, err := fieldValues(link.StoredFields(), l.Props, func(string) bool { return false })
	if err != nil {
		return nil, invalid("link %s from %s to %s: %s", l.Type, l.From, l.To, err)
	}
	out := &PreparedLink{ID: ident.ForLink(l.Type, l.From, l.To), Link: link, From: l.From, To: l.To, Values: values, Place: l.Place}
	out.Hash = digest(link.StoredFields(), values)
	if err := p.record(link.StoredFields(), values, l.Recorded); err != nil {
		return nil, invalid("link %s from %s to %s: %s", l.Type, l.From, l.To, err)
	}
	if len(p.lacking) > 0 {
		p.fulfil(link, l.From)
	}
	return out, nil
}

// fulfil takes away the requirements of a node that a link meets.
func (p *Preparer) fulfil(link *catalog.Link, from string) {
	prefix, _ := ident.Parse(from)
	kind := p.catalog.KindOfID(prefix)
	for i, f := range kind.Required {
		if f.Link == link {
			r := p.require(kind, from, i)
			delete(p.lacking, r)
			delete(p.places, r)
		}
	}
}

// Lacking returns the first field of a node, which Node took, whose required link none of the links so far is; nil where
// there is none.
func (p *Preparer) Lacking(n *Node) *catalog.Field {
	kind := p.catalog.Type(n.Kind)
	for i, f := range kind.Required {
		if _, lacks := p.lacking[p.require(kind, n.ID, i)]; lacks {
			return f
		}
	}
	return nil
}

// Finish checks what only the whole change set can tell: that no node lacks a link that the model requires.
func (p *Preparer) Finish() error {
	if len(p.lacking) == 0 {
		return nil
	}
	first := slices.MinFunc(slices.Collect(maps.Keys(p.lacking)), func(x, y requirement) int {
		return cmp.Or(cmp.Compare(p.id(x), p.id(y)), cmp.Compare(p.field(x).Name, p.field(y).Name))
	})
	return &InvalidChange{
		Place:  p.places[first],
		Reason: fmt.Sprintf("%s has no %s: no %s can be recorded without", p.id(first), p.field(first).Name, p.kinds[first.kind].Name),
	}
}

// Origins returns every Provenance.From that occurred so far, that of the Write included, in order: Write.ReplaceLinks
// replaces links from these.
func (p *Preparer) Origins() []string { return slices.Sorted(maps.Keys(p.origins)) }

// record fills in the provenance: the write's, or the node's own where another store recorded it.
func (p *Preparer) record(fields []*catalog.Field, values []any, own *Provenance) error {
	r := p.write.Provenance
	if own != nil {
		r = *own
		at, err := date.Instant(r.At)
		if err != nil {
			return fmt.Errorf("recorded at: %w", err)
		}
		r.At = at
	}
	p.origins[r.From] = true
	set(fields, values, catalog.RecordedAtField, r.At)
	set(fields, values, catalog.RecordedByField, r.By)
	if r.From != "" {
		set(fields, values, catalog.RecordedFromField, r.From)
	}
	return nil
}

func set(fields []*catalog.Field, values []any, name string, v any) {
	for i, f := range fields {
		if f.Name == name {
			values[i] = v
		}
	}
}

// fieldValues checks properties against fields and derives the parts of dates. Names for which reserved answers true
// are the store's own.
func fieldValues(fields []*catalog.Field, props map[string]any, reserved func(string) bool) ([]any, error) {
	values := make([]any, len(fields))
	used := 0
	for i, f := range fields {
		if f.Part != catalog.NoDatePart || isProvenance(f) || reserved(f.Name) {
			continue
		}
		v, given := props[f.Name]
		if given {
			used++
		}
		value, err := fieldValue(f, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		values[i] = value
	}
	for i, f := range fields {
		if f.Part != catalog.PartText {
			continue
		}
		v, given := props[f.Name]
		if given {
			used++
		}
		if err := dateValues(values[i:], f, v); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if used == len(props) {
		return values, nil
	}
	var known []string
	for _, f := range fields {
		if f.Part <= catalog.PartText && !isProvenance(f) && !reserved(f.Name) {
			known = append(known, f.Name)
		}
	}
	for name := range props {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("there is no field %q; the fields are %s", name, strings.Join(known, ", "))
		}
	}
	return values, nil
}

func isProvenance(f *catalog.Field) bool {
	return f.Owner == nil && (f.Name == catalog.RecordedAtField || f.Name == catalog.RecordedByField || f.Name == catalog.RecordedFromField)
}

func fieldValue(f *catalog.Field, v any) (any, error) {
	if f.List {
		list, ok := v.([]string)
		if v != nil && !ok {
			return nil, fmt.Errorf("must be a list of texts, not %T", v)
		}
		for _, s := range list {
			if _, err := scalarValue(f, s); err != nil {
				return nil, err
			}
		}
		if list == nil {
			list = []string{}
		}
		return list, nil
	}
	if v == nil {
		if f.NonNull {
			return nil, fmt.Errorf("is missing")
		}
		return nil, nil
	}
	return scalarValue(f, v)
}

// maxIndexed is the greatest length in bytes of a text with an index, as its sort key: Neo4j's range indexes hold no more
// than about 8 kB, and both stores refuse the same.
const maxIndexed = 8000

func scalarValue(f *catalog.Field, v any) (any, error) {
	switch f.Scalar {
	case catalog.Int:
		n, ok := v.(int64)
		if !ok || n < -1<<31 || n > 1<<31-1 {
			return nil, fmt.Errorf("must be a whole number of 32 bits, not %v", v)
		}
		return n, nil
	case catalog.Bool:
		b, ok := v.(bool)
		if !ok {
			return nil, fmt.Errorf("must be true or false, not %v", v)
		}
		return b, nil
	}
	s, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("must be text, not %v", v)
	}
	switch f.Scalar {
	case catalog.EnumValue:
		if !f.Enum.Has(s) {
			return nil, fmt.Errorf("%q is no %s; the values are %s", s, f.Enum.Name, enumNames(f.Enum))
		}
	case catalog.ID:
		prefix, err := ident.Parse(s)
		if err != nil || !slices.ContainsFunc(f.Reference.Members, func(t *catalog.Type) bool { return t.IDPrefix == prefix }) {
			return nil, fmt.Errorf("%q is no id of a %s", s, f.Reference.Name)
		}
	case catalog.DateTime:
		return date.Instant(s)
	default:
		if err := text.Check(s); err != nil {
			return nil, err
		}
		if f.Indexed && len(text.SortKey(s)) > maxIndexed {
			return nil, fmt.Errorf("has %d bytes; an indexed text has %d at the most", len(s), maxIndexed)
		}
	}
	return s, nil
}

// dateValues fills in a date and the parts that follow it in values.
func dateValues(values []any, f *catalog.Field, v any) error {
	parts := map[catalog.DatePart]any{catalog.PartPrecision: string(date.UNKNOWN)}
	if v != nil {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("must be a date such as 2025, 2025-05 or 2025-05-28, not %v", v)
		}
		d, err := date.ParseRange(s)
		if err != nil {
			return err
		}
		parts[catalog.PartPrecision] = string(d.Precision)
		for part, text := range map[catalog.DatePart]string{
			catalog.PartText: d.Text, catalog.PartEarliest: d.Earliest, catalog.PartLatest: d.Latest, catalog.PartKey: d.Key(),
		} {
			if text != "" {
				parts[part] = text
			}
		}
	}
	for part := catalog.PartText; part <= catalog.PartKey; part++ {
		values[int(part-catalog.PartText)] = parts[part]
	}
	return nil
}

// digest is the hash of what a record says. Provenance and id are not yet set when it is taken.
func digest(fields []*catalog.Field, values []any) string {
	content := make(map[string]any, len(values))
	for i, v := range values {
		if v != nil && !fields[i].Hidden {
			content[fields[i].Name] = v
		}
	}
	// encoding/json writes map keys in order, so equal contents have equal texts.
	raw, err := json.Marshal(content)
	if err != nil {
		panic(err) // strings, numbers, booleans and lists of strings always have a JSON text
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

// searchable returns the folded text and name of a node and whether search lists it without being asked for its kind.
func searchable(kind *catalog.Type, values []any) (all, name string, listed bool) {
	var texts []string
	title := ""
	listed = kind.Unlisted == nil || kind.Unlisted.Field != nil
	for i, f := range kind.StoredFields() {
		s, _ := values[i].(string)
		if f == kind.Title {
			title = s
		}
		if f.Searched {
			if list, ok := values[i].([]string); ok {
				texts = append(texts, list...)
			} else if s != "" {
				texts = append(texts, s)
			}
		}
		if kind.Unlisted != nil && kind.Unlisted.Field == f && slices.Contains(kind.Unlisted.Values, s) {
			listed = false
		}
	}
	return text.FoldedText(texts...), text.FoldedName(title), listed
}

func names(types []*catalog.Type) string {
	list := make([]string, len(types))
	for i, t := range types {
		list[i] = t.Name
	}
	return strings.Join(list, ", ")
}

func enumNames(e *catalog.Enum) string {
	list := make([]string, len(e.Values))
	for i, v := range e.Values {
		list[i] = v.Name
	}
	return strings.Join(list, ", ")
}
