package casebook

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// reservedWords are words that YAML, or an older version of it, reads as something else than text.
var reservedWords = map[string]bool{
	"null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true,
	"nan": true, "inf": true, "infinity": true,
}

// quoteValue writes a stored value as YAML on one line. Block tells that it stands by itself and not in brackets.
func quoteValue(v any, block bool) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case []string:
		items := make([]string, len(v))
		for i, s := range v {
			items[i] = quoteText(s, false)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case string:
		return quoteText(v, block)
	}
	return quoteText(fmt.Sprint(v), block)
}

// quoteText writes a text plainly where that is safe, else in double quotes.
func quoteText(s string, block bool) string {
	if isPlain(s, block) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case printable(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isPlain tells whether a text can stand without quotes. It is stricter than YAML: a text that only might be misread
// gets quotes.
func isPlain(s string, block bool) bool {
	if s == "" || reservedWords[strings.ToLower(s)] || strings.HasSuffix(s, " ") || strings.Contains(s, "  ") {
		return false
	}
	for i, r := range s {
		switch {
		case unicode.IsLetter(r):
		case i == 0:
			if !isDateLike(s) {
				return false
			}
		case unicode.IsDigit(r), r == '-', r == '_', r == '.', r == '/':
		case block && (r == ' ' || r == ',' || r == '\'' || r == '(' || r == ')' || r == ';'):
		default:
			return false
		}
	}
	return true
}

// isDateLike tells whether a text holds nothing but what dates and their intervals are made of.
func isDateLike(s string) bool {
	return len(s) >= 4 && strings.Trim(s, "0123456789-/.") == "" && (s[0] >= '0' && s[0] <= '9' || strings.HasPrefix(s, "../"))
}

// printable tells whether a character can stand in a line of YAML as it is. Format characters are written as escapes, so
// that nobody overlooks them.
func printable(r rune) bool { return r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Z, r) }
