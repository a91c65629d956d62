package misp_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// TestThreatActors reads the graph of the real threat-actor.json, version 349.
func TestThreatActors(t *testing.T) {
	s := openSQLite(t)
	attack(t, s)
	d := mustRun(t, s, published(t, "threat-actor.json"))
	g := read(t, s)
	t.Run("counts", func(t *testing.T) { referenceCounts(t, d, g) })
	t.Run("sponsors", func(t *testing.T) { sponsorIsTheCountry(t, g) })
	t.Run("confidences", func(t *testing.T) { confidences(t, g) })
	t.Run("actor", func(t *testing.T) { actor(t, g) })
	t.Run("incident", func(t *testing.T) { incident(t, g) })
}

// referenceCounts compares the graph with counts that were computed from the file by other means.
func referenceCounts(t *testing.T, d done, g *graph) {
	mispUUID := func(n *store.Node) bool { return n.Props["mispUuid"] != nil }
	relation := func(r string) func(*store.Node) bool {
		return func(n *store.Node) bool { return n.Props["relation"] == r }
	}
	linked := func(kind, link string, keep func(*store.Node) bool) int {
		return len(g.of(kind, func(n *store.Node) bool { return keep(n) && len(g.out[n.ID][link]) > 0 }))
	}
	accuser := func(name string) func(*store.Node) bool {
		return func(n *store.Node) bool { return names(g.to(n, "ACCUSER")) == name }
	}
	subjectIsGroup := func(n *store.Node) bool { return g.to(n, "SUBJECT")[0].Kind == "ThreatGroup" }
	record := func(n *store.Node) bool { return n.Props["recordType"] == "threat-actor" }
	originals := 0
	for _, n := range g.of("Source", record) {
		var v struct{ UUID, Value string }
		if err := json.Unmarshal([]byte(n.Props["original"].(string)), &v); err == nil && v.UUID == n.Props["recordId"] {
			originals++
		}
	}
	countries := func(n *store.Node) bool {
		return accuser("MISP Project")(n) && len(g.to(n, "ACCUSED")) == 1 && g.to(n, "ACCUSED")[0].Kind == "State"
	}
	got := map[string]int{
		"values":                             len(g.of("Source", record)),
		"originals that say their UUID":      originals,
		"groups":                             len(g.of("ThreatGroup", mispUUID)),
		"operations and campaigns":           len(g.of("Incident", every)),
		"groups with a description":          len(g.of("ThreatGroup", func(n *store.Node) bool { return mispUUID(n) && n.Props["description"] != nil })),
		"incidents with a summary":           len(g.of("Incident", func(n *store.Node) bool { return n.Props["summary"] != nil })),
		"groups with one id in ATT&CK":       len(g.of("ThreatGroup", func(n *store.Node) bool { return n.Props["attackId"] != nil })),
		"records without references":         len(g.of("Source", func(n *store.Node) bool { return record(n) && len(g.out[n.ID]["RELAYS"]) == 0 })),
		"addresses":                          len(g.of("Source", func(n *store.Node) bool { return n.Props["dataset"] == nil })),
		"names":                              len(g.of("AliasClaim", relation("SAME_AS"))),
		"names with a coiner":                linked("AliasClaim", "COINED_BY", relation("SAME_AS")),
		"names coined by MISP":               len(g.of("AliasClaim", func(n *store.Node) bool { return names(g.to(n, "COINED_BY")) == "MISP Project" })),
		"similar":                            len(g.of("AliasClaim", relation("SIMILAR"))),
		"similar to a group":                 linked("AliasClaim", "ALIAS_OTHER", relation("SIMILAR")),
		"other relations":                    len(g.of("AliasClaim", func(n *store.Node) bool { return n.Props["relation"] != "SAME_AS" && n.Props["relation"] != "SIMILAR" })),
		"numbers of likelihood":              len(g.of("AliasClaim", func(n *store.Node) bool { return n.Props["likelihoodLow"] != nil || n.Props["likelihoodScale"] != nil })),
		"alias claims not according to MISP": len(g.of("AliasClaim", func(n *store.Node) bool { return names(g.to(n, "ACCORDING_TO")) != "MISP Project" })),
		"countries":                          len(g.of("Attribution", countries)),
		"countries in records without a link": len(g.of("Attribution", func(n *store.Node) bool {
			return countries(n) && len(g.out[g.to(n, "SOURCED_FROM")[0].ID]["RELAYS"]) == 0
		})),
		"sponsors according to the CFR": len(g.of("Attribution", accuser("Council on Foreign Relations"))),
		"attributions":                  len(g.of("Attribution", every)),
		"attributions of groups":        len(g.of("Attribution", subjectIsGroup)),
		"attributions with a date":      len(g.of("Attribution", func(n *store.Node) bool { return n.Props["date"] != nil })),
		"confidences":                   len(g.of("Attribution", func(n *store.Node) bool { return n.Props["confidence"] != nil })),
		"states":                        len(g.of("State", every)),
	}
	want := map[string]int{
		"values": 1041, "originals that say their UUID": 1041, "groups": 1037, "operations and campaigns": 4,
		// 988 have a description, three of these are empty and four are of operations and campaigns.
		"groups with a description": 981, "incidents with a summary": 4,
		"groups with one id in ATT&CK": 73,
		// 17 have no list of references, 2 an empty one.
		"records without references": 19, "addresses": 2955,
		// 1,403 synonyms without 12 own names, 87 ids and the one of a campaign; 570 of them have a coiner in
		// name-attribution, 30 only in origin:.
		"names": 1303, "names with a coiner": 600, "names coined by MISP": 0,
		// 284 without the one of an actor to itself and two of an operation: 95 in the file, 75 in ATT&CK, 111 nowhere.
		"similar": 281, "similar to a group": 95 + 75, "other relations": 0, "numbers of likelihood": 0, "alias claims not according to MISP": 0,
		"countries": 476, "countries in records without a link": 13, "sponsors according to the CFR": 91,
		"attributions": 476 + 91 + 3, "attributions of groups": 476 + 91 + 3, "attributions with a date": 0, "confidences": 9,
		// The 35 codes that are not empty, and those of sponsors are among them.
		"states": 35,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, c := range []importer.Counts{
		{Type: "threat-actor", Read: 1041, Accepted: 1041},
		{Type: "threat-actor synonym", Read: 1403, Accepted: 1304, Merged: 12 + 73, Rejected: 14},
		{Type: "threat-actor related", Read: 432, Accepted: 281, Rejected: 148 + 3},
	} {
		if have := d.of(t, c.Type); have != c {
			t.Errorf("%+v, want %+v", have, c)
		}
	}
	if n := d.count(importer.Changed, "neither in these files nor in the store"); n != 110 {
		t.Errorf("%d remarks about groups that are nowhere", n)
	}
	if n := d.count(importer.Doubtful, "several ids of MITRE ATT&CK"); n != 7 {
		t.Errorf("%d remarks about several ids in ATT&CK", n)
	}
}

// sponsorIsTheCountry makes sure of what the reference says: for all 91 actors whose sponsor the CFR names, it is the
// country that MISP gives.
func sponsorIsTheCountry(t *testing.T, g *graph) {
	same := 0
	for _, n := range g.of("ThreatGroup", every) {
		accused := map[string]string{}
		for _, l := range g.in[n.ID]["SUBJECT"] {
			claim := g.nodes[l.From]
			if by := g.to(claim, "ACCUSED")[0]; by.Kind == "State" {
				accused[names(g.to(claim, "ACCUSER"))] = by.ID
			}
		}
		if cfr := accused["Council on Foreign Relations"]; cfr != "" {
			if cfr != accused["MISP Project"] {
				t.Errorf("%s: CFR and MISP do not name the same state", n.Props["name"])
			}
			same++
		}
	}
	if same != 91 {
		t.Errorf("%d actors with both", same)
	}
}

// confidences holds the nine confidences that are not the default.
func confidences(t *testing.T, g *graph) {
	got := map[string]int64{}
	for _, n := range g.of("Attribution", func(n *store.Node) bool { return n.Props["confidence"] != nil }) {
		got[names(g.to(n, "SUBJECT"))+" "+g.to(n, "ACCUSED")[0].Props["isoCode"].(string)] = n.Props["confidence"].(int64)
		if n.Props["confidenceScale"] != "MISP" || n.Props["confidenceLow"] != nil {
			t.Errorf("%v", n.Props)
		}
	}
	want := map[string]int64{
		"ENERGETIC BEAR RU": 75, "POLONIUM LB": 75, "TianWu CN": 75, "SLIME29 CN": 75, "GOBLIN PANDA CN": 75,
		"UNC2452 RU": 100, "HAFNIUM CN": 100, "NightEagle US": 25, "IRIDIUM IR": 10,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// actor reads one actor as a whole.
func actor(t *testing.T, g *graph) {
	apt28 := g.named(t, "ThreatGroup", "APT28")
	if apt28.Props["attackId"] != "G0007" || apt28.Recorded.From != "misp-galaxy/threat-actor" {
		t.Errorf("%+v %+v", apt28.Props, apt28.Recorded)
	}
	coined := map[string]string{}
	for _, l := range g.in[apt28.ID]["ALIAS_GROUP"] {
		claim := g.nodes[l.From]
		if name, ok := claim.Props["name"].(string); ok {
			coined[name] = names(g.to(claim, "COINED_BY"))
		}
	}
	for name, want := range map[string]string{
		"Pawn Storm": "Trend Micro", "STRONTIUM": "Microsoft", "Forest Blizzard": "Microsoft", "APT-C-20": "QiAnXin", "FANCY BEAR": "",
		"Sednit": "Producer 3a43aca5-6366-4168-b182-a8afec4550b5 in MISP's galaxies",
	} {
		if got, there := coined[name]; !there || got != want {
			t.Errorf("%s is coined by %q, %v; want %q", name, got, there, want)
		}
	}
	for _, name := range []string{"APT28", "G0007"} {
		if _, there := coined[name]; there {
			t.Errorf("%s is taken for another name", name)
		}
	}
	claims := map[string]*store.Node{}
	for _, l := range g.in[apt28.ID]["SUBJECT"] {
		claims[g.nodes[l.From].Props["summary"].(string)] = g.nodes[l.From]
	}
	for summary, want := range map[string]map[string]any{
		`According to MISP's galaxy "Threat Actor", APT28 is associated with Russia.`: {
			"proposition": "ASSOCIATED_WITH", "polarity": "ASSERTED", "verification": "READ_IN_ORIGINAL",
		},
		`According to MISP's galaxy "Threat Actor", the Council on Foreign Relations suspects that APT28 is sponsored by Russian Federation.`: {
			"proposition": "ASSOCIATED_WITH", "polarity": "SUSPECTED", "verification": "RELAY",
		},
		`According to MISP's galaxy "Threat Actor", APT28 is associated with the GRU, Military unit 26165.`: {
			"proposition": "ASSOCIATED_WITH", "polarity": "ASSERTED", "verification": "READ_IN_ORIGINAL",
		},
	} {
		n := claims[summary]
		if n == nil {
			t.Fatalf("no claim %q", summary)
		}
		delete(n.Props, "summary")
		if diff := cmp.Diff(want, n.Props); diff != "" {
			t.Errorf("%s: %s", summary, diff)
		}
	}
	if len(claims) != 3 {
		t.Errorf("%d claims", len(claims))
	}
	unit := g.named(t, "Organization", "Military unit 26165")
	if names(g.to(unit, "PART_OF_ORGANIZATION")) != "GRU" || names(g.to(g.named(t, "Organization", "GRU"), "ORGANIZATION_OF")) != "Russia" {
		t.Error("the unit is not one of the GRU, or that not Russia's")
	}
}

// incident holds that what MISP calls an operation or campaign is no group, and no claim takes it for one.
func incident(t *testing.T, g *graph) {
	mantis := g.named(t, "Incident", "Roaming Mantis")
	if diff := cmp.Diff([]string{"Roaming Mantis Group"}, mantis.Props["otherNames"]); diff != "" || mantis.Props["kind"] != "CAMPAIGN" {
		t.Error(mantis.Props, diff)
	}
	gallium := g.named(t, "ThreatGroup", "GALLIUM")
	found := false
	for _, l := range g.in[gallium.ID]["ALIAS_GROUP"] {
		claim := g.nodes[l.From]
		if claim.Props["summary"] == `According to MISP's galaxy "Threat Actor", GALLIUM is similar to Operation Soft Cell ("almost-certain").` {
			found = true
			if len(g.out[claim.ID]["ALIAS_OTHER"]) > 0 || claim.Props["likelihoodWording"] != "almost-certain" {
				t.Error(claim.Props)
			}
		}
	}
	if !found {
		t.Error("the claim about GALLIUM and Operation Soft Cell is not there")
	}
}
