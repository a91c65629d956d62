package stix_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// whole is the import of the whole bundle, which takes a while.
var whole struct {
	once sync.Once
	*read
}

func attack(t testing.TB) *read {
	t.Helper()
	whole.once.Do(func() {
		s := newSession(t)
		s.KeepGoing = false
		whole.read = mustCollect(t, s, inMemory(t, attackBundle))
	})
	if whole.read == nil {
		t.Fatal("the bundle could not be read")
	}
	return whole.read
}

// attackObjects reads the bundle by other means than the import does.
func attackObjects(t testing.TB) map[string]map[string]any {
	t.Helper()
	f, err := attackBundle.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b struct{ Objects []map[string]any }
	if err := json.NewDecoder(f).Decode(&b); err != nil {
		t.Fatal(err)
	}
	byID := map[string]map[string]any{}
	for _, o := range b.Objects {
		byID[o["id"].(string)] = o
	}
	return byID
}

// TestAttackCounts holds the reference counts of the bundle, which were computed from the file by other means.
func TestAttackCounts(t *testing.T) {
	r := attack(t)
	want := map[string]int{
		"relationship": 6665, "attack-pattern": 835, "malware": 696, "intrusion-set": 187, "tool": 91, "campaign": 52, "identity": 1, "marking-definition": 1,
	}
	total := 0
	for _, c := range r.session.Totals() {
		if c != (importer.Counts{Type: c.Type, Read: want[c.Type], Accepted: want[c.Type]}) {
			t.Errorf("%+v, want %d", c, want[c.Type])
		}
		total += c.Accepted
	}
	if total != 8528 {
		t.Errorf("%d objects", total)
	}

	kinds, relations, propositions, verification := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	records, references := 0, 0
	for _, n := range r.nodes {
		kinds[n.Kind]++
		switch n.Kind {
		case "AliasClaim":
			relations[n.Props["relation"].(string)]++
			verification[n.Props["verification"].(string)]++
		case "Attribution":
			propositions[n.Props["proposition"].(string)]++
		case "Source":
			if n.Props["original"] != nil {
				records++
			} else {
				references++
			}
		}
	}
	if records != 8528 {
		t.Errorf("%d objects have a Source with their original", records)
	}
	delete(kinds, "Source")
	// ATT&CK accuses no state: neither a State nor another accused than groups may come of it.
	if diff := cmp.Diff(map[string]int{"ThreatGroup": 187, "Incident": 52, "Attribution": 25, "AliasClaim": 404 + 6, "Organization": 1}, kinds); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"OVERLAPS": 404, "SAME_AS": 6}, relations); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"RELAY": 404, "READ_IN_ORIGINAL": 6}, verification); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"CARRIED_OUT_BY": 25}, propositions); diff != "" {
		t.Error(diff)
	}

	notes := map[string]int{}
	for _, n := range r.session.notes {
		notes[n.Type+" "+n.Reason[:strings.Index(n.Reason, ":")]]++
	}
	if diff := cmp.Diff(map[string]int{
		"intrusion-set it is revoked": 6, "intrusion-set it is deprecated": 9, "malware it is revoked": 2, "malware it is deprecated": 1,
		"attack-pattern it is revoked": 132, "attack-pattern it is deprecated": 12,
	}, notes); diff != "" {
		t.Error(diff)
	}
}

// TestAttackAttributions holds the 25 attributions, by what they join, and their sources.
func TestAttackAttributions(t *testing.T) {
	r := attack(t)
	campaigns, groups := map[string]int{}, map[string]bool{}
	for _, a := range r.of("Attribution") {
		subject, accused, accusers := r.to("SUBJECT", a.ID), r.to("ACCUSED", a.ID), r.to("ACCUSER", a.ID)
		if len(subject) != 1 || subject[0].Kind != "Incident" || len(accused) != 1 || accused[0].Kind != "ThreatGroup" || len(accusers) != 1 {
			t.Fatalf("%v joins %v, %v and %v", a.Props, subject, accused, accusers)
		}
		campaigns[subject[0].ID]++
		groups[accused[0].ID] = true
		if accusers[0].Props["name"] != "The MITRE Corporation" || a.Props["verification"] != "RELAY" || a.Props["polarity"] != "ASSERTED" || a.Props["confidence"] != nil {
			t.Errorf("%v, according to %v", a.Props, accusers[0].Props)
		}
		if want := "According to The MITRE Corporation, " + subject[0].Props["name"].(string) + " is attributed to " + accused[0].Props["name"].(string) + "."; a.Props["summary"] != want {
			t.Errorf("%v, want %s", a.Props["summary"], want)
		}
		sources := r.to("SOURCED_FROM", a.ID)
		if len(sources) < 2 {
			t.Errorf("%v has %d sources", a.Props, len(sources))
		}
		for _, source := range sources {
			if source.Props["original"] == nil && (source.Props["verification"] != "RELAY" || source.Props["title"] == nil) {
				t.Errorf("a document that was not read is %v", source.Props)
			}
		}
	}
	twice := 0
	for _, n := range campaigns {
		if n == 2 {
			twice++
		}
	}
	if len(campaigns) != 24 || twice != 1 || len(groups) != 18 {
		t.Errorf("%d campaigns, %d of them twice, %d groups", len(campaigns), twice, len(groups))
	}
}

