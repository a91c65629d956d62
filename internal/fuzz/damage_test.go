package fuzz

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// token matches a token of GraphQL, or a byte that begins none.
var token = regexp.MustCompile(`"""(?s:.*?)"""|"(?:\\.|[^"\\\n])*"|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9.eE+-]*|\.\.\.|#[^\n]*\n?|[\s,]+|(?s:.)`)

// dictionary holds what documents are made of: the names of the schema, punctuation and literals.
func dictionary(schema *ast.Schema) []string {
	seen := map[string]bool{}
	for _, t := range schema.Types {
		seen[t.Name] = true
		for _, f := range t.Fields {
			seen[f.Name] = true
			for _, a := range f.Arguments {
				seen[a.Name] = true
			}
		}
		for _, v := range t.EnumValues {
			seen[v.Name] = true
		}
	}
	words := make([]string, 0, len(seen))
	for w := range seen {
		words = append(words, w)
	}
	slices.Sort(words) // so that the same bytes always mean the same
	words = append(
		words, "{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "@", "&", "|", "...", "on", "query", "mutation", "subscription",
		"fragment", "true", "false", "null", "$n", "@skip(if: true)", "@include(if: $n)", "@defer", "@oneOf", `"""`, "#", "\ufeff", "\x00",
	)
	words = append(words, numbers...)
	for _, s := range texts {
		words = append(words, quoted(s))
	}
	return words
}

// damage changes tokens of a document, without regard to what they mean.
func damage(d *draw, words []string, query string) string {
	const mostTokens = 20_000
	tokens := token.FindAllString(query, -1)
	for range d.below(6) {
		if len(tokens) == 0 || len(tokens) > mostTokens {
			break
		}
		at := d.below(len(tokens))
		switch d.below(6) {
		case 0:
			tokens[at] = pick(d, words)
		case 1:
			tokens = slices.Delete(tokens, at, at+1)
		case 2:
			tokens = slices.Insert(tokens, at, " "+pick(d, words)+" ")
		case 3:
			other := d.below(len(tokens))
			tokens[at], tokens[other] = tokens[other], tokens[at]
		case 4: // a part, many times
			part := slices.Clone(tokens[at:min(at+1+d.below(64), len(tokens))])
			for range 1 + d.below(100) {
				tokens = slices.Insert(tokens, at, part...)
				if len(tokens) > mostTokens {
					break
				}
			}
		case 5: // a part in braces, brackets or a condition, many times
			n := 1 + d.below(100)
			around := pick(d, [][2]string{{"{", "}"}, {"[", "]"}, {"{NOT:{", "}}"}, {"{AND:[", "]}"}, {"...{", "}"}})
			tokens[at] = strings.Repeat(around[0], n) + tokens[at] + strings.Repeat(around[1], n)
		}
	}
	return strings.Join(tokens, "")
}
