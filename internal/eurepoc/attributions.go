package eurepoc

import (
	"slices"
	"strings"

	"attrigraph/internal/date"
	"attrigraph/internal/importer"
	"attrigraph/internal/text"
)

// claim is an attribution as it goes into the graph.
type claim struct {
	*attribution
	inc          *incident
	node, source string
	// accusers and accused are those that become nodes.
	accusers, accused []*actor
	// accusedState and territory are ids, empty where no state is accused or no territory named.
	accusedState, territory string
	// origin is the initiator's only country, empty where there are several.
	origin string
	// originText holds the countries that no link says.
	originText string
	// self tells that according to the basis the accused itself speaks and nobody else; leak, that it did so without a name:
	// somebody told a medium, which is no confession.
	self, leak bool
	props      map[string]any
}

func (m *mapper) remarkOn(a *attribution, action importer.Action, reason string, args ...any) {
	m.s.Remark(action, a.place, attributionType, a.id, reason, args...)
}

// attribution maps one attribution_ID.
func (m *mapper) attribution(inc *incident, a *attribution, settled bool) error {
	c := &claim{
		attribution: a, inc: inc, node: importID("attribution", attributionType+"/"+a.id), source: a.source(), props: map[string]any{},
		self: a.only(basisColumn) == basisSelf,
	}
	t := m.tables[attributionTable]
	title := "EuRepoC attribution " + a.id + " of incident " + inc.id + ": " + inc.name
	if err := m.source(attributionType, a.id, c.source, title, original(t.columns, a.rows), a.place); err != nil {
		return err
	}
	if a.isEmpty(t) {
		m.remarkOn(a, importer.Doubtful, "the record has an id and nothing else: its source is recorded, and no attribution")
		return nil
	}
	for _, step := range []func(*claim) error{m.accusers, m.accusedOf, m.originOf} {
		if err := step(c); err != nil {
			return err
		}
	}
	inc.citing = idsOf(c.accusers)
	m.whoAndHow(c)
	m.when(c)
	m.whatIsSaid(c)
	if settled {
		c.props["settled"] = true
	}
	if err := m.graph.node("Attribution", c.node, a.place, c.props); err != nil {
		return err
	}
	m.linksOf(c, settled)
	return nil
}

func (m *mapper) linksOf(c *claim, settled bool) {
	one := func(id string) []string {
		if id == "" {
			return nil
		}
		return []string{id}
	}
	coder := func(is bool) []string {
		if is {
			return []string{m.eurepoc}
		}
		return nil
	}
	for _, l := range []struct {
		link string
		to   []string
	}{
		{"SOURCED_FROM", one(c.source)},
		{"SUBJECT", one(c.inc.node)},
		{"ACCUSER", idsOf(c.accusers)},
		{"ACCUSED", append(idsOf(c.accused), one(c.accusedState)...)},
		{"TERRITORY", one(c.territory)},
		{"CONTESTED_ACCORDING_TO", coder(c.props["contested"] != nil)},
		{"SETTLED_ACCORDING_TO", coder(settled)},
	} {
		m.graph.links(l.link, c.node, l.to, c.place)
	}
	var named []string
	for _, a := range slices.Concat(c.accusers, c.accused) {
		named = add(named, a.id)
	}
	for _, id := range named {
		m.graph.link("SOURCED_FROM", id, c.source, c.place)
	}
}

func idsOf(list []*actor) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.id
	}
	return out
}

func (m *mapper) actorsOf(names []string, a *attribution) ([]*actor, error) {
	var out []*actor
	for _, name := range names {
		actor, err := m.actor(name, a.place, attributionType, a.id)
		if err != nil {
			return nil, err
		}
		if actor != nil {
			out = append(out, actor)
		}
	}
	return out, nil
}

