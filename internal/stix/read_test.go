package stix_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/stix"
)

const (
	mitre    = `{"type":"identity","id":"identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5","identity_class":"organization","name":"M","modified":"2025-03-19T15:00:40.855Z"}`
	toolOne  = `{"type":"tool","id":"tool--11111111-1111-4111-8111-111111111111","name":"One","modified":"2025-01-01T00:00:00Z"}`
	toolID   = "tool--11111111-1111-4111-8111-111111111111"
	mitreID  = "identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5"
	toolTwo  = `{"type":"tool","id":"tool--22222222-2222-4222-8222-222222222222","name":"Two"}`
	toolTwoI = "tool--22222222-2222-4222-8222-222222222222"
)

// TestFilesThatAreNoBundle holds that every file that is wrong as a whole gives one line that says so and where.
func TestFilesThatAreNoBundle(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                   "b.json:1: the file is empty",
		"  \n ":                              "b.json:2: the file ends in the middle",
		"[1]":                                `b.json:1: this is no STIX bundle: it begins with '['`,
		"\x1f\x8bxx":                         "b.json:1: the file is compressed",
		"PK\x03\x04":                         "b.json:1: the file is compressed",
		"\xff\xfe{\x00":                      "b.json:1: the file is not in UTF-8",
		"{\x00\"\x00":                        "b.json:1: the file is not in UTF-8",
		`{"type":"attack-pattern","id":"x"}`: `its "type" is "attack-pattern"`,
		"{}":                                 `its "type" is ""`,
		`{"type":"bundle","objects":[` + "\n" + toolOne:           "b.json:2: the file ends in the middle of the bundle",
		`{"type":"bundle","objects":[` + "\n" + toolOne[:50]:      "b.json:2, object 1: the file ends in the middle of this object",
		`{"type":"bundle","objects":[` + "\n" + toolOne + ",":     "b.json:2: the file ends in the middle",
		`{"type":"bundle","objects":[` + toolOne + toolTwo + "]}": `',' must stand between two objects`,
		`{"type":"bundle","objects":[` + toolOne + ",]}":          "a value is missing",
		`{"type":"bundle","objects":{}}`:                          `must begin the list "objects"`,
		`{"type":"bundle","objects":[],"objects":[]}`:             `its member "objects" twice`,
		`{"type":"bundle" "id":"x"}`:                              "must stand between two members",
		`{"type":5}`:                                              "a text must stand here",
		`{"type":"bundle","objects":[]} x`:                        "something after the bundle",
		`{"type":"` + strings.Repeat("x", 2000) + `"}`:            "longer than 1000 bytes",
		"{" + strings.Repeat(`"`, 1) + "a":                        "ends in the middle",
		`{"a":1` + many(`,"a%d":1`, 200) + `}`:                    "more than 100 members",
		`{"type":"bundle","objects":[` + "\n\n" + `{"a"},` + "]}": "b.json:3",
	} {
		s := newSession(t)
		s.KeepGoing = false
		_, err := collect(t, s, importertest.Text("b.json", raw))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60q: %v, want %q", raw, err, want)
		}
	}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestCutAnywhere holds that no part of a bundle passes for the whole.
func TestCutAnywhere(t *testing.T) {
	raw := `{"type":"bundle","id":"bundle--1","spec_version":"2.0","objects":[` + mitre + "," + toolOne + `],"x":{"a":[1]}}`
	for n := range raw {
		if _, err := collect(t, newSession(t), importertest.Text("b.json", raw[:n])); err == nil {
			t.Errorf("the first %d of %d bytes were read as a whole", n, len(raw))
		}
	}
	whole := importer.Input{Name: "b.json", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(slowly{strings.NewReader("\xEF\xBB\xBF\n " + raw + "\n")}), nil
	}}
	if r := mustCollect(t, newSession(t), whole); len(r.of("Source")) != 2 {
		t.Errorf("%d sources", len(r.of("Source")))
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for _, in := range []importer.Input{
		{Name: "b.json", Open: func() (io.ReadCloser, error) { return nil, errDisk }},
		{Name: "b.json", Open: func() (io.ReadCloser, error) { return io.NopCloser(failing{errDisk}), nil }},
		{Name: "b.json", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(`{"type":"bundle","objects":[{"a":`), failing{errDisk})), nil
		}},
		{Name: "b.json", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(`{"type":"bundle","objects":[]}`), failing{errDisk})), nil
		}},
	} {
		_, err := collect(t, newSession(t), in)
		if !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), "b.json") {
			t.Error(err)
		}
	}
}

