package stix

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// Derived objects say again, for tools that do not know the extension, what the objects of nodes say. Claims never point
// past themselves: what an attribution says is related to the claim, and the claim to its subject and to whom it accuses.
// The one relationship that leads from an incident to an accused is STIX's own for it, attributed-to from a campaign to an
// intrusion-set, and only where somebody asserts that the group carried it out and did not take it back; its description
// says who.

// derivedOf holds what follows from the nodes of a kind.
var derivedOf map[string]func(x *outline, n *store.Node) []*Object

func init() {
	derivedOf = map[string]func(x *outline, n *store.Node) []*Object{
		stateKind:     location,
		incidentKind:  targets,
		"Attribution": attribution,
		"Endorsement": response("ENDORSER", "ENDORSES", map[string]string{"ATTRIBUTES_TOO": "strongly-agree", "AGREES": "agree"}),
		"Denial": response("DENIER", "DISPUTES", map[string]string{
			"DENIES": "strongly-disagree", "REJECTS": "disagree", "DISPUTES_EVIDENCE": "disagree",
		}),
		"Evidence": evidence,
	}
}

// derived returns what follows from a node. What was mapped from somebody else's object needs none: the object says it.
func (x *outline) derived(n *store.Node) []*Object {
	derive := derivedOf[n.Kind]
	if derive == nil {
		return nil
	}
	for _, source := range x.to(n, sourcedFrom) {
		if id := x.foreign[source]; id != "" && ident.ForImport(x.catalog.Type(n.Kind).IDPrefix, dataset, id) == n.ID {
			return nil
		}
	}
	return derive(x, n)
}

// userAssigned are the codes that ISO 3166-1 leaves to its users, such as XK for Kosovo: STIX wants none of them.
var userAssigned = regexp.MustCompile(`^(AA|Q[M-Z]|X[A-Z]|ZZ)$`)

// location places a state.
func location(x *outline, n *store.Node) []*Object {
	code := textProp(n, "isoCode")
	if code == "" || userAssigned.MatchString(code) {
		return nil
	}
	place := began("location", objectID("location", n.ID), n.Recorded.At)
	put(place, "name", quoted(cmp.Or(textProp(n, "name"), code)))
	put(place, "country", quoted(code))
	finish(x, n, place)
	o := began("relationship", objectID("relationship", n.ID+" located-at"), n.Recorded.At)
	put(o, "relationship_type", quoted("located-at"))
	put(o, "source_ref", quoted(x.ids[n.ID]))
	put(o, "target_ref", quoted(objectID("location", n.ID)))
	finish(x, n, o)
	return []*Object{place, o}
}

// targets names what an incident is said to have targeted. Only a campaign targets something in STIX.
func targets(x *outline, n *store.Node) []*Object {
	relation := "related-to"
	if strings.HasPrefix(x.ids[n.ID], "campaign--") {
		relation = "targets"
	}
	var objects []*Object
	for _, l := range x.out[n.ID] {
		if l.Type != "TARGETED" {
			continue
		}
		description := "Reported as a target."
		if outcome, _ := l.Props["outcome"].(string); outcome != "" {
			description = "Reported as a target, with the outcome " + outcome + "."
		}
		objects = append(objects, x.relationship(n, relation, x.ids[n.ID], x.ids[l.To], description))
	}
	return objects
}

// attribution relates a claim to its subject and to whom it accuses.
func attribution(x *outline, n *store.Node) []*Object {
	text := x.accordingTo(n, "ACCUSER", textProp(n, "proposition")+" ("+textProp(n, "polarity")+")")
	subjects, accused := x.objectsOf(x.to(n, "SUBJECT")), x.objectsOf(x.to(n, "ACCUSED"))
	var objects []*Object
	related := slices.Concat(subjects, accused)
	slices.Sort(related)
	for _, ref := range slices.Compact(related) {
		objects = append(objects, x.relationship(n, "related-to", x.ids[n.ID], ref, text))
	}
	if textProp(n, "proposition") != "CARRIED_OUT_BY" || textProp(n, "polarity") != "ASSERTED" || x.withdrawn[n.ID] {
		return objects
	}
	for _, subject := range subjects {
		for _, ref := range accused {
			if strings.HasPrefix(subject, "campaign--") && strings.HasPrefix(ref, "intrusion-set--") {
				objects = append(objects, x.relationship(n, "attributed-to", subject, ref, text))
			}
		}
	}
	return objects
}

