package stix_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"attrigraph/internal/stix"
)

func parse(t testing.TB, raw string) *stix.Object {
	t.Helper()
	o, err := stix.ParseObject([]byte(raw))
	if err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return o
}

func TestObjectKeepsBytes(t *testing.T) {
	const raw = ` { "b" : 1.50e+3 ,
		"a":{"z":[ ],"y":null}, "t\u0065xt":"caf\u00e9 é \/ \ud800 <&>" } `
	o := parse(t, raw)
	if got, want := string(o.Bytes()), `{"b":1.50e+3,"a":{"z":[],"y":null},"t\u0065xt":"caf\u00e9 é \/ \ud800 <&>"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{"b", "a", "text"}, o.Names()); diff != "" {
		t.Error(diff)
	}
	if got := o.Text("text"); got != "café é / \uFFFD <&>" {
		t.Errorf("%q", got)
	}
}

func TestObjectGets(t *testing.T) {
	o := parse(t, `{"s":"x","l":["a",1,"b",null],"n":1,"t":true,"e":"","o":{"i":"j"},"os":[{"k":1},2,{"k":2}]}`)
	if o.Text("n") != "" || o.Text("none") != "" || o.Text("s") != "x" || o.Text("l") != "" {
		t.Error("Text")
	}
	if diff := cmp.Diff([]string{"a", "b"}, o.Texts("l")); diff != "" || o.Texts("s") != nil || o.Texts("none") != nil {
		t.Error(diff)
	}
	if !o.True("t") || o.True("s") || o.True("none") {
		t.Error("True")
	}
	if o.Get("none") != nil || string(o.Get("n")) != "1" {
		t.Error("Get")
	}
	if o.Object("o").Text("i") != "j" || o.Object("s") != nil || o.Object("none") != nil {
		t.Error("Object")
	}
	if list := o.Objects("os"); len(list) != 2 || string(list[1].Get("k")) != "2" {
		t.Error("Objects")
	}
}

func TestObjectChanges(t *testing.T) {
	o := parse(t, `{"a":1,"b":2,"c":3}`)
	whole := o.Clone()
	o.Set("b", json.RawMessage(`"x"`))
	o.Set("d", json.RawMessage(`4`))
	o.InsertAfter("a", `a"'`, json.RawMessage(`[]`))
	o.InsertAfter("nobody", "z", json.RawMessage(`{}`))
	if !o.Delete("c") || o.Delete("c") {
		t.Error("Delete")
	}
	if got, want := string(o.Bytes()), `{"a":1,"a\"'":[],"b":"x","d":4,"z":{}}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := string(whole.Bytes()); got != `{"a":1,"b":2,"c":3}` {
		t.Errorf("the clone changed too: %s", got)
	}
	if got := string((&stix.Object{}).Bytes()); got != "{}" {
		t.Error(got)
	}
}

func TestObjectRefuses(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                    "no JSON object",
		"[1]":                                 "no JSON object",
		`"x"`:                                 "no JSON object",
		`{"a":1`:                              "ends in the middle",
		`{"a":"b`:                             "ends in the middle",
		`{"a":"\`:                             "ends in the middle",
		`{"a":1,}`:                            "not valid JSON at byte 8",
		`{"a":1 "b":2}`:                       "not valid JSON at byte 8",
		`{"a" 1}`:                             "not valid JSON",
		`{a:1}`:                               "not valid JSON",
		`{"a":[1,]}`:                          "not valid JSON",
		`{"a":[1 2]}`:                         "not valid JSON",
		`{"a":01}`:                            "not valid JSON",
		`{"a":1.}`:                            "not valid JSON",
		`{"a":-}`:                             "not valid JSON",
		`{"a":1e}`:                            "not valid JSON",
		`{"a":tru}`:                           "not valid JSON",
		`{"a":NaN}`:                           "not valid JSON",
		`{"a":"\x41"}`:                        "not valid JSON",
		`{"a":"\u12g4"}`:                      "not valid JSON",
		"{\"a\":\"x\ny\"}":                    "control character U+000A",
		"{\"a\":\"\xff\"}":                    "not valid UTF-8",
		`{"a":1}{"b":2}`:                      "something after the object",
		`{"a":1,"\u0061":2}`:                  `the name "a" is given twice`,
		`{"a":{"b":[{"c":1,"c":1}]}}`:         `the name "c" is given twice`,
		`{"a":` + strings.Repeat("[", 200):    "nested deeper than 100",
		strings.Repeat(`{"a":`, 200) + "1":    "nested deeper than 100",
		`{"a":"` + strings.Repeat("x", 9<<20): "takes 9437190 bytes",
	} {
		o, err := stix.ParseObject([]byte(raw))
		if err == nil || o != nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40s: %v, want %q", raw, err, want)
		}
	}
	// Many names, the last of which is not new.
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, `"n%d":1,`, i)
	}
	if _, err := stix.ParseObject([]byte("{" + b.String() + `"n77":1}`)); err == nil || !strings.Contains(err.Error(), `the name "n77" is given twice`) {
		t.Error(err)
	}
	if _, err := stix.ParseObject([]byte("{" + b.String() + `"0":1}`)); err != nil {
		t.Error(err)
	}
}

// TestObjectIsJSON holds that what is drawn survives as encoding/json writes it.
func TestObjectIsJSON(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		kinds := []*rapid.Generator[any]{
			rapid.String().AsAny(), rapid.Float64().AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil),
		}
		if depth > 0 {
			kinds = append(kinds, rapid.SliceOfN(value(depth-1), 0, 4).AsAny(), rapid.MapOfN(rapid.String(), value(depth-1), 0, 40).AsAny())
		}
		return rapid.OneOf(kinds...)
	}
	rapid.Check(t, func(t *rapid.T) {
		raw, err := json.Marshal(rapid.MapOfN(rapid.String(), value(3), 0, 5).Draw(t, "object"))
		if err != nil {
			t.Skip()
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, raw, " ", "\t"); err != nil {
			t.Fatal(err)
		}
		o, err := stix.ParseObject(indented.Bytes())
		if err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		if got := o.Bytes(); !bytes.Equal(got, raw) {
			t.Fatalf("%s became %s", raw, got)
		}
	})
}