// TestAttackAliases holds every alias of every group against the file.
func TestAttackAliases(t *testing.T) {
	r := attack(t)
	want, strs := map[string]bool{}, map[string]bool{}
	for id, o := range attackObjects(t) {
		if o["type"] != "intrusion-set" {
			continue
		}
		aliases, _ := o["aliases"].([]any)
		for _, a := range aliases {
			strs[a.(string)] = true
			if a != o["name"] {
				want[ident.ForImport("threat-group", "stix", id)+" "+a.(string)] = true
			}
		}
	}
	if len(want) != 404 || len(strs) != 580 {
		t.Fatalf("%d aliases, %d different ones in the file", len(want), len(strs))
	}
	got := map[string]bool{}
	cited := 0
	for _, c := range r.of("AliasClaim") {
		if c.Props["relation"] != "OVERLAPS" {
			continue
		}
		groups, by := r.to("ALIAS_GROUP", c.ID), r.to("ACCORDING_TO", c.ID)
		if len(groups) != 1 || len(by) != 1 || by[0].Props["name"] != "The MITRE Corporation" || len(r.to("COINED_BY", c.ID)) > 0 {
			t.Fatalf("%v of %v according to %v", c.Props, groups, by)
		}
		got[groups[0].ID+" "+c.Props["name"].(string)] = true
		documents := 0
		for _, source := range r.to("SOURCED_FROM", c.ID) {
			if source.Props["original"] == nil {
				documents++
				if strings.HasPrefix(source.Props["title"].(string), "(Citation:") {
					t.Errorf("the source of %v is no document: %v", c.Props, source.Props)
				}
			}
		}
		if documents > 0 {
			cited++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if cited != 402 {
		t.Errorf("%d aliases have a document that was cited for them", cited)
	}
}

// TestAttackRevoked holds that MITRE's own mergers are claims, and that what was revoked stays.
func TestAttackRevoked(t *testing.T) {
	r := attack(t)
	got := map[string]string{}
	for _, c := range r.of("AliasClaim") {
		if c.Props["relation"] == "SAME_AS" {
			from, to := r.to("ALIAS_GROUP", c.ID)[0], r.to("ALIAS_OTHER", c.ID)[0]
			got[from.Props["name"].(string)] = to.Props["name"].(string)
			if source := r.nodes[ident.ForImport("source", "stix", originalOf(t, r, from)["id"].(string))]; !strings.HasSuffix(source.Props["title"].(string), " (revoked)") {
				t.Errorf("%v", source.Props["title"])
			}
		}
	}
	want := map[string]string{
		"MONSOON": "Patchwork", "Charming Kitten": "Magic Hound", "APT34": "OilRig", "Stolen Pencil": "Kimsuky", "UNC2452": "APT29", "Dragonfly 2.0": "Dragonfly",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// originalOf reads the object that a group or incident was mapped from.
func originalOf(t *testing.T, r *read, n *store.Node) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(r.to("SOURCED_FROM", n.ID)[0].Props["original"].(string)), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// TestAttackUses holds techniques and software of every group and campaign against the file: the 6,634 `uses`.
func TestAttackUses(t *testing.T) {
	r := attack(t)
	objects := attackObjects(t)
	attackID := func(o map[string]any) string {
		for _, r := range o["external_references"].([]any) {
			if r := r.(map[string]any); r["source_name"] == "mitre-attack" {
				return r["external_id"].(string)
			}
		}
		return ""
	}
	want := map[string]map[string]bool{}
	uses := map[string]int{}
	for _, o := range objects {
		if o["relationship_type"] != "uses" {
			continue
		}
		from, to := o["source_ref"].(string), o["target_ref"].(string)
		field, kind := "software", objects[to]["type"].(string)
		if kind == "attack-pattern" {
			field = "techniques"
		}
		uses[objects[from]["type"].(string)+"→"+kind]++
		key := from + " " + field
		if want[key] == nil {
			want[key] = map[string]bool{}
		}
		want[key][attackID(objects[to])] = true
	}
	if diff := cmp.Diff(map[string]int{
		"intrusion-set→attack-pattern": 4362, "campaign→attack-pattern": 1019, "intrusion-set→malware": 647, "intrusion-set→tool": 457,
		"campaign→malware": 84, "campaign→tool": 65,
	}, uses); diff != "" {
		t.Fatal(diff)
	}
	pairs := 0
	for id, o := range objects {
		prefix := map[string]string{"intrusion-set": "threat-group", "campaign": "incident"}[o["type"].(string)]
		if prefix == "" {
			continue
		}
		n := r.nodes[ident.ForImport(prefix, "stix", id)]
		if o["type"] == "intrusion-set" && n.Props["attackId"] != attackID(o) || n.Props["name"] != o["name"] {
			t.Errorf("%v, want %s", n.Props, attackID(o))
		}
		for _, field := range []string{"techniques", "software"} {
			got, _ := n.Props[field].([]string)
			pairs += len(got)
			if list := slices.Sorted(maps.Keys(want[id+" "+field])); !slices.Equal(list, got) {
				t.Errorf("%s of %s: %v, want %v", field, id, got, list)
			}
		}
	}
	if pairs != 6634 {
		t.Errorf("%d techniques and software in all", pairs)
	}
}

// TestAttackOriginals holds that every object is kept to the letter, under its own id, with its licence.
func TestAttackOriginals(t *testing.T) {
	r := attack(t)
	objects := attackObjects(t)
	for id, o := range objects {
		source := r.nodes[ident.ForImport("source", "stix", id)]
		if source == nil {
			t.Fatalf("%s has no source", id)
		}
		var kept map[string]any
		if err := json.Unmarshal([]byte(source.Props["original"].(string)), &kept); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(o, kept) {
			t.Fatal(cmp.Diff(o, kept))
		}
		if source.Props["recordId"] != id || source.Props["recordType"] != o["type"] || source.Props["dataset"] != "mitre-attack" || source.Props["kind"] != "DATASET" {
			t.Errorf("%v", source.Props)
		}
		licence := source.Props["licence"].(string)
		if !strings.Contains(licence, "permission of The MITRE Corporation") || o["object_marking_refs"] != nil && !strings.HasPrefix(licence, "Copyright 2015-2025, The MITRE Corporation.") {
			t.Errorf("%s: %s", id, licence)
		}
	}
	group := objects["intrusion-set--4283ae19-69c7-4347-a35e-b56f08eb660b"]
	source := r.nodes[ident.ForImport("source", "stix", group["id"].(string))]
	if diff := cmp.Diff(map[string]any{"title": "ZIRCONIUM", "publisher": "The MITRE Corporation", "url": "https://attack.mitre.org/groups/G0128"}, map[string]any{
		"title": source.Props["title"], "publisher": source.Props["publisher"], "url": source.Props["url"],
	}); diff != "" {
		t.Error(diff)
	}
	var uses *store.Node
	for _, n := range r.of("Source") {
		if n.Props["recordId"] == "relationship--000aa4d0-315e-40d7-b2b6-76e91ecf0fe8" {
			uses = n
		}
	}
	if uses.Props["title"] != "uses: Indrik Spider → LSASS Memory" || uses.Props["url"] != nil || uses.Props["date"] != "2025-04-28" {
		t.Errorf("%v", uses.Props)
	}
}

// TestAttackDates holds that the months that ATT&CK gives as midnights in somebody's time zone are months.
func TestAttackDates(t *testing.T) {
	r := attack(t)
	months := 0
	for id, o := range attackObjects(t) {
		if o["type"] != "campaign" {
			continue
		}
		n := r.nodes[ident.ForImport("incident", "stix", id)]
		for field, property := range map[string]string{"startDate": "first_seen", "endDate": "last_seen"} {
			switch instant := o[property].(string); instant {
			case "2023-01-31T23:00:00.000Z":
				if n.Props[field] != "2023-01/2023-02" {
					t.Errorf("%s became %v", instant, n.Props[field])
				}
			default:
				if n.Props[field] == instant[:7] {
					months++
				} else if !strings.HasSuffix(instant, "30T22:00:00.000Z") {
					t.Errorf("%s became %v", instant, n.Props[field])
				}
			}
		}
	}
	if months != 2*52-2 {
		t.Errorf("%d months", months)
	}
}
