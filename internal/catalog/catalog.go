// Package catalog is the model as the engine sees it: the kinds of node, their fields and the links between them,
// compiled from schema/model.graphqls. Planner, renderers, stores and the generator of the API work from a Catalog and
// know no kind by name.
package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Catalog is the compiled model. It is immutable and safe for concurrent use.
type Catalog struct {
	// Types holds kinds, interfaces and unions in the order of the SDL.
	Types []*Type
	// Links holds the stored relationship types in order of name.
	Links []*Link
	// Enums holds the closed lists of values in the order of the SDL.
	Enums []*Enum
	// Properties holds the types of link properties in the order of the SDL.
	Properties []*Properties
	// Guarded is the walk of paths, which keeps every @guarded; Everywhere takes every link.
	Guarded, Everywhere *Walk
	// Entries holds the links that can be asked for at the root.
	Entries []*Field
	// Matrices holds the tables that the model declares, in the order of the SDL.
	Matrices []*Matrix

	types map[string]*Type
	links map[string]*Link
	enums map[string]*Enum
	props map[string]*Properties
	ids   map[string]*Type
}

// Form tells what a Type is.
type Form uint8

// The forms of a Type.
const (
	Kind      Form = iota // a kind of node
	Interface             // fields that several kinds share
	Union                 // kinds that may stand at one end of a link
)

// Type is a kind of node, an interface over kinds, or a union of kinds.
type Type struct {
	// Name is the GraphQL name and, for kinds and interfaces, the label on Neo4j.
	Name        string
	Form        Form
	Description string
	// Plural names the root connection; empty means there is none.
	Plural string
	// IDPrefix is what ids of this kind begin with ("threat-group"); empty unless Form is Kind.
	IDPrefix string
	// EnumName is the kind's value in the API's enum NodeKind ("THREAT_GROUP").
	EnumName string
	// Title is the field that names a node in one line; nil where the type has none.
	Title *Field
	// Date is the principal date of a node of the type, of which groups show the first and the last; nil where it has none.
	Date *Field
	// Fields holds own and inherited fields, inherited first, in the order of the SDL.
	Fields []*Field
	// Interfaces holds the interfaces that the type implements, nearest last.
	Interfaces []*Type
	// Members holds the kinds that a node of this type can be, in the order of the SDL; a kind's only member is itself.
	Members []*Type
	// Identity is the field whose value makes the node's id, nil where none does.
	Identity *Identity
	// Unlisted holds the rule by which search leaves nodes of this kind out unless the kind is asked for.
	Unlisted *Unlisted
	// Orders holds the orders of large links that nodes of the kind are in; empty unless Form is Kind.
	Orders []*LinkOrder
	// Guard is the interface over whose nodes alone a path leads from nodes of the kind to nodes of others, unless these
	// have the same Guard; nil where paths are free.
	Guard *Type
	// Required holds the links without which no node of the type can be recorded, inherited ones included.
	Required []*Field

	fields map[string]*Field
	stored []*Field
}

// Identity says that nodes of a kind with a value of Field are the same node wherever they are recorded from: their id is
// ident.ForImport of the kind, Dataset and the value.
type Identity struct {
	Field   *Field
	Dataset string
}

// Unlisted says which nodes of a kind search finds only on request: all of them where Field is nil, else those whose
// Field has one of Values.
type Unlisted struct {
	Field  *Field
	Values []string
}

// Scalar is the type of a stored value.
type Scalar uint8

// The scalars. Dates are text at their own precision, instants RFC 3339 text in UTC; no floats are stored.
const (
	NotScalar Scalar = iota
	Text
	ID
	Int
	Bool
	Date
	DateTime
	EnumValue
)

// DatePart tells which of the fields that one `Date` field of the model becomes a Field is.
type DatePart uint8

// The parts of a date. PartKey is not part of the API: stores order by it.
const (
	NoDatePart    DatePart = iota
	PartText               // the date as given
	PartPrecision          // DAY, MONTH, YEAR or UNKNOWN
	PartEarliest           // the first day it can be
	PartLatest             // the last day it can be
	PartKey                // Earliest and precision: orders by first day, coarser first
)

// Field is a stored value, a link or a computed value of a type.
type Field struct {
	Name        string
	Description string
	// Owner is the type that declares the field: an interface where it is inherited.
	Owner *Type

	// Scalar is the type of a stored or computed value; NotScalar for links.
	Scalar  Scalar
	Enum    *Enum
	List    bool
	NonNull bool
	// Hidden fields are stored and not part of the API.
	Hidden bool
	// Searched, Indexed and Ordered say what the directives of these names say.
	Searched bool
	Indexed  bool
	Ordered  bool
	// Date is the field of the model that this part belongs to; itself for PartText.
	Date *Field
	Part DatePart
	// Parts holds the parts of a date field by DatePart; only of the field with PartText.
	Parts [PartKey + 1]*Field
	// Reference is set on a link property that holds the id of a node of this type.
	Reference *Type

	// Link is the stored relationship; nil for scalars and for Via.
	Link *Link
	// Out tells that the link runs from this type.
	Out bool
	// Target is the type at the other end of the link.
	Target *Type
	// Many tells that the link leads to any number of nodes.
	Many bool
	// OrderedBy holds the orders that stores keep of a link that can grow large, that by id first; nil for other links.
	OrderedBy []*LinkOrder
	// Via says how a link that is not stored follows from others; nil for those that are.
	Via *Via

	// Entry names the root field by which the link can be asked for at once; nil for other fields.
	Entry *Entry

	// Computed holds the rule of a field that the server computes.
	Computed *Computed
}

// Entry is a way to ask for a link without its node: the root field Field with the id of the node in Argument.
type Entry struct{ Field, Argument string }

