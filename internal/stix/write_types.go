package stix

import (
	"cmp"
	"encoding/json"
	"slices"

	"attrigraph/internal/date"
	"attrigraph/internal/store"
)

// The kinds and types of links of the model that an export says in STIX's own words too. All others are exported without
// being named here.
const (
	stateKind     = "State"
	statementKind = "Statement"
	incidentKind  = "Incident"
	aliasKind     = "AliasClaim"

	sourcedFrom = "SOURCED_FROM"
	madeIn      = "MADE_IN"
	aliasGroup  = "ALIAS_GROUP"
	revises     = "REVISES"
	speaker     = "SPEAKER"
	onBehalfOf  = "ON_BEHALF_OF"
	concerns    = "CONCERNS"
)

// sameGroup are the relations of alias claims that give a group another name.
var sameGroup = []string{"SAME_AS", "RENAMED"}

// standardKind says which object of STIX's own types a kind of node is.
type standardKind struct {
	typeOf func(n *store.Node) string
	// fill adds the properties that the type has in STIX.
	fill func(x *outline, n *store.Node, o *Object)
}

// standard holds the kinds that STIX has a type for. There is no threat-actor among them: whether somebody is one is what
// attributions say, never what an export does.
var standard map[string]standardKind

func init() {
	always := func(name string) func(*store.Node) string { return func(*store.Node) string { return name } }
	standard = map[string]standardKind{
		"ThreatGroup":  {always("intrusion-set"), fillGroup},
		stateKind:      {always("identity"), fillState},
		"Organization": {always("identity"), fillIdentity("organization")},
		"Person":       {always("identity"), fillIdentity("individual")},
		"Target":       {always("identity"), fillTarget},
		incidentKind:   {incidentType, fillIncident},
		statementKind:  {always("report"), fillReport},
	}
}

func putNamed(o *Object, n *store.Node, name, description string) {
	put(o, "name", quoted(cmp.Or(textProp(n, name), "not named")))
	putText(o, "description", textProp(n, description))
}

func fillGroup(x *outline, n *store.Node, o *Object) {
	putNamed(o, n, "name", "description")
	aliases := slices.Clone(x.aliases[n.ID])
	slices.Sort(aliases)
	putRefs(o, "aliases", slices.DeleteFunc(slices.Compact(aliases), func(s string) bool { return s == "" }))
}

func fillState(_ *outline, n *store.Node, o *Object) {
	putNamed(o, n, "name", "")
	put(o, "identity_class", quoted("organization"))
	put(o, "sectors", quotedList([]string{"government"}))
}

func fillIdentity(class string) func(*outline, *store.Node, *Object) {
	return func(_ *outline, n *store.Node, o *Object) {
		putNamed(o, n, "name", "description")
		put(o, "identity_class", quoted(class))
	}
}

// fillTarget says what class of identity a target is. A target can be a network or a group of people, so what is not
// known is not guessed.
func fillTarget(_ *outline, n *store.Node, o *Object) {
	putNamed(o, n, "name", "")
	class := "organization"
	switch textProp(n, "kind") {
	case "INDIVIDUALS":
		class = "class"
	case "", "CIVIL_SOCIETY", "EVENT", "OTHER", "UNKNOWN":
		class = "unknown"
	}
	put(o, "identity_class", quoted(class))
	if sector := textProp(n, "sector"); slices.Contains(sectors, sector) {
		put(o, "sectors", quotedList([]string{sector}))
	}
}

// sectors is STIX's vocabulary industry-sector-ov.
var sectors = []string{
	"agriculture", "aerospace", "automotive", "chemical", "commercial", "communications", "construction", "defense", "education",
	"energy", "entertainment", "financial-services", "government", "emergency-services", "government-local", "government-national",
	"government-public-services", "government-regional", "healthcare", "hospitality-leisure", "infrastructure", "dams", "nuclear",
	"water", "insurance", "manufacturing", "mining", "non-profit", "pharmaceuticals", "retail", "technology", "telecommunications",
	"transportation", "utilities",
}

// incidentType is campaign for several events and incident for one, never both.
func incidentType(n *store.Node) string {
	if kind := textProp(n, "kind"); kind == "CAMPAIGN" || kind == "PATTERN" {
		return "campaign"
	}
	return "incident"
}

func fillIncident(_ *outline, n *store.Node, o *Object) {
	putNamed(o, n, "name", "summary")
	if incidentType(n) != "campaign" {
		return // in STIX 2.1 an incident has a name and a description only
	}
	if names, _ := n.Props["otherNames"].([]string); len(names) > 0 {
		put(o, "aliases", quotedList(names))
	}
	first, _ := instants(textProp(n, "startDate"))
	_, last := instants(textProp(n, "endDate"))
	putText(o, "first_seen", first)
	if last >= first {
		putText(o, "last_seen", last)
	}
}

// instants returns the first and the last instant that a date can mean, empty where it is open. How exact the date is
// stands in the extension.
func instants(text string) (first, last string) {
	d, err := date.ParseRange(text)
	if err != nil {
		return "", ""
	}
	if d.Earliest != "" {
		first = d.Earliest + "T00:00:00.000Z"
	}
	if d.Latest != "" {
		last = d.Latest + "T23:59:59.999Z"
	}
	return first, last
}

func publishedAt(n *store.Node) string {
	first, _ := instants(textProp(n, "date"))
	return first
}

// fillReport writes what STIX requires of a report even where a statement has none of it: an instant, then that of the
// recording, which the extension marks as defaulted; an object that it is about, then its source.
func fillReport(x *outline, n *store.Node, o *Object) {
	putNamed(o, n, "title", "summary")
	put(o, "published", quoted(cmp.Or(publishedAt(n), instant(n.Recorded.At))))
	var refs []string
	for _, nodes := range [][]string{x.to(n, speaker), x.to(n, onBehalfOf), x.made[n.ID], x.to(n, concerns)} {
		for _, ref := range x.objectsOf(nodes) {
			if !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
	}
	if len(refs) == 0 {
		refs = x.objectsOf(x.to(n, sourcedFrom))
	}
	if len(refs) == 0 {
		refs = []string{identityID}
	}
	put(o, "object_refs", quotedList(refs))
}

// definedAt is when the objects were defined that are the same in every export.
const definedAt = "2026-01-01T00:00:00.000Z"

// definitions returns who makes exports, and the extension.
func definitions() []*Object {
	identity := began("identity", identityID, definedAt)
	put(identity, "name", quoted("attrigraph"))
	put(identity, "description", quoted("A program that records what was publicly said about cyber incidents and by whom, never what is true. "+
		"It is the creator of these objects and not of the claims in them: each claim says according to whom it is."))
	put(identity, "identity_class", quoted("system"))
	extension := began("extension-definition", extensionID, definedAt)
	put(extension, "name", quoted("attrigraph"))
	put(extension, "description", quoted("Public attributions of cyber incidents with what was answered to them, as nodes and links of a graph."))
	put(extension, "schema", quoted(extensionSchema))
	put(extension, "version", quoted("1.0.0"))
	put(extension, "extension_types", quotedList([]string{newObject, moreOfAnother}))
	return []*Object{identity, extension}
}

// extensionSchema is what STIX wants to know of the extension: its definition in words.
const extensionSchema = "Every object with this extension holds one node of the graph: objects of the types " + ownType + "* in their own properties, " +
	"objects of other types inside of the extension. " + nodeID + " is the node's id; recorded_at, recorded_by and recorded_from say when, by whom and from what " +
	"it was recorded. The fields of the node have the names of attrigraph's model (schema/model.graphqls) in snake case; a field with the name of a common " +
	"property of STIX has the name of its kind before it. A date is YYYY, YYYY-MM, YYYY-MM-DD or an interval of these, START/END, as exact as it is known. " +
	"<link>_ref and <link>_refs name the objects that the node is linked with. <link>_details hold what single links (ref) say beyond that, and by whom " +
	"they were recorded where that differs from the node. " + originalRef + " names the object that is the original of an " + ownType + "source; in such an object the extension's " +
	defaulted + " lists the properties that were added because STIX 2.1 requires them. Objects with the label " + derivedLabel + " say for other tools what the " +
	ownType + "* objects say; they add nothing."

func markingID(licence string) string { return objectID("marking-definition", licence) }

func marking(licence string) *Object {
	o := began("marking-definition", markingID(licence), definedAt)
	put(o, "definition_type", quoted("statement"))
	definition := &Object{}
	put(definition, "statement", quoted(licence))
	put(o, "definition", json.RawMessage(definition.Bytes()))
	return o
}
