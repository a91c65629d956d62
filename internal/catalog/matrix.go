package catalog

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Matrix is a table that counts nodes of one type by pairs, or more, of nodes that they lead to. A type of the model with
// @matrix declares it: the fields with @key say what a row is about, those with @measure what is counted in it, and those
// with @option are arguments of the root field.
type Matrix struct {
	Name        string
	Description string
	// Field names the root field.
	Field string
	// Of is the type of the nodes that are counted.
	Of *Type
	// By is the enum whose values choose among the paths of the keys.
	By *Enum
	// Where is the condition, as a literal of the API's filter of Of, on the nodes that are counted; empty for none.
	Where    string
	Keys     []*MatrixKey
	Measures []*MatrixMeasure
	Options  []*MatrixOption
}

// MatrixKey is one of the nodes that a row is about.
type MatrixKey struct {
	Name        string
	Description string
	Type        *Type
	// From holds for each value of the matrix's By a GraphQL selection at the counted node: each `id` in it is a node that
	// the key can be. @where(is:, unless:) restricts a step, unless the option of that name is on; @include and @skip ask for
	// options; what is under @implied leads to the key only by what somebody else says.
	From []string
}

// MatrixMeasure is a number or date of a row.
type MatrixMeasure struct {
	Name        string
	Description string
	// Where is the condition on the nodes that count, empty for all; where the option Option is on, it is OptionWhere.
	Where, Option, OptionWhere string
	// Implied tells that those nodes are counted which only an @implied path leads to the row; they count nowhere else.
	Implied bool
	// Date is FIRST or LAST where the measure is the earliest or the latest date of the nodes, else empty.
	Date string
}

// MatrixOption is an argument of a matrix, true or false; false unless it is given.
type MatrixOption struct {
	Name        string
	Description string
	// LeavesOut is the condition on nodes that are left out unless the option is on; empty for none.
	LeavesOut string
	// Same tells that rows whose keys are all the same node are left out unless the option is on.
	Same bool
	// Implied tells that rows to which only @implied paths lead are left out unless the option is on.
	Implied bool
}

// Option returns the option of that name, or nil.
func (m *Matrix) Option(name string) *MatrixOption {
	for _, o := range m.Options {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// Matrix returns the matrix of that root field, or nil.
func (c *Catalog) Matrix(field string) *Matrix {
	for _, m := range c.Matrices {
		if m.Field == field {
			return m
		}
	}
	return nil
}

// GroupBySuffix is what the names of enums end in whose value changes what a request reads, and not only what it
// compares with.
const GroupBySuffix = "GroupBy"

// matrices resolves the types with @matrix. The selections and conditions are read by the planner, which has the API.
func (c *compiler) matrices(doc *ast.SchemaDocument) error {
	for _, def := range doc.Definitions {
		d := def.Directives.ForName("matrix")
		if d == nil {
			continue
		}
		m := &Matrix{Name: def.Name, Description: def.Description, Field: argument(d, "field"), Where: argument(d, "where")}
		if m.Of = c.types[argument(d, "of")]; m.Of == nil || m.Of.Form == Union {
			return at(def.Position, "matrix %s counts %s, which is no kind or interface of the model", m.Name, argument(d, "of"))
		}
		if m.By = c.enums[argument(d, "by")]; m.By == nil || !strings.HasSuffix(m.By.Name, GroupBySuffix) {
			return at(def.Position, "matrix %s is by %s, which is no enum of the model whose name ends in %s", m.Name, argument(d, "by"), GroupBySuffix)
		}
		for _, f := range def.Fields {
			if err := c.matrixField(m, f); err != nil {
				return err
			}
		}
		if len(m.Keys) == 0 || len(m.Measures) == 0 || m.Measures[0].Date != "" || m.Measures[0].Implied {
			return at(def.Position, "matrix %s must have a field with @key and, first of those with @measure, a number by which its rows are ordered", m.Name)
		}
		for _, x := range m.Measures {
			if x.Option != "" && m.Option(x.Option) == nil {
				return at(def.Position, "%s.%s asks for the option %s, which is no field with @option", m.Name, x.Name, x.Option)
			}
		}
		c.Matrices = append(c.Matrices, m)
	}
	return nil
}

func (c *compiler) matrixField(m *Matrix, f *ast.FieldDefinition) error {
	name := m.Name + "." + f.Name
	if len(f.Directives) != 1 {
		return at(f.Position, "%s must have one of @key, @measure and @option", name)
	}
	d := f.Directives[0]
	switch sdl := f.Type.String(); {
	case d.Name == "key":
		k := &MatrixKey{Name: f.Name, Description: f.Description, Type: c.types[f.Type.NamedType], From: names(d, "from")}
		if k.Type == nil || !f.Type.NonNull || len(k.From) != len(m.By.Values) {
			return at(f.Position, "%s must be a type of the model with `!`, and its key have one path for each value of %s", name, m.By.Name)
		}
		m.Keys = append(m.Keys, k)
	case d.Name == "option":
		if sdl != "Boolean" {
			return at(f.Position, "%s is an option: it must be Boolean", name)
		}
		m.Options = append(m.Options, &MatrixOption{
			Name: f.Name, Description: f.Description, LeavesOut: argument(d, "leavesOut"),
			Same: argument(d, "same") == "true", Implied: argument(d, "implied") == "true",
		})
	default:
		x := &MatrixMeasure{
			Name: f.Name, Description: f.Description, Where: argument(d, "where"), Option: argument(d, "option"),
			OptionWhere: argument(d, "optionWhere"), Implied: argument(d, "implied") == "true", Date: argument(d, "date"),
		}
		want := "Int!"
		if x.Date != "" {
			want = "Date"
			if m.Of.Date == nil {
				return at(f.Position, "%s is a date, but %s has no principal date (@node(date:))", name, m.Of.Name)
			}
		}
		if sdl != want || (x.Option == "") != (x.OptionWhere == "") {
			return at(f.Position, "%s is a measure: it must be %s, and have both option and optionWhere or neither", name, want)
		}
		m.Measures = append(m.Measures, x)
	}
	taken := slices.ContainsFunc(m.Keys, func(k *MatrixKey) bool { return k.Name == "totals" }) ||
		slices.ContainsFunc(m.Options, func(o *MatrixOption) bool {
			return slices.Contains([]string{"where", "by", "first", "after"}, o.Name)
		})
	if taken {
		return at(f.Position, "%s has a name that every matrix uses itself: rename it", name)
	}
	return nil
}
