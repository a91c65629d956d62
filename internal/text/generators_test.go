package text_test

import (
	"unicode/utf8"

	"attrigraph/internal/text"
	"pgregory.net/rapid"
)

// storable draws characters that Check accepts, with as many from U+D700 to
// U+FFFF and from the astral planes, where UTF-16 and code points disagree, as
// from elsewhere.
func storable() *rapid.Generator[rune] {
	return rapid.OneOf(
		rapid.RuneFrom([]rune("aAbz09 -_'\"\\\n\tßẞςσΣıİéÉ中文한ｱ½™\u0301\u0327\u20DD")),
		rapid.Rune(),
		rapid.Int32Range(0xD700, 0xD7FF),
		rapid.Int32Range(0xE000, 0xFFFF),
		rapid.Int32Range(0x10000, utf8.MaxRune),
	).Filter(func(r rune) bool { return utf8.ValidRune(r) && text.Check(string(r)) == nil })
}

// storableText draws texts; short ones share beginnings often.
func storableText() *rapid.Generator[string] { return rapid.StringOf(storable()) }
