package eurepoc_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/date"
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// The counts of this file were made from the CSV files by other means than the importer. Here they are told from the
// graph: from its nodes and links, and from the records that its sources keep.

const (
	selfBasis  = "Attacker confirms"
	stateBasis = "Attribution by receiver government / state entity"
	affiliated = "Non-state actor, state-affiliation suggested"
)

// TestAccounts holds that every row is accounted for.
func TestAccounts(t *testing.T) {
	g, notes, totals := realGraph(t)
	check(t, "totals", totals, []importer.Counts{
		{Type: "attribution", Read: 2643, Accepted: 1954, Merged: 677, Rejected: 12},
		{Type: "receiver", Read: 6333, Accepted: 2857, Merged: 3476},
		{Type: "incident", Read: 1643, Accepted: 1643},
	})
	check(t, "notes", tally(notes, func(n importer.Note) string { return string(n.Action) + " " + n.Type }), map[string]int{
		"merged attribution": 677, "rejected attribution": 12, "merged receiver": 3476,
		"changed attribution": 6, "changed incident": 28, "doubtful attribution": 38, "doubtful incident": 70,
	})
	check(t, "receiver rows that say exactly the same", count(notes, func(n importer.Note) bool {
		return n.Type == "receiver" && strings.Contains(n.Reason, "exactly the same")
	}), 23)
	check(t, "sources by type", tally(g.kinds["Source"], func(n *store.Node) string { s, _ := n.Props["recordType"].(string); return s }),
		map[string]int{"incident": 1643, "attribution": 1954, "": 4696})
	for _, n := range notes {
		if n.Place == "" || n.Reason == "" {
			t.Fatalf("%+v says too little", n)
		}
	}
}

// TestRows holds that the sources keep the rows: as many as there are, and the product of the values of eight columns.
func TestRows(t *testing.T) {
	g, _, _ := realGraph(t)
	attributions := g.records(t, "attribution")
	check(t, "attributions by rows", tallyInts(attributions, func(r record) int { return r.rows }),
		map[int]int{1: 1665, 2: 239, 3: 7, 4: 26, 5: 1, 6: 4, 8: 7, 10: 1, 12: 2, 28: 1, 216: 1})
	sides := []string{
		"attribution_type", "attribution_basis", "attributing_actor", "attribution_it_company", "attributing_country",
		"attributed_initiator", "attributed_initiator_country", "attributed_initiator_category",
	}
	for id, r := range attributions {
		product := 1
		for _, c := range sides {
			distinct := map[string]bool{}
			for _, v := range r.columns[c] {
				distinct[v] = true
			}
			product *= max(1, len(distinct))
		}
		if product != r.rows {
			t.Errorf("attribution %s keeps %d rows of a product of %d", id, r.rows, product)
		}
	}
	byIncident := map[string]int{}
	for _, r := range attributions {
		byIncident[r.first("incident_ID")]++
	}
	check(t, "attributions per incident", tally(slices.Collect(maps.Values(byIncident)), func(n int) string { return string(rune('0'+n/10)) + string(rune('0'+n%10)) }),
		map[string]int{"01": 1405, "02": 191, "03": 35, "04": 4, "05": 3, "06": 1, "07": 1, "08": 1, "10": 1})
	rows := 0
	categories := map[string]int{}
	for _, r := range g.receivers(t) {
		rows += r.rows
		list := r.columns["receiver_category"]
		for i := range r.rows {
			category, _, _ := strings.Cut(list[min(i, len(list)-1)], " (")
			categories[category]++
		}
	}
	check(t, "rows of receivers", rows, 6310)
	check(t, "rows of receivers by category, without what stands there twice", categories, receiverCategories(t))
	// Every value of every row is in the graph.
	check(t, "incidents kept", sameRows(t, g.records(t, "incident")), 1643)
}

func tallyInts(records map[string]record, key func(record) int) map[int]int {
	out := map[int]int{}
	for _, r := range records {
		out[key(r)]++
	}
	return out
}

