package text_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"attrigraph/internal/text"
	"pgregory.net/rapid"
)

func TestAppendJSON(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", `""`},
		{"APT31", `"APT31"`},
		{`a"b\c`, `"a\"b\\c"`},
		{"\n\t\r\b\f", `"\n\t\r\b\f"`},
		{"\x00\x1f\x0b", `"\u0000\u001f\u000b"`},
		{"<a href='/x'>&amp;</a>", `"<a href='/x'>&amp;</a>"`},
		{"\u2028\u2029\x7f\u0085", "\"\u2028\u2029\x7f\u0085\""},
		{"中国 😀 é", `"中国 😀 é"`},
	} {
		if got := string(text.AppendJSON([]byte("x:"), c.in)); got != "x:"+c.want {
			t.Errorf("AppendJSON(%q) = %s, want %s", c.in, got, "x:"+c.want)
		}
	}
}

// encoding/json differs in one thing only: it escapes U+2028 and U+2029.
func TestAppendJSONAgreesWithStandardLibrary(t *testing.T) {
	character := rapid.OneOf(storable(), rapid.Int32Range(0, 0x1F), rapid.SampledFrom([]rune(`"\/<>&`)))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(character).Draw(t, "s")
		got := text.AppendJSON(nil, s)
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != s {
			t.Fatalf("%s reads as %+q: %v", got, back, err)
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(strings.NewReplacer("\u2028", "", "\u2029", "").Replace(s)); err != nil {
			t.Fatal(err)
		}
		plain := strings.NewReplacer("\u2028", "", "\u2029", "").Replace(string(got))
		if plain+"\n" != want.String() {
			t.Fatalf("got %s, encoding/json writes %s", plain, want.String())
		}
	})
}

func TestAppendJSONDoesNotAllocate(t *testing.T) {
	s := strings.Repeat("Ministry \"of\" Foreign Affairs\n", 20)
	dst := make([]byte, 0, 2*len(s))
	if n := testing.AllocsPerRun(100, func() { dst = text.AppendJSON(dst[:0], s) }); n != 0 {
		t.Errorf("%v allocations into a buffer that is large enough", n)
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	for name, s := range map[string]string{
		"id":      "incident--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37",
		"plain":   strings.Repeat("The Ministry of Foreign Affairs. ", 30),
		"chinese": strings.Repeat("中国一贯坚决反对网络攻击。", 30),
		"quotes":  strings.Repeat("so-called \"APT31\"\n", 30),
	} {
		b.Run(name, func(b *testing.B) {
			dst := make([]byte, 0, 2*len(s)+2)
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				dst = text.AppendJSON(dst[:0], s)
			}
		})
	}
}
