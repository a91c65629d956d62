package text

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// maxFragments is how many occurrences Highlight shows of one text.
const maxFragments = 3

// Fragment is an occurrence of a query word in a text: the word as the text
// writes it and what stands before and after it. Joined, the three are a part
// of the text.
type Fragment struct {
	Before, Match, After string
}

// Highlight returns the first occurrences of the query's words in the original
// text s, at most three, in the order of the text, each with up to context
// characters before and after. A word matches as in a search: folded and
// whole, or beginning with the query's last word, in which case Match is the
// whole word. Text that does not hold a word of the query has no fragments.
func Highlight(s string, q Query, context int) []Fragment {
	var fragments []Fragment
	for w := range scanWords(s) {
		if !q.matchesWord(w.folded) {
			continue
		}
		fragments = append(fragments, Fragment{
			Before: lastRunes(s[:w.start], context),
			Match:  s[w.start:w.end],
			After:  firstRunes(s[w.end:], context),
		})
		if len(fragments) == maxFragments {
			break
		}
	}
	return fragments
}

func (q Query) matchesWord(folded []byte) bool {
	return q.Prefix != "" && bytes.HasPrefix(folded, []byte(q.Prefix)) ||
		slices.Contains(q.Words, string(folded))
}

// firstRunes returns at most n characters from the start of s.
func firstRunes(s string, n int) string {
	end := 0
	for ; n > 0 && end < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	return s[:end]
}

// lastRunes returns at most n characters from the end of s.
func lastRunes(s string, n int) string {
	start := len(s)
	for ; n > 0 && start > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:start])
		start -= size
	}
	return s[start:]
}
