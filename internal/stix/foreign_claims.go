package stix

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// claim is what a relationship, or an alias, says according to whoever created the object.
type claim struct {
	kind string
	id   string
	// says is the rest of the sentence that begins with "According to …, ".
	says  string
	props map[string]any
	// links holds the ids of nodes by the type of the link to them.
	links map[string]string
	// by is the type of the link to the creator.
	by string
	// passedOn tells that the creator passes on what others said.
	passedOn   bool
	references []*Object
}

// claim hands over a claim with its sources: the object that makes it, and the documents that the object cites for it.
func (m *mapping) claim(o *Object, e *entry, c *claim) {
	speaker := m.speaker(e)
	if m.nodes {
		who := "a source that does not name itself"
		if creator := m.index.entries[e.creator]; creator != nil && creator.name != "" {
			who = creator.name
		} else if speaker == "" {
			m.note(importer.Doubtful, e, "nobody is known to have created it, so its claim is according to nobody")
		}
		c.props["summary"] = fmt.Sprintf("According to %s, %s.", who, c.says)
		c.props["verification"] = "READ_IN_ORIGINAL"
		if c.passedOn || len(c.references) > 0 {
			c.props["verification"] = "RELAY"
		}
		m.node(&store.Node{ID: c.id, Kind: c.kind, Props: c.props, Place: e.at.String()})
	}
	for _, linkType := range []string{"SUBJECT", "ACCUSED", "TERRITORY", "ALIAS_GROUP", "ALIAS_OTHER"} {
		m.link(e, linkType, c.id, c.links[linkType])
	}
	m.link(e, c.by, c.id, speaker)
	if report := m.index.reports[e.id]; report != "" {
		m.link(e, "MADE_IN", c.id, m.index.node(report))
	}
	m.link(e, "SOURCED_FROM", c.id, sourceID(e.id))
	linked := map[string]bool{}
	for _, r := range c.references {
		if id := m.reference(e, r); !linked[id] {
			linked[id] = true
			m.link(e, "SOURCED_FROM", c.id, id)
			m.relays(e, id)
		}
	}
}

// relays says that an object passes on a document that it cites.
func (m *mapping) relays(e *entry, document string) {
	if from := sourceID(e.id); !m.nodes && !m.shared[from+document] {
		m.shared[from+document] = true
		m.link(e, "RELAYS", from, document)
	}
}

// reference returns the id of the Source of a document that objects cite. Citations that are the same to the letter are
// one Source, whoever cites.
func (m *mapping) reference(e *entry, r *Object) string {
	id := ident.ForImport(sourcePrefix, dataset, "reference/"+string(r.Bytes()))
	if m.nodes {
		title, _ := text.Storable(strings.TrimSpace(cmp.Or(r.Text("description"), r.Text("source_name"), r.Text("url"), r.Text("external_id"))))
		props := map[string]any{"title": cmp.Or(title, "?"), "verification": "RELAY"}
		if url, changed := text.Storable(r.Text("url")); url != "" && !changed && len(url) <= maxIndexed {
			props["url"] = url
		}
		m.share(&store.Node{ID: id, Kind: "Source", Props: props, Place: e.at.String()})
	}
	return id
}

// cited returns the external references of an object that name a document. Those with an id are the object's own entries
// in catalogues.
func cited(o *Object) []*Object {
	var found []*Object
	for _, r := range o.Objects("external_references") {
		if r.Get("external_id") == nil && (r.Text("url") != "" || r.Text("description") != "") {
			found = append(found, r)
		}
	}
	return found
}

// citation is how MITRE ATT&CK's texts name an external reference of the same object.
var citation = regexp.MustCompile(`\(Citation: ([^)]+)\)`)

