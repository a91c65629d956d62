package stix

import (
	"encoding/json"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/text"
)

// What STIX has no words for is in one extension, which every export defines. A kind of node that STIX does not know is a
// type of object of its own, attrigraph-<kind>, whose properties are the node's fields. A kind that it does know is an
// object of STIX's type with the same properties inside of the extension; so are nodes that were mapped from an object of
// somebody else, on that very object. These properties are what an import reads. Everything else that an export writes
// is made from them for other tools, and an import passes over it.

// ownType begins the types of objects that STIX does not know.
const ownType = "attrigraph-"

// derivedLabel marks the objects that say again, in STIX's own words, what another object says.
const derivedLabel = ownType + "derived"

// exportDataset makes the ids of the objects of an export: each is ident.ForImport of the object's type and what it is for.
const exportDataset = "stix-export"

// The objects that every export begins with: who made it, and what the extension is.
var (
	identityID  = objectID("identity", "attrigraph")
	extensionID = objectID("extension-definition", "attrigraph")
)

// The extension's types of use.
const (
	newObject     = "new-sdo"
	moreOfAnother = "property-extension"
)

// The properties that are no fields of the model.
const (
	extensionType = "extension_type"
	nodeID        = "node_id"
	// defaulted lists what an object of somebody else lacked and STIX 2.1 requires: an import takes it away again.
	defaulted = "defaulted_properties"
	// originalRef names the object that is the original of a Source.
	originalRef = "original_ref"
	// reference names the object at the other end in the details of a link.
	reference = "ref"
)

// common are the properties of all objects of STIX. Fields of the model with such a name are written with their kind's
// name before them: STIX's `confidence`, for one, is that of whoever made the object and of nobody else.
var common = []string{
	"type", "spec_version", "id", "created_by_ref", "created", "modified", "revoked", "labels", "confidence", "lang",
	"external_references", "object_marking_refs", "granular_markings", "defanged", "extensions",
	extensionType, nodeID, defaulted, originalRef,
}

// objectID returns the id of an object of the type that stands for what key names, such as the id of a node.
func objectID(typeName, key string) string { return ident.ForImport(typeName, exportDataset, key) }

// snake turns recordedAt into recorded_at.
func snake(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// property returns the name that a field of a kind has in the extension.
func property(kind *catalog.Type, f *catalog.Field) string {
	if name := snake(f.Name); !slices.Contains(common, name) {
		return name
	}
	return snake(kind.Name) + "_" + snake(f.Name)
}

// stored returns the fields of a node or link that a record's properties can hold: without id, provenance, revision and
// what follows from others.
func stored(c *catalog.Catalog, fields []*catalog.Field) []*catalog.Field {
	var own []*catalog.Field
	for _, f := range fields {
		if f.Part <= catalog.PartText && c.Node().Field(f.Name) == nil && !slices.Contains(c.LinkProvenance(), f) {
			own = append(own, f)
		}
	}
	return own
}

// linkField returns the field under which a node of the kind has its links of a type to nodes of another kind: the first
// of them in the model. ok is false where the model names such links at their other end only.
func linkField(kind *catalog.Type, link *catalog.Link, to *catalog.Type) (f *catalog.Field, ok bool) {
	for _, f := range kind.Fields {
		if f.Link == link && f.Out && f.Target.MemberIndex(to) >= 0 {
			return f, true
		}
	}
	return nil, false
}

// linkName returns the name of a node's links before `_ref`, `_refs` and `_details`.
func linkName(kind *catalog.Type, link *catalog.Link, to *catalog.Type) string {
	if f, ok := linkField(kind, link, to); ok {
		return property(kind, f)
	}
	return strings.ToLower(link.Type)
}

// ownData returns the object that holds a node's properties: o itself, or what it has in the extension. It is nil for
// objects without the extension.
func ownData(o *Object) *Object {
	e := extensionOf(o)
	switch {
	case e == nil:
		return nil
	case e.Text(extensionType) == newObject:
		return o
	}
	return e
}

func extensionOf(o *Object) *Object {
	if o.Get("extensions") == nil {
		return nil
	}
	all := o.Object("extensions")
	if all == nil || all.Get(extensionID) == nil {
		return nil
	}
	return all.Object(extensionID)
}

// isDerived tells whether an export added the object for other tools, so that an import passes over it.
func isDerived(o *Object) bool {
	switch id := o.Text("id"); {
	case id == identityID || id == extensionID:
		return true
	case o.Text("created_by_ref") != identityID:
		return false
	}
	return o.Text("type") == "marking-definition" || slices.Contains(o.Texts("labels"), derivedLabel)
}

// isOwn tells whether an object is not, or not only, somebody else's: it was added by an export, or it holds a node.
func isOwn(o *Object) bool { return isDerived(o) || ownData(o) != nil }

// mark adds to an object of somebody else what STIX 2.1 requires and it lacks, and our part of the extension with the
// names of what was added. It tells whether that is possible: whatever extensions the object has must be an object.
func mark(o *Object, data *Object) bool {
	extensions := &Object{}
	if o.Get("extensions") != nil {
		if extensions = o.Object("extensions"); extensions == nil || extensions.Get(extensionID) != nil {
			return false
		}
	}
	var added []string
	lacking := func(name, value string) bool {
		if o.Get(name) != nil {
			return false
		}
		added = append(added, name)
		o.InsertAfter("type", name, json.RawMessage(value))
		return true
	}
	lacking("spec_version", `"2.1"`)
	for _, d := range defaults {
		if o.Text("type") == d.typeName {
			lacking(d.name, d.value)
		}
	}
	if o.Get("extensions") == nil {
		added = append(added, "extensions")
	}
	if len(added) == 0 && data == nil {
		return true
	}
	own := &Object{}
	own.Set(extensionType, quoted(moreOfAnother))
	if len(added) > 0 {
		own.Set(defaulted, quotedList(added))
	}
	if data != nil {
		own.members = append(own.members, data.members...)
	}
	extensions.Set(extensionID, own.Bytes())
	o.Set("extensions", extensions.Bytes())
	return true
}

// defaults are properties that STIX 2.1 requires and STIX 2.0 does not have.
var defaults = []struct{ typeName, name, value string }{
	{"malware", "is_family", "true"},
	{"indicator", "pattern_type", `"stix"`},
}

// unmark undoes mark: the object is again as it came.
func unmark(o *Object) {
	own := extensionOf(o)
	if own == nil {
		return
	}
	extensions := o.Object("extensions")
	extensions.Delete(extensionID)
	o.Set("extensions", extensions.Bytes())
	for _, name := range own.Texts(defaulted) {
		o.Delete(name)
	}
}

func quoted(s string) json.RawMessage { return text.AppendJSON(nil, s) }

func quotedList(list []string) json.RawMessage {
	b := []byte{'['}
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = text.AppendJSON(b, s)
	}
	return append(b, ']')
}
