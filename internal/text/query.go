package text

import (
	"fmt"
	"strings"
)

// maxQueryWords bounds the work of one search.
const maxQueryWords = 16

// Query is a search for texts that hold all of Words and a word that begins
// with Prefix, in any order. ParseQuery makes it; all its words are folded, so
// they consist of letters and digits in lower case and mean nothing in any
// store's query language.
type Query struct {
	Words  []string
	Prefix string
}

// ParseQuery reads what a user typed. The last word is taken as a beginning.
// A query without a letter or digit and one with more than 16 words are errors.
func ParseQuery(s string) (Query, error) {
	var words []string
	for w := range scanWords(s) {
		if len(words) == maxQueryWords {
			return Query{}, fmt.Errorf("search query has more than %d words; leave some out", maxQueryWords)
		}
		words = append(words, string(w.folded))
	}
	if len(words) == 0 {
		return Query{}, fmt.Errorf("search query has no letter or digit; write at least one word")
	}
	last := len(words) - 1
	return Query{Words: words[:last:last], Prefix: words[last]}, nil
}

// Needles returns the strings that a FoldedText must all contain to match:
// " word " for each full word and " begin" for the last.
func (q Query) Needles() []string {
	needles := make([]string, 0, len(q.Words)+1)
	for _, w := range q.Words {
		needles = append(needles, " "+w+" ")
	}
	return append(needles, " "+q.Prefix)
}

// Match reports whether a FoldedText matches. It is the definition that every
// store's search has to agree with.
func (q Query) Match(folded string) bool {
	for _, w := range q.Words {
		if !strings.Contains(folded, " "+w+" ") {
			return false
		}
	}
	return strings.Contains(folded, " "+q.Prefix)
}

// Exact returns the FoldedName of a node that is called just what the query
// says. Without its last space it is what a folded name starts with when the
// name starts with the query.
func (q Query) Exact() string {
	var b strings.Builder
	for _, w := range q.Words {
		b.WriteString(" " + w)
	}
	b.WriteString(" " + q.Prefix + " ")
	return b.String()
}

// FTS5 returns the MATCH expression for an SQLite FTS5 table over FoldedText
// with the tokenizer "ascii", which takes every character beyond ASCII as part
// of a word, as it must for text that is already split.
func (q Query) FTS5() string {
	var b strings.Builder
	for _, w := range q.Words {
		b.WriteString(`"` + w + `" `)
	}
	b.WriteString(`"` + q.Prefix + `"*`)
	return b.String()
}

// Lucene returns the query for a Lucene index over FoldedText with a
// whitespace analyzer, such as Neo4j's full-text index with the analyzer
// "whitespace". Words need no escape: they hold no operator character, and
// AND, OR, NOT and TO are operators in upper case only.
func (q Query) Lucene() string {
	var b strings.Builder
	for _, w := range q.Words {
		b.WriteString("+" + w + " ")
	}
	b.WriteString("+" + q.Prefix + "*")
	return b.String()
}
