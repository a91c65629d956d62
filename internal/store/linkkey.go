package store

import (
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/text"
)

// A store that keeps the links of a node in an order (catalog.LinkOrder) keeps texts with each link that hold the whole
// order, so that one place in an index is one place in the order, however many nodes share a value: the value of the
// field, an end, and the id. Both stores order these texts alike: see text.SortKey.
//
// A number is written with as many digits as any has. An absent value is last in the direction that its text is for.
// Where values run downwards and ids upwards the id is written with every character turned into its opposite.

// The end of a value comes before all characters that text.Check lets pass, the end of an opposite id after all others.
const (
	endOfValue    = "\x01"
	endOfOpposite = "\x7f"
)

// LinkKeys returns the texts for a link in the order, one for each of o.Keys(), from what the ordered node has: its id
// and its stored value of o.Field (nil, a string or an int64).
func LinkKeys(o *catalog.LinkOrder, v any, id string) []string {
	if o.Field == nil {
		return []string{id}
	}
	return []string{valueKey(v, false) + id, valueKey(v, true) + opposite(id)}
}

// LinkKeyOfValue encodes a value as a text of LinkKeys begins; down is for the second of the texts.
func LinkKeyOfValue(down bool) func(v any) any {
	return func(v any) any { return valueKey(v, down) }
}

// LinkKeyOfID encodes an id as a text of LinkKeys ends; down is for the second of the texts.
func LinkKeyOfID(down bool) func(id any) any {
	return func(id any) any {
		if s, ok := id.(string); ok && down {
			return opposite(s)
		}
		return id
	}
}

// valueKey begins with a digit that says on which side of the absent values a present one is.
func valueKey(v any, down bool) string {
	side := "0"
	if (v == nil) != down {
		side = "1"
	}
	switch v := v.(type) {
	case string:
		side += text.SortKey(v)
	case int64:
		const low, high = -1 << 31, 1<<31 - 1
		side += fmt.Sprintf("%010d", min(max(v, low), high)-low)
	}
	return side + endOfValue
}

// opposite turns the order of ids around: it exchanges the first and the last printable ASCII character, and so on.
func opposite(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= ' ' && r <= '~' {
			return ' ' + '~' - r
		}
		return r
	}, id) + endOfOpposite
}