// FuzzParseObject holds that exactly what encoding/json takes for an object is one, but for names that are given twice,
// bytes that are no UTF-8 and what is nested too deep.
func FuzzParseObject(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":[1,-0.5e3,true,null,"\u0041"],"b":{}}`, `{"a":1,"a":2}`, `{"a":"\ud83d\ude00"}`, `{"a":[{"b":"\\\""},[],{},"c,]",-1],"d":{"e":{}}}`, `{"a":}`, `[`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		o, err := stix.ParseObject([]byte(raw))
		if err != nil {
			if utf8.ValidString(raw) && json.Valid([]byte(raw)) && !strings.Contains(err.Error(), "twice") && !strings.Contains(err.Error(), "deeper") && !strings.Contains(err.Error(), "no JSON object") {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		var want bytes.Buffer
		if err := json.Compact(&want, []byte(raw)); err != nil {
			t.Fatalf("%q was read, and is %v", raw, err)
		}
		if got := o.Bytes(); !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("%q became %s, want %s", raw, got, want.Bytes())
		}
		for _, name := range o.Names() {
			value := o.Get(name)
			if inner := o.Object(name); inner != nil && !bytes.Equal(inner.Bytes(), value) || (inner == nil) != (value[0] != '{') {
				t.Fatalf("%s is %s", name, value)
			}
			if list := o.Objects(name); value[0] == '[' {
				var all []json.RawMessage
				if err := json.Unmarshal(value, &all); err != nil {
					t.Fatal(err)
				}
				all = slices.DeleteFunc(all, func(v json.RawMessage) bool { return v[0] != '{' })
				for i, inner := range list {
					if len(all) != len(list) || !bytes.Equal(inner.Bytes(), all[i]) {
						t.Fatalf("%s are the objects in %s", inner.Bytes(), value)
					}
				}
			}
			if list := o.Texts(name); len(list) > 0 && value[0] != '[' {
				t.Fatalf("%s is %s", name, value)
			}
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

var errDisk = errors.New("the disk is on fire")

// slowly hands over one byte at a time.
type slowly struct{ io.Reader }

func (s slowly) Read(p []byte) (int, error) { return s.Reader.Read(p[:1]) }