// receiverCategories counts the distinct rows of the file by category.
func receiverCategories(t testing.TB) map[string]int {
	out, seen := map[string]int{}, map[string]bool{}
	for _, r := range rowsOf(t, receiverFile) {
		key := strings.Join([]string{
			r["ID"], r["receiver_country"], r["receiver_region"], r["receiver_name"], r["receiver_category"], r["receiver_category_subcode"],
		}, "\x00")
		if !seen[key] {
			seen[key] = true
			category, _, _ := strings.Cut(r["receiver_category"], " (")
			out[category]++
		}
	}
	return out
}

// sameRows counts the incidents whose source keeps exactly the row of the file.
func sameRows(t testing.TB, kept map[string]record) int {
	n := 0
	for _, row := range rowsOf(t, globalFile) {
		got := map[string]string{}
		for column, v := range kept[row["ID"]].columns {
			got[column] = v[0]
		}
		maps.DeleteFunc(row, func(_, v string) bool { return v == "" })
		if maps.Equal(row, got) {
			n++
		}
	}
	return n
}

// TestSides counts who speaks and who is accused in the records that the sources keep.
func TestSides(t *testing.T) {
	g, _, _ := realGraph(t)
	byID := g.records(t, "attribution")
	all := slices.Collect(maps.Values(byID))
	distinct := func(column string) []string {
		values := map[string]bool{}
		for _, r := range all {
			for _, v := range r.set(column) {
				values[v] = true
			}
		}
		return slices.Sorted(maps.Keys(values))
	}
	// A placeholder is one more value: which of the others it stands beside is not known.
	several := func(column string) int {
		return count(all, func(r record) bool {
			first := func(v string) bool { return v != r.first(column) }
			return slices.ContainsFunc(r.columns[column], first)
		})
	}
	sets := func(column string) map[string]int {
		out := map[string]int{}
		for _, r := range all {
			for _, v := range r.set(column) {
				out[v]++
			}
		}
		return out
	}
	const actor, company, country = "attributing_actor", "attribution_it_company", "attributing_country"
	const initiator, origin, category, basis = "attributed_initiator", "attributed_initiator_country", "attributed_initiator_category", "attribution_basis"
	is := func(r record, want ...bool) bool {
		return slices.Equal([]bool{r.has(actor), r.has(company), r.has(country)}, want)
	}
	for what, pair := range map[string][2]int{
		"attributions":              {len(all), 1954},
		"several initiators":        {several(initiator), 245},
		"several accused countries": {several(origin), 41},
		"several categories":        {several(category), 21},
		"several actors":            {several(actor), 13},
		"several countries":         {several(country), 5},
		"several bases":             {several(basis), 7},
		"several types":             {several("attribution_type"), 4},
		"dated":                     {count(all, func(r record) bool { return r.has("attribution_date") }), 1118},
		"no accuser":                {count(all, func(r record) bool { return !r.has(actor, company, country) }), 1669},
		"actor and country":         {count(all, func(r record) bool { return is(r, true, false, true) }), 220},
		"actor only":                {count(all, func(r record) bool { return is(r, true, false, false) }), 49},
		"all three":                 {count(all, func(r record) bool { return is(r, true, true, true) }), 7},
		"country only":              {count(all, func(r record) bool { return is(r, false, false, true) }), 9},
		"actors":                    {len(distinct(actor)), 166},
		"countries of accusers":     {len(distinct(country)), 38},
		"companies":                 {len(distinct(company)), 7},
		"no accused":                {count(all, func(r record) bool { return !r.has(initiator, origin) }), 252},
		"nobody":                    {count(all, func(r record) bool { return !r.has(actor, company, country, initiator, origin) }), 233},
		"initiator and country":     {count(all, func(r record) bool { return r.has(initiator) && r.has(origin) }), 1016},
		"initiator only":            {count(all, func(r record) bool { return r.has(initiator) && !r.has(origin) }), 404},
		"only accused country":      {count(all, func(r record) bool { return !r.has(initiator) && r.has(origin) }), 282},
		"initiators":                {len(distinct(initiator)), 609},
		"accused countries":         {len(distinct(origin)), 90},
		"both sides":                {count(distinct(initiator), func(n string) bool { return slices.Contains(distinct(actor), n) }), 29},
		"State with a country": {count(all, func(r record) bool {
			return slices.Contains(r.set(category), "State") && r.has(origin)
		}), 321},
		"affiliated with a country": {count(all, func(r record) bool {
			return slices.Contains(r.set(category), affiliated) && r.has(origin)
		}), 510},
		"country of neither": {count(all, func(r record) bool {
			return r.has(origin) && !slices.Contains(r.set(category), "State") && !slices.Contains(r.set(category), affiliated)
		}), 474},
		"self-attributions": {count(all, func(r record) bool { return slices.Equal(r.set(basis), []string{selfBasis}) }), 648},
		"state basis with a country": {count(all, func(r record) bool {
			return slices.Contains(r.set(basis), stateBasis) && r.has(country)
		}), 60},
	} {
		check(t, what, pair[0], pair[1])
	}
	check(t, "categories", sets(category), map[string]int{
		"Non-state-group": 667, affiliated: 554, "State": 338, "Unknown - not attributed": 303, "Individual hacker(s)": 66,
	})
	check(t, "bases", sets(basis), map[string]int{
		selfBasis: 652, "IT-security community attributes attacker": 559, "Media-based attribution": 243, stateBasis: 232,
		"Attribution by third-party": 146, "Receiver attributes attacker": 60, "Contested attribution": 18,
		"Attribution by EU institution/agency": 4, "Attribution by international organization": 1,
	})
	types := map[string]int{}
	for v, n := range sets("attribution_type") {
		short, _, _ := strings.Cut(v, " (")
		types[short] += n
	}
	check(t, "types", types, map[string]int{
		"Self-attribution in the course of the attack": 568, "Technical report": 567, "Direct statement in media report": 292,
		"Anonymous statement in media report": 121, "Attribution given, type unclear": 102, "Political statement / report": 86,
		"Domestic legal action": 45, "Media report": 37, "Statement in media report and political statement/technical report": 27,
		"Political statement/report and indictment / sanctions": 14, "Statement in media report and indictment / sanctions": 4,
	})
}

