package eurepoc_test

import (
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/store"
)

// ends returns the names at the other ends of a node's links, as they are in the order of the alphabet.
func (g *graph) ends(link string, n *store.Node) []string {
	var out []string
	for _, id := range g.out[link][n.ID] {
		out = append(out, g.nodes[id].Props["name"].(string))
	}
	slices.Sort(out)
	return out
}

// attributions builds the small sheets with these rows of attributions.
func attributions(t *testing.T, rows ...map[string]string) *graph {
	t.Helper()
	s := smallSheets(t)
	s.attribution.rows = nil
	for _, r := range rows {
		row := map[string]string{"incident_ID": "7", "attribution_ID": "70.0"}
		for k, v := range r {
			row[k] = v
		}
		s.attribution.rows = append(s.attribution.rows, row)
	}
	session, _ := session(t)
	g, err := build(t, session, s.inputs()...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

const (
	initiator = "attributed_initiator"
	origin    = "attributed_initiator_country"
	category  = "attributed_initiator_category"
	basis     = "attribution_basis"
	actor     = "attributing_actor"
	country   = "attributing_country"
)

// TestGaps holds that a placeholder beside a value leaves open what belongs together.
func TestGaps(t *testing.T) {
	for _, c := range []struct {
		name               string
		rows               []map[string]string
		accused, territory []string
		affiliations       int
		text               any
	}{
		{"a state", []map[string]string{{origin: "Austria", category: "State"}}, []string{"Austria"}, nil, 0, nil},
		{
			"a state or none",
			[]map[string]string{{origin: "Austria", category: "State"}, {origin: "Austria", category: "Not available"}},
			nil,
			[]string{"Austria"},
			0, "State",
		},
		{
			"a state of two",
			[]map[string]string{{origin: "Austria", category: "State"}, {origin: "Unknown", category: "State"}},
			nil, nil, 0, "State; country as coded: Austria",
		},
		{"a group", []map[string]string{{initiator: "A", origin: "Austria", category: "Non-state-group"}}, []string{"A"}, []string{"Austria"}, 0, nil},
		{
			"a group and another",
			[]map[string]string{{initiator: "A", origin: "Austria"}, {initiator: "", origin: "Austria"}},
			[]string{"A"},
			nil, 0, "country as coded: Austria",
		},
		{"an affiliated group", []map[string]string{{initiator: "A", origin: "Austria", category: affiliated}}, []string{"A"}, nil, 1, nil},
		{
			"two affiliated groups", []map[string]string{
				{initiator: "A", origin: "Austria", category: affiliated}, {initiator: "B", origin: "Austria", category: affiliated},
			}, []string{"A", "B"}, nil, 2, nil,
		},
		{
			"a group affiliated with one of two", []map[string]string{
				{initiator: "A", origin: "Austria", category: affiliated}, {initiator: "A", origin: "Unknown", category: affiliated},
			}, []string{"A"}, nil, 0, "country as coded: Austria",
		},
		{"a region", []map[string]string{{initiator: "A", origin: "Asia (region)", category: "State"}}, []string{"A"}, nil, 0, "country as coded: Asia (region)"},
		{"nobody affiliated", []map[string]string{{origin: "Austria", category: affiliated}}, nil, []string{"Austria"}, 0, affiliated},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := attributions(t, c.rows...)
			a := g.ofIncidents()[0]
			check(t, "accused", g.ends("ACCUSED", a), c.accused)
			check(t, "territory", g.ends("TERRITORY", a), c.territory)
			check(t, "affiliations", len(g.kinds["Attribution"])-1, c.affiliations)
			check(t, "text", a.Props["accusedDescription"], c.text)
		})
	}
}