// aliases maps the other names of a group to claims by the object's creator. STIX says that an alias is another name of
// the same group. MITRE ATT&CK says less: its associated groups are names that were publicly reported to be associated
// with similar activity, which it does not present as exact overlaps.
func (m *mapping) aliases(o *Object, e *entry, group string) {
	names := m.otherNames(o, e)
	if len(names) == 0 {
		return
	}
	named := map[string]*Object{}
	for _, r := range o.Objects("external_references") {
		if name := r.Text("source_name"); named[name] == nil && r.Get("external_id") == nil {
			named[name] = r
		}
	}
	for _, name := range names {
		c := &claim{
			kind: "AliasClaim", id: ident.ForImport("alias-claim", dataset, e.id+"/alias/"+name),
			says:  fmt.Sprintf("%s is another name of %s", name, e.name),
			props: map[string]any{"name": name, "relation": "SAME_AS"},
			links: map[string]string{"ALIAS_GROUP": group}, by: "ACCORDING_TO", references: citedFor(named, name),
		}
		if e.attack {
			c.says = fmt.Sprintf("the group %s overlaps with what others call %s", e.name, name)
			c.props["relation"], c.passedOn = "OVERLAPS", true
		}
		if date := between(o); date != "" {
			c.props["date"] = date
		}
		m.claim(o, e, c)
	}
}

// citedFor returns the documents that an object cites for a name: the external reference of that name or, where it only
// cites others, those.
func citedFor(named map[string]*Object, name string) []*Object {
	r := named[name]
	if r == nil {
		return nil
	}
	var documents []*Object
	for _, found := range citation.FindAllStringSubmatch(r.Text("description"), -1) {
		if d := named[found[1]]; d != nil && d != r {
			documents = append(documents, d)
		}
	}
	if len(documents) == 0 && (r.Text("url") != "" || r.Text("description") != "") {
		documents = append(documents, r)
	}
	return documents
}

// claims are the relationships that the model has words for.
var claims = []string{"revoked-by", "duplicate-of", "attributed-to", "originates-from", "located-at", "targets"}

// relationship maps a relationship. Those that are no claims are nothing but their Source, or, for uses,
// a line in what they are about.
func (m *mapping) relationship(o *Object, e *entry) {
	var c *claim
	switch e.verb {
	case "revoked-by", "duplicate-of":
		c = m.sameGroup(e)
	case "attributed-to":
		c = m.attribution(o, e)
	case "originates-from", "located-at":
		c = m.origin(e)
	case "targets":
		m.target(e)
		return
	default:
		if e.verb == "uses" && e.withdrawn() != "" {
			m.note(importer.Changed, e, "it is %s, so it adds nothing to what it is about", e.withdrawn())
		}
		return
	}
	switch {
	case c == nil:
	case e.withdrawn() != "":
		// A claim would stand: STIX does not say when and in which words its creator took it back.
		m.note(importer.Changed, e, "it is %s, so it is no claim any more; only its Source is kept", e.withdrawn())
	default:
		if day, ok := dayOf(o.Text("created")); ok {
			c.props["date"] = day
		}
		if c.kind == "Attribution" {
			c.by = "ACCUSER"
			c.id = ident.ForImport("attribution", dataset, e.id)
			c.props["polarity"], c.props["standard"] = "ASSERTED", "UNSTATED"
			m.confidence(o, e, c)
		}
		c.references = cited(o)
		m.claim(o, e, c)
	}
}

// confidence sets how sure the creator of a relationship is, who is also who makes the claim.
func (m *mapping) confidence(o *Object, e *entry, c *claim) {
	raw := string(o.Get("confidence"))
	if n, err := strconv.ParseInt(raw, 10, 64); err == nil && n >= 0 && n <= 100 {
		c.props["confidence"] = n
	} else if raw != "" {
		m.note(importer.Doubtful, e, "confidence is %s, which is no whole number from 0 to 100", quoteValue(o.Get("confidence")))
	}
}

// unmapped notes that a relationship of a kind that makes claims makes none between these two.
func (m *mapping) unmapped(e *entry, why string) *claim {
	m.note(importer.Doubtful, e, "%s: only its Source is kept", why)
	return nil
}

func (m *mapping) sameGroup(e *entry) *claim {
	from, to := m.index.node(e.source), m.index.node(e.target)
	if typeOf(from) != "threat-group" || typeOf(to) != "threat-group" {
		return nil // only of groups can the model say that they are the same
	}
	name := m.index.called(e.target)
	c := &claim{
		kind: "AliasClaim", id: ident.ForImport("alias-claim", dataset, e.id), by: "ACCORDING_TO",
		says:  fmt.Sprintf("%s is the same group as %s, which takes its place", m.index.called(e.source), name),
		props: map[string]any{"name": name, "relation": "SAME_AS"},
		links: map[string]string{"ALIAS_GROUP": from, "ALIAS_OTHER": to},
	}
	if e.verb == "duplicate-of" {
		c.says = fmt.Sprintf("%s is a duplicate of %s", m.index.called(e.source), name)
	}
	return c
}

