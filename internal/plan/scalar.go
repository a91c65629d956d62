package plan

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/text"
)

// decode turns a scalar of the request into the value of a parameter, or says what is wrong with it.
type decode func(raw any) (any, error)

// scalarDecode returns the one coercion of request values to the type of a stored field: variables arrive as JSON
// numbers, literals as int64, and gqlparser lets through more than the specification does.
func scalarDecode(f *catalog.Field) decode {
	switch f.Scalar {
	case catalog.Int:
		return func(raw any) (any, error) { return intValue(raw) }
	case catalog.Bool:
		return boolValue
	case catalog.DateTime:
		return func(raw any) (any, error) {
			s, err := textValue(raw)
			if err != nil {
				return nil, err
			}
			return date.Instant(s)
		}
	case catalog.EnumValue:
		return func(raw any) (any, error) {
			s, ok := raw.(string)
			if !ok || !f.Enum.Has(s) {
				return nil, fmt.Errorf("%v is no %s", raw, f.Enum.Name)
			}
			return s, nil
		}
	}
	if f.Scalar == catalog.ID {
		return func(raw any) (any, error) { return textValue(raw) }
	}
	return func(raw any) (any, error) { return stringValue(raw) }
}

// intValue reads a GraphQL Int: a whole number of 32 bits.
func intValue(raw any) (int64, error) {
	switch n := raw.(type) {
	case int64:
		return int32Value(n)
	case int:
		return int32Value(int64(n))
	case float64:
		if n == math.Trunc(n) && math.Abs(n) <= 1<<31 {
			return int32Value(int64(n))
		}
	case json.Number:
		if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
			return int32Value(i)
		}
		if f, err := n.Float64(); err == nil && f == math.Trunc(f) && math.Abs(f) <= 1<<31 {
			return int32Value(int64(f))
		}
	case outOfRange:
		return 0, fmt.Errorf("%s is no whole number of 32 bits", string(n))
	}
	return 0, fmt.Errorf("%s is no whole number of 32 bits", quote(raw))
}

func int32Value(n int64) (int64, error) {
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, fmt.Errorf("%d is no whole number of 32 bits", n)
	}
	return n, nil
}

func boolValue(raw any) (any, error) {
	if b, ok := raw.(bool); ok {
		return b, nil
	}
	return nil, fmt.Errorf("%s is neither true nor false", quote(raw))
}

// stringValue reads a String. A number in a variable is none, though gqlparser takes it for one.
func stringValue(raw any) (string, error) {
	if s, ok := raw.(string); ok {
		return s, text.Check(s)
	}
	return "", fmt.Errorf("%s is no text", quote(raw))
}

// textValue reads an ID, or a date such as 2025, for which whole numbers are allowed too.
func textValue(raw any) (string, error) {
	switch s := raw.(type) {
	case string:
		return s, text.Check(s)
	case json.Number:
		return string(s), nil
	case int64:
		return strconv.FormatInt(s, 10), nil
	}
	return "", fmt.Errorf("%s is no text", quote(raw))
}

// dateBound reads a date and returns the text of it that a comparison needs.
func dateBound(bound func(date.Date) string) decode {
	return func(raw any) (any, error) {
		s, err := textValue(raw)
		if err != nil {
			return nil, err
		}
		d, err := date.Parse(s)
		if err != nil {
			return nil, err
		}
		return bound(d), nil
	}
}

// listOf reads a list, or a single value as a list of one.
func listOf(element decode) decode {
	return func(raw any) (any, error) {
		values, ok := listValue(raw)
		if !ok {
			values = []any{raw}
		}
		list := make([]string, len(values))
		for i, v := range values {
			if v == nil {
				return nil, fmt.Errorf("the list holds null; leave it out, or use isNull")
			}
			e, err := element(v)
			if err != nil {
				return nil, err
			}
			switch e := e.(type) {
			case string:
				list[i] = e
			case int64:
				list[i] = strconv.FormatInt(e, 10)
			}
		}
		return list, nil
	}
}

// intList reads a list of whole numbers.
func intList(raw any) (any, error) {
	values, ok := listValue(raw)
	if !ok {
		values = []any{raw}
	}
	list := make([]int64, len(values))
	for i, v := range values {
		n, err := intValue(v)
		if err != nil {
			return nil, err
		}
		list[i] = n
	}
	return list, nil
}

func quote(raw any) string {
	b, err := json.Marshal(raw)
	if err != nil || len(b) > 80 {
		return fmt.Sprintf("a %T", raw)
	}
	return string(b)
}