// TestIncidents counts what the graph says of incidents.
func TestIncidents(t *testing.T) {
	g, notes, _ := realGraph(t)
	incidents := g.kinds["Incident"]
	names, effects := map[string]bool{}, map[string]int{}
	for _, n := range incidents {
		names[n.Props["name"].(string)] = true
		list, _ := n.Props["effects"].([]string)
		for _, e := range list {
			effects[strings.TrimSuffix(strings.TrimPrefix(e, "According to EuRepoC: "), ".")]++
		}
	}
	check(t, "incidents", len(incidents), 1643)
	check(t, "names of incidents", len(names), 1633)
	check(t, "effects", effects, map[string]int{
		"Disruption": 695, "Data theft": 671, "Hijacking with Misuse": 546, "Data theft & Doxing": 234, "Hijacking without Misuse": 101, "Ransomware": 41,
	})
	// 27 ends of 1 January 2000 are left out, of 1,596 with 426 of 1 January.
	check(t, "starts", precisions(t, incidents, "startDate"), map[string]int{"year": 412, "month": 930 - 412, "day": 1627 - 930, "": 16})
	check(t, "ends", precisions(t, incidents, "endDate"), map[string]int{"year": 426 - 27, "month": 883 - 426, "day": 1596 - 883, "": 47 + 27})
	check(t, "attributions", precisions(t, g.ofIncidents(), "date"), map[string]int{"year": 836, "month": 854 - 836, "day": 264, "": 835})

	var swapped, inconsistent []string
	for _, n := range notes {
		switch {
		case strings.Contains(n.Reason, "in each other's place"):
			swapped = append(swapped, n.Record)
		case strings.Contains(n.Reason, "is after the end_date"):
			inconsistent = append(inconsistent, n.Record)
		}
	}
	slices.Sort(swapped)
	slices.Sort(inconsistent)
	check(t, "days and months in each other's place", swapped, []string{"633", "649", "741", "760", "761", "939"})
	check(t, "ends before the start", inconsistent, []string{"1160", "1886", "1907"})
	check(t, "ends left out", count(notes, func(n importer.Note) bool { return strings.HasPrefix(n.Reason, "end_date: 2000-01-01") }), 27)

	without := count(incidents, func(n *store.Node) bool { return len(g.out["RELAYS"][g.source(n)]) == 0 })
	check(t, "incidents without any document", without, 34)
	onThem := count(g.ofIncidents(), func(n *store.Node) bool {
		return len(g.out["RELAYS"][g.source(g.nodes[g.out["SUBJECT"][n.ID][0]])]) == 0
	})
	check(t, "attributions on them", onThem, 40)
	records := slices.Collect(maps.Values(g.records(t, "incident")))
	check(t, "with sources of attributions", count(records, func(r record) bool { s := r.first("sources_attribution"); return s != "" && s != "[]" }), 757)
	check(t, "political responses", count(records, func(r record) bool {
		return !slices.Contains([]string{"", "0"}, r.first("number_of_political_responses"))
	}), 45)
	check(t, "legal responses", count(records, func(r record) bool { return !slices.Contains([]string{"", "0"}, r.first("number_of_legal_responses")) }), 19)
	check(t, "legal references", count(records, func(r record) bool { return r.has("legal_attribution_reference") }), 27)
	for kind, want := range map[string]int{"Statement": 14, "Measure": 32, "Citation": 19} {
		check(t, kind, len(g.kinds[kind]), want)
	}
	check(t, "incidents with an attribution", len(distinctEnds(g, g.ofIncidents(), "SUBJECT")), 1641) // 1642 with the empty one of 1820
}

