package text

import (
	"fmt"
	"unicode/utf8"
)

// Check reports whether a store may hold s: valid UTF-8 without control
// characters (tab, line feed and carriage return are allowed) and without
// noncharacters. These are the texts that every store, protocol and format in
// use carries unchanged; U+0000 for one ends a text in SQLite.
//
// The error names the first offender and its offset in bytes, so that a caller
// only has to add which field it was.
func Check(s string) error {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if isForbiddenASCII(c) {
				return fmt.Errorf("text holds control character U+%04X at byte %d; remove it", c, i)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return fmt.Errorf("text is not valid UTF-8: byte 0x%02X at byte %d belongs to no character; send UTF-8", c, i)
		case r <= 0x9F:
			return fmt.Errorf("text holds control character U+%04X at byte %d; remove it", r, i)
		case isNoncharacter(r):
			return fmt.Errorf("text holds noncharacter U+%04X at byte %d; remove it", r, i)
		}
		i += size
	}
	return nil
}

func isForbiddenASCII(c byte) bool {
	return c == 0x7F || c < ' ' && c != '\t' && c != '\n' && c != '\r'
}

// isNoncharacter follows the Unicode Standard, section 23.7: U+FDD0 to U+FDEF
// and the last two code points of each of the 17 planes.
func isNoncharacter(r rune) bool {
	return r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE
}