// TestHomes holds which records tell where an organization is at home.
func TestHomes(t *testing.T) {
	vendor := "IT-security community attributes attacker"
	row := func(id, name, where, why string) map[string]string {
		return map[string]string{"attribution_ID": id, actor: name, country: where, basis: why}
	}
	for _, c := range []struct {
		name string
		rows []map[string]string
		want []string
	}{
		{"one record", []map[string]string{row("1", "V", "Austria", vendor)}, []string{"Austria"}},
		{"two that agree", []map[string]string{row("1", "V", "Austria", vendor), row("2", "V", "Austria", "Media-based attribution")}, []string{"Austria"}},
		{"two that do not", []map[string]string{row("1", "V", "Austria", vendor), row("2", "V", "Belgium", vendor)}, nil},
		{"one of the accused itself", []map[string]string{row("1", "V", "Austria", vendor), row("2", "V", "Belgium", selfBasis)}, []string{"Austria"}},
		{"two actors", []map[string]string{row("1", "V", "Austria", vendor), row("1", "W", "Austria", vendor)}, nil},
		{"a region", []map[string]string{row("1", "V", "EU (region)", vendor)}, nil},
		{"an organ that is accused", []map[string]string{{initiator: "GRU", origin: "Russia", category: "State", basis: vendor, actor: "V"}}, nil},
	} {
		g := attributions(t, c.rows...)
		for _, n := range g.kinds["Organization"] {
			switch n.Props["name"] {
			case "V":
				check(t, c.name, g.ends("ORGANIZATION_OF", n), c.want)
				check(t, c.name, n.Props["kind"], "VENDOR")
			case "GRU":
				check(t, c.name, g.ends("ORGANIZATION_OF", n), []string{"Russia"})
			}
		}
	}
}

// TestWhoSpeaks holds who becomes an accuser.
func TestWhoSpeaks(t *testing.T) {
	for _, c := range []struct {
		name string
		row  map[string]string
		want []string
	}{
		{"an actor", map[string]string{actor: "V", country: "Austria"}, []string{"V"}},
		{"a company in the place of an actor", map[string]string{"attribution_it_company": "V"}, []string{"V"}},
		{"a company beside an actor", map[string]string{actor: "V", "attribution_it_company": "V Labs"}, []string{"V"}},
		{"a country", map[string]string{country: "Austria", basis: "Media-based attribution"}, nil},
		{"a body of a state", map[string]string{country: "Austria", basis: stateBasis}, []string{"Unnamed state body, Austria"}},
		{"a body of a region", map[string]string{country: "EU (region)", basis: stateBasis}, nil},
		{"the accused", map[string]string{initiator: "A", basis: selfBasis}, []string{"A"}},
		{"the accused, where only the speaker is named", map[string]string{actor: "A", basis: selfBasis}, []string{"A"}},
		{"a leak", map[string]string{initiator: "A", basis: selfBasis, "attribution_type": "Anonymous statement in media report (x)"}, nil},
		{"a person without an office", map[string]string{actor: "Borislav Sarafov"}, nil},
		{"a person in office", map[string]string{actor: "Edi Rama (Prime Minister, ALB)"}, []string{"Edi Rama"}},
	} {
		g := attributions(t, c.row)
		a := g.ofIncidents()[0]
		check(t, c.name, g.ends("ACCUSER", a), c.want)
		if adopted := a.Props["proposition"] == "ADOPTED_BY"; adopted != strings.HasPrefix(c.name, "the accused") {
			t.Errorf("%s: the proposition is %v", c.name, a.Props["proposition"])
		}
	}
}

// TestTargets holds what a receiver's rows say of a target.
func TestTargets(t *testing.T) {
	const state, critical = "State institutions / political system", "Critical infrastructure"
	for _, c := range []struct {
		rows                   [][2]string
		kind, critical, sector any
	}{
		{[][2]string{{state, ""}}, "STATE_INSTITUTION", nil, nil},
		{[][2]string{{state, "Military"}, {state, "Police"}}, "SECURITY_BODY", nil, nil},
		{[][2]string{{state, "Military"}, {state, "Legislative"}}, "STATE_INSTITUTION", nil, nil},
		{[][2]string{{state, "Military"}, {state, "Political parties"}}, "STATE_INSTITUTION", nil, nil},
		{[][2]string{{state, "Political parties"}}, "POLITICAL", nil, nil},
		{[][2]string{{critical, "Energy"}}, nil, "YES", "energy"},
		{[][2]string{{critical, "Energy"}, {critical, "Water"}}, nil, "YES", nil},
		{[][2]string{{critical, "Health"}, {state, "Police"}}, "SECURITY_BODY", "YES", "healthcare"},
		{[][2]string{{"Media", ""}, {"Science", ""}}, nil, nil, nil},
		{[][2]string{{"Corporate Targets (x)", "Energy"}}, "COMPANY", nil, nil},
		{[][2]string{{"Unknown", ""}}, nil, nil, nil},
	} {
		s := smallSheets(t)
		s.receiver.rows = nil
		for _, r := range c.rows {
			s.receiver = s.receiver.add(map[string]string{"ID": "7", "receiver_category": r[0], "receiver_category_subcode": r[1]})
		}
		session, _ := session(t)
		g, err := build(t, session, s.inputs()...)
		if err != nil {
			t.Fatal(err)
		}
		n := g.kinds["Target"][0]
		for field, want := range map[string]any{"kind": c.kind, "criticalInfrastructure": c.critical, "sector": c.sector} {
			if got := n.Props[field]; got != want {
				t.Errorf("%v: %s is %v, want %v", c.rows, field, got, want)
			}
		}
		check(t, "who says so", len(g.out["DESIGNATED_BY"][n.ID]) == 1, c.critical != nil)
	}
}

