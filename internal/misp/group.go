package misp

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

const (
	similar        = "similar"
	classification = "threat-actor-classification"
)

// attackGroup is the form of the ids of groups in MITRE ATT&CK.
var attackGroup = regexp.MustCompile(`^G[0-9]{4}$`)

// candidates are the ids that the group with a UUID can have in the store, the likeliest first.
func candidates(uuid string) []string {
	return []string{id("ThreatGroup", uuid), ident.ForImport(prefixes["ThreatGroup"], stixDataset, "intrusion-set--"+uuid)}
}

// group maps an actor: the group itself and the claims about it.
func (m *mapping) group(r *record, source string) {
	names, ids := m.names(r)
	attackID := ""
	switch len(ids) {
	case 0:
	case 1:
		attackID = ids[0]
	default:
		m.session.Remark(importer.Doubtful, r.place, m.cluster.sort, r.uuid, "the record has several ids of MITRE ATT&CK (%s), so none is taken; they are in the original", strings.Join(ids, ", "))
	}
	uuid := ""
	if m.cluster.sort == "threat-actor" {
		uuid = r.uuid
	}
	node := m.out.node("ThreatGroup", r.uuid, source, map[string]any{
		"name": r.name, "description": r.description, "mispUuid": uuid, "attackId": attackID,
	}, r.place)
	coiners := r.coiners()
	for _, name := range names {
		m.alias(r, source, node, name, coiners[name])
	}
	m.similar(r, source, node)
	m.country(r, source, node)
	m.sponsor(r, source, node)
	m.unit(r, source, node)
}

// names returns the synonyms that are names and those that are ids of groups in ATT&CK, and accounts for each.
func (m *mapping) names(r *record) (names, ids []string) {
	sort := m.cluster.sort + " synonym"
	synonyms := r.meta.texts(r, "synonyms")
	seen := map[string]bool{}
	for _, s := range synonyms {
		if attackGroup.MatchString(s) && !seen[s] {
			ids = append(ids, s)
		}
		seen[s] = true
	}
	clear(seen)
	for _, s := range synonyms {
		switch {
		case seen[s]:
			m.session.Merge(r.place, sort, r.uuid, "the synonym %s is there twice", text.Quote(s))
		case attackGroup.MatchString(s) && len(ids) == 1:
			m.session.Merge(r.place, sort, r.uuid, "%s is the group's id in MITRE ATT&CK and no name", s)
		case attackGroup.MatchString(s):
			m.session.Reject(r.place, sort, r.uuid, "%s is one of several ids in MITRE ATT&CK and no name; it is in the record's original", s)
		case strings.EqualFold(s, r.name):
			m.session.Merge(r.place, sort, r.uuid, "the synonym %s is the actor's own name", text.Quote(s))
		case len(s) > maxName:
			m.session.Reject(r.place, sort, r.uuid, "the synonym is longer than %d bytes; it is in the record's original", maxName)
		default:
			m.session.Accept(sort, 1)
			names = append(names, s)
		}
		seen[s] = true
	}
	if external := r.meta.text(r, "external_id"); len(ids) == 0 && attackGroup.MatchString(external) {
		ids = []string{external}
	}
	return names, ids
}

// alias records that MISP gives the group another name. SAME_AS, because that is what MISP says by calling it a synonym of
// the value; where it only finds two actors alike it has relations of other types. No other group is named, though
// another value may have the same name: that does not say that the two are the same.
func (m *mapping) alias(r *record, source, group, name string, c coiner) {
	node := m.out.node("AliasClaim", r.uuid+"/synonym/"+name, source, map[string]any{
		"summary": fmt.Sprintf("%s, %s is also called %s.", m.according(), r.name, name),
		"name":    name, "relation": "SAME_AS", "verification": "READ_IN_ORIGINAL",
	}, r.place)
	m.out.link("ALIAS_GROUP", node, group, nil, r.place)
	m.out.link("ACCORDING_TO", node, m.misp(r.place), nil, r.place)
	for _, org := range m.coinedBy(r, source, c) {
		m.out.link("COINED_BY", node, org, nil, r.place)
	}
}

