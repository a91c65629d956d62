package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/plan"
)

// introspect answers __schema or __type from gqlgen's description of the schema. Its methods and fields are named as
// the fields of the introspection types, so reflection finds them; introspection is too rare to deserve a plan.
// The types refer to one another, so that a short document can ask for an answer without end: it ends where the budget
// does, or the time of ctx.
func introspect(ctx context.Context, schema *ast.Schema, f plan.Introspection, op *graphql.OperationContext, budget *introspectionBudget) ([]byte, error) {
	i := &introspector{ctx: ctx, op: op, budget: budget}
	defer func() { budget.spent += i.spent() }()
	var root any
	if f.Field.Name == "__schema" {
		root = introspection.WrapSchema(schema)
	} else {
		name, _ := f.Field.ArgumentMap(op.Variables)["name"].(string)
		if def := schema.Types[name]; def != nil {
			root = introspection.WrapTypeFromDef(schema, def)
		}
	}
	if err := i.value(reflect.ValueOf(root), f.Field.Definition.Type.Name(), f.Sets); err != nil {
		return nil, err
	}
	return i.out, nil
}

// maxIntrospection is how many bytes all descriptions of the schema in one operation may have together. What tools ask
// for has about 0.8 MB and takes longer to make than most answers of a store.
const maxIntrospection = 4 << 20

// introspectionBudget is what the descriptions in one operation may have and have.
type introspectionBudget struct{ most, spent int }

type introspector struct {
	ctx context.Context
	op  *graphql.OperationContext
	out []byte
	// objects is the number of objects that were begun.
	objects int
	budget  *introspectionBudget
}

// spent is the size of what was written. An object counts also where nothing of it is asked for.
func (i *introspector) spent() int { return len(i.out) + 64*i.objects }

// value writes a Go value: nil as null, lists element by element, structs by the selection, the rest as JSON.
func (i *introspector) value(v reflect.Value, typeName string, sets []ast.SelectionSet) error {
	for v.IsValid() && v.Kind() == reflect.Pointer && v.Elem().Kind() != reflect.Struct {
		v = v.Elem()
	}
	switch {
	case !v.IsValid() || (v.Kind() == reflect.Pointer && v.IsNil()):
		i.out = append(i.out, "null"...)
		return nil
	case v.Kind() == reflect.Slice:
		i.out = append(i.out, '[')
		for n := range v.Len() {
			if n > 0 {
				i.out = append(i.out, ',')
			}
			e := v.Index(n)
			if e.Kind() == reflect.Struct {
				e = e.Addr()
			}
			if err := i.value(e, typeName, sets); err != nil {
				return err
			}
		}
		i.out = append(i.out, ']')
		return nil
	case v.Kind() == reflect.Pointer:
		return i.object(v, typeName, sets)
	}
	raw, err := json.Marshal(v.Interface())
	i.out = append(i.out, raw...)
	return err
}

func (i *introspector) object(v reflect.Value, typeName string, sets []ast.SelectionSet) error {
	i.objects++
	if i.budget.spent+i.spent() > i.budget.most {
		err := gqlerror.Errorf("the descriptions of the schema that are asked for are larger than %d bytes; ask for fewer nested types", i.budget.most)
		errcode.Set(err, plan.LimitExceeded)
		return err
	}
	if i.ctx.Err() != nil {
		err := gqlerror.Errorf("describing the schema took too long; ask for fewer nested types")
		errcode.Set(err, Timeout)
		return err
	}
	i.out = append(i.out, '{')
	for n, c := range i.collect(sets, typeName) {
		if n > 0 {
			i.out = append(i.out, ',')
		}
		key, err := json.Marshal(c.key)
		if err != nil {
			return err
		}
		i.out = append(append(i.out, key...), ':')
		if c.field.Name == "__typename" {
			i.out = append(append(append(i.out, '"'), typeName...), '"')
			continue
		}
		if t, ok := v.Interface().(*introspection.Type); ok && !hasList(t, c.field.Name) {
			i.out = append(i.out, "null"...)
			continue
		}
		member, err := i.member(v, c.field)
		if err != nil {
			return err
		}
		if err := i.value(member, c.field.Definition.Type.Name(), c.sets); err != nil {
			return err
		}
	}
	i.out = append(i.out, '}')
	return nil
}

// listsOf holds the kinds of types that have the list; for the others the specification has null, where gqlgen has an
// empty list.
var listsOf = map[string][]string{
	"fields": {"OBJECT", "INTERFACE"}, "interfaces": {"OBJECT", "INTERFACE"}, "possibleTypes": {"INTERFACE", "UNION"},
	"enumValues": {"ENUM"}, "inputFields": {"INPUT_OBJECT"},
}

func hasList(t *introspection.Type, field string) bool {
	kinds, isList := listsOf[field]
	return !isList || slices.Contains(kinds, t.Kind())
}

// member finds the method or field of gqlgen's type that answers a field.
func (i *introspector) member(v reflect.Value, f *ast.Field) (reflect.Value, error) {
	name := strings.ToUpper(f.Name[:1]) + f.Name[1:]
	deprecated := f.ArgumentMap(i.op.Variables)["includeDeprecated"] == true
	// gqlgen's Visible… methods leave deprecated members out unless they are asked for.
	for _, name := range []string{"Visible" + name, name} {
		m := v.MethodByName(name)
		if !m.IsValid() {
			continue
		}
		if m.Type().NumIn() == 1 {
			return m.Call([]reflect.Value{reflect.ValueOf(deprecated)})[0], nil
		}
		return m.Call(nil)[0], nil
	}
	if member := v.Elem().FieldByName(name); member.IsValid() {
		return member, nil
	}
	if name == "SpecifiedByURL" || name == "SpecifiedByUrl" {
		return v.MethodByName("SpecifiedByURL").Call(nil)[0], nil
	}
	return reflect.Value{}, fmt.Errorf("introspection has no answer to %s", f.Name)
}

type introspected struct {
	key   string
	field *ast.Field
	sets  []ast.SelectionSet
}

// collect merges the selection as the specification says; introspection types have no interfaces.
func (i *introspector) collect(sets []ast.SelectionSet, typeName string) []*introspected {
	var list []*introspected
	for _, set := range sets {
		for _, f := range graphql.CollectFields(i.op, set, []string{typeName}) {
			var c *introspected
			for _, have := range list {
				if have.key == f.Alias {
					c = have
				}
			}
			if c == nil {
				c = &introspected{key: f.Alias, field: f.Field}
				list = append(list, c)
			}
			c.sets = append(c.sets, f.Selections)
		}
	}
	return list
}
