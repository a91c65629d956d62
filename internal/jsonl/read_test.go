package jsonl_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"attrigraph/internal/jsonl"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/store"
)

const (
	header = `{"format":"attrigraph-jsonl","version":1}` + "\n"
	node   = `{"node":{"kind":"Writer","id":"w","fields":{}}}` + "\n"
)

func TestBadLines(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", `x.jsonl:1: the file is empty; export it again`},
		{"other file", "[1]\n", `x.jsonl:1: the first line is no header: a list holds something else than text`},
		{"other format", `{"format":"x","version":1}` + "\n", `x.jsonl:1: the first line must be {"format":"attrigraph-jsonl","version":1}; this is no file of that format`},
		{"newer", `{"format":"attrigraph-jsonl","version":2}` + "\n", `x.jsonl:1: the file is of version 2 of the format, this program reads version 1; use a newer program`},
		{"no end", header + node, `x.jsonl:2: the file ends without its last line, {"end":…}, so a part of it is missing; export it again`},
		{"torn", header + node[:20], `x.jsonl:2: the file ends in the middle of this line; export it again`},
		{"bad JSON", header + `{"node":{"kind" "Writer"}}` + "\n", `x.jsonl:2: this is not valid JSON at byte 16 of the line; correct it, or export the file again`},
		{"blank line", header + "\n", `x.jsonl:2: this is not valid JSON at byte 0 of the line; correct it, or export the file again`},
		{"two objects", header + `{"end":{"nodes":0,"links":0}} {}` + "\n", `x.jsonl:2: there is something after the object; write one object a line`},
		{"unknown record", header + `{"nod":{}}` + "\n", `x.jsonl:2: there is no field "nod" here; the fields are node, link, end`},
		{"unknown field", header + `{"node":{"kynd":"Writer"}}` + "\n", `x.jsonl:2: there is no field "kynd" here; the fields are kind, id, recordedAt, recordedBy, recordedFrom, fields`},
		{"twice", header + `{"node":{"kind":"A","kind":"B"}}` + "\n", `x.jsonl:2: the field "kind" is given twice; keep one`},
		{"missing", header + `{"link":{"type":"A","from":"x","fields":{}}}` + "\n", `x.jsonl:2: "to" is missing or no text`},
		{"no fields", header + `{"node":{"kind":"A","id":"x"}}` + "\n", `x.jsonl:2: "fields" is missing or no object`},
		{"half a provenance", header + `{"node":{"kind":"A","id":"x","recordedAt":"2025","fields":{}}}` + "\n", `x.jsonl:2: "recordedBy" is missing or no text`},
		{"fraction", header + `{"node":{"kind":"A","id":"x","fields":{"n":1.5}}}` + "\n", `x.jsonl:2: the number "1.5" is no whole number`},
		{"null", header + `{"node":{"kind":"A","id":"x","fields":{"n":null}}}` + "\n", `x.jsonl:2: null has no meaning here; leave the field out`},
		{"object", header + `{"node":{"kind":"A","id":"x","fields":{"n":{}}}}` + "\n", `x.jsonl:2: the field "n" is an object; write text, a whole number, true, false or a list of texts`},
		{"list of numbers", header + `{"node":{"kind":"A","id":"x","fields":{"n":[1]}}}` + "\n", `x.jsonl:2: a list holds something else than text`},
		{"deep", header + strings.Repeat("[", 100) + "\n", `x.jsonl:2: the line is nested too deep; a record has fields, and fields have texts, numbers or lists of texts`},
		{"UTF-8", header + "{\"node\":\"\xff\"}\n", `x.jsonl:2: the line is not valid UTF-8; write the file in UTF-8`},
		{"half a character", header + `{"node":{"kind":"\ud800x"}}` + "\n", `x.jsonl:2: \ud800 is half a character; write the whole pair, or the character itself`},
		{"other half", header + `{"node":{"kind":"\\ \udc00"}}` + "\n", `x.jsonl:2: \udc00 is half a character; write the whole pair, or the character itself`},
		{"count", header + node + `{"end":{"nodes":2,"links":0}}` + "\n", `x.jsonl:3: the file has 1 nodes and 0 links, its last line counts 2 and 0, so it was changed or a part is missing; export it again, or correct the counts`},
		{"after the end", header + `{"end":{"nodes":0,"links":0}}` + "\n" + node, `x.jsonl:3: there is something after the last line of the file; remove it`},
		{"long", header + strings.Repeat(" ", 9<<20) + "\n", `x.jsonl:2: the line is longer than 8388608 bytes; split the file into lines with one record each`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := jsonltest.Collect(jsonl.Read(strings.NewReader(c.in), "x.jsonl"))
			if err == nil || err.Error() != c.want {
				t.Fatalf("got  %v\nwant %s", err, c.want)
			}
			if invalid := (*store.InvalidChange)(nil); !errors.As(err, &invalid) {
				t.Fatalf("the error is a %T", err)
			}
		})
	}
}

func TestReadStreams(t *testing.T) {
	in, out := io.Pipe()
	defer in.Close()
	go func() {
		// The second write blocks until somebody reads: the first record is there before the file is complete.
		_, _ = io.WriteString(out, header+node)
		_, _ = io.WriteString(out, node)
	}()
	for c, err := range jsonl.Read(in, "x.jsonl") {
		if err != nil || c.Node == nil || c.Node.ID != "w" || c.Node.Place != "x.jsonl:2" || c.Node.Recorded != nil {
			t.Fatalf("%+v, %v", c.Node, err)
		}
		return
	}
	t.Fatal("no record")
}

func TestEscapedBackslashIsNoSurrogate(t *testing.T) {
	in := header + `{"node":{"kind":"A","id":"x","fields":{"n":"\\ud800 \ud83d\ude00"}}}` + "\n" + `{"end":{"nodes":1,"links":0}}` + "\n"
	got, err := jsonltest.Collect(jsonl.Read(strings.NewReader(in), "x.jsonl"))
	if err != nil || got[0].Node.Props["n"] != `\ud800 😀` {
		t.Fatalf("%v, %v", got, err)
	}
}

func TestFailedRead(t *testing.T) {
	failure := errors.New("disk")
	_, err := jsonltest.Collect(jsonl.Read(io.MultiReader(strings.NewReader(header+node), failing{failure}), "x.jsonl"))
	if !errors.Is(err, failure) {
		t.Fatal(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzRead(f *testing.F) {
	f.Add(header + node + `{"end":{"nodes":1,"links":0}}` + "\n")
	f.Add(header + `{"link":{"type":"A","from":"x","to":"y","recordedAt":"1","recordedBy":"2","recordedFrom":"3","fields":{"a":["\u0041",""],"b":-1,"c":true}}}` + "\n")
	f.Fuzz(func(t *testing.T, in string) {
		for _, err := range jsonl.Read(strings.NewReader(in), "x") {
			if err != nil && strings.ContainsRune(err.Error(), '\n') {
				t.Fatalf("the error has several lines: %q", err)
			}
		}
	})
}
