package stix_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// uuid returns a UUID that is told apart by a number.
func uuid(n int) string { return fmt.Sprintf("%08d-0000-4000-8000-000000000000", n) }

// object returns an object of a type with an id by number; more is the rest of its members.
func object(kind string, n int, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"type":%q,"spec_version":"2.1","id":"%s--%s","created":"2024-01-01T00:00:00.000Z","modified":"2024-03-01T00:00:00.000Z"%s}`, kind, kind, uuid(n), more)
}

// relation returns a relationship between objects.
func relation(n int, verb, source, target, more string) string {
	if more != "" {
		more = "," + more
	}
	return object("relationship", n, fmt.Sprintf(`"relationship_type":%q,"source_ref":%q,"target_ref":%q%s`, verb, source, target, more))
}

var (
	vendor    = object("identity", 1, `"name":"Vendor","identity_class":"organization","description":"Reads logs."`)
	vendorID  = "identity--" + uuid(1)
	byVendor  = fmt.Sprintf(`"created_by_ref":%q`, vendorID)
	group     = object("intrusion-set", 2, byVendor+`,"name":"Grey Bear","aliases":["Grey Bear","GREY BEAR","APT0","APT0"," Shade ",7,""],"description":"A group."`)
	groupID   = "intrusion-set--" + uuid(2)
	actor     = object("threat-actor", 3, byVendor+`,"name":"The Bears"`)
	actorID   = "threat-actor--" + uuid(3)
	campaign  = object("campaign", 4, byVendor+`,"name":"Winter","aliases":["Winter","Snow"],"first_seen":"2023-12-31T23:30:00-01:00","last_seen":"soon","description":"A campaign."`)
	campaigID = "campaign--" + uuid(4)
)

// props are the properties of a node that a test names.
func props(n *store.Node, names ...string) map[string]any {
	some := map[string]any{}
	for _, name := range names {
		if v, given := n.Props[name]; given {
			some[name] = v
		}
	}
	return some
}

func names(nodes []*store.Node) []string {
	var list []string
	for _, n := range nodes {
		for _, field := range []string{"recordId", "name", "title"} {
			if s, ok := n.Props[field].(string); ok {
				list = append(list, s)
				break
			}
		}
	}
	slices.Sort(list)
	return list
}

func TestGroup(t *testing.T) {
	s := newSession(t)
	r := mustCollect(t, s, bundle(group, vendor))
	n := r.one(t, "ThreatGroup")
	if diff := cmp.Diff(&store.Node{
		ID: ident.ForImport("threat-group", "stix", groupID), Kind: "ThreatGroup", Place: "b.json:2, object 1",
		Props: map[string]any{"name": "Grey Bear", "description": "A group."},
	}, n); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{groupID}, names(r.to("SOURCED_FROM", n.ID))); diff != "" {
		t.Error(diff)
	}
	claims := map[any]bool{}
	for _, c := range r.of("AliasClaim") {
		claims[c.Props["name"]] = true
		if diff := cmp.Diff(map[string]any{
			"name": c.Props["name"], "relation": "SAME_AS", "date": "2024-01-01/2024-03-01", "verification": "READ_IN_ORIGINAL",
			"summary": fmt.Sprintf("According to Vendor, %s is another name of Grey Bear.", c.Props["name"]),
		}, c.Props); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"Vendor"}, names(r.to("ACCORDING_TO", c.ID))); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff(map[any]bool{"APT0": true, "Shade": true}, claims); diff != "" {
		t.Error(diff)
	}
	for _, note := range []struct {
		action importer.Action
		reason string
	}{
		{importer.Changed, `the alias "GREY BEAR" is its own name`},
		{importer.Changed, `the alias "APT0" is given twice`},
		{importer.Doubtful, `an alias is "7", which is no name`},
		{importer.Doubtful, `an alias is "", which is no name`},
	} {
		if !s.noted(note.action, groupID, "b.json:2, object 1", note.reason) {
			t.Errorf("%s is not noted", note.reason)
		}
	}
	if len(s.notes) != 4 {
		t.Errorf("%+v", s.notes)
	}
	if diff := cmp.Diff(map[string]any{"name": "Vendor", "kind": "OTHER", "description": "Reads logs."}, r.one(t, "Organization").Props); diff != "" {
		t.Error(diff)
	}
}

func TestCampaignAndIncident(t *testing.T) {
	s := newSession(t)
	r := mustCollect(t, s, bundle(vendor, campaign, object("incident", 5, `"name":"Breach","first_seen":"2024-02-03T04:05:06Z"`),
		object("attack-pattern", 6, `"name":"Phishing","external_references":[{"source_name":"mitre-attack","external_id":"T1566"}]`),
		object("tool", 7, `"name":"Tool","external_references":[{"source_name":"mitre-ics-attack","external_id":"S0001"}]`),
		object("malware", 8, `"name":"Own malware","is_family":true`),
		relation(11, "uses", campaigID, "attack-pattern--"+uuid(6), ""),
		relation(12, "uses", campaigID, "attack-pattern--"+uuid(6), ""),
		relation(13, "uses", campaigID, "tool--"+uuid(7), ""),
		relation(14, "uses", campaigID, "malware--"+uuid(8), ""),
		relation(15, "uses", "incident--"+uuid(5), "tool--"+uuid(7), `"revoked":true`),
	))
	byKind := map[any]map[string]any{}
	for _, n := range r.of("Incident") {
		byKind[n.Props["kind"]] = n.Props
	}
	if diff := cmp.Diff(map[any]map[string]any{
		"CAMPAIGN": {
			"name": "Winter", "kind": "CAMPAIGN", "summary": "A campaign.", "otherNames": []string{"Snow"}, "startDate": "2024-01-01",
			"techniques": []string{"T1566"}, "software": []string{"S0001"},
		},
		"INCIDENT": {"name": "Breach", "kind": "INCIDENT", "startDate": "2024-02-03"},
	}, byKind); diff != "" {
		t.Error(diff)
	}
	if !s.noted(importer.Doubtful, campaigID, "object 2", `last_seen is "soon", which is no date and time`) ||
		!s.noted(importer.Changed, "relationship--"+uuid(15), "object 11", "it is revoked, so it adds nothing") {
		t.Errorf("%+v", s.notes)
	}
}

// TestLocations holds that a state comes of a code of ISO 3166-1 only, and that nobody is accused by where it is.
func TestLocations(t *testing.T) {
	s := newSession(t)
	r := mustCollect(t, s, bundle(vendor, group, campaign,
		object("location", 41, `"name":"Prague","country":"CZ","city":"Prague"`),
		object("location", 42, `"name":"Czechia","country":"cz"`),
		object("location", 43, `"name":"Russia","country":"Russia"`),
		object("location", 44, `"name":"China","region":"eastern-asia"`),
		relation(51, "originates-from", groupID, "location--"+uuid(41), byVendor),
		relation(52, "originates-from", campaigID, "location--"+uuid(42), byVendor),
		relation(53, "originates-from", campaigID, "location--"+uuid(44), byVendor),
		relation(54, "located-at", vendorID, "location--"+uuid(41), byVendor),
		relation(55, "located-at", vendorID, "location--"+uuid(42), byVendor),
		relation(56, "targets", campaigID, "location--"+uuid(42), byVendor),
		relation(57, "targets", campaigID, "location--"+uuid(42), byVendor),
		relation(58, "targets", campaigID, "identity--"+uuid(45), byVendor),
		relation(59, "targets", groupID, "location--"+uuid(42), byVendor),
		object("identity", 45, `"name":"Hospitals","identity_class":"class"`),
	))
	state := r.one(t, "State")
	if diff := cmp.Diff(map[string]any{"name": "Czechia", "isoCode": "CZ"}, state.Props); diff != "" || !state.IfAbsent {
		t.Error(diff)
	}
	if !s.noted(importer.Changed, "location--"+uuid(42), "", `country is "cz" and was read as CZ`) || !s.noted(importer.Doubtful, "location--"+uuid(43), "", `country is "Russia"`) {
		t.Errorf("%+v", s.notes)
	}
	got := map[any]any{}
	for _, a := range r.of("Attribution") {
		got[a.Props["summary"]] = a.Props["proposition"]
		if len(r.to("ACCUSED", a.ID)) > 0 || len(r.to("TERRITORY", a.ID)) != 1 || len(r.to("ACCUSER", a.ID)) != 1 {
			t.Errorf("%v", a.Props)
		}
	}
	if diff := cmp.Diff(map[any]any{
		"According to Vendor, Grey Bear operates from Prague.": "OPERATES_FROM",
		"According to Vendor, Winter originated from Czechia.": "ORIGINATED_FROM_TERRITORY",
	}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Czechia"}, names(r.to("ORGANIZATION_OF", r.one(t, "Organization").ID))); diff != "" {
		t.Error(diff)
	}
	targets := map[any][]string{}
	for _, n := range r.to("TARGETED", r.one(t, "Incident").ID) {
		targets[n.Props["name"]] = append(names(r.to("TARGET_IN", n.ID)), names(r.to("SOURCED_FROM", n.ID))...)
	}
	if diff := cmp.Diff(map[any][]string{
		"Czechia":   {"Czechia", "location--" + uuid(42), "relationship--" + uuid(56), "relationship--" + uuid(57)},
		"Hospitals": {"identity--" + uuid(45), "relationship--" + uuid(58)},
	}, targets); diff != "" {
		t.Error(diff)
	}
}

func TestReport(t *testing.T) {
	s := newSession(t)
	person := object("identity", 60, `"name":"A. Author","identity_class":"individual","roles":["researcher"]`)
	r := mustCollect(t, s, bundle(vendor, person, group, campaign,
		object("report", 61, byVendor+`,"name":"Bears in winter","published":"2024-02-05T10:00:00Z","lang":"en","description":"They did.","object_refs":["`+campaigID+`","`+groupID+`","relationship--`+uuid(64)+`","relationship--`+uuid(65)+`"]`),
		object("report", 62, `"created_by_ref":"identity--`+uuid(60)+`","name":"Second","object_refs":["relationship--`+uuid(64)+`"]`),
		object("report", 63, byVendor+`,"name":"Third","published":"2024-02-05T10:00:00Z","object_refs":[],"revoked":true`),
		relation(64, "attributed-to", campaigID, groupID, byVendor),
		relation(65, "attributed-to", campaigID, groupID, `"created_by_ref":"identity--`+uuid(60)+`"`),
		object("note", 66, byVendor+`,"abstract":"A note","content":"x","object_refs":["`+groupID+`"]`),
		object("opinion", 67, byVendor+`,"opinion":"strongly-agree","object_refs":["`+groupID+`"]`),
	))
	titles := map[any][]string{}
	for _, n := range r.of("Statement") {
		titles[n.Props["title"]] = append(names(r.to("SPEAKER", n.ID)), names(r.to("CONCERNS", n.ID))...)
		if n.Props["title"] == "Bears in winter" {
			if diff := cmp.Diff(map[string]any{"title": "Bears in winter", "form": "OTHER", "date": "2024-02-05", "language": "en"}, n.Props); diff != "" {
				t.Error(diff)
			}
		}
	}
	if diff := cmp.Diff(map[any][]string{"Bears in winter": {"Vendor", "Winter"}, "Second": {"A. Author"}}, titles); diff != "" {
		t.Error(diff)
	}
	for _, a := range r.of("Attribution") {
		want := []string(nil)
		if a.ID == ident.ForImport("attribution", "stix", "relationship--"+uuid(64)) {
			want = []string{"Bears in winter"}
		}
		if diff := cmp.Diff(want, names(r.to("MADE_IN", a.ID))); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff(map[string]any{"name": "A. Author", "role": "researcher"}, r.one(t, "Person").Props); diff != "" {
		t.Error(diff)
	}
	if !s.noted(importer.Doubtful, "report--"+uuid(62), "", "published is missing") {
		t.Errorf("%+v", s.notes)
	}
	for id, want := range map[string]string{"note--" + uuid(66): "A note", "opinion--" + uuid(67): "opinion: strongly-agree", "report--" + uuid(63): "Third (revoked)"} {
		if got := r.nodes[ident.ForImport("source", "stix", id)].Props["title"]; got != want {
			t.Errorf("%s is called %v", id, got)
		}
	}
}

// TestUnknownTypes holds that whatever has a type and an id is kept as it came.
func TestUnknownTypes(t *testing.T) {
	objects := []string{
		object("x-acme-thing", 1, `"x_acme":{"deep":[1,2.50,{"a":null}]},"name":"Thing","labels":["a"],"lang":"en"`),
		`{"id":"ipv4-addr--` + uuid(2) + `","value":"198.51.100.3","type":"ipv4-addr"}`,
		object("extension-definition", 3, `"name":"Ext","schema":"https://example.org","version":"1.0.0","extension_types":["new-sdo"]`),
		object("sighting", 4, `"sighting_of_ref":"x-acme-thing--`+uuid(1)+`","count":50`),
		object("marking-definition", 5, `"definition_type":"tlp","definition":{"tlp":"red"}`),
		object("indicator", 6, `"pattern":"[file:name = 'a']","object_marking_refs":["marking-definition--`+uuid(5)+`","marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]`),
		object("language-content", 7, ""),
	}
	s := newSession(t)
	r := mustCollect(t, s, bundle(objects...))
	if len(r.nodes) != len(objects) {
		t.Errorf("%d nodes of %d objects", len(r.nodes), len(objects))
	}
	titles := []string{"Thing", "198.51.100.3", "Ext", "sighting: Thing", "marking-definition: TLP:RED", "indicator--" + uuid(6), "language-content--" + uuid(7)}
	for i, raw := range objects {
		o := parse(t, raw)
		n := r.nodes[ident.ForImport("source", "stix", o.Text("id"))]
		if n.Props["original"] != raw || n.Props["title"] != titles[i] || n.Props["recordType"] != o.Text("type") || n.Props["dataset"] != "stix" {
			t.Errorf("%v", n.Props)
		}
	}
	if got := r.nodes[ident.ForImport("source", "stix", "indicator--"+uuid(6))].Props["licence"]; got != "TLP:RED\nTLP:AMBER" {
		t.Errorf("%v", got)
	}
	for _, level := range []string{"TLP:RED", "TLP:AMBER"} {
		if !s.noted(importer.Doubtful, "indicator--"+uuid(6), "", "it is marked "+level) {
			t.Errorf("%+v", s.notes)
		}
	}
}

