package misp_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/store"
)

const (
	before = "{\n \"name\": \"Threat Actor\", \"type\": \"threat-actor\", \"category\": \"actor\", \"uuid\": \"7cdff317-a673-4474-84ec-4f1754947823\",\n \"values\": [\n"
	after  = "\n ],\n \"version\": 1\n}\n"
	one    = `{"uuid": "6bf7e6b6-0000-4000-8000-000000000001", "value": "One", "meta": {}}`
	two    = `{"uuid": "6bf7e6b6-0000-4000-8000-000000000002", "value": "Two", "meta": {}}`
)

func galaxy(values ...string) importer.Input {
	return importertest.Text("x.json", before+strings.Join(values, ",\n")+after)
}

// TestBadFiles holds what is said of files that cannot be read at all, or have a record that is wrong: nothing is
// imported.
func TestBadFiles(t *testing.T) {
	whole := before + one + after
	noGalaxy := "x.json: this is no cluster file of a MISP galaxy: %s; give one such as clusters/threat-actor.json"
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", strings.Replace(noGalaxy, "%s", "it is empty", 1)},
		{"list", "[]", strings.Replace(noGalaxy, "%s", "it does not begin with {", 1)},
		{"text", "value,uuid\nA,B\n", "x.json:1: this is not valid JSON: invalid character 'v' looking for beginning of value; get the file again, or correct it"},
		{"galaxy without values", `{"name": "a", "type": "b", "uuid": "c"}`, strings.Replace(noGalaxy, "%s", `it has no list "values"`, 1)},
		{"values are no list", `{"values": {}}`, strings.Replace(noGalaxy, "%s", `its "values" is no list`, 1)},
		{"event", `{"Event": {}, "values": []}`, strings.Replace(noGalaxy, "%s", `it has no text "uuid", or a long one`, 1)},
		{"renamed member", strings.Replace(whole, `"type"`, `"sort"`, 1), strings.Replace(noGalaxy, "%s", `it has no text "type", or a long one`, 1)},
		{"member of the file twice", strings.Replace(whole, `"version": 1`, `"name": "b"`, 1), strings.Replace(noGalaxy, "%s", `it has "name" twice, or not in UTF-8`, 1)},
		{"two lists", strings.Replace(whole, `"version": 1`, `"values": []`, 1), `x.json:6: the file has two lists "values"; keep one`},
		{"torn record", whole[:len(before)+20], "x.json:4: the file ends in the middle; get it again"},
		{"torn end", strings.TrimSuffix(whole, "}\n"), "x.json:7: the file ends in the middle; get it again"},
		{"bad JSON", before + "{\"uuid\": \"a\"\n \"value\": 1}" + after, "x.json:5: this is not valid JSON: invalid character '\"' after object key:value pair; get the file again, or correct it"},
		{"more after the end", whole + "{}", "x.json:8: there is something after the end of the galaxy; remove it"},
		{"UTF-16", "\xff\xfe{\x00", "x.json: the file is not in UTF-8; save it in UTF-8"},
		{"Latin-1", before + one[:len(one)-1] + `, "description": "` + "\xe9" + `"}` + after, "x.json:4: the record is not in UTF-8; save the file in UTF-8"},
		{"no uuid", before + one + ",\n\n" + `{"value": "Two"}` + after, `x.json:6: the record has no "uuid", or one that is no text; give it one`},
		{"renamed value", before + strings.Replace(one, `"value"`, `"Value"`, 1) + after, `x.json:4: the record has no "value", or one that is no text: it has no name; give it one`},
		{"no object", before + "7" + after, "x.json:4: the record is no object; see whether the file is damaged"},
		{"member twice", before + strings.Replace(one, `"meta"`, `"value"`, 1) + after, `x.json:4: the record has "value" twice; keep one`},
		{"meta is a list", before + strings.Replace(one, "{}", "[]", 1) + after, "x.json:4: meta: the record is no object; see whether the file is damaged"},
		{"same UUID", before + one + ",\n" + strings.Replace(one, "One", "Other", 1) + after, "x.json:5: the record has the UUID of the one at x.json:4 and says something else; give one of them another UUID or remove it"},
		{"long name", before + strings.Replace(one, "One", strings.Repeat("n", 3000), 1) + after, "x.json:4: the record has a name or UUID of more than 2000 bytes; shorten it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openSQLite(t)
			_, err := run(t, s, false, importertest.Text("x.json", c.in))
			if err == nil || err.Error() != c.want {
				t.Fatalf("got  %v\nwant %s", err, c.want)
			}
			if invalid := (*store.InvalidChange)(nil); !errors.As(err, &invalid) {
				t.Errorf("the error is a %T", err)
			}
			if empty, err := s.Empty(t.Context()); err != nil || !empty {
				t.Errorf("something was imported, %v", err)
			}
		})
	}
}

