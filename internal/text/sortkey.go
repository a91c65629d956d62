package text

import (
	"strings"
	"unicode/utf8"
)

// sortEscape begins the key of every character from itself upwards. It is the
// last code point below the surrogates, unassigned but not a noncharacter, so
// that a key is text that Check accepts.
const sortEscape = '\uD7FF'

// SortKey returns a text whose order is the code point order of s no matter
// whether a store compares UTF-8 bytes, UTF-16 units or code points. Neo4j
// compares UTF-16 units, in which characters beyond U+FFFF (surrogate pairs,
// from U+D800) come before U+E000 to U+FFFF.
//
// A character below U+D7FF stands for itself; any other becomes U+D7FF and two
// characters that hold its upper and lower 12 bits plus U+0100, all below the
// surrogates, where the three orders are one. Because no character's key is
// the beginning of another's and keys are ordered as their characters are, the
// order holds for whole texts and for beginnings of texts, and no two texts
// share a key. Text that Check accepts has a key that Check accepts, and almost
// all text is its own key.
func SortKey(s string) string {
	first := strings.IndexFunc(s, needsSortEscape)
	if first < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:first])
	for _, r := range s[first:] {
		if !needsSortEscape(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteRune(sortEscape)
		b.WriteRune(0x100 + r>>12)
		b.WriteRune(0x100 + r&0xFFF)
	}
	return b.String()
}

func needsSortEscape(r rune) bool { return r >= sortEscape && r <= utf8.MaxRune }