// TestRelease holds that records of MITRE ATT&CK say of which release they are, where the file does.
func TestRelease(t *testing.T) {
	collection := object("x-mitre-collection", 1, `"name":"Enterprise ATT&CK","x_mitre_version":"17.1","x_mitre_attack_spec_version":"3.2.0"`)
	technique := object("attack-pattern", 2, `"name":"Phishing","external_references":[{"source_name":"mitre-attack","external_id":"T1566"}]`)
	r := mustCollect(t, newSession(t), bundle(technique, collection, vendor))
	for id, want := range map[string]map[string]any{
		"attack-pattern--" + uuid(2): {"dataset": "mitre-attack", "datasetVersion": "17.1"},
		vendorID:                     {"dataset": "stix"},
	} {
		if diff := cmp.Diff(want, props(r.nodes[ident.ForImport("source", "stix", id)], "dataset", "datasetVersion")); diff != "" {
			t.Error(diff)
		}
	}
	r = mustCollect(t, newSession(t), bundle(technique, collection, strings.Replace(strings.Replace(collection, "17.1", "18.0", 1), uuid(1), uuid(3), 1)))
	if got := r.nodes[ident.ForImport("source", "stix", "attack-pattern--"+uuid(2))].Props["datasetVersion"]; got != nil {
		t.Errorf("%v of two releases", got)
	}
}