// TestIncidentRow holds what the columns of an incident become.
func TestIncidentRow(t *testing.T) {
	with := func(values map[string]string) *graph {
		s := smallSheets(t)
		s.global = s.global.with(values)
		session, _ := session(t)
		g, err := build(t, session, s.inputs()...)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	g := with(map[string]string{
		"MITRE_initial_access": "Phishing; Not available", "MITRE_impact": "Data Exfiltration; Disk Wipe", "incident_type": "Ransomware; Ransomware",
		"description": " What happened. ", "sources_url": "['http://a']", "sources_attribution": "['http://a', 'http://b']",
		"number_of_political_responses": "1", "political_response_type": "State Actors: Stabilizing measures",
		"political_response_type_subcode": "Statement by minister of foreign affairs", "political_response_date": "2022-04-05 00:00:00",
		"political_response_actor": "Edi Rama (Prime Minister; ALB)", "political_response_country": "Albania",
		"number_of_legal_responses": "1", "legal_response_type_subcode": "Economic sanctions", "legal_response_actor": "UK government",
		"legal_attribution_reference": "Sovereignty; Not available",
	})
	n := g.kinds["Incident"][0]
	check(t, "techniques", n.Props["techniques"], []string{"T1566", "T1561"})
	check(t, "effects", n.Props["effects"], []string{"According to EuRepoC: Ransomware."})
	check(t, "summary", n.Props["summary"], "What happened.")
	check(t, "documents", len(g.out["RELAYS"][g.source(n)]), 2)
	statement, measure, citation := g.kinds["Statement"][0], g.kinds["Measure"][0], g.kinds["Citation"][0]
	check(t, "statement", statement.Props, map[string]any{
		"title": "Statement by minister of foreign affairs", "form": "POLITICAL_STATEMENT", "date": "2022-04-05",
		"summary": "According to EuRepoC, a political response to the incident: State Actors: Stabilizing measures; Albania.",
	})
	check(t, "speaker", g.ends("SPEAKER", statement), []string{"Edi Rama"})
	check(t, "what it is about", g.ends("CONCERNS", statement), []string{"Intrusion"})
	check(t, "measure", measure.Props, map[string]any{
		"title": "Economic sanctions", "kind": "SANCTIONS", "description": "According to EuRepoC, a legal response to the incident.",
	})
	check(t, "taken by", g.ends("TAKEN_BY", measure), []string{"UK government"})
	check(t, "what it is about", g.ends("MEASURE_CONCERNS", measure), []string{"Intrusion"})
	check(t, "cited in", g.out["CITED_IN"][citation.ID], []string{g.ofIncidents()[0].ID})

	several := with(map[string]string{
		"number_of_political_responses": "2", "political_response_type": "EU: Stabilizing measures", "political_response_type_subcode": "Declaration of HR",
	})
	check(t, "statements of two responses", len(several.kinds["Statement"]), 0)
	list := with(map[string]string{
		"number_of_political_responses": "1", "political_response_type": "EU: Stabilizing measures", "political_response_actor": "A; B",
	})
	check(t, "measures of a response by two", len(list.kinds["Measure"]), 0)
}

// TestAffiliations holds that an affiliation rests on all records that make it.
func TestAffiliations(t *testing.T) {
	g, _, _ := realGraph(t)
	found := 0
	for _, a := range g.kinds["Attribution"] {
		if a.Props["polarity"] != "SUSPECTED" {
			continue
		}
		if accuser := g.ends("ACCUSER", a); len(accuser) != 1 || !strings.Contains(accuser[0], "EuRepoC") {
			t.Errorf("%s: according to %v", a.Props["summary"], accuser)
		}
		if strings.HasPrefix(a.Props["summary"].(string), "According to EuRepoC, Syrian Electronic Army ") {
			found++
			check(t, "records", len(g.out["SOURCED_FROM"][a.ID]), 19)
			check(t, "subject", g.ends("SUBJECT", a), []string{"Syrian Electronic Army"})
			check(t, "state", g.ends("ACCUSED", a), []string{"Syria"})
		}
	}
	check(t, "affiliations of one group", found, 1)
}