// TestCutAnywhere holds that no part of a file passes for the whole.
func TestCutAnywhere(t *testing.T) {
	whole := strings.TrimSpace(before + one + after)
	s := openSQLite(t)
	for n := range whole {
		if _, err := run(t, s, true, importertest.Text("x.json", whole[:n])); err == nil {
			t.Errorf("the first %d of %d bytes were read as a whole", n, len(whole))
		}
	}
}

// TestKeepGoing holds that only the records with a mistake are left out, each with a line.
func TestKeepGoing(t *testing.T) {
	s := openSQLite(t)
	d, err := run(t, s, true, galaxy(one, `{"value": "x"}`, `[]`, one, strings.Replace(one, "One", "Other", 1), two))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.of(t, "threat-actor"), (importer.Counts{Type: "threat-actor", Read: 6, Accepted: 2, Merged: 1, Rejected: 3}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	var places []string
	for _, n := range d.notes {
		places = append(places, string(n.Action)+" "+n.Place)
	}
	if got := strings.Join(places, ", "); got != "rejected x.json:5, rejected x.json:6, merged x.json:7, rejected x.json:8" {
		t.Error(got)
	}
	if n := len(read(t, s).of("ThreatGroup", every)); n != 2 {
		t.Errorf("%d groups", n)
	}
}

// TestLongValue holds that a value without end is refused after a bounded part of it.
func TestLongValue(t *testing.T) {
	read := 0
	endless := importer.Input{Name: "x.json", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(before+`{"value": "`), counting{&read})), nil
	}}
	_, err := run(t, openSQLite(t), true, endless)
	if err == nil || !strings.Contains(err.Error(), "a value is longer than 3145728 bytes") {
		t.Fatal(err)
	}
	if read > 8<<20 {
		t.Errorf("%d bytes were read", read)
	}
}

// counting is a file that never ends and says how much of it was read.
type counting struct{ n *int }

func (c counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	*c.n += len(p)
	return len(p), nil
}

// TestOddFields holds that what is read otherwise than it is written has a line, and stays in the original.
func TestOddFields(t *testing.T) {
	s := openSQLite(t)
	odd := `{"uuid": "6BF7E6B6-0000-4000-8000-000000000003", "value": " Three ", "description": 7, "meta": {
		"country": ["XX"], "attribution-confidence": "high", "synonyms": "Drei\u0007", "refs": [1, "https://example.org/a"],
		"name-attribution": ["Drei"], "cfr-suspected-state-sponsor": "Atlantis", "new-field": {"a": [1.50, null]}},
		"related": [{"dest-uuid": "6bf7e6b6-0000-4000-8000-000000000003", "type": "similar"},
			{"dest-uuid": "6bf7e6b6-0000-4000-8000-000000000001", "type": "similar"},
			{"dest-uuid": "6bf7e6b6-0000-4000-8000-000000000001", "type": "similar", "tags": []},
			{"dest-uuid": "6bf7e6b6-0000-4000-8000-000000000001", "type": "overlaps"},
			{"dest-uuid": "6bf7e6b6-0000-4000-8000-000000000009", "type": "similar"}]}`
	d, err := run(t, s, false, galaxy(one, odd))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"value" has spaces around it; they are left out`, `"description" is no text; it is in the original only`, `"synonyms" holds control characters; they are left out`,
		`"refs" is no text; it is in the original only`, `the name-attribution "Drei" is not of the form NAME:UUID; it is in the original only`,
		`the attribution-confidence "high" is no number from 0 to 100; it is in the original only`, `the country "XX" is no code of ISO 3166-1: the claim has it as text`,
		`the sponsor "Atlantis" is no state that is known here: the claim has it as text`, `the actor is said to be similar to itself; the relation is in the record's original`,
		`the relation to 6bf7e6b6-0000-4000-8000-000000000001 is there twice`, `a relation of the type "overlaps" is no alias; it is in the record's original`,
	} {
		found := 0
		for _, n := range d.notes {
			if n.Reason == want && n.Place == "x.json:5" && n.Record == "6bf7e6b6-0000-4000-8000-000000000003" {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d lines %q", found, want)
		}
	}
	if n := d.count("changed", "is neither in these files nor in the store"); n != 1 {
		t.Errorf("%d lines about a group that is nowhere", n)
	}
	g := read(t, s)
	three := g.named(t, "ThreatGroup", "Three")
	original := g.to(three, "SOURCED_FROM")[0].Props["original"].(string)
	for _, part := range []string{`"value":" Three "`, `"synonyms":"Drei\u0007"`, `"new-field":{"a":[1.50,null]}`, `"uuid":"6BF7E6B6-`} {
		if !strings.Contains(original, part) {
			t.Errorf("%s is not in %s", part, original)
		}
	}
	var described []string
	for _, l := range g.in[three.ID]["SUBJECT"] {
		described = append(described, g.nodes[l.From].Props["accusedDescription"].(string))
	}
	if len(described) != 2 || len(g.of("State", every)) != 0 {
		t.Errorf("accused %v, %d states", described, len(g.of("State", every)))
	}
}