// TestOddValues holds that values that the model cannot hold are left out of the mapping, noted, and kept in the original.
func TestOddValues(t *testing.T) {
	odd := "{\"type\":\"intrusion-set\",\"id\":\"intrusion-set--x\",\"name\":\"a\u007fb\\u0007 \U0001FFFE\",\"description\":[1],\"aliases\":\"none\",\"modified\":\"yesterday\",\"external_references\":5}"
	s := newSession(t)
	r := mustCollect(t, s, bundle(odd, object("campaign", 2, `"description":"`+strings.Repeat("long ", 3000)+`","aliases":["`+strings.Repeat("a", 3000)+`"]`),
		object("threat-actor", 3, `"name":"`+strings.Repeat("n", 3000)+`"`)))
	byID := map[string]*store.Node{}
	for _, n := range append(r.of("ThreatGroup"), r.of("Incident")...) {
		byID[r.to("SOURCED_FROM", n.ID)[0].Props["recordId"].(string)] = n
	}
	if diff := cmp.Diff(map[string]any{"name": "ab"}, byID["intrusion-set--x"].Props); diff != "" {
		t.Error(diff)
	}
	if got := byID["threat-actor--"+uuid(3)].Props["name"].(string); got != strings.Repeat("n", 300)+"…" {
		t.Errorf("%d bytes", len(got))
	}
	n := byID["campaign--"+uuid(2)]
	if n.Props["name"] != "campaign--"+uuid(2) || len(n.Props["summary"].(string)) != 15000 || n.Props["otherNames"] != nil {
		t.Errorf("%v", props(n, "name", "otherNames"))
	}
	original := r.nodes[ident.ForImport("source", "stix", "intrusion-set--x")].Props["original"].(string)
	if want := strings.NewReplacer("\u007f", `\u007f`, "\U0001FFFE", `\ud83f\udffe`).Replace(odd); original != want {
		t.Errorf("%s, want %s", original, want)
	}
	for _, note := range []struct {
		action         importer.Action
		record, reason string
	}{
		{importer.Changed, "intrusion-set--x", "it has characters that no store holds: the original has escapes"},
		{importer.Changed, "intrusion-set--x", "its name is too long or has characters"},
		{importer.Doubtful, "intrusion-set--x", "description is no text"},
		{importer.Doubtful, "intrusion-set--x", "aliases is no list"},
		{importer.Doubtful, "intrusion-set--x", "external_references is no list"},
		{importer.Doubtful, "intrusion-set--x", `"yesterday" is no date and time`},
		{importer.Doubtful, "intrusion-set--x", "its id is no type and UUID"},
		{importer.Changed, "threat-actor--" + uuid(3), "its name is too long"},
		{importer.Doubtful, "campaign--" + uuid(2), "it has no name; its id stands for it"},
		{importer.Changed, "campaign--" + uuid(2), "is too long for a name"},
	} {
		if !s.noted(note.action, note.record, "b.json", note.reason) {
			t.Errorf("%s is not noted of %s", note.reason, note.record)
		}
	}
	if len(s.notes) != 10 {
		t.Errorf("%+v", s.notes)
	}
}

