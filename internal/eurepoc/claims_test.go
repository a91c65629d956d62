package eurepoc_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/store"
)

// TestClaims counts what the graph claims. The numbers follow from the rules by a count of the CSV files.
func TestClaims(t *testing.T) {
	g, _, _ := realGraph(t)
	all := g.ofIncidents()
	has := func(link string) func(*store.Node) bool {
		return func(n *store.Node) bool { return len(g.out[link][n.ID]) > 0 }
	}
	ends := func(link string) int {
		n := 0
		for _, a := range all {
			n += len(g.out[link][a.ID])
		}
		return n
	}
	accusedState := func(n *store.Node) bool {
		return slices.ContainsFunc(g.out["ACCUSED"][n.ID], func(id string) bool { return g.nodes[id].Kind == "State" })
	}
	for what, pair := range map[string][2]int{
		"attributions of incidents":      {len(all), 1953}, // all but the empty one
		"with an accuser":                {count(all, has("ACCUSER")), 784},
		"accusers":                       {ends("ACCUSER"), 846},
		"accused":                        {ends("ACCUSED"), 1970},
		"nobody accused":                 {count(all, func(n *store.Node) bool { return !has("ACCUSED")(n) }), 433},
		"a state accused":                {count(all, accusedState), 283},
		"territory":                      {count(all, has("TERRITORY")), 502},
		"affiliations with a state":      {count(g.kinds["Attribution"], func(n *store.Node) bool { return n.Props["polarity"] == "SUSPECTED" }), 171},
		"affiliations in parentheses":    {len(g.kinds["Attribution"]) - len(all) - 171, 20},
		"contested":                      {count(all, has("CONTESTED_ACCORDING_TO")), 18},
		"contested with a named accuser": {count(all, func(n *store.Node) bool { return has("CONTESTED_ACCORDING_TO")(n) && has("ACCUSER")(n) }), 1},
		"denials and endorsements":       {len(g.kinds["Denial"]) + len(g.kinds["Endorsement"]), 0},
		"names of groups":                {count(g.kinds["AliasClaim"], func(n *store.Node) bool { return n.Props["relation"] == "SAME_AS" }), 203},
		"parts of groups":                {count(g.kinds["AliasClaim"], func(n *store.Node) bool { return n.Props["relation"] == "PART_OF" }), 8},
		"groups with an ATT&CK id":       {count(g.kinds["ThreatGroup"], func(n *store.Node) bool { return n.Props["attackId"] != nil }), 36},
	} {
		check(t, what, pair[0], pair[1])
	}
	check(t, "propositions", tally(all, func(n *store.Node) string { return n.Props["proposition"].(string) }), map[string]int{
		"ADOPTED_BY": 626, "CARRIED_OUT_BY": 1107, "ORIGINATED_FROM_TERRITORY": 40, "OTHER": 180,
	})
	check(t, "roles of accusers", tally(all, func(n *store.Node) string { r, _ := n.Props["accuserRole"].(string); return r }), map[string]int{
		"SELF": 648, "SECURITY_COMPANY": 557, "MEDIA": 240, "VICTIM_STATE_BODY": 228, "UNSPECIFIED_THIRD_PARTY": 146, "VICTIM": 58,
		"EU_BODY": 4, "INTERNATIONAL_ORGANISATION": 1, "UNKNOWN": 64, "": 7,
	})
}

