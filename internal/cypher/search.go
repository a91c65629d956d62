package cypher

import (
	"slices"
	"strings"
	"unicode/utf16"

	"attrigraph/internal/text"
)

// searchIndex is the full-text index over searchTextProperty of every node.
const searchIndex = "attrigraph_search"

// Lucene's whitespace tokenizer cuts words after 255 UTF-16 units, so a longer word is asked for by its beginning, and
// the stored text then decides.
const (
	longestToken = 255
	longStart    = 200
)

// lucene returns the index query of a text.Query.
func lucene(v any) any {
	q := v.(text.Query)
	if !slices.ContainsFunc(words(q), isLong) {
		return q.Lucene()
	}
	var b strings.Builder
	for i, w := range words(q) {
		switch {
		case isLong(w):
			b.WriteString("+" + start(w) + "* ")
		case i == len(q.Words):
			b.WriteString("+" + w + "* ")
		default:
			b.WriteString("+" + w + " ")
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// longNeedles returns what the stored text must hold beyond what the index can tell.
func longNeedles(v any) any {
	q := v.(text.Query)
	if !slices.ContainsFunc(words(q), isLong) {
		return []string{}
	}
	return q.Needles()
}

func words(q text.Query) []string { return append(slices.Clone(q.Words), q.Prefix) }

func isLong(w string) bool {
	return len(w) > longestToken && len(utf16.Encode([]rune(w))) > longestToken
}

func start(w string) string {
	units := 0
	for i, c := range w {
		if units += utf16.RuneLen(c); units > longStart {
			return w[:i]
		}
	}
	return w
}