// TestProducers holds that a file of producers gives coiners their names, before and after the actors and with them.
func TestProducers(t *testing.T) {
	const uuid = "455b9e40-e8dd-443b-87b3-c70bd09b4231"
	actor := galaxy(`{"uuid": "6bf7e6b6-0000-4000-8000-000000000001", "value": "One", "meta": {"synonyms": ["Uno"], "name-attribution": ["Uno:` + uuid + `"]}}`)
	producers := importertest.Text("producer.json", `{"values": [{"uuid": "`+uuid+`", "value": "Sophos", "description": "D", "meta": {"company-type": ["Cyber Security Vendor"], "country": "UK"}}],
		"name": "Producer", "type": "producer", "category": "actor", "uuid": "faab7b69-c850-491a-b36c-ba48c1c03279"}`)
	for name, order := range map[string][][]importer.Input{
		"before": {{producers}, {actor}}, "after": {{actor}, {producers}}, "together": {{actor, producers}}, "actors last": {{actor}, {producers}, {actor}},
	} {
		t.Run(name, func(t *testing.T) {
			s := openSQLite(t)
			var last done
			for _, files := range order {
				last = mustRun(t, s, files...)
			}
			if name == "actors last" && last.outcome.Created+last.outcome.Updated+last.outcome.Deleted > 0 {
				t.Errorf("%+v", last.outcome)
			}
			g := read(t, s)
			sophos := g.named(t, "Organization", "Sophos")
			if sophos.Props["kind"] != "VENDOR" || len(g.in[sophos.ID]["COINED_BY"]) != 1 || len(g.to(sophos, "SOURCED_FROM")) != 2 {
				t.Errorf("%v, coined %d names, from %d sources", sophos.Props, len(g.in[sophos.ID]["COINED_BY"]), len(g.to(sophos, "SOURCED_FROM")))
			}
			if n := len(g.of("Organization", every)); n != 2 {
				t.Errorf("%d organizations, want MISP and Sophos", n)
			}
		})
	}
}

// TestNewVersion holds that what a new version says takes the place of what the earlier one said.
func TestNewVersion(t *testing.T) {
	s := openSQLite(t)
	mustRun(t, s, galaxy(strings.Replace(one, "{}", `{"country": "RU"}`, 1)))
	mustRun(t, s, galaxy(strings.Replace(one, "{}", `{"country": "BY"}`, 1)))
	g := read(t, s)
	claims := g.of("Attribution", every)
	if len(claims) != 1 || names(g.to(claims[0], "ACCUSED")) != "Belarus" {
		t.Errorf("%d claims, accused %s", len(claims), names(g.to(claims[0], "ACCUSED")))
	}
}

// TestTwoFilesOfOneGalaxy holds that two versions are not imported at once.
func TestTwoFilesOfOneGalaxy(t *testing.T) {
	b := galaxy(two)
	b.Name = "y.json"
	_, err := run(t, openSQLite(t), false, galaxy(one), b)
	if err == nil || err.Error() != `y.json: x.json is a file of the same galaxy "Threat Actor"; give one of them` {
		t.Fatal(err)
	}
}

// TestSameUUIDInTwoGalaxies holds that of two values with one UUID none is lost without a word, in whatever order the files
// are given: producers are handed over before actors.
func TestSameUUIDInTwoGalaxies(t *testing.T) {
	actors := galaxy(one)
	producers := importertest.Text("producer.json", `{"values": [`+strings.Replace(one, "One", "Vendor", 1)+`],
		"name": "Producer", "type": "producer", "uuid": "faab7b69-c850-491a-b36c-ba48c1c03279"}`)
	for name, files := range map[string][]importer.Input{"producers first": {producers, actors}, "actors first": {actors, producers}} {
		t.Run(name, func(t *testing.T) {
			const want = "x.json:4: the record has the UUID of the one at producer.json:1 and says something else; give one of them another UUID or remove it"
			if _, err := run(t, openSQLite(t), false, files...); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			s := openSQLite(t)
			d, err := run(t, s, true, files...)
			if err != nil {
				t.Fatal(err)
			}
			if c := d.of(t, "threat-actor"); c.Rejected != 1 {
				t.Errorf("%+v", c)
			}
			if g := read(t, s); len(g.of("ThreatGroup", every)) != 0 || g.named(t, "Organization", "Vendor").Props["kind"] != "OTHER" {
				t.Error("the producer was taken for an actor")
			}
		})
	}
}

// TestMissingFile holds that a file that cannot be opened is named.
func TestMissingFile(t *testing.T) {
	gone := importer.Input{Name: "gone.json", Open: func() (io.ReadCloser, error) { return nil, errors.New("no such file") }}
	if _, err := run(t, openSQLite(t), false, gone); err == nil || err.Error() != "gone.json: no such file" {
		t.Fatal(err)
	}
}
