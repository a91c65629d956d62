package eurepoc_test

import (
	"testing"

	"pgregory.net/rapid"
)

// pools hold values that occur in the columns, and some that should not.
var pools = map[string][]string{
	"attribution_ID":                  {"1.0", "2.0", "3", "", "x y"},
	"attribution_date":                {"", "2022-01-01", "2022-03-05", "2022-02-30", "never"},
	"attribution_type":                {"", "Technical report (e.g. x)", "Domestic legal action", "Anonymous statement in media report (e.g. x)", "another"},
	"attribution_basis":               {"", "Not available", selfBasis, stateBasis, "Contested attribution", "another"},
	"attributing_actor":               {"", "Killnet", "Edi Rama (Prime Minister, ALB)", "Maia Arson Crimew", "Mandiant", "GRU", "  Killnet\u200f"},
	"attribution_it_company":          {"", "Mandiant"},
	"attributing_country":             {"", "Albania", "EU (region)", "Atlantis"},
	"attributed_initiator":            {"", "Unknown", "Killnet", "A/G0001 (GRU) < Killnet", "A/B/G0001 (GRU)", "David Kernell", "GRU", "Dong Jiazhi"},
	"attributed_initiator_country":    {"", "Russia", "Asia (region)", "Iran, Islamic Republic of", "Atlantis"},
	"attributed_initiator_category":   {"", "State", affiliated, "Unknown - not attributed", "Non-state-group"},
	"receiver_country":                {"", "Albania", "Unknown", "UNICEF"},
	"receiver_name":                   {"", "Port", "Not available", "a/b; c"},
	"receiver_category":               {"", "Critical infrastructure", "State institutions / political system", "Corporate Targets (x)", "another"},
	"receiver_category_subcode":       {"", "Energy", "Military", "Government / ministries"},
	"start_date":                      {"", "2022-03-04", "2012-01-01", "2022-31-01"},
	"end_date":                        {"", "2000-01-01", "2022-02-03"},
	"initiator_name":                  {"", "['Killnet']", "['Not available']", "[broken"},
	"initiator_country":               {"", "['Russia']"},
	"initiator_category":              {"", "['State']"},
	"number_of_attributions":          {"", "1", "many"},
	"sources_url":                     {"", "[]", "['http://x/a b', 'http://y']", "http://x"},
	"sources_attribution":             {"", "['http://y']"},
	"incident_type":                   {"", "Disruption; Data theft", "Disruption; Disruption"},
	"MITRE_impact":                    {"", "Defacement; Disk Wipe", "another"},
	"number_of_political_responses":   {"", "0", "1", "2"},
	"political_response_type":         {"", "State Actors: Preventive measures"},
	"political_response_actor":        {"", "Killnet", "Edi Rama (Prime Minister; ALB)", "a; b"},
	"number_of_legal_responses":       {"", "1.0"},
	"legal_response_actor":            {"", "Killnet", "UK government"},
	"legal_response_type_subcode":     {"", "Economic sanctions"},
	"legal_attribution_reference":     {"", "Sovereignty; Other", "Sovereignty; Sovereignty"},
	"description":                     {"", "He said \"so\",\nand more"},
	"political_response_type_subcode": {"", "Declaration of HR", "Awareness raising"},
}

// TestAnyRows holds that whatever the rows say, the changes are ones that a store takes, no node or link comes twice, and
// every row is accounted for; a second reading says the same.
func TestAnyRows(t *testing.T) {
	empty := smallSheets(t)
	rapid.Check(t, func(t *rapid.T) {
		files := empty
		for _, f := range []*sheet{&files.global, &files.attribution, &files.receiver} {
			f.rows = nil
			for range rapid.IntRange(0, 5).Draw(t, "rows") {
				row := map[string]string{}
				for _, c := range f.columns {
					if c == "ID" || c == "incident_ID" {
						row[c] = rapid.SampledFrom([]string{"7", "8", "9", ""}).Draw(t, c)
					} else if pool := pools[c]; pool != nil {
						row[c] = rapid.SampledFrom(pool).Draw(t, c)
					}
				}
				f.rows = append(f.rows, row)
			}
		}
		var graphs [2]*graph
		for i := range graphs {
			s, _ := session(t)
			s.KeepGoing = true
			g, err := build(t, s, files.inputs()...)
			if err != nil {
				t.Fatal(err)
			}
			graphs[i] = g
			read := map[string]int{}
			for _, n := range s.Totals() {
				read[n.Type] = n.Read
				if n.Read != n.Accepted+n.Merged+n.Rejected {
					t.Fatalf("%+v does not add up", n)
				}
			}
			for recordType, f := range map[string]sheet{"incident": files.global, "attribution": files.attribution, "receiver": files.receiver} {
				if read[recordType] != len(f.rows) {
					t.Fatalf("%d rows of the %s table were read, there are %d", read[recordType], recordType, len(f.rows))
				}
			}
		}
		if len(graphs[0].nodes) != len(graphs[1].nodes) {
			t.Fatal("a second reading has other nodes")
		}
	})
}
