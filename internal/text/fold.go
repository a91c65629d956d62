package text

import (
	"iter"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWordRunes is where a search word is cut, in the stored text as in the
// query, so that a run of letters without end (a hash, text in a script that
// writes no spaces) stays below the token limits of the stores' indexes (255
// UTF-16 units in Lucene).
const maxWordRunes = 64

// Fold returns the search words of s in their order: compatibility decomposed
// (NFKD), without marks (Mn, Mc, Me), in lower case, split into runs of letters
// and digits (L*, N*), each cut to 64 characters. "Tchéquie's NÚKIB/BIS" is
// tchequie, s, nukib, bis.
//
// Forms of a letter that differ only by their place or case become one: ς is
// σ, ß is ss, ı is i. Folding is done character by character, so it is the
// same inside any other text, and folding again changes nothing.
//
// A script that writes no spaces between words (Chinese, Japanese, Thai) gives
// one word for each run up to the next punctuation.
func Fold(s string) []string {
	var words []string
	for w := range scanWords(s) {
		words = append(words, string(w.folded))
	}
	return words
}

// FoldedText returns the text that a store keeps for search: the words of all
// parts with one space before, between and after them, and a single space when
// there are none. A whole word is found as " word ", a beginning as " begin".
func FoldedText(parts ...string) string {
	size := 1
	for _, p := range parts {
		size += len(p) + 1
	}
	b := make([]byte, 1, size)
	b[0] = ' '
	for _, p := range parts {
		for w := range scanWords(p) {
			b = append(b, w.folded...)
			b = append(b, ' ')
		}
	}
	return string(b)
}

// FoldedName returns FoldedText of one name. Two names that are equal to a
// searcher have the same folded name.
func FoldedName(s string) string { return FoldedText(s) }

// word is one search word and where it stands in the text it comes from.
type word struct {
	folded     []byte // valid until the next word
	start, end int    // bytes of the original, marks that follow a letter included
}

// scanWords yields the search words of s. A run that is cut ends, in the
// original too, where it was cut.
func scanWords(s string) iter.Seq[word] {
	return func(yield func(word) bool) {
		var (
			folded     []byte
			runes      int
			start, end int
			kept       bool // the last letter is in the word, not cut off
			buf        [16]byte
		)
		// add takes a folded letter or digit that came from s[from:to].
		add := func(r rune, from, to int) {
			if runes == 0 {
				start = from
			}
			kept = runes < maxWordRunes
			if kept {
				folded = utf8.AppendRune(folded, r)
				runes++
				end = to
			}
		}
		// flush ends the current word, if there is one.
		flush := func() bool {
			if runes == 0 {
				return true
			}
			more := yield(word{folded, start, end})
			folded, runes = folded[:0], 0
			return more
		}
		for i := 0; i < len(s); {
			if c := s[i]; c < utf8.RuneSelf {
				if c >= 'A' && c <= 'Z' {
					c += 'a' - 'A'
				}
				if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
					add(rune(c), i, i+1)
				} else if !flush() {
					return
				}
				i++
				continue
			}
			r, size := utf8.DecodeRuneInString(s[i:])
			next := i + size
			if r == utf8.RuneError {
				if !flush() {
					return
				}
				i = next
				continue
			}
			for _, d := range string(decompose(buf[:], s[i:next])) {
				// Before lower case, which would make a letter of U+0345.
				if unicode.IsMark(d) {
					if runes > 0 && kept {
						end = next
					}
					continue
				}
				switch d = lower(d); {
				case d == 'ß':
					add('s', i, next)
					add('s', i, next)
				case unicode.IsLetter(d) || unicode.IsNumber(d):
					add(d, i, next)
				default:
					if !flush() {
						return
					}
				}
			}
			i = next
		}
		flush()
	}
}

// decompose returns the NFKD form of one character, in buf if it is not at hand
// in the tables. Asking these saves the buffers that normalizing a text takes;
// only Hangul syllables are not in them, being decomposed by arithmetic.
func decompose(buf []byte, character string) []byte {
	if r, _ := utf8.DecodeRuneInString(character); r >= 0xAC00 && r <= 0xD7A3 {
		return norm.NFKD.AppendString(buf[:0], character)
	}
	if d := norm.NFKD.PropertiesString(character).Decomposition(); d != nil {
		return d
	}
	return append(buf[:0], character...)
}

// lower goes through upper case because letters that share one upper case (σ
// and ς, в and its printed variants, i and ı) are one letter to a searcher.
func lower(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }
