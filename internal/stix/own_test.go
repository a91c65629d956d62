package stix

import (
	"bytes"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// models returns the model of the tests of stores, which has what the real one may have one day, and the real one.
func models(t testing.TB) map[string]*catalog.Catalog {
	return map[string]*catalog.Catalog{"toy": storetest.Model(t), "real": importertest.Model(t)}
}

func written(t rapid.TB, c *catalog.Catalog, records []store.Record, o Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, c, jsonltest.Records(records), o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// ownObjects returns the objects of a bundle that hold something of a graph.
func ownObjects(t rapid.TB, raw []byte) []*Object {
	t.Helper()
	return slices.DeleteFunc(objectsOf(t, raw), func(o *Object) bool { return !isOwn(o) || isDerived(o) })
}

// readOwn reads objects as an import does.
func readOwn(c *catalog.Catalog, objects []*Object) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		r := newOwnReader(c)
		for _, o := range objects {
			if err := r.index(o); err != nil {
				yield(store.Change{}, err)
				return
			}
		}
		hand := func(changes []store.Change, err error) bool {
			if err != nil {
				yield(store.Change{}, err)
				return false
			}
			for _, c := range changes {
				if !yield(c, nil) {
					return false
				}
			}
			return true
		}
		for _, o := range objects {
			if r.foreign(o) == nil && !hand(r.nodes(o, "")) {
				return
			}
		}
		if !hand(r.rest(), nil) {
			return
		}
		for _, o := range objects {
			links, dangling, err := r.links(o, "")
			if len(dangling) > 0 {
				err = fmt.Errorf("%s leads to %v", o.Text("id"), dangling)
			}
			if !hand(links, err) {
				return
			}
		}
	}
}

// sameRecords compares graphs; a link without properties may have none or an empty map of them.
func sameRecords(a, b []store.Record) bool {
	for _, list := range [][]store.Record{a, b} {
		for _, r := range list {
			if r.Link != nil && len(r.Link.Props) == 0 {
				r.Link.Props = nil
			}
		}
	}
	return reflect.DeepEqual(a, b)
}

// TestRoundTrip holds that whatever a store may hold comes back from an export, in whatever order its objects are, and
// that the same graph gives the same bytes.
func TestRoundTrip(t *testing.T) {
	for name, c := range models(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				records := jsonltest.Graph(t, c)
				options := Options{WithAliases: rapid.Bool().Draw(t, "aliases")}
				raw := written(t, c, records, options)
				objects := rapid.Permutation(ownObjects(t, raw)).Draw(t, "order")
				got, err := jsonltest.Collect(readOwn(c, objects))
				if err != nil {
					t.Fatalf("%v in\n%s", err, raw)
				}
				if !sameRecords(got, records) {
					t.Fatalf("read %s\nfrom %s", written(t, c, got, options), raw)
				}
				if again := written(t, c, got, options); !bytes.Equal(again, raw) {
					t.Fatalf("the same graph gave other bytes:\n%s\n%s", raw, again)
				}
			})
		})
	}
}

// foreignGraph is a graph with somebody else's objects: a group that was mapped from one, and others that were not.
func foreignGraph(originals ...string) []store.Record {
	recorded := &store.Provenance{At: "2025-05-28T00:00:00.000Z", By: "a test", From: "stix"}
	var records []store.Record
	var links []store.Record
	for _, original := range originals {
		o, err := ParseObject([]byte(original))
		if err != nil {
			panic(err)
		}
		id := o.Text("id")
		source := &store.Node{ID: ident.ForImport("source", dataset, id), Kind: sourceKind, Recorded: recorded, Props: map[string]any{
			"title": "of " + id, "kind": "DATASET", "verification": "READ_IN_ORIGINAL", "dataset": "stix", "recordId": id,
			"recordType": o.Text("type"), "original": original, "licence": "for all, by somebody",
		}}
		records = append(records, store.Record{Node: source})
		if o.Text("type") != "intrusion-set" {
			continue
		}
		group := ident.ForImport("threat-group", dataset, id)
		records = append(records, store.Record{Node: &store.Node{ID: group, Kind: "ThreatGroup", Recorded: recorded, Props: map[string]any{"name": o.Text("name")}}})
		links = append(links, store.Record{Link: &store.Link{Type: sourcedFrom, From: group, To: source.ID, Recorded: recorded}})
	}
	return append(records, links...)
}

