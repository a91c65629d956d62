package eurepoc

import "strings"

// What the coders of the data set say themselves: that an initiator's affiliation with a state is suggested, and what their
// spelling of a group says about its names and parts.

// affiliation is a state with which EuRepoC connects an initiator, and the records that do.
type affiliation struct {
	actor   *actor
	state   string
	country string
	records []*attribution
}

// affiliate notes that the record connects the actor with the state.
func (m *mapper) affiliate(a *actor, state string, c *claim) {
	key := [2]string{a.id, state}
	f := m.byPair[key]
	if f == nil {
		f = &affiliation{actor: a, state: state, country: c.origin}
		m.byPair[key] = f
		m.affiliations = append(m.affiliations, f)
	}
	f.records = append(f.records, c.attribution)
}

// claimsOfCoders hands over the claims that are EuRepoC's own, each once with all records that make it.
func (m *mapper) claimsOfCoders() error {
	for _, f := range m.affiliations {
		id := importID("attribution", "affiliation/"+pathOf(f.actor.spelling, f.country))
		err := m.ownAttribution(id, f.actor, f.records, map[string]any{
			"summary":  "According to EuRepoC, " + f.actor.display() + " is suggested to be affiliated with " + f.country + ".",
			"polarity": "SUSPECTED", "confidenceWording": categoryAffiliated, "confidenceWordingLanguage": "en", "confidenceScale": "NONE",
		}, f.state)
		if err != nil {
			return err
		}
	}
	for _, name := range m.actors.spellings {
		a := m.actors.bySpelling[name]
		if a == nil || a.kind != "ThreatGroup" {
			continue
		}
		if err := m.labelClaims(a); err != nil {
			return err
		}
	}
	return nil
}

// ownAttribution hands over an attribution by EuRepoC that an actor is associated with a state, an organization or what a
// text says.
func (m *mapper) ownAttribution(id string, subject *actor, records []*attribution, props map[string]any, accused string) error {
	place := records[0].place
	props["proposition"], props["accuserRole"], props["verification"] = "ASSOCIATED_WITH", "RESEARCHER_OR_NGO", "READ_IN_ORIGINAL"
	if err := m.graph.node("Attribution", id, place, props); err != nil {
		return err
	}
	if accused != "" {
		m.graph.link("ACCUSED", id, accused, place)
	}
	m.graph.link("ACCUSER", id, m.eurepoc, place)
	m.graph.link("SUBJECT", id, subject.id, place)
	m.sources(id, records)
	return nil
}

func (m *mapper) sources(id string, records []*attribution) {
	for _, a := range records {
		m.graph.link("SOURCED_FROM", id, a.source(), a.place)
	}
}

// labelClaims hands over what the spelling of a group says.
func (m *mapper) labelClaims(a *actor) error {
	for _, n := range a.label.names {
		id := importID("alias-claim", "name/"+pathOf(a.spelling, n))
		summary := "According to EuRepoC, " + n + " is a name of the group with the id " + a.label.attackID + " in MITRE ATT&CK."
		if err := m.aliasClaim(id, a, map[string]any{"summary": summary, "name": n, "relation": "SAME_AS"}, nil); err != nil {
			return err
		}
	}
	if whole := a.label.partOf; whole != "" {
		other := m.actors.bySpelling[whole]
		if other != nil && other.kind != "ThreatGroup" {
			other = nil
		}
		id := importID("alias-claim", "part/"+pathOf(a.spelling, whole))
		own, _, _ := strings.Cut(a.spelling, partMark)
		summary := "According to EuRepoC, " + own + " is a part of " + whole + "."
		if err := m.aliasClaim(id, a, map[string]any{"summary": summary, "name": whole, "relation": "PART_OF"}, other); err != nil {
			return err
		}
	}
	if a.label.affiliation == "" || len(a.records) == 0 {
		return nil
	}
	accused, props := "", map[string]any{
		"summary":  "According to EuRepoC, which writes so in parentheses, " + strings.Join(a.label.names, "/") + " is associated with " + a.label.affiliation + ".",
		"polarity": "ASSERTED",
	}
	if o := m.actors.bySpelling[a.label.affiliation]; o != nil && o.kind == "Organization" {
		accused = o.id
	} else {
		props["accusedDescription"] = a.label.affiliation
	}
	return m.ownAttribution(importID("attribution", "label/"+a.spelling), a, a.records, props, accused)
}

func (m *mapper) aliasClaim(id string, group *actor, props map[string]any, other *actor) error {
	if len(group.records) == 0 {
		return nil
	}
	place := group.records[0].place
	props["verification"] = "READ_IN_ORIGINAL"
	if err := m.graph.node("AliasClaim", id, place, props); err != nil {
		return err
	}
	m.graph.link("ALIAS_GROUP", id, group.id, place)
	m.graph.link("ACCORDING_TO", id, m.eurepoc, place)
	if other != nil {
		m.graph.link("ALIAS_OTHER", id, other.id, place)
	}
	m.sources(id, group.records)
	return nil
}
