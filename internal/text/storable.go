package text

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Storable returns a text without the characters that Check refuses, and tells whether there were any. U+FFFD stands for
// what was no character to begin with.
func Storable(s string) (clean string, changed bool) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if Check(s) == nil {
		return s, false
	}
	return strings.Map(func(r rune) rune {
		if Check(string(r)) != nil {
			return -1
		}
		return r
	}, s), true
}

// EscapeJSON returns JSON with the characters that Check refuses as escapes, which mean the same, and tells whether there
// were any. The JSON must be valid and have no space between its parts: then such characters are in texts only.
func EscapeJSON(raw string) (same string, changed bool) {
	if Check(raw) == nil {
		return raw, false
	}
	var b strings.Builder
	for len(raw) > 0 {
		r, size := utf8.DecodeRuneInString(raw)
		switch {
		case Check(string(r)) == nil:
			b.WriteString(raw[:size])
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(r-0x10000)>>10, 0xDC00+(r-0x10000)&0x3FF)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		raw = raw[size:]
	}
	return b.String(), true
}
