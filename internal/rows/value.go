// Package rows reads the positional rows that a store answers with: arrays of values whose meaning the plan knows by
// position. Neo4j's driver hands over Go values, SQLite a JSON text; a Value reads either without copying it first.
package rows

import (
	"fmt"
	"strconv"

	"attrigraph/internal/text"
)

// Value is one value of a row. The zero Value is null. It is valid as long as what it was made from.
type Value struct {
	doc *Document
	at  int32
	any any
}

// Of returns the Value of what Neo4j's driver hands over: nil, bool, int64, string and []any of these.
func Of(v any) Value { return Value{any: v} }

// IsNull tells whether the value is absent.
func (v Value) IsNull() bool {
	if v.doc != nil {
		return v.doc.nodes[v.at].kind == 'n'
	}
	return v.any == nil
}

// IsList tells whether the value is an array.
func (v Value) IsList() bool {
	if v.doc != nil {
		return v.doc.nodes[v.at].kind == '['
	}
	_, ok := v.any.([]any)
	return ok
}

// Len is the number of elements of an array, 0 for anything else.
func (v Value) Len() int {
	if v.doc != nil {
		return int(v.doc.nodes[v.at].count)
	}
	list, _ := v.any.([]any)
	return len(list)
}

// At is the i-th element of an array.
func (v Value) At(i int) Value {
	if v.doc != nil {
		return Value{doc: v.doc, at: v.doc.kids[int(v.doc.nodes[v.at].first)+i]}
	}
	return Value{any: v.any.([]any)[i]}
}

// Int returns a whole number; SQLite's 0 and 1 and booleans are numbers too.
func (v Value) Int() (int64, error) {
	if v.doc != nil {
		switch n := v.doc.nodes[v.at]; n.kind {
		case '0':
			return strconv.ParseInt(string(v.doc.text[n.start:n.end]), 10, 64)
		case 't':
			return 1, nil
		case 'f':
			return 0, nil
		}
		return 0, v.mismatch("a whole number")
	}
	switch n := v.any.(type) {
	case int64:
		return n, nil
	case bool:
		if n {
			return 1, nil
		}
		return 0, nil
	}
	return 0, v.mismatch("a whole number")
}

// Bool returns a truth value, which SQLite keeps as 0 or 1.
func (v Value) Bool() (bool, error) {
	n, err := v.Int()
	if err != nil {
		return false, v.mismatch("true or false")
	}
	return n != 0, nil
}

// Text returns a string.
func (v Value) Text() (string, error) {
	if v.doc != nil {
		n := v.doc.nodes[v.at]
		switch n.kind {
		case '"':
			return string(v.doc.text[n.start:n.end]), nil
		case '\\':
			return unescape(v.doc.text[n.start:n.end])
		}
		return "", v.mismatch("text")
	}
	if s, ok := v.any.(string); ok {
		return s, nil
	}
	return "", v.mismatch("text")
}

// Lookup returns what the map has for a string, without making a copy of it.
func (v Value) Lookup(m map[string]int) (int, bool) {
	if v.doc == nil {
		s, _ := v.any.(string)
		n, ok := m[s]
		return n, ok
	}
	if n := v.doc.nodes[v.at]; n.kind == '"' {
		i, ok := m[string(v.doc.text[n.start:n.end])]
		return i, ok
	}
	return 0, false
}

// AppendText appends a string as JSON.
func (v Value) AppendText(dst []byte) ([]byte, error) {
	if v.doc != nil {
		if n := v.doc.nodes[v.at]; n.kind == '"' {
			dst = append(dst, '"')
			dst = append(dst, v.doc.text[n.start:n.end]...)
			return append(dst, '"'), nil
		}
	}
	s, err := v.Text()
	if err != nil {
		return dst, err
	}
	return text.AppendJSON(dst, s), nil
}

func (v Value) mismatch(want string) error {
	if v.doc != nil {
		return fmt.Errorf("a row has %q where %s belongs", v.doc.nodes[v.at].kind, want)
	}
	return fmt.Errorf("a row has a %T where %s belongs", v.any, want)
}
