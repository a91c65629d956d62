package stix_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/ident"
	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/stix"
	"attrigraph/internal/store"
	"attrigraph/internal/store/opentest"
)

// exportedCases returns the objects of an export of the cases that come with the program, and their number of nodes.
func exportedCases(t *testing.T) (objects []string, nodes int) {
	t.Helper()
	records := jsonltest.Cases(t, importertest.Model(t))
	for _, r := range records {
		if r.Node != nil {
			nodes++
		}
	}
	var out bytes.Buffer
	if err := stix.Write(&out, importertest.Model(t), jsonltest.Records(records), stix.Options{}); err != nil {
		t.Fatal(err)
	}
	var b struct{ Objects []json.RawMessage }
	if err := json.Unmarshal(out.Bytes(), &b); err != nil {
		t.Fatal(err)
	}
	for _, raw := range b.Objects {
		objects = append(objects, string(raw))
	}
	return objects, nodes
}

// TestOwnObjectsAreCounted holds that every object of an export is accounted for: those that hold a node are accepted, the
// others say again what these say.
func TestOwnObjectsAreCounted(t *testing.T) {
	objects, nodes := exportedCases(t)
	s := newSession(t)
	s.KeepGoing = false
	r := mustCollect(t, s, bundle(objects...))
	var sum importer.Counts
	for _, c := range s.Totals() {
		sum.Read += c.Read
		sum.Accepted += c.Accepted
		sum.Merged += c.Merged
	}
	if diff := cmp.Diff(importer.Counts{Read: len(objects), Accepted: nodes, Merged: len(objects) - nodes}, sum); diff != "" {
		t.Error(diff)
	}
	if len(r.nodes) != nodes || len(s.notes) != sum.Merged {
		t.Errorf("%d nodes of %d, %d notes", len(r.nodes), nodes, len(s.notes))
	}
}

// find returns the object of an export that holds the node of a kind with a name.
func find(t *testing.T, objects []string, typeName, name string) *stix.Object {
	t.Helper()
	for _, raw := range objects {
		if o := parse(t, raw); o.Text("type") == typeName && o.Text("name") == name {
			return o
		}
	}
	t.Fatalf("there is no %s %s in the export", typeName, name)
	return nil
}

// TestClaimsAboutOwnObjects holds that somebody else's relationship to an object of an export joins the node that it holds.
func TestClaimsAboutOwnObjects(t *testing.T) {
	objects, nodes := exportedCases(t)
	ours := find(t, objects, "intrusion-set", "APT31").Text("id")
	objects = append(objects, vendor, group, relation(30, "duplicate-of", groupID, ours, byVendor))
	s := newSession(t)
	r := mustCollect(t, s, bundle(objects...))
	claim := r.nodes[ident.ForImport("alias-claim", "stix", "relationship--"+uuid(30))]
	if claim == nil || len(r.nodes) <= nodes {
		t.Fatal("there is no claim")
	}
	other := r.to("ALIAS_OTHER", claim.ID)
	if len(other) != 1 || other[0].Props["name"] != "APT31" || other[0].ID == ident.ForImport("threat-group", "stix", ours) {
		t.Errorf("%v", other)
	}
	if claim.Props["summary"] != "According to Vendor, Grey Bear is a duplicate of APT31." {
		t.Errorf("%v", claim.Props["summary"])
	}
}

// TestWrongOwnObject holds that an object of an export that somebody damaged is left out with a line that says why, and
// that the rest can be applied.
func TestWrongOwnObject(t *testing.T) {
	objects, nodes := exportedCases(t)
	var extension string
	for _, raw := range objects {
		if o := parse(t, raw); o.Text("type") == "extension-definition" {
			extension = o.Text("id")
		}
	}
	damaged := 0
	for i, raw := range objects {
		o := parse(t, raw)
		if o.Text("type") != "intrusion-set" || o.Text("name") != "APT31" {
			continue
		}
		all := o.Object("extensions")
		ours := all.Object(extension)
		ours.Set("recorded_at", json.RawMessage("5"))
		all.Set(extension, ours.Bytes())
		o.Set("extensions", all.Bytes())
		objects[i] = string(o.Bytes())
		damaged++
	}
	if damaged != 1 {
		t.Fatalf("%d objects", damaged)
	}
	s := newSession(t)
	s.KeepGoing = false
	if _, err := collect(t, s, bundle(objects...)); err == nil || !strings.Contains(err.Error(), "recorded_at") || !strings.HasPrefix(err.Error(), "b.json:") {
		t.Errorf("%v", err)
	}
	s = newSession(t)
	st := opentest.SQLite(t, importertest.Model(t))
	out := importInto(t, st, s, bundle(objects...))
	rejected := slices.IndexFunc(s.notes, func(n importer.Note) bool { return n.Action == importer.Rejected })
	if rejected < 0 || s.notes[rejected].Type != "intrusion-set" {
		t.Errorf("%+v", s.notes)
	}
	held := 0
	if err := st.Export(t.Context(), func(r store.Record) error {
		if r.Node != nil {
			held++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if held != nodes-1 {
		t.Errorf("%d nodes of %d: %s", held, nodes, fmt.Sprint(out))
	}
}

// TestWrongNewerVersion holds that a version that cannot be read does not take the place of an older one that can, and that
// each of the two is counted once.
func TestWrongNewerVersion(t *testing.T) {
	objects, nodes := exportedCases(t)
	o := find(t, objects, "intrusion-set", "APT31")
	all := o.Object("extensions")
	for _, id := range all.Names() {
		ours := all.Object(id)
		ours.Set("node_id", json.RawMessage(`"APT31"`))
		all.Set(id, ours.Bytes())
	}
	o.Set("extensions", all.Bytes())
	o.Set("modified", json.RawMessage(`"2099-01-01T00:00:00.000Z"`))
	objects = append(objects, string(o.Bytes()))
	s := newSession(t)
	r := mustCollect(t, s, bundle(objects...))
	read := 0
	for _, c := range s.Totals() {
		read += c.Read
		if c.Type == "intrusion-set" && c.Rejected != 1 || c.Type != "intrusion-set" && c.Rejected != 0 {
			t.Errorf("%+v", c)
		}
	}
	if read != len(objects) || len(r.nodes) != nodes {
		t.Errorf("%d of %d objects are accounted for, with %d of %d nodes", read, len(objects), len(r.nodes), nodes)
	}
}