// TestReferencesIntoTheStore holds that an object may refer to what an earlier import recorded.
func TestReferencesIntoTheStore(t *testing.T) {
	claim := relation(30, "attributed-to", campaigID, groupID, byVendor)
	s := newSession(t)
	asked := 0
	s.Holds = func(_ context.Context, ids []string) (map[string]bool, error) {
		asked += len(ids)
		held := map[string]bool{}
		for _, id := range ids {
			for _, known := range []string{"source " + campaigID, "incident " + campaigID, "source " + groupID, "threat-group " + groupID} {
				prefix, stixID, _ := strings.Cut(known, " ")
				held[id] = held[id] || id == ident.ForImport(prefix, "stix", stixID)
			}
		}
		return held, nil
	}
	r := mustCollect(t, s, bundle(claim, vendor))
	a := ident.ForImport("attribution", "stix", "relationship--"+uuid(30))
	for linkType, id := range map[string]string{"SUBJECT": ident.ForImport("incident", "stix", campaigID), "ACCUSED": ident.ForImport("threat-group", "stix", groupID)} {
		if r.links[[3]string{linkType, a, id}] == nil {
			t.Errorf("there is no %s to %s", linkType, id)
		}
	}
	if asked == 0 || len(s.notes) > 0 {
		t.Errorf("%d, %+v", asked, s.notes)
	}
}
