package eurepoc

import "slices"

// recordID names the receiver in notes and in the id of its node; the data set has no id for it.
func (r *receiver) recordID() string { return pathOf(r.incident, r.country, r.name) }

// receiversOf maps the receivers of an incident to targets. A receiver is of one incident: that another has the same name
// does not make it the same.
func (m *mapper) receiversOf(inc *incident) error {
	list := m.receivers[inc.id]
	delete(m.receivers, inc.id)
	for _, r := range list {
		if err := m.receiver(inc, r); err != nil {
			return err
		}
	}
	return nil
}

func (m *mapper) receiver(inc *incident, r *receiver) error {
	record := r.recordID()
	node := importID("target", receiverType+"/"+record)
	name := r.name
	switch {
	case name == "" && r.country == "":
		name = "Receiver without a name"
	case name == "":
		name = "Receiver without a name, " + r.country
	}
	props := map[string]any{"name": name}
	if kind := r.kind(); kind != "" {
		props["kind"] = kind
	}
	critical := slices.Contains(r.categories, criticalInfrastructure)
	if critical {
		props["criticalInfrastructure"] = "YES"
		if sector := r.sector(); sector != "" {
			props["sector"] = sector
		}
	}
	if err := m.graph.node("Target", node, r.place, props); err != nil {
		return err
	}
	if critical {
		m.graph.link("DESIGNATED_BY", node, m.eurepoc, r.place)
	}
	state, err := m.state(r.country, r.place, receiverType, record)
	if err != nil {
		return err
	}
	if state != "" {
		m.graph.link("TARGET_IN", node, state, r.place)
	}
	m.graph.link("TARGETED", inc.node, node, r.place)
	m.graph.link("SOURCED_FROM", node, inc.source, r.place)
	return nil
}

// kind returns the kind of target on which all categories of the receiver agree, empty where they do not.
func (r *receiver) kind() string {
	var kinds []string
	for _, c := range r.categories {
		if c == criticalInfrastructure {
			continue
		}
		kinds = add(kinds, targetKind(c))
	}
	if len(kinds) != 1 {
		return ""
	}
	if kinds[0] != "STATE_INSTITUTION" {
		return kinds[0]
	}
	var parts []string
	for _, s := range r.subcodes {
		if otherStateParts[s] {
			return kinds[0]
		}
		parts = add(parts, stateParts[s])
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return kinds[0]
}

// sector returns the only sector of critical infrastructure that the receiver has, empty where it has another number.
func (r *receiver) sector() string {
	var found []string
	for _, s := range r.subcodes {
		found = add(found, sectors[s])
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}