// TestChangingFile holds that an import does not mix two states of a file.
func TestChangingFile(t *testing.T) {
	for _, later := range []string{
		`{"type":"bundle","objects":[` + toolOne + `]}`,
		`{"type":"bundle","objects":[` + toolOne + "," + mitre + "," + toolTwo + `]}`,
		`{"type":"bundle","objects":[` + mitre + "," + toolOne + `]}`,
	} {
		opened := 0
		in := importer.Input{Name: "b.json", Open: func() (io.ReadCloser, error) {
			opened++
			if opened > 1 {
				return io.NopCloser(strings.NewReader(later)), nil
			}
			return io.NopCloser(strings.NewReader(`{"type":"bundle","objects":[` + toolOne + "," + mitre + `]}`)), nil
		}}
		if _, err := collect(t, newSession(t), in); err == nil || !strings.Contains(err.Error(), "b.json: the file changed while it was read") {
			t.Error(err)
		}
	}
}

// TestWrongObjects holds that an object that is wrong by itself is left out, with a line that says why and where, and
// that the others are imported.
func TestWrongObjects(t *testing.T) {
	for raw, want := range map[string]string{
		`5`:                                "no JSON object",
		`null`:                             "no JSON object",
		`"x"`:                              "no JSON object",
		`[{"type":"tool"}]`:                "no JSON object",
		`{"type":"tool"}`:                  `"id" is missing`,
		`{"id":"tool--1"}`:                 `"type" is missing`,
		`{"type":["tool"],"id":"tool--1"}`: `"type" is missing or no usable text`,
		`{"type":"tool","id":"a\u0000"}`:   `"id" is missing or no usable text`,
		`{"type":"tool","id":"` + strings.Repeat("x", 5000) + `"}`:                                 `"id" is missing or no usable text`,
		`{"type":"tool","id":"x","a":1,"a":2}`:                                                     `the name "a" is given twice`,
		"{\"type\":\"tool\",\"id\":\"x\",\"a\":\"\xe9\"}":                                          "not valid UTF-8",
		`{"type":"tool","id":"x","a":truth}`:                                                       "not valid JSON at byte",
		`{"type":"tool","id":"x","a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`: "nested deeper",
		`{"type":"tool","id":"x","a":"` + strings.Repeat("x", 9<<20) + `"}`:                        "takes more than 8388608 bytes",
	} {
		s := newSession(t)
		r := mustCollect(t, s, bundle(toolTwo, raw, toolOne))
		if len(r.nodes) != 2 {
			t.Errorf("%.60s: %d nodes", raw, len(r.nodes))
		}
		rejected := 0
		for _, n := range s.notes {
			if n.Action == importer.Rejected && n.Place == "b.json:3, object 2" && strings.Contains(n.Reason, want) {
				rejected++
			}
		}
		if rejected != 1 || len(s.notes) != 1 {
			t.Errorf("%.60s: want one line with %q, got %+v", raw, want, s.notes)
		}
		s = newSession(t)
		s.KeepGoing = false
		if _, err := collect(t, s, bundle(toolTwo, raw, toolOne)); err == nil || !strings.HasPrefix(err.Error(), "b.json:3, object 2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v", raw, err)
		}
	}
}

// TestHugeValue holds that a value of 1 GB takes no memory, wherever it stands, and that what follows it is read.
func TestHugeValue(t *testing.T) {
	const size = 1 << 30
	for name, parts := range map[string][2]string{
		"in an object":  {`{"type":"bundle","objects":[{"type":"tool","id":"tool--huge","x":"`, `"},` + toolOne + `]}`},
		"in the bundle": {`{"type":"bundle","x":"`, `","objects":[` + toolOne + `]}`},
	} {
		t.Run(name, func(t *testing.T) {
			in := importer.Input{Name: "b.json", Open: func() (io.ReadCloser, error) {
				return io.NopCloser(io.MultiReader(strings.NewReader(parts[0]), io.LimitReader(letters{}, size), strings.NewReader(parts[1]))), nil
			}}
			s := newSession(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			im, err := stix.Import(s.Session, []importer.Input{in})
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
				t.Errorf("%d bytes were allocated", used)
			}
			if len(s.notes) != 1 {
				t.Errorf("%+v", s.notes)
			}
			for c, err := range im.Changes {
				if err != nil || c.Node == nil || c.Node.Props["recordId"] != toolID {
					t.Fatalf("%+v, %v", c.Node, err)
				}
				break
			}
		})
	}
}

// letters is an endless text.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestMemory holds that memory holds of objects what joins them, and not what they say.
func TestMemory(t *testing.T) {
	const objects, size = 20_000, 5_000
	in := importer.Input{Name: "b.json", Open: func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() {
			fmt.Fprintf(w, `{"type":"bundle","objects":[%s,%s`, vendor, group)
			for i := range objects {
				fmt.Fprint(w, ",\n", relation(1000+i, "uses", groupID, "attack-pattern--"+uuid(i%800), `"description":"`+strings.Repeat("x", size)+`"`))
			}
			fmt.Fprint(w, `]}`)
			w.Close()
		}()
		return r, nil
	}}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	im, err := stix.Import(newSession(t).Session, []importer.Input{in})
	if err != nil {
		t.Fatal(err)
	}
	if each := int64(heap()-before) / objects; each > 1000 {
		t.Errorf("%d bytes are held for each object of %d bytes", each, size)
	}
	runtime.KeepAlive(im)
}