// accusers finds who speaks. A country alone is nobody, but where the basis says that a state entity speaks it is an
// unnamed body of that state; whom a country column accompanies is not that state.
func (m *mapper) accusers(c *claim) error {
	var err error
	if c.accusers, err = m.actorsOf(c.attribution.actors, c.attribution); err != nil {
		return err
	}
	country := c.only(countryColumn)
	if len(c.attribution.actors) > 0 || c.only(basisColumn) != basisState || !isState(country) {
		return nil
	}
	state, err := m.state(country, c.place, attributionType, c.id)
	if err != nil {
		return err
	}
	body := &actor{kind: "Organization", spelling: "Unnamed state body, " + country, id: importID("organization", attributionType+"/"+c.id+"/accuser")}
	props := map[string]any{
		"name": body.spelling, "kind": "AGENCY",
		"description": "According to EuRepoC, a state body of this state made attribution " + c.id + "; the record does not name it.",
	}
	if err := m.graph.node(body.kind, body.id, c.place, props); err != nil {
		return err
	}
	c.accusers = append(c.accusers, body)
	m.graph.link("ORGANIZATION_OF", body.id, state, c.place)
	return nil
}

// accusedOf finds who is accused: the initiators. Where the accused speaks for itself, whoever of the two is named is both.
func (m *mapper) accusedOf(c *claim) error {
	var err error
	if c.accused, err = m.actorsOf(c.initiators, c.attribution); err != nil || !c.self {
		return err
	}
	c.leak = strings.HasPrefix(c.only(typeColumn), anonymousType)
	switch {
	case c.leak:
		m.remarkOn(c.attribution, importer.Doubtful, "the basis is %q, but the statement is one without a name: it may be a leak, so nobody is recorded as having claimed the incident", basisSelf)
	case len(c.attribution.actors) == 0:
		c.accusers = slices.Clone(c.accused)
	case len(c.initiators) == 0 && !slices.ContainsFunc(c.accusers, func(a *actor) bool { return a.kind != "ThreatGroup" }):
		c.accused = slices.Clone(c.accusers)
	case !isSubset(c.accusers, c.accused):
		m.remarkOn(c.attribution, importer.Doubtful, "the basis is %q, but who speaks is not who is accused, as the names are written: both are kept", basisSelf)
	}
	return nil
}

func isSubset(list, of []*actor) bool {
	for _, a := range list {
		if !slices.Contains(of, a) {
			return false
		}
	}
	return true
}

// originOf says what the country of the initiator means. It is where the initiator is from; a state is accused only where
// the initiator's category is that of a state and nothing else. Of an initiator whose affiliation with a state is
// suggested, EuRepoC says so: that is a claim of its own, which the accuser need not have made. Who claims an incident as
// its own does not thereby accuse the state to whose bodies EuRepoC counts it.
func (m *mapper) originOf(c *claim) error {
	if len(c.attribution.origins) == 0 {
		return nil
	}
	c.origin = c.only(originColumn)
	one := isState(c.origin)
	var state string
	if one {
		var err error
		if state, err = m.state(c.origin, c.place, attributionType, c.id); err != nil {
			return err
		}
	}
	switch {
	case one && c.only(categoryColumn) == categoryState && !c.self:
		c.accusedState = state
	case one && c.only(categoryColumn) == categoryAffiliated && len(c.accused) > 0:
		for _, a := range c.accused {
			m.affiliate(a, state, c)
		}
	case one && (len(c.initiators) == 0 || c.only(initiatorColumn) != ""):
		c.territory = state
	default:
		c.originText = strings.Join(c.attribution.origins, ", ")
	}
	return nil
}