// response says what somebody says to claims: an opinion where the stance is about whether they are right, else a note.
func response(by, to string, opinions map[string]string) func(x *outline, n *store.Node) []*Object {
	return func(x *outline, n *store.Node) []*Object {
		stance := textProp(n, "stance")
		text := x.accordingTo(n, by, stance)
		claims := x.objectsOf(x.to(n, to))
		opinion := opinions[stance]
		if opinion == "" || len(claims) == 0 {
			return []*Object{x.noteOn(n, text, claims)}
		}
		o := began("opinion", objectID("opinion", n.ID), n.Recorded.At)
		put(o, "explanation", quoted(text))
		put(o, "opinion", quoted(opinion))
		put(o, "object_refs", quotedList(claims))
		finish(x, n, o)
		return []*Object{o}
	}
}

// evidence says what is adduced for or against claims. That it is recorded does not mean that anybody saw it.
func evidence(x *outline, n *store.Node) []*Object {
	text := textProp(n, "title") + " (" + textProp(n, "kind") + ", " + textProp(n, "disclosure") + ")"
	if description := textProp(n, "description"); description != "" {
		text += ": " + description
	}
	refs := x.objectsOf(slices.Concat(x.to(n, "SUPPORTS"), x.to(n, "CONTRADICTS"), x.to(n, "EVIDENCE_ABOUT")))
	return []*Object{x.noteOn(n, text, refs)}
}

// noteOn returns a note on objects or, where there are none, on the object of the node itself.
func (x *outline) noteOn(n *store.Node, text string, refs []string) *Object {
	if len(refs) == 0 {
		refs = []string{x.ids[n.ID]}
	}
	slices.Sort(refs)
	o := began("note", objectID("note", n.ID), n.Recorded.At)
	put(o, "content", quoted(text))
	put(o, "object_refs", quotedList(slices.Compact(refs)))
	finish(x, n, o)
	return o
}

func (x *outline) relationship(n *store.Node, relation, from, to, description string) *Object {
	o := began("relationship", objectID("relationship", n.ID+" "+relation+" "+from+" "+to), n.Recorded.At)
	put(o, "relationship_type", quoted(relation))
	put(o, "description", quoted(description))
	put(o, "source_ref", quoted(from))
	put(o, "target_ref", quoted(to))
	finish(x, n, o)
	return o
}

// unverifiedLabel marks what is derived from a claim that nobody read.
const unverifiedLabel = ownType + "unverified"

// finish marks an object as derived, with the licences of what it is derived from.
func finish(x *outline, n *store.Node, o *Object) {
	labels := []string{derivedLabel}
	if isUnverified(n) {
		labels = append(labels, unverifiedLabel)
	}
	put(o, "labels", quotedList(labels))
	putRefs(o, "object_marking_refs", x.markings(n))
}

func isUnverified(n *store.Node) bool { return textProp(n, "verification") == "UNVERIFIED" }

// accordingTo returns a claim in a sentence that says according to whom: its summary, or else what it says in the model's
// words.
func (x *outline) accordingTo(n *store.Node, by, says string) string {
	text := textProp(n, "summary")
	if !strings.Contains(strings.ToLower(text), "according to") {
		whom := "the sources of this claim, which name nobody"
		if nodes := x.to(n, by); len(nodes) > 0 {
			whom = x.namesOf(nodes)
		}
		text = "According to " + whom + ": " + cmp.Or(text, says)
	}
	if isUnverified(n) {
		text += " (Unverified: nobody read a text that says so.)"
	}
	return text
}
