package eurepoc

import (
	"strconv"
	"strings"

	"attrigraph/internal/date"
	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

// incident is the row that is being mapped.
type incident struct {
	row
	id, name string
	// node and source are the ids of the incident and of the source that stands for its row.
	node, source string
	start        date.Date
	// only is the attribution of an incident that has one and no other; citations and responses can belong to it alone.
	only *attribution
	// citing are the accusers of the last attribution that was mapped.
	citing []string
	// responding are the actors of its responses.
	responding []string
}

// incident maps a row of the Global Database and everything that belongs to it. The columns that repeat receivers and
// attributions are not read.
func (m *mapper) incident(r row) error {
	id := recordID(r.get("ID"))
	inc := &incident{
		row: r, id: id, name: clean(r.get("name")), node: importID("incident", incidentType+"/"+id), source: importID("source", incidentType+"/"+id),
	}
	if inc.name == "" {
		inc.name = "Incident " + id
	}
	m.s.Accept(incidentType, 1)
	title := "EuRepoC incident " + id + ": " + inc.name
	if err := m.source(incidentType, id, inc.source, title, m.originalOf(inc), r.place()); err != nil {
		return err
	}
	for _, step := range []func(*incident) error{m.cited, m.incidentNode, m.receiversOf, m.attributionsOf, m.responses, m.legalReference} {
		if err := step(inc); err != nil {
			return err
		}
	}
	return nil
}

// receiversKey is where the original of an incident has its rows of the Receiver dataset, as a list of receivers: they
// have no id of their own, and the Global Database repeats only a part of them. No column has this name.
const receiversKey = "receivers"

func (m *mapper) originalOf(inc *incident) string {
	b := appendOriginal(nil, inc.table.columns, [][]string{inc.values})
	list := m.receivers[inc.id]
	if len(list) == 0 {
		return string(b)
	}
	b = append(b[:len(b)-1], ',')
	b = text.AppendJSON(b, receiversKey)
	b = append(b, ':')
	for i, r := range list {
		b = append(b, "[,"[min(i, 1)])
		b = appendOriginal(b, m.tables[receiverTable].columns, r.rows)
	}
	return string(append(b, "]}"...))
}

func (m *mapper) remark(action importer.Action, inc *incident, reason string, args ...any) {
	m.s.Remark(action, inc.place(), incidentType, inc.id, reason, args...)
}

// cited hands over the documents that the record names as its sources. The record passes them on; nobody read them for
// this import, and which of them supports which attribution is not in the data.
func (m *mapper) cited(inc *incident) error {
	done := map[string]bool{}
	for _, column := range []string{"sources_url", "sources_attribution"} {
		list, err := parseList(inc.get(column))
		if err != nil {
			m.remark(importer.Doubtful, inc, "%s: %s: its addresses stay in the original of the record", column, err)
			continue
		}
		for _, address := range list {
			address = strings.TrimSpace(address)
			if address == "" || done[address] {
				continue
			}
			done[address] = true
			id := importID("source", "url/"+address)
			if !m.graph.shared[id] {
				m.graph.shared[id] = true
				if strings.ContainsAny(address, " \u00a0") {
					m.remark(importer.Doubtful, inc, "%s: the address %s has a space: it is kept as it is", column, text.Quote(address))
				}
				props := map[string]any{"title": address, "url": address, "verification": "UNVERIFIED"}
				if err := m.graph.node("Source", id, inc.place(), props); err != nil {
					return err
				}
			}
			m.graph.link("RELAYS", inc.source, id, inc.place())
		}
	}
	return nil
}

func (m *mapper) incidentNode(inc *incident) error {
	props := map[string]any{"name": inc.name, "kind": "INCIDENT"}
	if s := strings.TrimSpace(inc.get("description")); known(s) != "" {
		props["summary"] = s
	}
	m.dates(inc, props)
	var ids, effects []string
	for _, column := range []string{"MITRE_initial_access", "MITRE_impact"} {
		for _, name := range split(inc.get(column)) {
			ids = add(ids, techniques[known(name)])
		}
	}
	for _, kind := range split(inc.get("incident_type")) {
		if k := known(kind); k != "" {
			effects = add(effects, "According to EuRepoC: "+k+".")
		}
	}
	props["techniques"], props["effects"] = ids, effects
	if err := m.graph.node("Incident", inc.node, inc.place(), props); err != nil {
		return err
	}
	m.graph.link("SOURCED_FROM", inc.node, inc.source, inc.place())
	return nil
}

// dates sets when the incident began and ended.
func (m *mapper) dates(inc *incident, props map[string]any) {
	value := map[string]string{}
	read := map[string]date.Date{}
	for _, column := range []string{"start_date", "end_date"} {
		d, ok := eventDate(inc.get(column))
		if !ok {
			m.remark(importer.Doubtful, inc, "%s: %s is no day of the calendar: it stays in the original of the record", column, text.Quote(inc.get(column)))
			continue
		}
		value[column], read[column] = inc.get(column), d
	}
	start, end := read["start_date"], read["end_date"]
	inc.start = start
	if isPlaceholderEnd(start, value["end_date"]) {
		m.remark(importer.Changed, inc, "end_date: %s before the start in %s stands for an end that is not known: it is left out", noEnd, value["start_date"])
		end = date.Date{}
	}
	if after(start, end) {
		why := ""
		otherStart, okStart := swapped(value["start_date"])
		otherEnd, okEnd := swapped(value["end_date"])
		if okStart && !after(otherStart, end) || okEnd && !after(start, otherEnd) {
			why = "; day and month of one of them may be in each other's place"
		}
		m.remark(importer.Doubtful, inc, "the start_date %s is after the end_date %s%s: both are kept", value["start_date"], value["end_date"], why)
	}
	if s := start.String(); s != "" {
		props["startDate"] = s
	}
	if s := end.String(); s != "" {
		props["endDate"] = s
	}
}

// attributionsOf maps the attributions of an incident.
func (m *mapper) attributionsOf(inc *incident) error {
	list := m.attributions[inc.id]
	delete(m.attributions, inc.id)
	if n, err := strconv.Atoi(inc.get("number_of_attributions")); err == nil && n != len(list) {
		m.remark(importer.Doubtful, inc, "number_of_attributions is %d, the Attribution dataset has %d", n, len(list))
	}
	settled := m.settled(inc, list)
	for _, a := range list {
		if err := m.attribution(inc, a, settled[a]); err != nil {
			return err
		}
	}
	if len(list) == 1 && !list[0].isEmpty(m.tables[attributionTable]) {
		inc.only = list[0]
	}
	return nil
}

// settled tells which attributions accuse what the record has as its initiator: the Global Database has those columns
// once for the incident, and they hold what the coders treat as settled. An initiator of whom neither name nor country is
// known settles nothing.
func (m *mapper) settled(inc *incident, list []*attribution) map[*attribution]bool {
	var sets [3][]string
	for i, column := range []string{"initiator_name", "initiator_country", "initiator_category"} {
		values, err := parseList(inc.get(column))
		if err != nil {
			m.remark(importer.Doubtful, inc, "%s: %s: which attribution is settled cannot be told", column, err)
			return nil
		}
		for _, v := range values {
			sets[i] = add(sets[i], known(v))
		}
	}
	if len(sets[0]) == 0 && len(sets[1]) == 0 {
		return nil
	}
	out := map[*attribution]bool{}
	for _, a := range list {
		out[a] = sameSet(sets[0], a.initiators) && sameSet(sets[1], a.origins) && sameSet(sets[2], a.categories)
	}
	return out
}

// sameSet compares lists of distinct values.
func sameSet(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	in := make(map[string]bool, len(a))
	for _, v := range a {
		in[v] = true
	}
	for _, v := range b {
		if !in[v] {
			return false
		}
	}
	return true
}