// similar records which groups MISP calls similar to this one, in one direction each, as MISP does. Its likelihood is kept
// as a word: MISP's tools write "likely" unless somebody says otherwise, so that it stands for no interval. Relations of
// other types are no aliases.
func (m *mapping) similar(r *record, source, group string) {
	sort := m.cluster.sort + " related"
	seen := map[string]bool{}
	for _, e := range r.related {
		key := r.uuid + "/similar/" + e.other
		switch {
		case e.kind != similar || e.other == "":
			m.session.Reject(r.place, sort, r.uuid, "a relation of the type %s is no alias; it is in the record's original", text.Quote(e.kind))
			continue
		case e.other == r.uuid:
			m.session.Reject(r.place, sort, r.uuid, "the actor is said to be similar to itself; the relation is in the record's original")
			continue
		case seen[key]:
			m.session.Merge(r.place, sort, r.uuid, "the relation to %s is there twice", e.other)
			continue
		}
		seen[key] = true
		m.session.Accept(sort, 1)
		likelihood := strings.Join(e.likelihoods, ", ")
		other, called := m.other(r, sort, e.other)
		if likelihood != "" {
			called += fmt.Sprintf(" (%q)", likelihood)
		}
		node := m.out.node("AliasClaim", key, source, map[string]any{
			"summary":  fmt.Sprintf("%s, %s is similar to %s.", m.according(), r.name, called),
			"relation": "SIMILAR", "likelihoodWording": likelihood, "verification": "READ_IN_ORIGINAL",
		}, r.place)
		m.out.link("ALIAS_GROUP", node, group, nil, r.place)
		m.out.link("ACCORDING_TO", node, m.misp(r.place), nil, r.place)
		if other != "" {
			m.out.later("ALIAS_OTHER", node, other, r.place)
		}
	}
}

// other finds the group to which a relation leads, and words for it. The node is empty where there is none.
func (m *mapping) other(r *record, sort, uuid string) (node, called string) {
	if e, here := m.index.entries[uuid]; here {
		if e.form == group {
			return id("ThreatGroup", uuid), e.name
		}
		m.session.Remark(importer.Changed, r.place, sort, r.uuid, "the actor is said to be similar to %s, which is no group here: the claim names no other group", text.Quote(e.name))
		return "", e.name
	}
	called = "the entry " + uuid + " of another galaxy"
	if node = m.index.found[uuid]; node == "" {
		m.session.Remark(importer.Changed, r.place, sort, r.uuid,
			"the actor is said to be similar to %s, which is neither in these files nor in the store: the claim names no other group; import that galaxy or MITRE ATT&CK first, then this file again", text.Quote(uuid))
	}
	return node, called
}

// country records the country that MISP gives the actor, as a claim of MISP's that says no more than that they are
// associated. MISP's confidence goes with it unless it is the 50 that its editor writes by default.
func (m *mapping) country(r *record, source, group string) {
	code, confidence := r.meta.text(r, "country"), r.meta.text(r, "attribution-confidence")
	if code == "" {
		return
	}
	state, name, ok := m.out.state(code, "", r.place)
	props := map[string]any{"proposition": "ASSOCIATED_WITH", "polarity": "ASSERTED", "verification": "READ_IN_ORIGINAL"}
	if !ok {
		m.session.Remark(importer.Doubtful, r.place, m.cluster.sort, r.uuid, "the country %s is no code of ISO 3166-1: the claim has it as text", text.Quote(code))
		props["accusedDescription"], name = code, code
	}
	n, err := strconv.Atoi(confidence)
	switch {
	case confidence == "" || err == nil && n == 50:
	case err != nil || n < 0 || n > 100:
		m.session.Remark(importer.Doubtful, r.place, m.cluster.sort, r.uuid, "the attribution-confidence %s is no number from 0 to 100; it is in the original only", text.Quote(confidence))
	default:
		props["confidence"], props["confidenceScale"] = int64(n), "MISP"
	}
	props["summary"] = fmt.Sprintf("%s, %s is associated with %s.", m.according(), r.name, name)
	node := m.out.node("Attribution", r.uuid+"/country", source, props, r.place)
	m.out.link("SUBJECT", node, group, nil, r.place)
	m.out.link("ACCUSER", node, m.misp(r.place), nil, r.place)
	if ok {
		m.out.link("ACCUSED", node, state, nil, r.place)
	}
}