// TestNoState holds that no state accuses, and that only initiators of the category State have one accused.
func TestNoState(t *testing.T) {
	g, _, _ := realGraph(t)
	records := g.records(t, "attribution")
	for _, a := range g.kinds["Attribution"] {
		for _, id := range g.out["ACCUSER"][a.ID] {
			if g.nodes[id].Kind == "State" {
				t.Errorf("%s: a state accuses", a.Props["summary"])
			}
		}
		for _, id := range g.out["ACCUSED"][a.ID] {
			if g.nodes[id].Kind != "State" || a.Props["polarity"] == "SUSPECTED" {
				continue
			}
			r := records[g.nodes[g.source(a)].Props["recordId"].(string)]
			if got := r.columns["attributed_initiator_category"]; !slices.Equal(got, []string{"State"}) {
				t.Errorf("%s: accuses a state, and the category is %v", a.Props["summary"], got)
			}
			if got := r.columns["attributed_initiator_country"]; !slices.Equal(got, []string{g.nodes[id].Props["name"].(string)}) {
				t.Errorf("%s: accuses %v of the countries %v", a.Props["summary"], g.nodes[id].Props["name"], got)
			}
		}
	}
}

// TestMatrix counts accusations of states by bodies of states, as a matrix by state would, and holds the pairs that
// nobody claimed out of it.
func TestMatrix(t *testing.T) {
	g, _, _ := realGraph(t)
	public := map[string]bool{
		"GOVERNMENT": true, "MINISTRY": true, "MISSION": true, "SERVICE": true, "AGENCY": true, "ARMED_FORCES": true, "POLICE": true,
		"PROSECUTOR": true, "COURT": true,
	}
	victims, others := map[string]int{}, map[string]int{}
	for _, a := range g.ofIncidents() {
		by, of := map[string]bool{}, map[string]bool{}
		for _, id := range g.out["ACCUSER"][a.ID] {
			if kind, _ := g.nodes[id].Props["kind"].(string); public[kind] && a.Props["accuserRole"] != "SELF" {
				for _, s := range g.out["ORGANIZATION_OF"][id] {
					by[g.nodes[s].Props["isoCode"].(string)] = true
				}
			}
		}
		for _, id := range g.out["ACCUSED"][a.ID] {
			if code, is := g.nodes[id].Props["isoCode"].(string); is {
				of[code] = true
			}
		}
		for x := range by {
			for y := range of {
				if a.Props["accuserRole"] == "VICTIM_STATE_BODY" {
					victims[x+" "+y]++
				} else {
					others[x+" "+y]++
				}
			}
		}
	}
	// The records with the basis of a receiving state have 23 pairs of countries. Left out here are persons, who speak for
	// no state of their own, bodies whose home no record tells, and records with several accused countries.
	check(t, "bodies of receiving states", victims, map[string]int{
		"CA RU": 1, "DE RU": 1, "GB RU": 1, "ME RU": 1, "NL NL": 1, "QA AE": 1, "US CN": 1, "US RU": 5,
	})
	// Third parties that are bodies of a state, such as agencies of the United States on incidents in Albania.
	check(t, "bodies of other states", others, map[string]int{
		"CA FR": 1, "CA RU": 2, "GB CN": 1, "GB RU": 1, "US AE": 1, "US IR": 3, "US RU": 2,
	})
}

// TestSelf holds that whoever claims an incident as its own accuses nobody else.
func TestSelf(t *testing.T) {
	g, _, _ := realGraph(t)
	for _, a := range g.ofIncidents() {
		if a.Props["proposition"] != "ADOPTED_BY" {
			continue
		}
		if a.Props["accuserRole"] != "SELF" || !slices.Contains(a.Props["basis"].([]string), "SELF") {
			t.Errorf("%s: %v", a.Props["summary"], a.Props)
		}
		for _, id := range g.out["ACCUSER"][a.ID] {
			if !slices.Contains(g.out["ACCUSED"][a.ID], id) {
				t.Errorf("%s: %v is not accused", a.Props["summary"], g.nodes[id].Props["name"])
			}
		}
		for _, id := range g.out["ACCUSED"][a.ID] {
			if g.nodes[id].Kind == "State" {
				t.Errorf("%s: accuses a state", a.Props["summary"])
			}
		}
	}
}

var quoted = regexp.MustCompile(`".*"`)