// source returns the id of the only source of a node.
func (g *graph) source(n *store.Node) string { return g.out["SOURCED_FROM"][n.ID][0] }

func distinctEnds(g *graph, list []*store.Node, link string) map[string]int {
	out := map[string]int{}
	for _, n := range list {
		for _, id := range g.out[link][n.ID] {
			out[id]++
		}
	}
	return out
}

// precisions counts how exact the dates of a field are. Years and months are intervals: nobody knows the day.
func precisions(t testing.TB, list []*store.Node, field string) map[string]int {
	out := map[string]int{}
	for _, n := range list {
		text, _ := n.Props[field].(string)
		if text == "" {
			out[""]++
			continue
		}
		d, err := date.ParseRange(text)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case d.Precision == date.DAY && !strings.HasSuffix(text, "-01"):
			out["day"]++
		case d.Precision == date.UNKNOWN && d.Earliest[:4]+"-01-01" == d.Earliest && d.Earliest[:4]+"-12-31" == d.Latest:
			out["year"]++
		case d.Precision == date.UNKNOWN && d.Earliest[:7] == d.Latest[:7] && strings.HasSuffix(d.Earliest, "-01"):
			out["month"]++
		default:
			out[text]++
		}
	}
	return out
}

// TestReceivers counts targets.
func TestReceivers(t *testing.T) {
	g, _, _ := realGraph(t)
	targets := g.kinds["Target"]
	names, countries := map[string]bool{}, map[string]bool{}
	for _, n := range targets {
		if name := n.Props["name"].(string); !strings.HasPrefix(name, "Receiver without a name") {
			names[name] = true
		}
	}
	for _, r := range g.receivers(t) {
		for _, c := range r.set("receiver_country") {
			countries[c] = true
		}
	}
	check(t, "receivers", len(targets), 2857)
	check(t, "names", len(names), 363)
	check(t, "countries", len(countries), 170)
	var missing []string
	for _, n := range g.kinds["Incident"] {
		if len(g.out["TARGETED"][n.ID]) == 0 {
			missing = append(missing, g.nodes[g.source(n)].Props["recordId"].(string))
		}
	}
	check(t, "incidents without a receiver", missing, []string{"303", "1046", "1059", "1855"})
	states := distinctEnds(g, targets, "TARGET_IN")
	check(t, "states of targets", len(states), count(slices.Collect(maps.Keys(countries)), func(c string) bool { return !noState(c) }))
}

// noState tells, by other means than the importer's table, that a name is that of no state.
func noState(country string) bool {
	return regexp.MustCompile(`\(region\)|^ISIS$|United Nations|Interpol|UNICEF|Agency|Organization|Federations|^(Africa|Caucasus|Eastern Europe|` +
		`Northern Europe|Western Europe|North America|South America)$`).MatchString(country)
}
