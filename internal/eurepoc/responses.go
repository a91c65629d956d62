package eurepoc

import (
	"slices"
	"strings"

	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

// responses maps what the record says that somebody did about the incident. Its columns are lists beside each other which
// are not in the same order (incidents 1502 and 1514 of version 1.1 have actors and countries that cannot belong
// together), so a response is mapped where the incident has one of its sort. It concerns the incident; that it supports
// an attribution, or applies to somebody, is not in the data.
func (m *mapper) responses(inc *incident) error {
	for _, sort := range []string{"political", "legal"} {
		if err := m.response(inc, sort); err != nil {
			return err
		}
	}
	return nil
}

func (m *mapper) response(inc *incident, sort string) error {
	column := func(name string) string { return inc.get(sort + "_response_" + name) }
	number := recordID(inc.get("number_of_" + sort + "_responses"))
	if number == "" || number == "0" {
		return nil
	}
	values := map[string]string{}
	for _, name := range []string{"date", "type", "type_subcode", "country", "actor"} {
		list := split(column(name))
		if number != "1" || len(list) > 1 {
			m.remark(importer.Doubtful, inc, "it has %s %s responses, and which date, country and actor belong together is not in the data: they stay in the original of the record", number, sort)
			return nil
		}
		if len(list) == 1 {
			values[name] = known(list[0])
		}
	}
	title := values["type_subcode"]
	if title == "" {
		title = values["type"]
	}
	if title == "" {
		m.remark(importer.Doubtful, inc, "its %s response has no type: it stays in the original of the record", sort)
		return nil
	}
	props := map[string]any{"title": title}
	d, ok := eventDate(values["date"])
	if !ok {
		m.remark(importer.Doubtful, inc, "%s_response_date: %s is no day of the calendar: it stays in the original of the record", sort, text.Quote(values["date"]))
	}
	if s := d.String(); s != "" {
		props["date"] = s
	}
	what := "According to EuRepoC, a " + sort + " response to the incident"
	if values["type"] != "" {
		what += ": " + values["type"]
	}
	if values["country"] != "" {
		what += "; " + values["country"]
	}
	kind, by, about := "Measure", "TAKEN_BY", "MEASURE_CONCERNS"
	if form := formOf(values["type"], values["type_subcode"]); form.statement != "" {
		kind, by, about = "Statement", "SPEAKER", "CONCERNS"
		props["form"], props["summary"] = form.statement, what+"."
	} else {
		props["kind"], props["description"] = form.measure, what+"."
	}
	id := importID(prefixes[kind], incidentType+"/"+inc.id+"/"+sort+"-response")
	if err := m.graph.node(kind, id, inc.place(), props); err != nil {
		return err
	}
	m.graph.link("SOURCED_FROM", id, inc.source, inc.place())
	m.graph.link(about, id, inc.node, inc.place())
	if values["actor"] == "" {
		return nil
	}
	actor, err := m.actor(values["actor"], inc.place(), incidentType, inc.id)
	if err != nil || actor == nil {
		return err
	}
	if !slices.Contains(inc.responding, actor.id) {
		inc.responding = append(inc.responding, actor.id)
		m.graph.link("SOURCED_FROM", actor.id, inc.source, inc.place())
	}
	m.graph.link(by, id, actor.id, inc.place())
	return nil
}

// legalReference maps the norms that according to the coders the attributing side referred to. Where an incident has
// several attributions it is not in the data which of them did.
func (m *mapper) legalReference(inc *incident) error {
	var norms []string
	for _, n := range split(inc.get("legal_attribution_reference")) {
		norms = add(norms, known(n))
	}
	if len(norms) == 0 {
		return nil
	}
	if inc.only == nil {
		m.remark(importer.Doubtful, inc, "which of its attributions refers to %s is not in the data: the reference stays in the original of the record", strings.Join(norms, ", "))
		return nil
	}
	for _, n := range norms {
		id := importID("citation", incidentType+"/"+inc.id+"/"+n)
		props := map[string]any{"use": "OTHER", "precision": "PARAPHRASED", "words": "According to EuRepoC's category: " + n}
		if err := m.graph.node("Citation", id, inc.place(), props); err != nil {
			return err
		}
		m.graph.link("CITED_IN", id, importID("attribution", attributionType+"/"+inc.only.id), inc.place())
		m.graph.link("SOURCED_FROM", id, inc.source, inc.place())
		for _, by := range inc.citing {
			m.graph.link("CITED_BY", id, by, inc.place())
		}
	}
	return nil
}
