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
	// json says that the expression is the text of JSON, and never NULL; else it is a value that has to be written as JSON.
	json bool
}

// jsonRow is the text of a JSON array. A text that is JSON already is put into it as it is: that json_array takes it for
// JSON needs json() around it, for no sub-select hands that on, and json() reads the text once more for each level that it is
// nested in, which was a sixth of the time of a page with nine nested links.
func jsonRow(cells []cell) string {
	plain := len(cells) <= maxArguments
	for _, c := range cells {
		plain = plain && !c.json
	}
	parts := make([]string, 0, 2*len(cells)+1)
	for i, c := range cells {
		if plain {
			parts = append(parts, c.text)
			continue
		}
		open := "','"
		if i == 0 {
			open = "'['"
		}
		if !c.json {
			c.text = "json_quote(" + c.text + ")"
		}
		parts = append(parts, open, c.text)
	}
	if plain {
		return "json_array(" + strings.Join(parts, ", ") + ")"
	}
	return concat(append(parts, "']'"))
}

// concat puts texts together; groups keep it within the arguments that a function may have.
func concat(parts []string) string {
	for {
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

// jsonRows is the text of a JSON array of a text of JSON for each row of a query.
func jsonRows(row string) string { return "concat('[', group_concat(" + row + ", ','), ']')" }

// jsonOrNull is the text of JSON that a sub-select answers, or that of null where it finds nothing.
func jsonOrNull(query string) cell { return cell{"ifnull((" + query + "), 'null')", true} }
