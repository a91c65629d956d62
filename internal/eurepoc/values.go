package eurepoc

import (
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/text"
)

// clean returns a value as values are compared: without the marks of direction that some names end in, with one space
// for each run of white space, no-break spaces among them.
func clean(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u200f", "")), " ")
}

// known returns the cleaned value, empty where it is one of the data set's placeholders.
func known(s string) string {
	switch s = clean(s); s {
	case "Not available", "Unknown":
		return ""
	}
	return s
}

// add appends a value to a list of distinct values unless it is empty.
func add(list []string, v string) []string {
	if v == "" || slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// separator stands between the values of a list in one field of the Global Database.
const separator = "; "

// split returns the values of a field that holds a list. Names have the separator within parentheses too.
func split(s string) []string {
	if s == "" {
		return nil
	}
	var out []string
	open := false
	for _, part := range strings.Split(s, separator) {
		if open {
			last := len(out) - 1
			out[last] += separator + part
			part = out[last]
		} else {
			out = append(out, part)
		}
		open = strings.Count(part, "(") > strings.Count(part, ")")
	}
	return out
}

// parseList reads a list of texts as Python writes it: ['a', "b's"]. Lists of lists are read as one. An empty field is
// an empty list.
func parseList(s string) ([]string, error) {
	var out []string
	fail := func() ([]string, error) { return nil, fmt.Errorf("%s is no list of texts", text.Quote(s)) }
	depth := 0
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '[':
			depth++
			i++
		case ']':
			depth--
			i++
		case ' ', ',':
			i++
		case '\'', '"':
			if depth < 1 {
				return fail()
			}
			v, n := quoted(s[i:])
			if n == 0 {
				return fail()
			}
			out = append(out, v)
			i += n
		default:
			return fail()
		}
		if depth < 0 {
			return fail()
		}
	}
	if depth != 0 {
		return fail()
	}
	return out, nil
}

// quoted reads the text at the start of s, of which it took n bytes, 0 where the text does not end.
func quoted(s string) (v string, n int) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return b.String(), i + 1
		case s[i] == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'x':
				// Python writes no-break spaces so: the only such character in the lists.
				if strings.HasPrefix(s[i:], "xa0") {
					b.WriteString("\u00a0")
					i += 2
					continue
				}
				b.WriteString(`\x`)
			case 'u':
				if strings.HasPrefix(s[i:], "u200f") {
					b.WriteString("\u200f")
					i += 4
					continue
				}
				b.WriteString(`\u`)
			default:
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0
}

// original writes rows of one record as a JSON object, in the order of the columns. Empty columns are left out. A column
// that differs between the rows is a list with the value of each row.
func original(columns []string, rows [][]string) string {
	return string(appendOriginal(nil, columns, rows))
}

func appendOriginal(b []byte, columns []string, rows [][]string) []byte {
	b = append(b, '{')
	first := true
	for i, name := range columns {
		same, empty := true, true
		for _, r := range rows {
			same = same && r[i] == rows[0][i]
			empty = empty && r[i] == ""
		}
		if empty {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = text.AppendJSON(b, name)
		b = append(b, ':')
		if same {
			b = text.AppendJSON(b, rows[0][i])
			continue
		}
		for j, r := range rows {
			b = append(b, "[,"[min(j, 1)])
			b = text.AppendJSON(b, r[i])
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
