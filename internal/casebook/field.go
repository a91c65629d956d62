package casebook

import (
	"fmt"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/text"
)

// field reads one line of a node.
func (l *loader) field(e *entry, p pair) {
	f := e.kind.Field(p.key)
	switch {
	case f == nil:
		l.problems.add(p.at, "%s has no field %s%s", article(e.kind.Name), text.Quote(p.key), choices(p.key, "the fields", writable(l.catalog, e.kind)))
	case f.Computed != nil:
		l.problems.add(p.at, "%s is computed and never written; remove the line", p.key)
	case f.Via != nil:
		l.problems.add(p.at, "%s follows from other links and is never written; remove the line", p.key)
	case f.Part > catalog.PartText:
		l.problems.add(p.at, "%s is a part of %s and never written; write %s, as an interval such as 2021-03-10/2021-03-14 if need be", p.key, f.Date.Name, f.Date.Name)
	case !f.IsLink() && l.catalog.Node().Field(p.key) != nil:
		l.problems.add(p.at, "%s is filled in from the file's header; remove the line", p.key)
	case p.value.form == nothing:
		l.problems.add(p.at, "%s has no value; write one or remove the line", p.key)
	case f.IsLink():
		l.link(e, f, p.value)
	default:
		if v, ok := l.scalars(f, p.value); ok {
			e.node.Props[f.Name] = v
		}
	}
}

// writable returns the names of the fields that a file can give to nodes of a kind.
func writable(c *catalog.Catalog, kind *catalog.Type) []string {
	var names []string
	for _, f := range kind.Fields {
		if f.Link != nil || f.IsStored() && f.Part <= catalog.PartText && c.Node().Field(f.Name) == nil {
			names = append(names, f.Name)
		}
	}
	return names
}

// scalars reads the value of a stored field. It reports what is wrong with it.
func (l *loader) scalars(f *catalog.Field, v *value) (any, bool) {
	if !f.List {
		return l.scalar(f, v)
	}
	items := v.items
	if v.form != list {
		items = []*value{v}
	}
	values, fine := make([]string, 0, len(items)), true
	for _, item := range items {
		got, ok := l.scalar(f, item)
		s, isText := got.(string)
		if fine = fine && ok && isText; fine {
			values = append(values, s)
		}
	}
	return values, fine
}

func (l *loader) scalar(f *catalog.Field, v *value) (any, bool) {
	if v.form != scalar {
		l.problems.add(v.at, "%s must be %s, not %s", f.Name, expected(f), v.form)
		return nil, false
	}
	got, err := parseScalar(f, v)
	if err != nil {
		l.problems.add(v.at, "%s", err)
		return nil, false
	}
	return got, true
}

func parseScalar(f *catalog.Field, v *value) (any, error) {
	switch f.Scalar {
	case catalog.Int:
		n, err := strconv.ParseInt(v.text, 10, 32)
		if err != nil || !v.plain {
			return nil, fmt.Errorf("%s must be %s, not %s", f.Name, expected(f), text.Quote(v.text))
		}
		return n, nil
	case catalog.Bool:
		if !v.plain || v.text != "true" && v.text != "false" {
			return nil, fmt.Errorf("%s must be %s, not %s", f.Name, expected(f), text.Quote(v.text))
		}
		return v.text == "true", nil
	case catalog.EnumValue:
		if !f.Enum.Has(v.text) {
			return nil, fmt.Errorf("%s is no %s%s", text.Quote(v.text), f.Enum.Name, choices(v.text, "the values", enumNames(f.Enum)))
		}
	case catalog.Date:
		if _, err := date.ParseRange(v.text); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	case catalog.DateTime:
		at, err := instant(v.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		return at, nil
	}
	if err := text.Check(v.text); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return v.text, nil
}

// expected names the type of a field for messages.
func expected(f *catalog.Field) string {
	switch f.Scalar {
	case catalog.Int:
		return "a whole number of 32 bits without quotes"
	case catalog.Bool:
		return "true or false without quotes"
	case catalog.Date:
		return "a date such as 2025, 2025-05 or 2025-05-28"
	case catalog.DateTime:
		return "a day or instant such as 2025-05-28T14:03:00Z"
	case catalog.EnumValue:
		return "one of " + strings.Join(enumNames(f.Enum), ", ")
	case catalog.ID:
		return "the key or id of " + article(f.Reference.Name)
	}
	return "text"
}

// String names a form for messages.
func (f form) String() string {
	return [...]string{nothing: "nothing", scalar: "one value", list: "a list", mapping: "a mapping"}[f]
}

// valuesClause lists the values of a closed list after a semicolon.
func valuesClause(f *catalog.Field) string {
	if f.Enum == nil {
		return ""
	}
	return "; the values are " + strings.Join(enumNames(f.Enum), ", ")
}

func enumNames(e *catalog.Enum) []string {
	names := make([]string, len(e.Values))
	for i, v := range e.Values {
		names[i] = v.Name
	}
	return names
}