// attribution maps attributed-to to what STIX says that it means between these two.
func (m *mapping) attribution(o *Object, e *entry) *claim {
	subject, accused := m.index.node(e.source), m.index.node(e.target)
	if target := m.index.entries[e.target]; target != nil && target.class == "individual" && !target.isOwn() {
		return m.unmapped(e, "it attributes to a person, and is no official act")
	}
	if subject == "" || !isActor(accused) {
		return m.unmapped(e, "it attributes what the model does not know, or to what is no actor")
	}
	from, to := m.index.called(e.source), m.index.called(e.target)
	c := &claim{
		kind: "Attribution", says: fmt.Sprintf("%s is attributed to %s", from, to), props: map[string]any{},
		links: map[string]string{"SUBJECT": subject, "ACCUSED": accused},
	}
	switch {
	case typeOf(subject) == "incident":
		c.props["proposition"] = "CARRIED_OUT_BY"
	case typeOf(subject) != "threat-group":
		return m.unmapped(e, "it attributes what is neither an incident nor a group")
	case typeOf(e.source) == "threat-actor" && typeOf(e.target) == "identity":
		c.says = fmt.Sprintf("the real identity of %s is %s", from, to)
		c.props["proposition"], c.props["propositionText"] = "OTHER", "its real identity is"
	default:
		c.props["proposition"] = "ASSOCIATED_WITH"
	}
	return c
}

// origin maps where a group or campaign is said to come from, which accuses nobody, and where a body is seated.
func (m *mapping) origin(e *entry) *claim {
	subject, state := m.index.node(e.source), m.index.node(e.target)
	if typeOf(state) != "state" {
		return nil // a location without a country
	}
	c := &claim{kind: "Attribution", props: map[string]any{}, links: map[string]string{"SUBJECT": subject, "TERRITORY": state}}
	switch typeOf(subject) {
	case "incident":
		c.props["proposition"] = "ORIGINATED_FROM_TERRITORY"
		c.says = fmt.Sprintf("%s originated from %s", m.index.called(e.source), m.index.called(e.target))
	case "threat-group":
		c.props["proposition"] = "OPERATES_FROM"
		c.says = fmt.Sprintf("%s operates from %s", m.index.called(e.source), m.index.called(e.target))
	case "organization":
		if source := m.index.entries[e.source]; source != nil && !source.isOwn() && e.withdrawn() == "" && !m.shared["state/"+subject] {
			m.shared["state/"+subject] = !m.nodes
			m.link(e, "ORGANIZATION_OF", subject, state)
		}
		return nil
	default:
		return nil
	}
	return c
}

// target maps what a campaign or incident is said to target. Of groups the model does not say so.
func (m *mapping) target(e *entry) {
	incident, target := m.index.node(e.source), m.index.entries[e.target]
	if typeOf(incident) != "incident" || target == nil || target.isOwn() || target.name == "" || e.withdrawn() != "" {
		return
	}
	if target.kind != "identity" && target.kind != "location" {
		return
	}
	id := ident.ForImport("target", dataset, target.id+"/target")
	m.share(&store.Node{ID: id, Kind: "Target", Props: map[string]any{"name": target.name, "kind": "UNKNOWN"}, Place: e.at.String()})
	if source := m.index.entries[e.source]; source != nil && !source.isOwn() && !m.nodes && !m.shared[incident+id] {
		m.shared[incident+id] = true
		m.link(e, "TARGETED", incident, id)
	}
	m.link(e, "SOURCED_FROM", id, sourceID(e.id))
	if m.nodes || m.shared["link/"+id] {
		return
	}
	m.shared["link/"+id] = true
	m.link(e, "SOURCED_FROM", id, sourceID(target.id))
	if target.kind == "location" && target.country != "" {
		m.link(e, "TARGET_IN", id, m.index.node(target.id))
	}
}