// TestForeignObjects holds that somebody else's objects are in an export once, with all that they had, and come back to
// the byte.
func TestForeignObjects(t *testing.T) {
	c := importertest.Model(t)
	const uuid = "--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"
	for _, original := range []string{
		`{"type":"malware","id":"malware` + uuid + `","name":"x","x_odd":1.50e3,"x":"\u0041\/\ud83d\ude00","labels":["b","a"]}`,
		`{"type":"malware","is_family":false,"spec_version":"2.1","id":"malware` + uuid + `","name":"x"}`,
		`{"name":"x","id":"intrusion-set` + uuid + `","type":"intrusion-set","revoked":true,"aliases":["x","y"],"object_marking_refs":["marking-definition` + uuid + `"]}`,
		`{"type":"intrusion-set","id":"intrusion-set` + uuid + `","name":"x","extensions":{"extension-definition` + uuid + `":{"a":{}}},"z":[]}`,
		`{"type":"intrusion-set","id":"intrusion-set` + uuid + `","name":"x","extensions":{},"spec_version":"2.1"}`,
		`{"type":"intrusion-set","id":"intrusion-set` + uuid + `","name":"x","extensions":null}`,
		`{"type":"indicator","id":"indicator` + uuid + `","pattern":"[x]"}`,
		`{"type":"x-own","id":"x-own` + uuid + `","granular_markings":[{"selectors":["a"]}],"lang":"de"}`,
	} {
		records := foreignGraph(original)
		raw := written(t, c, records, Options{})
		if n := strings.Count(string(raw), `"id":"`+records[0].Node.Props["recordId"].(string)+`"`); n > 1 {
			t.Errorf("%s is in the export %d times", original, n)
		}
		objects := ownObjects(t, raw)
		got, err := jsonltest.Collect(readOwn(c, objects))
		want, _ := jsonltest.Collect(changesOf(records))
		if err != nil || !sameRecords(got, want) {
			t.Errorf("%v: %s\ngave %s", err, original, raw)
			for i := range got {
				t.Errorf("%+v %+v", got[i].Node, got[i].Link)
			}
		}
		// Without its Source an object is somebody else's, as it came.
		r := newOwnReader(c)
		for _, o := range objects {
			if o.Text("created_by_ref") == identityID {
				continue
			}
			if err := r.index(o); err != nil {
				t.Fatal(err)
			}
			if plain := r.foreign(o); plain == nil || string(plain.Bytes()) != original {
				t.Errorf("%s came back as %v", original, plain)
			}
		}
	}
}

func changesOf(records []store.Record) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for _, r := range records {
			if !yield(store.Change{Node: r.Node, Link: r.Link}, nil) {
				return
			}
		}
	}
}

