package storetest

import (
	"fmt"
	"regexp"
	"strconv"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/text"
)

var sampleID = regexp.MustCompile(`([a-z]+)--00000000-0000-4000-8000-0*([1-9][0-9]*)`)

// Canonical renders a row as JSON by the types that the columns have, so that stores which answer 1 and true, or in
// Go values and in JSON text, give the same text. Ids of sample nodes are printed short: work-3.
func Canonical(row rows.Value, columns []plan.Column) (string, error) {
	b, err := appendRow(nil, row, columns)
	return sampleID.ReplaceAllString(string(b), "$1-$2"), err
}

func appendRow(b []byte, row rows.Value, columns []plan.Column) ([]byte, error) {
	if row.Len() != len(columns) {
		return b, fmt.Errorf("a row has %d values for %d columns", row.Len(), len(columns))
	}
	b = append(b, '[')
	for i, c := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendColumn(b, row.At(i), c); err != nil {
			return b, fmt.Errorf("column %d: %w", i, err)
		}
	}
	return append(b, ']'), nil
}

func appendColumn(b []byte, v rows.Value, c plan.Column) ([]byte, error) {
	switch c := c.(type) {
	case plan.List:
		if v.IsNull() {
			return b, fmt.Errorf("a list is null")
		}
		return appendRows(b, v, c.Columns)
	case plan.One:
		if v.IsNull() {
			return append(b, "null"...), nil
		}
		return appendRow(b, v, c.Columns)
	case plan.Count, plan.LinkCount, plan.StoreRevision:
		return appendInt(b, v)
	case plan.Groups:
		return appendRows(b, v, c.Row())
	case plan.GroupTotals:
		return appendRow(b, v, c.Row())
	case plan.Exists:
		return appendBool(b, v)
	case plan.ShortestPath:
		return appendPath(b, v, c)
	case plan.Neighborhood:
		return appendNeighborhood(b, v, c)
	case plan.Value:
		return appendValue(b, v, c.Operand)
	}
	return b, fmt.Errorf("there is no column %T", c)
}

func appendRows(b []byte, v rows.Value, columns []plan.Column) ([]byte, error) {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendRow(b, v.At(i), columns); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func appendValue(b []byte, v rows.Value, o plan.Operand) ([]byte, error) {
	switch {
	case v.IsNull():
		return append(b, "null"...), nil
	case o.Of == plan.OfRank || o.Field != nil && o.Field.Scalar == catalog.Int:
		return appendInt(b, v)
	case o.Field == nil || !o.Field.List && o.Field.Scalar != catalog.Bool:
		return appendText(b, v)
	case o.Field.List:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendText(b, v.At(i)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
	return appendBool(b, v)
}

// appendText reads a text in both ways that a Value offers and holds them against each other.
func appendText(b []byte, v rows.Value) ([]byte, error) {
	s, err := v.Text()
	if err != nil {
		return b, err
	}
	raw, err := v.AppendText(nil)
	if err != nil {
		return b, err
	}
	own := text.AppendJSON(nil, s)
	if string(raw) != string(own) {
		return b, fmt.Errorf("text is written %s, want %s", raw, own)
	}
	return append(b, own...), nil
}

func appendInt(b []byte, v rows.Value) ([]byte, error) {
	n, err := v.Int()
	return strconv.AppendInt(b, n, 10), err
}

func appendBool(b []byte, v rows.Value) ([]byte, error) {
	is, err := v.Bool()
	return strconv.AppendBool(b, is), err
}