// TestActors counts who is named, and holds that names of people stand in nothing that search finds.
func TestActors(t *testing.T) {
	g, notes, _ := realGraph(t)
	accused := distinctEnds(g, g.ofIncidents(), "ACCUSED")
	maps.DeleteFunc(accused, func(id string, _ int) bool { return g.nodes[id].Kind == "State" })
	check(t, "initiators, but for four people whom no legal act names", len(accused), 609-4)
	contains := func(text string) int {
		return count(slices.Collect(maps.Keys(accused)), func(id string) bool { return strings.Contains(g.nodes[id].Props["name"].(string), text) })
	}
	check(t, "initiators with /", contains("/"), 123)
	check(t, "initiators with (", contains("("), 73)
	check(t, "initiators with <", contains("<"), 10)
	leftOut := map[string]bool{}
	for _, n := range notes {
		if strings.Contains(n.Reason, "a person without an office") {
			leftOut[n.Type+" "+n.Record] = true
		}
	}
	check(t, "records with a person left out", slices.Sorted(maps.Keys(leftOut)), []string{
		"attribution 1620", "attribution 621", "attribution 7417", "attribution 7971", "attribution 8668", "incident 2061",
	})
	var texts []string
	for _, kind := range []string{"Attribution", "AliasClaim", "Statement", "Measure", "Organization", "ThreatGroup", "Citation"} {
		for _, n := range g.kinds[kind] {
			for field, v := range n.Props {
				// The name that the data set gives to an incident is its own, and one names a victim.
				if s, ok := v.(string); ok && field != "name" {
					texts = append(texts, quoted.ReplaceAllString(s, ""))
				}
			}
		}
	}
	all := strings.Join(texts, "\n")
	for _, p := range g.kinds["Person"] {
		name := p.Props["name"].(string)
		if p.Props["role"] == nil && p.Props["chargeOutcome"] == nil {
			t.Errorf("%s has neither an office nor a charge", name)
		}
		if strings.Contains(all, name) {
			t.Errorf("the name of %s stands in a text", name)
		}
	}
	for _, name := range []string{"David Kernell", "Muhammad Bilal", "Crimew", "Sarafov", "Robert Smith"} {
		for _, n := range g.kinds["Person"] {
			if strings.Contains(n.Props["name"].(string), name) {
				t.Errorf("%s is a node", name)
			}
		}
	}
}

// TestSettled holds that a settled attribution accuses whom the incident's own columns name.
func TestSettled(t *testing.T) {
	g, _, _ := realGraph(t)
	incidents := map[string]bool{}
	n := 0
	for _, a := range g.ofIncidents() {
		by := g.out["SETTLED_ACCORDING_TO"][a.ID]
		if (a.Props["settled"] == true) != (len(by) == 1) {
			t.Errorf("%s: settled is %v, according to %v", a.Props["summary"], a.Props["settled"], by)
		}
		if len(by) == 1 {
			n++
			incidents[g.out["SUBJECT"][a.ID][0]] = true
		}
	}
	// Of 1,637 incidents whose columns equal an attribution's, the others name neither initiator nor country.
	check(t, "settled attributions", n, 1590)
	check(t, "incidents with one", len(incidents), 1401)
}

// TestSources holds that everything has a source that keeps its record.
func TestSources(t *testing.T) {
	g, _, _ := realGraph(t)
	for kind, list := range g.kinds {
		for _, n := range list {
			sources := g.out["SOURCED_FROM"][n.ID]
			switch {
			case kind == "Source" || kind == "State" || n.Props["kind"] == "RESEARCH" && strings.Contains(n.Props["name"].(string), "EuRepoC"):
			case len(sources) == 0:
				t.Errorf("%s %v has no source", kind, n.Props)
			}
			for _, id := range sources {
				s := g.nodes[id]
				if s.Props["dataset"] != "eurepoc" || s.Props["datasetVersion"] != "1.1" || s.Props["original"] == nil || s.Props["licence"] == nil {
					t.Errorf("%s has the source %v", n.ID, s.Props)
				}
			}
		}
	}
}
