package sqlite

import (
	"slices"
	"strings"
)

// maxArguments is how many arguments a function of SQL may have (SQLITE_MAX_FUNCTION_ARG is 1,000 in this build).
const maxArguments = 1000

// cell is the expression of one value in a row.
type cell struct {
	text string
	form cellForm
}

// cellForm says what the expression of a cell gives.
type cellForm int

const (
	// asScalar is a value that has to be written as JSON.
	asScalar cellForm = iota
	// asJSON is the text of JSON, never NULL.
	asJSON
	// asItems is the text between the brackets of a JSON array, or NULL where that is empty.
	asItems
)

// jsonRow is the text of a JSON array. A text that is JSON already is put into it as it is: that json_array takes it for
// JSON needs json() around it, for no sub-select hands that on, and json() reads the text once more for each level that it is
// nested in, which was a sixth of the time of a page with nine nested links. The brackets of a list are written with what is
// around it: each call of concat() takes memory, for which all connections share a lock.
func jsonRow(cells []cell) string {
	plain := len(cells) <= maxArguments
	for _, c := range cells {
		plain = plain && c.form == asScalar
	}
	if plain {
		values := make([]string, len(cells))
		for i, c := range cells {
			values[i] = c.text
		}
		return "json_array(" + strings.Join(values, ", ") + ")"
	}
	var j joined
	for i, c := range cells {
		if i == 0 {
			j.literal("[")
		} else {
			j.literal(",")
		}
		switch c.form {
		case asScalar:
			j.value("json_quote(" + c.text + ")")
		case asJSON:
			j.value(c.text)
		case asItems:
			j.literal("[")
			j.value(c.text)
			j.literal("]")
		}
	}
	j.literal("]")
	return j.text()
}

// joined is the expression of a text that is put together.
type joined struct {
	parts []string
	open  string
}

func (j *joined) literal(s string) { j.open += s }

func (j *joined) value(expression string) {
	j.close()
	j.parts = append(j.parts, expression)
}

func (j *joined) close() {
	if j.open != "" {
		j.parts = append(j.parts, literal(j.open))
		j.open = ""
	}
}

// text puts it together in groups, because of how many arguments a function may have.
func (j *joined) text() string {
	j.close()
	for parts := j.parts; ; {
		var groups []string
		for group := range slices.Chunk(parts, maxArguments) {
			groups = append(groups, "concat("+strings.Join(group, ", ")+")")
		}
		if len(groups) == 1 {
			return groups[0]
		}
		parts = groups
	}
}

// items are the elements of a JSON array, one for each row that from finds; row is the text of JSON.
func items(row, from string) cell {
	return itemsWith("", row, from)
}

// itemsWith is items with what comes before SELECT.
func itemsWith(with, row, from string) cell {
	return cell{"(" + with + "SELECT group_concat(" + row + ", ',') FROM " + from + ")", asItems}
}

// jsonOrNull is the text of JSON that a sub-select answers, or that of null where it finds nothing.
func jsonOrNull(query string) cell { return cell{"ifnull((" + query + "), 'null')", asJSON} }
