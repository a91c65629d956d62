package text_test

import (
	"testing"
	"unicode/utf8"

	"attrigraph/internal/text"
)

func TestCheckAccepts(t *testing.T) {
	for _, s := range []string{
		"", "APT31", "a\tb\r\nc", "NÚKIB", "中国驻欧盟使团", "\u00A0", "\uE000", "\uFFFD", "\uFDCF\uFDF0", "\U0001F600", "\U0010FFFD", "\u200F\u202E",
	} {
		if err := text.Check(s); err != nil {
			t.Errorf("Check(%q): %v", s, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"abc\x07", "text holds control character U+0007 at byte 3; remove it"},
		{"\x00", "text holds control character U+0000 at byte 0; remove it"},
		{"\x7f", "text holds control character U+007F at byte 0; remove it"},
		{"é\u0085", "text holds control character U+0085 at byte 2; remove it"},
		{"\u009f", "text holds control character U+009F at byte 0; remove it"},
		{"a\uFDD0", "text holds noncharacter U+FDD0 at byte 1; remove it"},
		{"\uFDEF", "text holds noncharacter U+FDEF at byte 0; remove it"},
		{"中\uFFFE", "text holds noncharacter U+FFFE at byte 3; remove it"},
		{"\U0001FFFF", "text holds noncharacter U+1FFFF at byte 0; remove it"},
		{"\U0010FFFE", "text holds noncharacter U+10FFFE at byte 0; remove it"},
		{"ab\xff", "text is not valid UTF-8: byte 0xFF at byte 2 belongs to no character; send UTF-8"},
		{"\xed\xa0\x80", "text is not valid UTF-8: byte 0xED at byte 0 belongs to no character; send UTF-8"},
		{"中"[:2], "text is not valid UTF-8: byte 0xE4 at byte 0 belongs to no character; send UTF-8"},
	} {
		if err := text.Check(c.in); err == nil || err.Error() != c.want {
			t.Errorf("Check(%q)\n got %v\nwant %s", c.in, err, c.want)
		}
	}
}

// TestCheckCounts goes through all code points: 66 noncharacters, 65 control
// characters of which three are allowed, and 2,048 surrogates that UTF-8 cannot
// hold.
func TestCheckCounts(t *testing.T) {
	refused := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if utf8.ValidRune(r) && text.Check(string(r)) != nil {
			refused++
		}
	}
	if want := 66 + 65 - 3; refused != want {
		t.Errorf("Check refuses %d characters, want %d", refused, want)
	}
}
