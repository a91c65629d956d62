package misp

import (
	"slices"

	"attrigraph/internal/text"
)

// isIncident tells whether MISP classifies the value as an operation or campaign and as nothing else. The field is a list
// so that it can hold that people disagree; a value that somebody calls a group stays one.
func (r *record) isIncident() bool {
	classes := r.meta.texts(r, classification)
	return len(classes) > 0 && !slices.ContainsFunc(classes, func(s string) bool { return s != "operation" && s != "campaign" })
}

// incident maps an actor that is an operation or a campaign. Both are campaigns here: to MISP an operation is one effort,
// which is not one event. The claims of groups have no place at an incident.
func (m *mapping) incident(r *record, source string) {
	names, _ := m.names(r)
	m.out.node("Incident", r.uuid, source, map[string]any{
		"name": r.name, "otherNames": names, "kind": "CAMPAIGN", "summary": r.description,
	}, r.place)
	sort := m.cluster.sort + " related"
	for _, e := range r.related {
		m.session.Reject(r.place, sort, r.uuid, "a relation of the type %s of an operation or campaign has no place in the model; it is in the record's original", text.Quote(e.kind))
	}
	for _, field := range []string{"country", "cfr-suspected-state-sponsor", "GRU"} {
		if r.meta.text(r, field) != "" {
			r.note("%q of an operation or campaign has no place in the model: it does not say what the state is said to have done; it is in the original only", field)
		}
	}
}
