package eurepoc

import (
	"slices"

	"attrigraph/internal/ident"
)

// dataset is the data set's name in ids and sources.
const dataset = "eurepoc"

func importID(prefix, record string) string { return ident.ForImport(prefix, dataset, record) }

// actor is somebody whom the data set names as text. Every spelling is an actor of its own: nothing is merged but the
// white space in names. The kind is empty for names that become no node.
type actor struct {
	spelling string
	kind, id string
	props    map[string]any
	label    label
	// state is the data set's name of the state where an organization is at home, empty where the records do not agree.
	state string
	// records are the attributions that name the actor as initiator.
	records []*attribution
}

// display is how a sentence names the actor. Names of people are not found by search, so no sentence has them.
func (a *actor) display() string {
	if a.kind == "ThreatGroup" || a.kind == "Organization" {
		return a.spelling
	}
	if role, ok := a.props["role"].(string); ok {
		return "a person (" + role + ")"
	}
	return "a person"
}

// mentions gather what all records say of one name.
type mentions struct {
	initiator bool
	// legal tells that a legal act names it.
	legal bool
	bases []string
	// homes are the countries of records in which name and country are the only ones of their side.
	homes   []string
	records []*attribution
}

// actors are the actors of the attributions by spelling; those of responses are added when they come.
type actors struct {
	mentions   map[string]*mentions
	bySpelling map[string]*actor
	// spellings are the names of the attributions, in the order in which they came.
	spellings []string
}

func newActors(list []*attribution) *actors {
	out := &actors{mentions: map[string]*mentions{}, bySpelling: map[string]*actor{}}
	for _, a := range list {
		for _, name := range a.actors {
			m := out.mention(name)
			for _, b := range a.bases {
				m.bases = add(m.bases, b)
			}
			// Where the accused itself speaks, the column is often the country that it attacked.
			if a.only(actorColumn) != "" && !slices.Contains(a.bases, basisSelf) {
				m.homes = add(m.homes, a.only(countryColumn))
			}
		}
		for _, name := range a.initiators {
			m := out.mention(name)
			m.initiator = true
			m.legal = m.legal || a.legal
			m.records = append(m.records, a)
			// The country of others than organs of a state is where they are said to be from, or for whom they work.
			if a.only(initiatorColumn) != "" && a.only(categoryColumn) == categoryState {
				m.homes = add(m.homes, a.only(originColumn))
			}
		}
	}
	return out
}

func (as *actors) mention(name string) *mentions {
	m := as.mentions[name]
	if m == nil {
		m = &mentions{}
		as.mentions[name] = m
		as.spellings = append(as.spellings, name)
	}
	return m
}

// get returns the actor with a spelling.
func (as *actors) get(spelling string) *actor {
	a := as.bySpelling[spelling]
	if a == nil {
		m := as.mentions[spelling]
		if m == nil {
			m = &mentions{} // named by a response only
		}
		a = decide(spelling, m)
		as.bySpelling[spelling] = a
	}
	return a
}

// homes returns the countries that records give as the home of an organization.
func (as *actors) homes(a *actor) []string {
	if m := as.mentions[a.spelling]; m != nil && a.kind == "Organization" {
		return m.homes
	}
	return nil
}

// decide says what sort of actor has a name.
func decide(spelling string, m *mentions) *actor {
	a := &actor{spelling: spelling, props: map[string]any{"name": spelling}, records: m.records}
	person, role, inOffice := officeHolder(spelling)
	switch kind, listed := organizations[spelling]; {
	case isNaturalPerson(spelling) && m.legal:
		a.kind = "Person"
		a.props["chargeOutcome"] = "UNKNOWN"
	case isNaturalPerson(spelling):
		return a
	case listed:
		a.kind = "Organization"
		a.props["kind"] = kind
	case m.initiator, personas[spelling], slices.Equal(m.bases, []string{basisSelf}) && !inOffice:
		a.kind = "ThreatGroup"
		a.label = parseLabel(spelling)
		if a.label.attackID != "" {
			a.props["attackId"] = a.label.attackID
		}
	case inOffice:
		a.kind = "Person"
		a.props["name"], a.props["role"] = person, role
	default:
		a.kind = "Organization"
		a.props["kind"] = "OTHER"
		for _, k := range organizationKinds {
			if slices.Contains(m.bases, k.basis) {
				a.props["kind"] = k.kind
				break
			}
		}
	}
	a.id = importID(prefixes[a.kind], "actor/"+spelling)
	if a.kind == "Organization" && len(m.homes) == 1 {
		a.state = m.homes[0]
	}
	return a
}
