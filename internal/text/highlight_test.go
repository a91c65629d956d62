package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"attrigraph/internal/text"
	"pgregory.net/rapid"
)

func TestHighlight(t *testing.T) {
	for _, c := range []struct {
		name, in, query string
		context         int
		want            []text.Fragment
	}{
		{"original spelling", "Podle NÚKIBu a BIS", "nukib", 3, []text.Fragment{{"le ", "NÚKIBu", " a "}}},
		{"decomposed letters stay whole", "by NU\u0301KIB\u0301!", "nukib", 9, []text.Fragment{{"by ", "NU\u0301KIB\u0301", "!"}}},
		{"full words are exact, the last begins", "cyber cyberattack attack attacks", "cyber attac", 0, []text.Fragment{{"", "cyber", ""}, {"", "attack", ""}, {"", "attacks", ""}}},
		{"first three", "a1 a2 a3 a4", "a", 1, []text.Fragment{{"", "a1", " "}, {" ", "a2", " "}, {" ", "a3", " "}}},
		{"one letter becomes two", "Hauptstraße 5", "hauptstrasse", 2, []text.Fragment{{"", "Hauptstraße", " 5"}}},
		{"one character becomes two words", "x ½ y", "2", 2, []text.Fragment{{"x ", "½", " y"}}},
		{"context counts characters", "中国外，APT31，😀网络", "apt31", 2, []text.Fragment{{"外，", "APT31", "，😀"}}},
		{"nothing found", "Ministry", "inistry", 5, nil},
		{"negative context is none", "a b c", "b", -1, []text.Fragment{{"", "b", ""}}},
		{"a long run ends where it is cut", strings.Repeat("é", 70), "e", 2, []text.Fragment{{"", strings.Repeat("é", 64), "éé"}}},
		{"marks beyond the cut are left out", strings.Repeat("x", 64) + "y\u0301", "x", 3, []text.Fragment{{"", strings.Repeat("x", 64), "y\u0301"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := text.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			if got := text.Highlight(c.in, q, c.context); !slices.Equal(got, c.want) {
				t.Errorf("got %+q\nwant %+q", got, c.want)
			}
		})
	}
}

func TestHighlightProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := storableText().Draw(t, "s")
		all := text.Fold(s)
		typed := storableText().Draw(t, "query")
		if len(all) > 0 && rapid.Bool().Draw(t, "own word") {
			typed = rapid.SampledFrom(all).Draw(t, "word")
		}
		q, err := text.ParseQuery(typed)
		if err != nil {
			return
		}
		context := rapid.IntRange(0, 12).Draw(t, "context")
		matching := 0
		for _, w := range all {
			if slices.Contains(q.Words, w) || strings.HasPrefix(w, q.Prefix) {
				matching++
			}
		}
		fragments := text.Highlight(s, q, context)
		if want := min(matching, 3); len(fragments) != want {
			t.Fatalf("%d fragments, want %d", len(fragments), want)
		}
		for _, f := range fragments {
			if !strings.Contains(s, f.Before+f.Match+f.After) {
				t.Fatalf("%+q is no part of the text", f)
			}
			for _, part := range []string{f.Before, f.After} {
				if !utf8.ValidString(part) || utf8.RuneCountInString(part) > context {
					t.Fatalf("%+q is cut badly", part)
				}
			}
			if !slices.ContainsFunc(text.Fold(f.Match), func(w string) bool {
				return slices.Contains(q.Words, w) || strings.HasPrefix(w, q.Prefix)
			}) {
				t.Fatalf("%+q does not match", f.Match)
			}
		}
	})
}