// sponsor records whom the Council on Foreign Relations suspects to sponsor the actor: a claim of its own beside MISP's
// country, which MISP passes on.
func (m *mapping) sponsor(r *record, source, group string) {
	sponsor := r.meta.text(r, "cfr-suspected-state-sponsor")
	if sponsor == "" || strings.EqualFold(sponsor, "unknown") {
		return
	}
	props := map[string]any{
		"summary":     fmt.Sprintf("%s, the Council on Foreign Relations suspects that %s is sponsored by %s.", m.according(), r.name, sponsor),
		"proposition": "ASSOCIATED_WITH", "polarity": "SUSPECTED", "verification": "RELAY",
	}
	state, _, ok := m.out.state(stateCode(sponsor), "", r.place)
	if !ok {
		props["accusedDescription"] = sponsor
		m.session.Remark(importer.Doubtful, r.place, m.cluster.sort, r.uuid, "the sponsor %s is no state that is known here: the claim has it as text", text.Quote(sponsor))
	}
	node := m.out.node("Attribution", r.uuid+"/cfr-suspected-state-sponsor", source, props, r.place)
	m.out.link("SUBJECT", node, group, nil, r.place)
	cfr := m.out.sharedNode("Organization", "organization/council-on-foreign-relations", map[string]any{
		"name": "Council on Foreign Relations", "kind": "RESEARCH", "description": "Keeps the Cyber Operations Tracker, which MISP's galaxies pass on.",
	}, false, r.place)
	m.from(cfr, source, r.place)
	m.out.link("ACCUSER", node, cfr, nil, r.place)
	if ok {
		m.out.link("ACCUSED", node, state, map[string]any{"wording": sponsor}, r.place)
	}
}

// unit records the unit of the GRU that MISP gives with an actor. MISP does not say how the two relate.
func (m *mapping) unit(r *record, source, group string) {
	unit := r.meta.text(r, "GRU")
	if unit == "" {
		return
	}
	if len(unit) > maxName {
		r.note(`"GRU" is longer than %d bytes; it is in the original only`, maxName)
		return
	}
	gru := m.out.sharedNode("Organization", "organization/GRU", map[string]any{
		"name": "GRU", "kind": "SERVICE", "description": "The military intelligence service of the Russian Federation, as the field GRU of MISP's threat-actor galaxy names it.",
	}, false, r.place)
	m.from(gru, source, r.place)
	if state, _, ok := m.out.state("RU", "", r.place); ok {
		m.once("ORGANIZATION_OF", gru, state, r.place)
	}
	organ := m.out.sharedNode("Organization", "organization/GRU/"+unit, map[string]any{"name": unit, "kind": "ARMED_FORCES"}, false, r.place)
	m.from(organ, source, r.place)
	m.once("PART_OF_ORGANIZATION", organ, gru, r.place)
	node := m.out.node("Attribution", r.uuid+"/GRU", source, map[string]any{
		"summary":     fmt.Sprintf("%s, %s is associated with the GRU, %s.", m.according(), r.name, unit),
		"proposition": "ASSOCIATED_WITH", "polarity": "ASSERTED", "verification": "READ_IN_ORIGINAL",
	}, r.place)
	m.out.link("SUBJECT", node, group, nil, r.place)
	m.out.link("ACCUSER", node, m.misp(r.place), nil, r.place)
	m.out.link("ACCUSED", node, organ, nil, r.place)
}

// according begins the summary of every claim.
func (m *mapping) according() string {
	return fmt.Sprintf("According to MISP's galaxy %q", m.cluster.name)
}

// misp is the node of the project that speaks in the galaxies.
func (m *mapping) misp(place string) string {
	node := m.out.sharedNode("Organization", "organization/misp", map[string]any{
		"name": "MISP Project", "kind": "OTHER", "description": "Maintains the MISP galaxies; volunteers edit them.",
	}, false, place)
	m.from(node, id("Source", headerOf(m.cluster)), place)
	return node
}

// from says that a node which several records share comes from a source too.
func (m *mapping) from(node, source, place string) { m.once("SOURCED_FROM", node, source, place) }

// once is a link that several records ask for.
func (m *mapping) once(kind, from, to, place string) {
	if key := ident.ForLink(kind, from, to); !m.out.shared[key] {
		m.out.shared[key] = true
		m.out.link(kind, from, to, nil, place)
	}
}
