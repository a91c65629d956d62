package text_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"attrigraph/internal/text"
)

func TestStorable(t *testing.T) {
	for in, want := range map[string]string{"": "", "Ünï\ncode": "Ünï\ncode", "a\x00b\x07c": "abc", "a\xffb": "a\uFFFDb", "\U0010FFFFx": "x", "\x00": ""} {
		got, changed := text.Storable(in)
		if got != want || changed != (got != in && utf8.ValidString(in)) {
			t.Errorf("Storable(%q) = %q, %v; want %q", in, got, changed, want)
		}
	}
}

func TestEscapeJSON(t *testing.T) {
	if got, changed := text.EscapeJSON("{\"a\x7f\":\"\uFFFE\U0010FFFF\"}"); got != `{"a\u007f":"\ufffe\udbff\udfff"}` || !changed {
		t.Errorf("%s, %v", got, changed)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		raw := string(text.AppendJSON(nil, s))
		escaped, changed := text.EscapeJSON(raw)
		if text.Check(escaped) != nil || changed != (escaped != raw) {
			t.Fatalf("%q, %v", escaped, changed)
		}
		var want, got string
		if err := json.Unmarshal([]byte(raw), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(escaped), &got); err != nil || got != want {
			t.Fatalf("%q means %q, want %q: %v", escaped, got, want, err)
		}
	})
}
