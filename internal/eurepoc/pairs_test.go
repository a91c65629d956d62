package eurepoc_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// at returns the value of a column in a row.
func (r record) at(column string, row int) string {
	v := r.columns[column]
	switch {
	case len(v) == 0:
		return ""
	case len(v) == 1:
		return v[0]
	}
	return v[row]
}

// TestPairs counts the pairs of countries that stand in the rows which the sources keep. They are of the file: 41 pairs
// have a state accuse itself, and the graph has none of those that no record can tell (TestMatrix).
func TestPairs(t *testing.T) {
	g, _, _ := realGraph(t)
	type pair struct{ id, by, of string }
	all, official := map[pair]bool{}, map[pair]bool{}
	rows, toIran, ambiguous, ambiguousAccuser, longer, selfStates := 0, 0, 0, 0, 0, 0
	for id, r := range g.records(t, "attribution") {
		for i := range r.rows {
			p := pair{id, r.at("attributing_country", i), r.at("attributed_initiator_country", i)}
			if placeholders[p.by] || placeholders[p.of] {
				continue
			}
			rows++
			all[p] = true
			if p.by == "United States" && strings.HasPrefix(p.of, "Iran") {
				toIran++
			}
			switch r.at("attribution_basis", i) {
			case stateBasis, "Attribution by EU institution/agency", "Attribution by international organization":
				if r.at("attributed_initiator_category", i) == "State" {
					official[p] = true
				}
			}
		}
		varies := func(columns ...string) int {
			return count(columns, func(c string) bool {
				return len(r.columns[c]) > 1 && len(slices.Compact(slices.Sorted(slices.Values(r.columns[c])))) > 1
			})
		}
		ambiguous += min(1, varies("attributed_initiator", "attributed_initiator_country", "attributed_initiator_category")/2)
		ambiguousAccuser += varies("attributing_actor", "attributing_country") / 2
		longer += min(1, r.rows-1)
		if slices.Equal(r.set("attribution_basis"), []string{selfBasis}) && slices.Contains(r.set("attributed_initiator_category"), "State") {
			selfStates++
		}
	}
	cells := func(pairs map[pair]bool) int {
		out := map[[2]string]bool{}
		for p := range pairs {
			out[[2]string{p.by, p.of}] = true
		}
		return len(out)
	}
	list := slices.Collect(maps.Keys(all))
	iran := func(p pair) bool { return p.by == "United States" && strings.HasPrefix(p.of, "Iran") }
	for what, pair := range map[string][2]int{
		"rows with a pair":               {rows, 512},
		"pairs":                          {len(all), 194},
		"cells":                          {cells(all), 68},
		"a state and itself":             {count(list, func(p pair) bool { return p.by == p.of }), 41},
		"official and State":             {len(official), 27},
		"their cells":                    {cells(official), 18},
		"rows from the US to Iran":       {toIran, 112},
		"pairs from the US to Iran":      {count(list, iran), 16},
		"official":                       {count(slices.Collect(maps.Keys(official)), iran), 1},
		"more than one row":              {longer, 289},
		"ambiguous accused":              {ambiguous, 32},
		"ambiguous actors and countries": {ambiguousAccuser, 4},
		"self-attributions of a State":   {selfStates, 16},
	} {
		check(t, what, pair[0], pair[1])
	}
}

// listEntry is the beginning of a text in a list.
var listEntry = regexp.MustCompile(`[\[ ]['"]`)

// TestKeptIncidents counts what stands in the rows of incidents that is not mapped, or not as it is.
func TestKeptIncidents(t *testing.T) {
	g, _, _ := realGraph(t)
	incidents := g.records(t, "incident")
	number := func(r record, column string) int {
		n, _ := strconv.Atoi(r.first(column))
		return n
	}
	var reversed, sameYear, noEnd, political, legal, addresses int
	norms := map[string]int{}
	for _, r := range incidents {
		political += number(r, "number_of_political_responses")
		legal += number(r, "number_of_legal_responses")
		for _, c := range []string{"sources_url", "sources_attribution"} {
			addresses += len(listEntry.FindAllString(r.first(c), -1))
		}
		for _, n := range strings.Split(r.first("legal_attribution_reference"), "; ") {
			if !placeholders[n] {
				norms[n]++
			}
		}
		start, end := r.first("start_date"), r.first("end_date")
		if end == "" || start <= end {
			continue
		}
		reversed++
		switch {
		case end == start[:4]+"-01-01":
			sameYear++
		case end == "2000-01-01":
			noEnd++
		}
	}
	early, sameYearEarly := 0, 0
	for _, r := range g.records(t, "attribution") {
		start, day := incidents[r.first("incident_ID")].first("start_date"), r.first("attribution_date")
		if day != "" && start != "" && day < start {
			early++
			if day == start[:4]+"-01-01" {
				sameYearEarly++
			}
		}
	}
	for what, pair := range map[string][2]int{
		"ends before the start":         {reversed, 83},
		"of 1 January of the year":      {sameYear, 39},
		"placeholders":                  {noEnd, 27},
		"attributions before the start": {early, 282},
		"of 1 January of that year":     {sameYearEarly, 273},
		"addresses":                     {addresses, 6500},
		"political responses":           {political, 81},
		"legal responses":               {legal, 25},
	} {
		check(t, what, pair[0], pair[1])
	}
	check(t, "norms", norms, map[string]int{
		"Cyber espionage": 14, "Sovereignty": 6, "Due diligence": 3, "Human rights": 3, "Other": 2, "International organizations": 1,
		"International peace": 1, "Armed conflict": 1,
	})
}
