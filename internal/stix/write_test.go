package stix

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/store"
)

// objectsOf returns all objects of a bundle.
func objectsOf(t rapid.TB, raw []byte) []*Object {
	t.Helper()
	var objects []*Object
	in := importer.Input{Name: "x.json", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }}
	if _, err := readBundle(in, func(_ place, raw []byte, problem error) error {
		if problem != nil {
			return problem
		}
		o, err := ParseObject(raw)
		objects = append(objects, o)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return objects
}

// TestClaimsDoNotPointPastThemselves holds rule 6 of the model: nothing leads from an incident to an actor but through a
// claim. Who is targeted is no actor; attributed-to, from a campaign to a group, says according to whom.
func TestClaimsDoNotPointPastThemselves(t *testing.T) {
	c := importertest.Model(t)
	records := append(jsonltest.Cases(t, c), threeAttributions()...)
	slices.SortStableFunc(records, func(a, b store.Record) int { return boolOrder(a.Node == nil, b.Node == nil) })
	objects := objectsOf(t, written(t, c, records, Options{}))
	nodes := map[string]string{}
	for _, o := range objects {
		if data := ownData(o); data != nil {
			nodes[o.Text("id")] = typeOf(data.Text(nodeID))
		}
	}
	actors := []string{"threat-group", "state", "organization", "person"}
	claims, direct := 0, 0
	for _, o := range objects {
		if o.Text("type") != "relationship" {
			continue
		}
		if !isDerived(o) || o.Get("confidence") != nil {
			t.Errorf("%s is not marked as derived, or has a confidence", o.Bytes())
		}
		from, to := nodes[o.Text("source_ref")], nodes[o.Text("target_ref")]
		if from == "attribution" {
			claims++
		}
		if !slices.Contains([]string{from, to}, "incident") || !slices.Contains(actors, from) && !slices.Contains(actors, to) {
			continue
		}
		direct++
		if o.Text("relationship_type") != "attributed-to" || from != "incident" || typeOf(o.Text("source_ref")) != "campaign" ||
			to != "threat-group" || !strings.Contains(o.Text("description"), "ccording to ") {
			t.Errorf("%s leads past the claim", o.Bytes())
		}
	}
	if claims == 0 || direct == 0 {
		t.Errorf("%d relationships of claims, %d attributed-to: the test looks at nothing", claims, direct)
	}
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// threeAttributions is a campaign that somebody asserts a group carried out, that is suspected of another, and that is said
// not to be of a third.
func threeAttributions() []store.Record {
	recorded := &store.Provenance{At: "2025-05-28T00:00:00.000Z", By: "a test"}
	id := func(prefix, key string) string { return ident.ForImport(prefix, "test", key) }
	node := func(prefix, kind, key string, props map[string]any) store.Record {
		return store.Record{Node: &store.Node{ID: id(prefix, key), Kind: kind, Props: props, Recorded: recorded}}
	}
	records := []store.Record{
		node("incident", "Incident", "c", map[string]any{"name": "C", "kind": "CAMPAIGN", "startDate": "2024", "endDate": "2024-05", "otherNames": []string{"D"}}),
		node("organization", "Organization", "o", map[string]any{"name": "O", "kind": "VENDOR"}),
	}
	var links []store.Record
	link := func(linkType, from, to string) {
		links = append(links, store.Record{Link: &store.Link{Type: linkType, From: from, To: to, Recorded: recorded}})
	}
	for _, polarity := range []string{"ASSERTED", "SUSPECTED", "NEGATED"} {
		records = append(records,
			node("attribution", "Attribution", polarity, map[string]any{"proposition": "CARRIED_OUT_BY", "polarity": polarity, "verification": "UNVERIFIED"}),
			node("threat-group", "ThreatGroup", polarity, map[string]any{"name": "G " + polarity}))
		claim := id("attribution", polarity)
		link("ACCUSED", claim, id("threat-group", polarity))
		link("ACCUSER", claim, id("organization", "o"))
		link("SUBJECT", claim, id("incident", "c"))
	}
	return append(records, links...)
}

// TestDerived holds what other tools are told of claims: according to whom, and whether anybody read it.
func TestDerived(t *testing.T) {
	c := importertest.Model(t)
	attributed := 0
	for _, o := range objectsOf(t, written(t, c, threeAttributions(), Options{})) {
		if o.Text("type") == "campaign" {
			if got := o.Text("first_seen") + " " + o.Text("last_seen"); got != "2024-01-01T00:00:00.000Z 2024-05-31T23:59:59.999Z" {
				t.Errorf("the campaign was seen %s", got)
			}
		}
		if o.Text("type") != "relationship" {
			continue
		}
		if o.Text("relationship_type") == "attributed-to" {
			attributed++
			if want := objectID("intrusion-set", ident.ForImport("threat-group", "test", "ASSERTED")); o.Text("target_ref") != want {
				t.Errorf("%s is attributed, not the asserted one", o.Bytes())
			}
		}
		if !slices.Contains(o.Texts("labels"), unverifiedLabel) || !strings.HasPrefix(o.Text("description"), "According to O: CARRIED_OUT_BY (") ||
			!strings.HasSuffix(o.Text("description"), "(Unverified: nobody read a text that says so.)") {
			t.Errorf("%s is not marked as unverified", o.Bytes())
		}
	}
	if attributed != 1 {
		t.Errorf("%d attributed-to", attributed)
	}
	// Opinions are only about whether a claim is right.
	opinions := map[string]string{}
	for _, o := range objectsOf(t, written(t, c, jsonltest.Cases(t, c), Options{})) {
		if stance := o.Text("stance"); stance != "" {
			opinions[objectID("opinion", o.Text(nodeID))] = stance
		}
		if o.Text("type") == "opinion" {
			opinions[o.Text("id")] += " " + o.Text("opinion")
		}
	}
	seen := map[string]bool{}
	for _, o := range opinions {
		seen[o] = true
	}
	for _, want := range []string{"DENIES strongly-disagree", "REJECTS disagree", "ACKNOWLEDGES", "SOLIDARITY"} {
		if !seen[want] {
			t.Errorf("no claim is %q: %v", want, seen)
		}
	}
}

// TestWithdrawn holds that what was taken back is attributed to nobody.
func TestWithdrawn(t *testing.T) {
	c := importertest.Model(t)
	for kind, want := range map[string]int{"CONFIRMS": 1, "WITHDRAWS": 0} {
		records := threeAttributions()
		records = append(records, store.Record{Link: &store.Link{
			Type: "REVISES", From: ident.ForImport("attribution", "test", "NEGATED"), To: ident.ForImport("attribution", "test", "ASSERTED"),
			Props: map[string]any{"kind": kind}, Recorded: records[0].Node.Recorded,
		}})
		if got := bytes.Count(written(t, c, records, Options{}), []byte(`"attributed-to"`)); got != want {
			t.Errorf("%s: %d attributed-to", kind, got)
		}
	}
}

// TestLocation holds that a state is located by the codes of ISO 3166-1 only.
func TestLocation(t *testing.T) {
	c := importertest.Model(t)
	for code, want := range map[string]int{"CZ": 1, "XK": 0, "": 0} {
		n := &store.Node{ID: ident.ForImport("state", "test", code), Kind: "State", Props: map[string]any{"name": "S"}, Recorded: threeAttributions()[0].Node.Recorded}
		if code != "" {
			n.Props["isoCode"] = code
		}
		raw := written(t, c, []store.Record{{Node: n}}, Options{})
		if got := bytes.Count(raw, []byte(`"located-at"`)) + bytes.Count(raw, []byte(`"type":"location"`)); got != 2*want {
			t.Errorf("%q: %s", code, raw)
		}
	}
}

// TestAliases holds that names which somebody gives to a group are no aliases of it unless that is asked for.
func TestAliases(t *testing.T) {
	c := importertest.Model(t)
	for with, want := range map[bool]bool{false: false, true: true} {
		found := false
		for _, o := range objectsOf(t, written(t, c, jsonltest.Cases(t, c), Options{WithAliases: with})) {
			found = found || o.Text("type") == "intrusion-set" && slices.Contains(o.Texts("aliases"), "Violet Typhoon")
		}
		if found != want {
			t.Errorf("with aliases %v: found %v", with, found)
		}
	}
}

// TestLicences holds that the licence of a source goes with what was recorded from it, and that somebody else's object
// stays without.
func TestLicences(t *testing.T) {
	c := importertest.Model(t)
	const original = `{"type":"intrusion-set","id":"intrusion-set--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37","name":"x"}`
	records := foreignGraph(original)
	recorded := records[0].Node.Recorded
	claim := ident.ForImport("attribution", "test", "1")
	records = slices.Insert(records, 0, store.Record{Node: &store.Node{ID: claim, Kind: "Attribution", Recorded: recorded, Props: map[string]any{
		"proposition": "OTHER", "polarity": "ASSERTED", "propositionText": "x",
	}}})
	records = append(records,
		store.Record{Link: &store.Link{Type: "SOURCED_FROM", From: claim, To: ident.ForImport("source", dataset, "intrusion-set--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"), Recorded: recorded}},
		store.Record{Link: &store.Link{Type: "SUBJECT", From: claim, To: ident.ForImport("threat-group", dataset, "intrusion-set--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"), Recorded: recorded}})
	marked := map[string]string{}
	for _, o := range objectsOf(t, written(t, c, records, Options{})) {
		marked[o.Text("type")] = strings.Join(o.Texts("object_marking_refs"), " ")
		if o.Text("type") == "marking-definition" && o.Object("definition").Text("statement") != "for all, by somebody" {
			t.Errorf("%s", o.Bytes())
		}
	}
	id := markingID("for all, by somebody")
	for typeName, want := range map[string]string{"intrusion-set": "", "attrigraph-source": id, "attrigraph-attribution": id, "relationship": id} {
		if got, there := marked[typeName]; got != want || !there {
			t.Errorf("%s is marked %q, want %q", typeName, got, want)
		}
	}
}

// TestPropertyNames holds that no two things that a node says have one name.
func TestPropertyNames(t *testing.T) {
	for _, c := range models(t) {
		for _, kind := range c.Kinds() {
			names := slices.Clone(common)
			for _, f := range stored(c, kind.StoredFields()) {
				names = append(names, property(kind, f))
			}
			links := map[string]*catalog.Link{}
			for _, l := range c.Links {
				if !slices.Contains(l.From, kind) {
					continue
				}
				for _, to := range l.To {
					name := linkName(kind, l, to)
					if other := links[name]; other != nil && other != l {
						t.Errorf("%s: %s and %s are both called %s", kind, l.Type, other.Type, name)
					}
					if links[name] == nil {
						names = append(names, name+oneSuffix, name+manySuffix, name+detailsSuffix)
					}
					links[name] = l
				}
			}
			slices.Sort(names)
			for i := range names[1:] {
				if names[i] == names[i+1] {
					t.Errorf("%s has two properties %s", kind, names[i])
				}
			}
		}
	}
}

// TestConfidenceIsNotTheExporters holds that an accuser's likelihood is not where STIX has the creator's confidence.
func TestConfidenceIsNotTheExporters(t *testing.T) {
	c := importertest.Model(t)
	records := threeAttributions()
	for _, r := range records {
		if r.Node != nil && r.Node.Kind == "Attribution" {
			r.Node.Props["confidence"] = int64(85)
		}
	}
	found := false
	for _, o := range objectsOf(t, written(t, c, records, Options{})) {
		if o.Get("confidence") != nil {
			t.Errorf("%s has a confidence", o.Bytes())
		}
		found = found || string(o.Get("attribution_confidence")) == "85"
	}
	if !found {
		t.Error("the likelihood is lost")
	}
}

// TestWriteRefuses holds that what cannot be exported as it is ends an export, and that what was written is no bundle.
func TestWriteRefuses(t *testing.T) {
	c := importertest.Model(t)
	good := threeAttributions()
	recorded := good[0].Node.Recorded
	state := func(props map[string]any) store.Record {
		return store.Record{Node: &store.Node{ID: ident.ForImport("state", "test", "1"), Kind: "State", Props: props, Recorded: recorded}}
	}
	failed := errors.New("it failed")
	for want, records := range map[string]iter.Seq2[store.Record, error]{
		"does not have":                    jsonltest.Records([]store.Record{state(map[string]any{"nam": "x"})}),
		"is no text":                       jsonltest.Records([]store.Record{state(map[string]any{"name": 1.5})}),
		`of the kind "Painter"`:            jsonltest.Records([]store.Record{{Node: &store.Node{ID: "a", Kind: "Painter", Recorded: recorded}}}),
		"when and by whom":                 jsonltest.Records([]store.Record{{Node: &store.Node{ID: ident.ForImport("state", "test", "1"), Kind: "State"}}}),
		"not all in the export":            jsonltest.Records([]store.Record{state(nil), {Link: &store.Link{Type: "ACCUSED", From: "a", To: "b"}}}),
		"a node comes after a link":        jsonltest.Records(slices.Concat(good, []store.Record{state(nil)})),
		"the most that an import reads is": jsonltest.Records([]store.Record{state(map[string]any{"name": strings.Repeat("x", maxObject)})}),
		"it failed":                        func(yield func(store.Record, error) bool) { yield(store.Record{}, failed) },
	} {
		var out bytes.Buffer
		if err := Write(&out, c, records, Options{}); err == nil || !strings.Contains(err.Error(), want) || strings.HasSuffix(out.String(), "}\n") {
			t.Errorf("want an error with %q, got %v after %d bytes", want, err, out.Len())
		}
	}
	turn := 0
	changing := func(yield func(store.Record, error) bool) {
		turn++
		for _, r := range good[turn-1:] {
			if !yield(r, nil) {
				return
			}
		}
	}
	if err := Write(io.Discard, c, changing, Options{}); err == nil {
		t.Error("a store that changes is exported")
	}
}