// TestBadOwnObjects holds that an object of an export that somebody changed is read as it says or refused with the reason.
func TestBadOwnObjects(t *testing.T) {
	c := importertest.Model(t)
	records := threeAttributions()
	raw := written(t, c, records, Options{})
	for _, b := range []struct{ old, new, want string }{
		{`"node_id":"attribution--`, `"node_id":"attribution-`, "node_id: id"},
		{`"node_id":"attribution--`, `"node_id":"picture--`, "newer program"},
		{`"node_id":"attribution--`, `"node_id":"evidence--`, "must be of the type attrigraph-evidence"},
		{`"polarity":"ASSERTED"`, `"polarity":["ASSERTED"]`, "polarity must be text"},
		{`"polarity":"ASSERTED"`, `"polarity":null`, "polarity must be text"},
		{`"polarity":"ASSERTED"`, `"polarty":"ASSERTED"`, `there is no property "polarty" of Attribution`},
		{`"polarity":"ASSERTED"`, `"polarity":"ASSERTED","contested":1`, "contested must be true or false"},
		{`"polarity":"ASSERTED"`, `"polarity":"ASSERTED","confidence_low":1.5`, "confidence_low must be a whole number"},
		{`"polarity":"ASSERTED"`, `"polarity":"ASSERTED","basis":["LEGAL",1]`, "basis must be a list of texts"},
		{`"polarity":"ASSERTED"`, `"polarity":"ASSERTED","basis":"LEGAL"`, "basis must be a list of texts"},
		{`"polarity":"ASSERTED"`, `"polarity":"ASSERTED","original_ref":"x"`, "Attribution has no original"},
		{`"recorded_by":"a test"`, `"recorded_by":""`, "recorded_at and recorded_by must be texts"},
		{`"recorded_at":"2025-05-28T00:00:00.000Z","recorded_by":"a test",`, ``, "recorded_at is missing"},
		{`"accused_refs":[`, `"accused_refs":[1,`, "accused_refs must be a list of texts"},
		{`"accused_refs":[`, `"accused_details":[],"accused_refs":[`, "accused_details must be a list of objects"},
		{`"accused_refs":[`, `"accused_details":[{"wording":"x"}],"accused_refs":[`, "must have another ref"},
		{`"accused_refs":[`, `"accused_details":[{"ref":"x"}],"accused_refs":[`, "which is not in accused_refs"},
		{`"accused_refs":[`, `"accused_refs":["identity--x",`, "leads to [identity--x]"},
		// What other programs may add to any object is not of the graph.
		{`"polarity":"ASSERTED"`, `"polarity":"ASSERTED","labels":["x"],"revoked":false`, ""},
	} {
		changed := strings.Replace(string(raw), b.old, b.new, 1)
		if changed == string(raw) {
			t.Fatalf("%s is not in\n%s", b.old, raw)
		}
		_, err := jsonltest.Collect(readOwn(c, ownObjects(t, []byte(changed))))
		if (err == nil) != (b.want == "") || err != nil && !strings.Contains(err.Error(), b.want) {
			t.Errorf("%s for %s: %v, want %q", b.new, b.old, err, b.want)
		}
	}
}

// TestSourceWithoutItsOriginal holds that a Source is kept when the object that it is the source of is gone.
func TestSourceWithoutItsOriginal(t *testing.T) {
	c := importertest.Model(t)
	raw := written(t, c, foreignGraph(`{"type":"x-own","id":"x-own--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"}`), Options{})
	objects := slices.DeleteFunc(ownObjects(t, raw), func(o *Object) bool { return o.Text("type") == "x-own" })
	got, err := jsonltest.Collect(readOwn(c, objects))
	if err != nil || len(got) != 1 || got[0].Node.Props[originalField] != nil || got[0].Node.Props["recordType"] != "x-own" {
		t.Errorf("%v, %v", got, err)
	}
}

// FuzzMark holds that what is added to somebody else's object can be taken away again without a trace.
func FuzzMark(f *testing.F) {
	for _, seed := range []string{
		`{"type":"malware","id":"x","extensions":{"a":{}}}`,
		`{"id":"x","spec\u005fversion":"2.0","type":"indicator","is_family":null}`,
		`{"extensions":{},"type":"malware","z":[{"extensions":1}]}`,
		`{}`,
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, in string, carries bool) {
		o, err := ParseObject([]byte(in))
		if err != nil || isOwn(o) {
			return
		}
		before := string(o.Bytes())
		var data *Object
		if carries {
			data = &Object{}
			put(data, nodeID, quoted("x"))
		}
		marked := mark(o, data)
		again, err := ParseObject(o.Bytes())
		if err != nil {
			t.Fatalf("%s became %s: %v", in, o.Bytes(), err)
		}
		if marked {
			unmark(again)
		}
		if after := string(again.Bytes()); after != before {
			t.Fatalf("%s came back as %s", before, after)
		}
	})
}
