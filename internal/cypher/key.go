package cypher

import (
	"attrigraph/internal/catalog"
	"attrigraph/internal/text"
)

// form says by which property a field is ordered, and compared where Neo4j's own comparison would differ.
type form uint8

const (
	// formPlain: the field's own property. Whole numbers and ASCII order the same everywhere.
	formPlain form = iota
	// formKey: the property "_<name>Key" with text.SortKey of the value, because Neo4j compares UTF-16 units.
	formKey
	// formSides: the properties "_<name>Up" and "_<name>Down", which hold a value for absent ones too: the last of the
	// order upwards and downwards. Only what a node has is in an index, and absent values come last in both directions,
	// so this is what lets an index answer the first page of a nullable field.
	formSides
)

// formOf returns the form of a stored field.
func formOf(f *catalog.Field) form {
	onLink := f.Owner == nil
	ordered := f.Ordered || f.Part == catalog.PartKey
	switch {
	case f.List || f.Scalar == catalog.Bool || !ordered:
		return formPlain
	case f.Indexed && !f.NonNull && !onLink:
		return formSides
	case f.Scalar == catalog.Text && !f.Hidden:
		return formKey
	}
	return formPlain
}

func keyProperty(f *catalog.Field) string  { return "_" + f.Name + "Key" }
func upProperty(f *catalog.Field) string   { return "_" + f.Name + "Up" }
func downProperty(f *catalog.Field) string { return "_" + f.Name + "Down" }

// Values that come before and after all others: whole numbers of the model have 32 bits; texts of formSides begin with
// the digit of their side.
const (
	lowest   = int64(-1) << 40
	greatest = int64(1) << 40

	first = "0"
	last  = "1"
)

// sortKey encodes a text, or a list of texts, for comparison with a formKey property.
func sortKey(v any) any {
	switch v := v.(type) {
	case string:
		return text.SortKey(v)
	case []string:
		keys := make([]string, len(v))
		for i, s := range v {
			keys[i] = text.SortKey(s)
		}
		return keys
	}
	return v
}

// up encodes a value as the property "_<name>Up" holds it: absent ones after all others.
func up(f *catalog.Field) func(any) any { return side(f, first, last, greatest) }

// down encodes a value as the property "_<name>Down" holds it: absent ones before all others.
func down(f *catalog.Field) func(any) any { return side(f, last, first, lowest) }

func side(f *catalog.Field, present, absent string, number int64) func(any) any {
	return func(v any) any {
		switch v := v.(type) {
		case nil:
			if f.Scalar == catalog.Int {
				return number
			}
			return absent
		case string:
			return present + text.SortKey(v)
		case []string:
			keys := make([]string, len(v))
			for i, s := range v {
				keys[i] = present + text.SortKey(s)
			}
			return keys
		}
		return v
	}
}
