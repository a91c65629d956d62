package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"attrigraph/internal/text"
	"pgregory.net/rapid"
)

// compareUTF16 compares as Java and Neo4j do.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func TestSortKey(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"APT31 中国 한\uD7FE", "APT31 中国 한\uD7FE"},
		{"\uD7FF", "\uD7FF\u010D\u08FF"},
		{"a\uE000b", "a\uD7FF\u010E\u0100b"},
		{"\uFFFD", "\uD7FF\u010F\u10FD"},
		{"\U00010000", "\uD7FF\u0110\u0100"},
		{"\U0010FFFD", "\uD7FF\u020F\u10FD"},
	} {
		if got := text.SortKey(c.in); got != c.want {
			t.Errorf("SortKey(%+q) = %+q, want %+q", c.in, got, c.want)
		}
	}
}

// The pair that makes a sort key necessary: UTF-16 puts U+10000 first.
func TestSortKeyMendsUTF16(t *testing.T) {
	low, high := "\uFF21", "\U00010000"
	if compareUTF16(low, high) != 1 {
		t.Fatal("UTF-16 order was expected to differ from code point order")
	}
	if compareUTF16(text.SortKey(low), text.SortKey(high)) != -1 {
		t.Error("keys are not in code point order")
	}
}

// TestSortKeyEveryCharacter compares each character with the one before it.
func TestSortKeyEveryCharacter(t *testing.T) {
	before := text.SortKey("\u0000")
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		key := text.SortKey(string(r))
		if compareUTF16(before, key) >= 0 || before >= key || strings.HasPrefix(key, before) {
			t.Fatalf("the key of U+%04X, %+q, does not follow %+q", r, key, before)
		}
		if text.Check(string(r)) == nil && text.Check(key) != nil {
			t.Fatalf("the key of U+%04X: %v", r, text.Check(key))
		}
		before = key
	}
}

func TestSortKeyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := storableText().Draw(t, "prefix")
		a := prefix + storableText().Draw(t, "a")
		b := prefix + storableText().Draw(t, "b")
		ka, kb := text.SortKey(a), text.SortKey(b)
		want := slices.Compare([]rune(a), []rune(b))
		if got := compareUTF16(ka, kb); got != want {
			t.Fatalf("in UTF-16 the keys compare %d, the texts %d", got, want)
		}
		if got := strings.Compare(ka, kb); got != want {
			t.Fatalf("in UTF-8 the keys compare %d, the texts %d", got, want)
		}
		if got, want := strings.HasPrefix(ka, kb), strings.HasPrefix(a, b); got != want {
			t.Fatalf("key of a begins with key of b: %v, a begins with b: %v", got, want)
		}
		if err := text.Check(ka); err != nil {
			t.Fatalf("key is no text: %v", err)
		}
		if text.SortKey(a+b) != ka+kb {
			t.Fatal("the key of a joined text is not its keys joined")
		}
	})
}

func BenchmarkSortKey(b *testing.B) {
	for name, s := range map[string]string{
		"latin":  strings.Repeat("Ministry of Foreign Affairs ", 4),
		"astral": strings.Repeat("\U0001F600", 20),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text.SortKey(s)
			}
		})
	}
}