// TestDuplicates holds what becomes of objects with one id.
func TestDuplicates(t *testing.T) {
	const (
		newer = `{"type":"tool","id":"` + toolID + `","name":"Newer","modified":"2025-01-01T00:00:00.0001Z"}`
		other = `{"type":"tool","id":"` + toolID + `","name":"Other","modified":"2025-01-01T01:00:00+01:00"}`
		moved = `{"name":"One","modified":"2025-01-01T00:00:00Z", "type":"tool","id":"` + toolID + `"}`
	)
	for _, c := range []struct {
		objects []string
		name    string
		action  importer.Action
		place   string
		reason  string
	}{
		{[]string{toolOne, toolOne}, "One", importer.Merged, "b.json:3, object 2", "the same as at b.json:2, object 1"},
		{[]string{toolOne, moved}, "One", importer.Merged, "b.json:3, object 2", "the same as at"},
		{[]string{toolOne, newer}, "Newer", importer.Merged, "b.json:2, object 1", "an older version of what is at b.json:3, object 2"},
		{[]string{newer, toolOne}, "Newer", importer.Merged, "b.json:3, object 2", "an older version of what is at b.json:2, object 1"},
		{[]string{toolOne, other}, "One", importer.Rejected, "b.json:3, object 2", "it differs from the object with the same id at b.json:2, object 1"},
	} {
		s := newSession(t)
		r := mustCollect(t, s, bundle(c.objects...))
		if got := r.one(t, "Source").Props["title"]; got != c.name {
			t.Errorf("%v: %v", c.objects, got)
		}
		if len(s.notes) != 1 || !s.noted(c.action, toolID, c.place, c.reason) {
			t.Errorf("%v: %+v", c.objects, s.notes)
		}
		if got := s.Totals()[0]; got.Read != 2 || got.Accepted != 1 {
			t.Errorf("%+v", got)
		}
	}
	// Objects without a date of change, and two files.
	s := newSession(t)
	r := mustCollect(t, s, importertest.Text("a.json", `{"type":"bundle","objects":[`+toolTwo+`]}`), importertest.Text("b.json", `{"type":"bundle","objects":[`+toolTwo+","+toolOne+`]}`))
	if len(r.nodes) != 2 || !s.noted(importer.Merged, toolTwoI, "b.json:1, object 1", "the same as at a.json:1, object 1") {
		t.Errorf("%d nodes, %+v", len(r.nodes), s.notes)
	}
}

// TestDanglingReferences holds that an object whose references lead nowhere is kept, and noted.
func TestDanglingReferences(t *testing.T) {
	object := `{"type":"x-thing","id":"x-thing--1","created_by_ref":"` + mitreID + `","object_marking_refs":["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9","marking-definition--none"],"x_ref":"tool--none"}`
	s := newSession(t)
	r := mustCollect(t, s, bundle(object, mitre))
	if len(r.of("Source")) != 2 {
		t.Errorf("%d sources", len(r.of("Source")))
	}
	for property, id := range map[string]string{"object_marking_refs": "marking-definition--none", "x_ref": "tool--none"} {
		if !s.noted(importer.Doubtful, "x-thing--1", "b.json:2", fmt.Sprintf("its %s is %q, which is neither in the file nor in the store", property, id)) {
			t.Errorf("%s is not noted in %+v", property, s.notes)
		}
	}
	if len(s.notes) != 3 { // the third is that x-thing--1 holds no UUID
		t.Errorf("%+v", s.notes)
	}
}

func FuzzImport(f *testing.F) {
	f.Add(`{"type":"bundle","objects":[` + toolOne + "," + mitre + `]}`)
	f.Add(`{"objects":[{"type":"relationship","id":"relationship--1","relationship_type":"attributed-to","source_ref":"campaign--1","target_ref":"intrusion-set--1"},` +
		`{"type":"campaign","id":"campaign--1","aliases":["a"]},{"type":"intrusion-set","id":"intrusion-set--1","aliases":[1,"b","b"],"name":"B"}],"type":"bundle"}`)
	f.Fuzz(func(t *testing.T, raw string) {
		s := newSession(t)
		if _, err := collect(t, s, importertest.Text("b.json", raw)); err != nil && strings.ContainsRune(err.Error(), '\n') {
			t.Fatalf("the error has several lines: %q", err)
		}
	})
}