// Via says where a link that is not stored leads: to each node, but for the one that it starts from, that one of Paths leads
// to and none of Unless does.
type Via struct {
	Paths, Unless []Path
	// OrderBy is the field that orders the nodes where a request does not say by what, or nil for the id.
	OrderBy *Field
}

// Path is one or more stored links one after another.
type Path []Step

// Step is a stored link of a Path. Where is the condition on the nodes that it leads to, a literal of the `where` of their
// type in the API, or empty.
type Step struct {
	Field *Field
	Where string
}

// Computed is the rule of a field that is not stored: By names the rule, From is the GraphQL selection that it reads at
// the node, Args holds the SDL of the field's arguments ("(asOf: Date)").
type Computed struct {
	By   string
	From string
	Args []Argument
}

// Argument is an argument of a computed field.
type Argument struct {
	Name        string
	Type        string
	Description string
}

// IsLink tells whether the field leads to nodes.
func (f *Field) IsLink() bool { return f.Link != nil || f.Via != nil }

// IsStored tells whether stores keep a value for the field.
func (f *Field) IsStored() bool { return f.Scalar != NotScalar && f.Computed == nil }

// Link is a relationship type: which kinds it joins and what it carries.
type Link struct {
	// Type is the relationship type on Neo4j, in upper snake case.
	Type string
	// From and To hold the kinds at the ends, in the order of the SDL.
	From, To []*Type
	// Properties is nil where the link carries provenance only.
	Properties *Properties
	// Orders holds the orders that fields of the link ask for, in order of name.
	Orders []*LinkOrder

	stored []*Field
}

// Field returns the link's own property or part of its provenance of that name, or nil.
func (l *Link) Field(name string) *Field {
	for _, f := range l.stored {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Properties is a type of link properties.
type Properties struct {
	Name        string
	Description string
	Fields      []*Field
	fields      map[string]*Field
}

// Field returns the property of that name, or nil.
func (p *Properties) Field(name string) *Field {
	if p == nil {
		return nil
	}
	return p.fields[name]
}

// Enum is a closed list of values.
type Enum struct {
	Name        string
	Description string
	Values      []EnumEntry
}

// EnumEntry is one value of a closed list.
type EnumEntry struct {
	Name        string
	Description string
}

// Has tells whether the list holds the value.
func (e *Enum) Has(name string) bool {
	return slices.ContainsFunc(e.Values, func(v EnumEntry) bool { return v.Name == name })
}

// NodeInterface is the name of the interface that every kind implements.
const NodeInterface = "Node"

// The fields of the interface Node that every store fills in itself.
const (
	IDField           = "id"
	RecordedAtField   = "recordedAt"
	RecordedByField   = "recordedBy"
	RecordedFromField = "recordedFrom"
	RevisionField     = "revision"
)

// Type returns the kind, interface or union of that name, or nil.
func (c *Catalog) Type(name string) *Type { return c.types[name] }

// Node returns the interface that every kind implements.
func (c *Catalog) Node() *Type { return c.types[NodeInterface] }

// Link returns the relationship type, or nil.
func (c *Catalog) Link(name string) *Link { return c.links[name] }

// Enum returns the closed list of that name, or nil.
func (c *Catalog) Enum(name string) *Enum { return c.enums[name] }

// PropertiesType returns the type of link properties of that name, or nil.
func (c *Catalog) PropertiesType(name string) *Properties { return c.props[name] }

// KindOfID returns the kind whose ids have the prefix ("threat-group"), or nil.
func (c *Catalog) KindOfID(prefix string) *Type { return c.ids[prefix] }

// Kinds returns the kinds of node in the order of the SDL.
func (c *Catalog) Kinds() []*Type { return c.Node().Members }

// LinkProvenance returns the fields that every link carries beside its own properties.
func (c *Catalog) LinkProvenance() []*Field { return linkProvenance }

// Field returns the field of that name, or nil. Unions have no fields.
func (t *Type) Field(name string) *Field { return t.fields[name] }

// Implements tells whether the type is, or implements, the interface, or is a member of the union.
func (t *Type) Implements(other *Type) bool {
	return t == other || slices.Contains(t.Interfaces, other) || (t.Form == Kind && slices.Contains(other.Members, t))
}

// Overlaps tells whether a node can be of both types.
func (t *Type) Overlaps(other *Type) bool {
	return slices.ContainsFunc(t.Members, func(m *Type) bool { return slices.Contains(other.Members, m) })
}

// MemberIndex returns the position of the kind among the members, or -1.
func (t *Type) MemberIndex(kind *Type) int { return slices.Index(t.Members, kind) }

// StoredFields returns the fields whose values stores keep with a node, hidden parts of dates included, `id` first.
// Callers must not change the slice.
func (t *Type) StoredFields() []*Field { return t.stored }

// StoredFields returns the fields whose values stores keep with a link: its properties, hidden parts of dates included,
// and then its provenance. Callers must not change the slice.
func (l *Link) StoredFields() []*Field { return l.stored }

// kebab turns ThreatGroup into threat-group.
func kebab(name string) string { return strings.ToLower(separate(name, '-')) }

// upperSnake turns ThreatGroup into THREAT_GROUP.
func upperSnake(name string) string { return strings.ToUpper(separate(name, '_')) }

func separate(name string, by byte) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; c >= 'A' && c <= 'Z' && i > 0 {
			b.WriteByte(by)
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

// String names the type for messages and plans.
func (t *Type) String() string { return t.Name }

// String names the field with its owner for messages and plans.
func (f *Field) String() string {
	if f.Owner == nil {
		return f.Name
	}
	return fmt.Sprintf("%s.%s", f.Owner.Name, f.Name)
}
