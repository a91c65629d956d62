package stix_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
)

// TestCitedAliases holds where the sources of an alias come from.
func TestCitedAliases(t *testing.T) {
	r := mustCollect(t, newSession(t), bundle(vendor, object("intrusion-set", 2, byVendor+`,"name":"A","aliases":["B","C","D"],"external_references":[`+
		`{"source_name":"mitre-attack","external_id":"G9999","url":"https://attack.mitre.org/groups/G9999"},`+
		`{"source_name":"B","description":"(Citation: Paper One)(Citation: Nowhere)"},{"source_name":"Paper One","description":"Paper, one","url":"https://example.org/1"},`+
		`{"source_name":"C","description":"Said on the radio"}]`)))
	want := map[string]string{"B": "Paper, one https://example.org/1", "C": "Said on the radio <nil>", "D": ""}
	for _, c := range r.of("AliasClaim") {
		got := ""
		for _, source := range r.to("SOURCED_FROM", c.ID) {
			if source.Props["original"] == nil {
				got += fmt.Sprintf("%v %v", source.Props["title"], source.Props["url"])
				if relayed := r.from[[2]string{"RELAYS", ident.ForImport("source", "stix", groupID)}]; !slices.Contains(relayed, source.ID) {
					t.Errorf("the object does not relay %v", source.Props)
				}
			}
		}
		if got != want[c.Props["name"].(string)] {
			t.Errorf("%v comes from %q", c.Props, got)
		}
		if c.Props["relation"] != "OVERLAPS" || c.Props["verification"] != "RELAY" {
			t.Errorf("%v", c.Props)
		}
	}
	if got := r.one(t, "ThreatGroup").Props["attackId"]; got != "G9999" {
		t.Errorf("%v", got)
	}
}

// TestAttributedTo holds what attributed-to means between which objects.
func TestAttributedTo(t *testing.T) {
	body := object("identity", 21, `"name":"Unit 1","identity_class":"organization"`)
	person := object("identity", 22, `"name":"J. Doe","identity_class":"individual"`)
	class := object("identity", 23, `"name":"The people","identity_class":"class"`)
	anonymous := object("identity", 24, `"name":"Somebody"`)
	for name, c := range map[string]struct {
		source, target string
		want           map[string]any
		accused        []string
	}{
		"campaign to group": {campaigID, groupID, map[string]any{"proposition": "CARRIED_OUT_BY", "summary": "According to Vendor, Winter is attributed to Grey Bear."}, []string{"Grey Bear"}},
		"campaign to actor": {campaigID, actorID, map[string]any{"proposition": "CARRIED_OUT_BY", "summary": "According to Vendor, Winter is attributed to The Bears."}, []string{"The Bears"}},
		"campaign to body":  {campaigID, "identity--" + uuid(21), map[string]any{"proposition": "CARRIED_OUT_BY", "summary": "According to Vendor, Winter is attributed to Unit 1."}, []string{"Unit 1"}},
		"group to actor":    {groupID, actorID, map[string]any{"proposition": "ASSOCIATED_WITH", "summary": "According to Vendor, Grey Bear is attributed to The Bears."}, []string{"The Bears"}},
		"group to body":     {groupID, "identity--" + uuid(24), map[string]any{"proposition": "ASSOCIATED_WITH", "summary": "According to Vendor, Grey Bear is attributed to Somebody."}, []string{"Somebody"}},
		"actor to body": {actorID, "identity--" + uuid(21), map[string]any{
			"proposition": "OTHER", "propositionText": "its real identity is", "summary": "According to Vendor, the real identity of The Bears is Unit 1.",
		}, []string{"Unit 1"}},
		"actor to person":    {actorID, "identity--" + uuid(22), nil, nil},
		"group to class":     {groupID, "identity--" + uuid(23), nil, nil},
		"group to nobody":    {groupID, "threat-actor--" + uuid(99), nil, nil},
		"nothing to a group": {"malware--" + uuid(99), groupID, nil, nil},
		"body to a group":    {"identity--" + uuid(21), groupID, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			claim := relation(30, "attributed-to", c.source, c.target, byVendor+`,"description":"prose","confidence":85,"external_references":[{"source_name":"Paper","description":"Paper","url":"https://example.org/1"}]`)
			r := mustCollect(t, s, bundle(claim, vendor, group, actor, campaign, body, person, class, anonymous))
			if c.want == nil {
				if len(r.of("Attribution")) > 0 || !s.noted(importer.Doubtful, "relationship--"+uuid(30), "object 1", "only its Source is kept") {
					t.Errorf("%v, %+v", r.of("Attribution"), s.notes)
				}
				if len(r.of("Person")) > 0 {
					t.Error("a person became a node because somebody accuses it")
				}
				return
			}
			a := r.one(t, "Attribution")
			for field, v := range map[string]any{"polarity": "ASSERTED", "standard": "UNSTATED", "verification": "RELAY", "date": "2024-01-01", "confidence": int64(85)} {
				c.want[field] = v
			}
			if diff := cmp.Diff(c.want, a.Props); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.accused, names(r.to("ACCUSED", a.ID))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"Vendor"}, names(r.to("ACCUSER", a.ID))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"Paper", "relationship--" + uuid(30)}, names(r.to("SOURCED_FROM", a.ID))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestClaimsTakenBack holds that a claim that its creator revoked does not stand, and that one of nobody says so.
func TestClaimsTakenBack(t *testing.T) {
	s := newSession(t)
	r := mustCollect(t, s, bundle(vendor, group, campaign, actor,
		relation(30, "attributed-to", campaigID, groupID, byVendor+`,"revoked":true`),
		relation(31, "attributed-to", campaigID, actorID, ""),
		relation(32, "duplicate-of", groupID, actorID, byVendor+`,"confidence":1`),
		relation(33, "attributed-to", campaigID, actorID, byVendor+`,"confidence":101`),
		relation(34, "revoked-by", "malware--"+uuid(1), "malware--"+uuid(2), ""),
	))
	if !s.noted(importer.Changed, "relationship--"+uuid(30), "", "it is no claim any more") || !s.noted(importer.Doubtful, "relationship--"+uuid(31), "", "according to nobody") ||
		!s.noted(importer.Doubtful, "relationship--"+uuid(33), "", `confidence is "101"`) {
		t.Errorf("%+v", s.notes)
	}
	summaries := map[any]string{}
	for _, a := range r.of("Attribution") {
		summaries[a.Props["summary"]] = strings.Join(names(r.to("ACCUSER", a.ID)), " ")
	}
	if diff := cmp.Diff(map[any]string{
		"According to a source that does not name itself, Winter is attributed to The Bears.": "",
		"According to Vendor, Winter is attributed to The Bears.":                             "Vendor",
	}, summaries); diff != "" {
		t.Error(diff)
	}
	same := 0
	for _, c := range r.of("AliasClaim") {
		if other := r.to("ALIAS_OTHER", c.ID); len(other) > 0 {
			same++
			if c.Props["summary"] != "According to Vendor, Grey Bear is a duplicate of The Bears." || c.Props["relation"] != "SAME_AS" || names(other)[0] != "The Bears" {
				t.Errorf("%v", c.Props)
			}
		}
	}
	if same != 1 {
		t.Errorf("%d claims that two groups are the same", same)
	}
	if title := r.nodes[ident.ForImport("source", "stix", "relationship--"+uuid(30))].Props["title"]; title != "attributed-to: Winter → Grey Bear (revoked)" {
		t.Errorf("%v", title)
	}
}
