package plan

import (
	"reflect"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// input is a value that the request gives: a literal, which may hold variables, or a part of a variable. Its structure
// (what is present, null, an object or a list) is part of the plan; its scalars are read again for each request.
type input struct {
	typ     *ast.Type
	literal *ast.Value
	// name and path lead to a part of a variable where literal is nil.
	name string
	path []any
	// label names the value for people.
	label string
}

// absent is the input that the request does not give.
func (in input) absent() bool { return in.typ == nil }

// inputOf returns the input that an argument or a literal's child is; absent for a variable without a value.
func inputOf(v *ast.Value, typ *ast.Type, label string, vars map[string]any) input {
	if v == nil {
		return input{}
	}
	if v.Kind != ast.Variable {
		return input{typ: typ, literal: v, label: label}
	}
	if _, given := vars[v.Raw]; !given {
		return input{}
	}
	return input{typ: typ, name: v.Raw, label: "$" + v.Raw}
}

// value returns the value for a request's variables.
func (in input) value(vars map[string]any) any {
	if in.literal != nil {
		v, err := in.literal.Value(vars)
		if err != nil {
			return outOfRange(in.literal.Raw)
		}
		return v
	}
	v := vars[in.name]
	for _, step := range in.path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			if list, ok := listValue(v); ok {
				v = list[step]
			}
		}
	}
	return v
}

// listValue returns the elements of a list. Where a variable gives a single value for a list, gqlparser makes it a list of
// the value's own Go type.
func listValue(v any) ([]any, bool) {
	if list, ok := v.([]any); ok || v == nil {
		return list, ok
	}
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Slice {
		return nil, false
	}
	list := make([]any, r.Len())
	for i := range list {
		list[i] = r.Index(i).Interface()
	}
	return list, true
}

// outOfRange is a literal number that no int64 holds; scalar coercion refuses it by its text.
type outOfRange string

// fields returns the entries of an input object in the order of its type's definition, whatever the order in the
// request, so that the same question is the same plan. Entries without a value, and null ones, are left out.
func (in input) fields(schema *ast.Schema, vars map[string]any) []entry {
	def := schema.Types[in.typ.Name()]
	var entries []entry
	for _, f := range def.Fields {
		var child input
		if in.literal != nil {
			child = inputOf(in.literal.Children.ForName(f.Name), f.Type, in.label+"."+f.Name, vars)
		} else {
			m, _ := in.value(vars).(map[string]any)
			if _, given := m[f.Name]; given {
				child = in.step(f.Name, f.Type, "."+f.Name)
			}
		}
		if !child.absent() {
			entries = append(entries, entry{name: f.Name, input: child})
		}
	}
	return entries
}

type entry struct {
	name string
	input
}

// elements returns the elements of a list; a single value where a list is asked for is a list of one.
func (in input) elements(vars map[string]any) []input {
	elem := in.typ.Elem
	if in.literal != nil {
		if in.literal.Kind != ast.ListValue {
			one := in
			one.typ = elem
			return []input{one}
		}
		var list []input
		for i, c := range in.literal.Children {
			if child := inputOf(c.Value, elem, in.label+"["+strconv.Itoa(i)+"]", vars); !child.absent() {
				list = append(list, child)
			}
		}
		return list
	}
	values, ok := listValue(in.value(vars))
	if !ok {
		one := in
		one.typ = elem
		return []input{one}
	}
	list := make([]input, len(values))
	for i := range values {
		list[i] = in.step(i, elem, "["+strconv.Itoa(i)+"]")
	}
	return list
}

func (in input) step(step any, typ *ast.Type, label string) input {
	path := make([]any, len(in.path)+1)
	copy(path, in.path)
	path[len(in.path)] = step
	return input{typ: typ, name: in.name, path: path, label: in.label + label}
}

func (in input) isNull(vars map[string]any) bool {
	return !in.absent() && in.value(vars) == nil
}