// whoAndHow sets the capacity in which accusers speak and on what the attribution rests.
func (m *mapper) whoAndHow(c *claim) {
	bases := c.bases
	if slices.Contains(bases, basisContested) {
		c.props["contested"] = true
		if len(bases) > 1 {
			bases = slices.DeleteFunc(slices.Clone(bases), func(b string) bool { return b == basisContested })
		}
	}
	switch {
	case len(bases) == 0:
		c.props["accuserRole"] = "UNKNOWN"
	case len(bases) > 1 || c.gaps[basisColumn]:
		m.remarkOn(c.attribution, importer.Doubtful, "the record has several bases (%s), which belong to no accuser in particular: the role is left open", strings.Join(bases, "; "))
	case accuserRoles[bases[0]] == "":
		c.props["accuserRole"] = "UNKNOWN"
		m.remarkOn(c.attribution, importer.Doubtful, "the attribution_basis %s is not known: it stays in the original of the record", text.Quote(bases[0]))
	default:
		c.props["accuserRole"] = accuserRoles[bases[0]]
	}
	var forms []string
	for _, t := range c.types {
		basis, _, ok := typeForm(t)
		if !ok {
			m.remarkOn(c.attribution, importer.Doubtful, "the attribution_type %s is not known: it stays in the original of the record", text.Quote(t))
		}
		for _, b := range basis {
			// A direct statement of whoever speaks for itself is a self-attribution: the column has one value for both.
			if !c.self || b != "UNCLEAR" {
				forms = add(forms, b)
			}
		}
	}
	if c.self {
		forms = add(forms, "SELF")
	}
	c.props["basis"] = forms
	c.props["verification"] = "RELAY"
}

// when sets the date of the attribution.
func (m *mapper) when(c *claim) {
	if len(c.dates) > 1 {
		m.remarkOn(c.attribution, importer.Doubtful, "the record has %d dates: they stay in the original of the record", len(c.dates))
	}
	if len(c.dates) != 1 {
		return
	}
	d, ok := eventDate(c.dates[0])
	if !ok {
		m.remarkOn(c.attribution, importer.Doubtful, "the attribution_date %s is no day of the calendar: it stays in the original of the record", text.Quote(c.dates[0]))
		return
	}
	if after(c.inc.start, date.Date{Latest: d.Latest}) {
		m.remarkOn(c.attribution, importer.Doubtful, "the attribution is dated %s, before the incident began (%s): both are kept", c.dates[0], c.inc.get("start_date"))
	}
	c.props["date"] = d.String()
}

// whatIsSaid sets the proposition and puts it into a sentence.
func (m *mapper) whatIsSaid(c *claim) {
	sort := slices.DeleteFunc(slices.Clone(c.categories), func(k string) bool { return k == categoryUnknown })
	named := len(c.accused) > 0 || c.accusedState != ""
	c.props["polarity"] = "ASSERTED"
	proposition := "CARRIED_OUT_BY"
	switch {
	case c.self && !c.leak && isSubset(c.accusers, c.accused):
		proposition = "ADOPTED_BY"
	case named || len(sort) > 0 || len(c.initiators) > 0:
	case c.territory != "":
		proposition = "ORIGINATED_FROM_TERRITORY"
	default:
		proposition = "OTHER"
		c.props["propositionText"] = "The record says that there was an attribution and does not say to whom."
	}
	c.props["proposition"] = proposition

	var description []string
	if !named {
		description = c.categories
	}
	if c.originText != "" {
		description = append(slices.Clone(description), "country as coded: "+c.originText)
	}
	if len(description) > 0 {
		c.props["accusedDescription"] = strings.Join(description, "; ")
	}
	c.props["summary"] = c.sentence(proposition)
}

// sentence says according to whom the incident is attributed to whom. It has no names of people, which search would find.
func (c *claim) sentence(proposition string) string {
	what := `"` + c.inc.name + `"`
	accused := displays(c.accused)
	if c.accusedState != "" {
		accused = append(accused, c.origin)
	}
	whom := strings.Join(accused, ", ")
	if whom == "" {
		whom = "an initiator whom the record does not name"
		if text, ok := c.props["accusedDescription"].(string); ok {
			whom += " (" + text + ")"
		}
	}
	if c.territory != "" {
		whom += " (country of origin: " + c.origin + ")"
	}
	accusers := strings.Join(displays(c.accusers), ", ")
	switch {
	case proposition == "ADOPTED_BY":
		return "According to EuRepoC, " + whom + " claimed " + what + " as its own."
	case accusers != "":
		return "According to EuRepoC, " + accusers + " attributed " + what + " to " + whom + "."
	}
	return "According to EuRepoC, " + what + " was attributed to " + whom + " by somebody whom the record does not name."
}

func displays(list []*actor) []string {
	var out []string
	for _, a := range list {
		out = add(out, a.display())
	}
	return out
}
