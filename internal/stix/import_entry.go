package stix

import (
	"cmp"
	"crypto/sha256"
	"regexp"
	"slices"
	"strings"
	"time"

	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

// entry is one object. What only some types of objects have is apart, for there can be many that have none of it.
type entry struct {
	id, kind, name string
	// creator is the object's created_by_ref.
	creator  string
	at       place
	modified time.Time
	digest   [16]byte
	file     int32
	// own tells that an export wrote the object or added to it, plain that it is somebody else's all the same; failed
	// that it was rejected after the first reading.
	own, plain, failed bool
	// attack tells that ATT&CK's own properties are there.
	attack bool
	// revoked and deprecated tell that the object's creator does not stand by it any more.
	revoked, deprecated bool
	// speaks tells of an identity that it created objects, accused that something is attributed to it.
	speaks, accused bool
	*relation
	*details
}

// relation holds what is joined by a relationship.
type relation struct{ verb, source, target string }

// details holds what some types of objects have.
type details struct {
	// attackID is the object's id in MITRE ATT&CK.
	attackID string
	// refs are the objects of a report.
	refs []string
	// class is the identity_class of an identity.
	class string
	// country is a location's code in ISO 3166-1.
	country string
	// terms are what a marking definition says.
	terms string
}

// What an object has that is no relationship, or has nothing else.
var (
	noRelation relation
	noDetails  details
)

// withdrawn tells in a word that the object's creator does not stand by it any more; it is empty for other objects.
func (e *entry) withdrawn() string {
	switch {
	case e.revoked:
		return "revoked"
	case e.deprecated:
		return "deprecated"
	}
	return ""
}

// newEntry takes from an object what others need to know of it.
func (x *index) newEntry(file int, at place, o *Object) *entry {
	e := &entry{
		id: o.Text("id"), kind: x.word(o.Text("type")), file: int32(file), at: at, digest: contentOf(o), own: isOwn(o), creator: x.word(o.Text("created_by_ref")),
		attack:  o.Get("x_mitre_attack_spec_version") != nil,
		revoked: o.True("revoked"), deprecated: o.True("x_mitre_deprecated"), relation: &noRelation, details: &noDetails,
	}
	e.modified, _ = time.Parse(time.RFC3339, o.Text("modified"))
	e.name, _ = text.Storable(cmp.Or(o.Text("name"), o.Text("abstract"), o.Text("value")))
	e.name = strings.TrimSpace(e.name)
	if len(e.name) > maxIndexed {
		e.name = cut(e.name)
	}
	var d details
	for _, r := range o.Objects("external_references") {
		if slices.Contains(attackNames, r.Text("source_name")) {
			e.attack = true
			if d.attackID == "" {
				d.attackID, _ = text.Storable(r.Text("external_id"))
			}
		}
	}
	switch e.kind {
	case "relationship":
		e.relation = &relation{x.word(o.Text("relationship_type")), x.known(o.Text("source_ref")), x.known(o.Text("target_ref"))}
	case "report":
		d.refs = o.Texts("object_refs")
	case "identity":
		d.class = o.Text("identity_class")
	case "location":
		if n, ok := importer.State(strings.ToUpper(o.Text("country")), "", ""); ok {
			d.country, _ = n.Props["isoCode"].(string)
		}
	case "marking-definition":
		d.terms = terms(o)
	case "x-mitre-collection":
		if version, changed := text.Storable(o.Text("x_mitre_version")); !changed && e.attack {
			x.releases[version] = true
		}
	}
	if d.attackID != "" || d.refs != nil || d.class != "" || d.country != "" || d.terms != "" {
		e.details = &d
	}
	return e
}

// attackNames are the names under which MITRE ATT&CK gives its ids in external references.
var attackNames = []string{"mitre-attack", "mitre-mobile-attack", "mitre-ics-attack"}

// isStatement tells whether a report is a statement of its creator: one without a title, or that its creator took back, is
// only a Source.
func (e *entry) isStatement() bool { return e.kind == "report" && e.name != "" && e.withdrawn() == "" }

// isOwn tells whether the bundle holds the nodes of an object, so that nothing of it is mapped.
func (e *entry) isOwn() bool { return e.own && !e.plain }

// hasLinks tells whether the object is more than a Source, so that there are links to hand over.
func (e *entry) hasLinks() bool {
	switch e.kind {
	case "relationship":
		return e.own || slices.Contains(claims, e.verb)
	case "intrusion-set", "threat-actor", "campaign", "incident", "identity", "location", "report":
		return true
	}
	return e.own
}

// contentOf is a digest that is the same for objects whose members are the same in another order.
func contentOf(o *Object) [16]byte {
	members := slices.Clone(o.members)
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	sum := sha256.Sum256((&Object{members}).Bytes())
	return [16]byte(sum[:16])
}

// terms returns what a marking definition says: a statement, or a level of the Traffic Light Protocol.
func terms(o *Object) string {
	said := o.Text("name")
	if d := o.Object("definition"); d != nil {
		said = cmp.Or(d.Text("statement"), said)
		if level := d.Text("tlp"); level != "" {
			said = "TLP:" + strings.ToUpper(level)
		}
	}
	said, _ = text.Storable(strings.TrimSpace(said))
	return said
}

// trafficLights are the marking definitions that STIX itself defines, so that bundles need not have them.
var trafficLights = map[string]string{
	"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "TLP:WHITE",
	"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "TLP:GREEN",
	"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "TLP:AMBER",
	"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "TLP:RED",
}

// ref is a reference of an object to another.
type ref struct{ property, id string }

// references returns the references of an object in its own properties, in their order.
func references(o *Object) []ref {
	var refs []ref
	for i := range o.members {
		switch m := &o.members[i]; {
		case strings.HasSuffix(m.name, "_ref"):
			if id, ok := textOf(m.value); ok {
				refs = append(refs, ref{m.name, id})
			}
		case strings.HasSuffix(m.name, "_refs"):
			for _, raw := range listOf(m.value) {
				if id, ok := textOf(raw); ok {
					refs = append(refs, ref{m.name, id})
				}
			}
		}
	}
	return refs
}

// isClosed tells whether terms are a level of the Traffic Light Protocol that forbids publishing.
var isClosed = regexp.MustCompile(`(?i)^TLP:(AMBER(\+STRICT)?|RED)$`)
