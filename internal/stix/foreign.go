package stix

import (
	"cmp"
	"slices"
	"strings"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// mapping hands over the nodes and links of all objects: first the nodes, then the links.
type mapping struct {
	index   *index
	session *importer.Session
	// nodes tells which of the two is being handed over. Nothing is counted or noted with the links again.
	nodes bool
	// shared holds the ids of nodes that several objects become and that were handed over.
	shared map[string]bool
	yield  func(store.Change, error) bool
	// err is errStopped once nobody takes changes any more.
	err error
}

func (m *mapping) change(c store.Change) error {
	if m.err == nil && !m.yield(c, nil) {
		m.err = errStopped
	}
	return m.err
}

func (m *mapping) node(n *store.Node) {
	if m.nodes {
		_ = m.change(store.Change{Node: n}) // m.err keeps it
	}
}

// share hands over a node that several objects become, once.
func (m *mapping) share(n *store.Node) {
	if m.nodes && !m.shared[n.ID] {
		m.shared[n.ID] = true
		m.node(n)
	}
}

// link joins two nodes; it does nothing where one of them is not known.
func (m *mapping) link(e *entry, linkType, from, to string) {
	if m.nodes || from == "" || to == "" {
		return
	}
	_ = m.change(store.Change{Link: &store.Link{Type: linkType, From: from, To: to, Place: e.at.String()}})
}

func (m *mapping) remark(action importer.Action, at, kind, id, reason string, args ...any) {
	if m.nodes {
		m.session.Remark(action, at, kind, id, reason, args...)
	}
}

func (m *mapping) note(action importer.Action, e *entry, reason string, args ...any) {
	m.remark(action, e.at.String(), e.kind, e.id, reason, args...)
}

// dangling notes the references of an object to what is neither in the files nor in the store.
func (m *mapping) dangling(o *Object, e *entry) {
	for _, r := range references(o) {
		if m.index.missing[r.id] != "" && trafficLights[r.id] == "" && !m.index.held[sourceID(r.id)] {
			m.note(importer.Doubtful, e, "its %s is %s, which is neither in the file nor in the store; import the bundle that has it, then this one again", r.property, text.Quote(r.id))
		}
	}
}

// sourceID returns the id of the Source of an object.
func sourceID(id string) string { return ident.ForImport(sourcePrefix, dataset, id) }

// foreign hands over what becomes of somebody else's object: its Source, and what the model can say of it.
func (m *mapping) foreign(o *Object, e *entry) error {
	if m.nodes {
		m.node(&store.Node{ID: sourceID(e.id), Kind: "Source", Props: m.source(o, e), Place: e.at.String()})
		if e.withdrawn() != "" {
			m.note(importer.Changed, e, "it is %s: its title says so", e.withdrawn())
		}
		if typeOf(e.id) != e.kind {
			m.note(importer.Doubtful, e, "its id does not begin with its type")
		} else if _, err := ident.Parse(e.id); err != nil {
			m.note(importer.Doubtful, e, "its id is no type and UUID")
		}
	}
	switch e.kind {
	case "intrusion-set", "threat-actor":
		m.group(o, e)
	case "campaign", "incident":
		m.incident(o, e)
	case "identity":
		m.identity(o, e)
	case "location":
		m.location(o, e)
	case "report":
		m.report(o, e)
	case "relationship":
		m.relationship(o, e)
	}
	return m.err
}

// source returns the properties of the Source that keeps an object.
func (m *mapping) source(o *Object, e *entry) map[string]any {
	original, changed := text.EscapeJSON(string(o.Bytes()))
	if changed {
		m.note(importer.Changed, e, "it has characters that no store holds: the original has escapes for them")
	}
	p := map[string]any{
		"title": m.index.titleOf(e, o), "kind": "DATASET", "verification": "READ_IN_ORIGINAL", "dataset": dataset, "recordId": e.id, "recordType": e.kind,
		"original": original,
	}
	if e.attack {
		p["dataset"] = attackNames[0]
		if release, only := m.index.release(); only {
			p["datasetVersion"] = release
		}
	}
	if day, ok := dayOf(cmp.Or(o.Text("modified"), o.Text("created"))); ok {
		p["date"] = day
	} else if o.Get("modified") != nil || o.Get("created") != nil {
		m.note(importer.Doubtful, e, "%s is no date and time", text.Quote(cmp.Or(o.Text("modified"), o.Text("created"))))
	}
	if creator := m.index.entries[e.creator]; creator != nil && creator.name != "" {
		p["publisher"] = creator.name
	}
	if lang := o.Text("lang"); lang != "" && len(lang) < 40 {
		p["language"] = m.text(e, "lang", lang)
	}
	for _, property := range []string{"external_references", "object_marking_refs"} {
		if raw := o.Get(property); raw != nil && raw[0] != '[' {
			m.note(importer.Doubtful, e, "%s is no list", property)
		}
	}
	if url := address(o, e); url != "" {
		p["url"] = url
	}
	if licence := m.licence(o, e); licence != "" {
		p["licence"] = licence
	}
	return p
}

// address returns where the object itself can be read. What has an id in a catalogue has its page there as the external
// reference with that id. Otherwise the first external reference is the document from which an object was made; those of
// a relationship are what its description cites.
func address(o *Object, e *entry) string {
	first := ""
	for _, r := range o.Objects("external_references") {
		url, changed := text.Storable(r.Text("url"))
		if url == "" || changed || len(url) > maxIndexed {
			continue
		}
		if r.Get("external_id") != nil {
			return url
		}
		first = cmp.Or(first, url)
	}
	if e.kind == "relationship" || e.attack {
		return ""
	}
	return first
}

// attackLicence is what the licence of MITRE ATT&CK asks of copies, beside the statement that its objects are marked with.
const attackLicence = "This work is reproduced and distributed with the permission of The MITRE Corporation; licence: https://attack.mitre.org/resources/legal-and-branding/terms-of-use/"

// licence joins the statements that an object is marked with.
func (m *mapping) licence(o *Object, e *entry) string {
	var said []string
	for _, id := range o.Texts("object_marking_refs") {
		terms := trafficLights[id]
		if marking := m.index.entries[id]; marking != nil {
			terms = cmp.Or(marking.terms, terms)
		}
		if isClosed.MatchString(terms) {
			m.note(importer.Doubtful, e, "it is marked %s, which is not for the public", terms)
		}
		if terms != "" && !slices.Contains(said, terms) {
			said = append(said, terms)
		}
	}
	if e.attack {
		said = append(said, attackLicence)
	}
	return strings.Join(said, "\n")
}

// text returns a text without what no store holds, and notes it.
func (m *mapping) text(e *entry, property, s string) string {
	clean, changed := text.Storable(s)
	if changed {
		m.note(importer.Changed, e, "%s has characters that no store holds; they are left out, the original has them", property)
	}
	return clean
}

// put sets a field of a node to a text of the object, if there is one.
func (m *mapping) put(props map[string]any, field string, o *Object, e *entry, property string) {
	if s := m.text(e, property, o.Text(property)); s != "" {
		props[field] = s
	} else if raw := o.Get(property); raw != nil && string(raw) != `""` {
		m.note(importer.Doubtful, e, "%s is no text", property)
	}
}

// named returns the name of an object that becomes an actor or incident.
func (m *mapping) named(o *Object, e *entry) string {
	if e.name == "" || o.Text("name") == "" {
		m.note(importer.Doubtful, e, "it has no name; its id stands for it")
		return cmp.Or(e.name, e.id)
	}
	if s := strings.TrimSpace(o.Text("name")); s != e.name {
		m.note(importer.Changed, e, "its name is too long or has characters that no store holds; the original has all of it")
	}
	return e.name
}

// used sets the techniques and software that objects are said to use.
func (m *mapping) used(props map[string]any, e *entry) {
	for field, ids := range map[string][]string{"techniques": m.index.techniques[e.id], "software": m.index.software[e.id]} {
		if len(ids) > 0 {
			props[field] = slices.Compact(slices.Sorted(slices.Values(ids)))
		}
	}
}

func (m *mapping) group(o *Object, e *entry) {
	id := ident.ForImport("threat-group", dataset, e.id)
	if m.nodes {
		props := map[string]any{"name": m.named(o, e)}
		m.put(props, "description", o, e, "description")
		if e.attackID != "" && len(e.attackID) <= maxIndexed {
			props["attackId"] = e.attackID
		}
		m.used(props, e)
		m.node(&store.Node{ID: id, Kind: "ThreatGroup", Props: props, Place: e.at.String()})
	}
	m.link(e, "SOURCED_FROM", id, sourceID(e.id))
	m.aliases(o, e, id)
}

// incident maps a campaign, or an incident, of which STIX 2.1 only knows name and description.
func (m *mapping) incident(o *Object, e *entry) {
	id := ident.ForImport("incident", dataset, e.id)
	if m.nodes {
		props := map[string]any{"name": m.named(o, e), "kind": "INCIDENT"}
		if e.kind == "campaign" {
			props["kind"] = "CAMPAIGN"
		}
		m.put(props, "summary", o, e, "description")
		m.seen(props, "startDate", o, e, "first_seen")
		m.seen(props, "endDate", o, e, "last_seen")
		if names := m.otherNames(o, e); len(names) > 0 {
			props["otherNames"] = names
		}
		m.used(props, e)
		m.node(&store.Node{ID: id, Kind: "Incident", Props: props, Place: e.at.String()})
	}
	m.link(e, "SOURCED_FROM", id, sourceID(e.id))
}

// seen sets a date as exactly as the data is sure of it.
func (m *mapping) seen(props map[string]any, field string, o *Object, e *entry, property string) {
	instant := o.Text(property)
	if o.Get(property) == nil {
		return
	}
	read := dayOf
	if e.attack {
		read = monthOf
	}
	date, ok := read(instant)
	if !ok {
		m.note(importer.Doubtful, e, "%s is %s, which is no date and time", property, quoteValue(o.Get(property)))
		return
	}
	props[field] = date
}

// otherNames returns the aliases that are not the object's name, each once.
func (m *mapping) otherNames(o *Object, e *entry) []string {
	var names []string
	list := listOf(o.Get("aliases"))
	for _, raw := range list {
		alias, ok := textOf(raw)
		alias = m.text(e, "aliases", strings.TrimSpace(alias))
		switch {
		case !ok || alias == "":
			m.note(importer.Doubtful, e, "an alias is %s, which is no name", quoteValue(raw))
		case strings.EqualFold(alias, e.name):
			if alias != e.name {
				m.note(importer.Changed, e, "the alias %s is its own name, and no other", text.Quote(alias))
			}
		case len(alias) > maxIndexed:
			m.note(importer.Changed, e, "the alias %s is too long for a name; the original has it", text.Quote(alias))
		case slices.Contains(names, alias):
			m.note(importer.Changed, e, "the alias %s is given twice", text.Quote(alias))
		default:
			names = append(names, alias)
		}
	}
	if list == nil && o.Get("aliases") != nil {
		m.note(importer.Doubtful, e, "aliases is no list")
	}
	return names
}

// identity maps a body or person that created objects, or a body to which something is attributed. Other identities, such
// as classes of entities, are nothing but their Source; a person who is accused is too, for no data set is an official act.
func (m *mapping) identity(o *Object, e *entry) {
	id := m.index.node(e.id)
	if id == "" {
		return
	}
	if m.nodes {
		n := &store.Node{ID: id, Kind: "Organization", Props: map[string]any{"name": m.named(o, e)}, Place: e.at.String()}
		if e.class == "individual" {
			n.Kind = "Person"
			if roles := m.text(e, "roles", strings.Join(o.Texts("roles"), ", ")); roles != "" {
				n.Props["role"] = roles
			}
		} else {
			n.Props["kind"] = "OTHER"
			m.put(n.Props, "description", o, e, "description")
		}
		m.node(n)
	}
	m.link(e, "SOURCED_FROM", id, sourceID(e.id))
}

// location maps the country that a location gives by its code of ISO 3166-1, never one that only its name names.
func (m *mapping) location(o *Object, e *entry) {
	if e.country == "" {
		if o.Get("country") != nil {
			m.note(importer.Doubtful, e, "country is %s, which is no code of ISO 3166-1", text.Quote(o.Text("country")))
		}
		return
	}
	if code := o.Text("country"); code != e.country {
		m.note(importer.Changed, e, "country is %s and was read as %s", text.Quote(code), e.country)
	}
	n, _ := importer.State(e.country, "", e.at.String())
	m.share(n)
	m.link(e, "SOURCED_FROM", n.ID, sourceID(e.id))
}

// report maps a report to the statement of its creator that it is. What it says is in the objects to which it refers; the
// relationships among them that its creator made are its claims.
func (m *mapping) report(o *Object, e *entry) {
	if !e.isStatement() {
		return
	}
	id := m.index.node(e.id)
	if m.nodes {
		props := map[string]any{"title": m.named(o, e), "form": "OTHER"}
		if day, ok := dayOf(o.Text("published")); ok {
			props["date"] = day
		} else {
			m.note(importer.Doubtful, e, "published is missing or no date and time")
		}
		if lang := o.Text("lang"); lang != "" && len(lang) < 40 {
			props["language"] = m.text(e, "lang", lang)
		}
		m.node(&store.Node{ID: id, Kind: "Statement", Props: props, Place: e.at.String()})
	}
	m.link(e, "SOURCED_FROM", id, sourceID(e.id))
	m.link(e, "SPEAKER", id, m.speaker(e))
	linked := map[string]bool{}
	for _, r := range e.refs {
		if about := m.index.node(r); strings.HasPrefix(about, "incident--") && !linked[about] {
			linked[about] = true
			m.link(e, "CONCERNS", id, about)
		}
	}
}

// speaker returns the node of who created an object, empty if that is not known or no actor.
func (m *mapping) speaker(e *entry) string {
	if id := m.index.node(e.creator); isActor(id) {
		return id
	}
	return ""
}

// isActor tells whether an id is one of an actor.
func isActor(id string) bool {
	return slices.Contains([]string{"threat-group", "state", "organization", "person"}, typeOf(id))
}
