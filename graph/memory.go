package graph

import (
	"reflect"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// This file estimates what documents and plans take in memory. TestMemory compares the estimates with the heap.

// documentBytes is what a parsed document takes with its text. It is far more than the text: `{a b c}` has a field of
// some 300 bytes for every two.
func documentBytes(doc *ast.QueryDocument) int { return sizeOf(doc) }

// planBytes is what a plan takes with the statements that stores keep in it. Its parameters read from the document's
// values, so the document lives as long as the plan.
func planBytes(p *plan.Plan, doc *ast.QueryDocument) int {
	// A statement names about every column once in some 60 to 120 bytes, which is half of what the columns take.
	columns := sizeOf(p.Roots)
	return documentBytes(doc) + sizeOf(p.Output) + columns + columns/2 + len(p.Params)*paramBytes
}

// paramBytes is what a parameter takes with the functions that read it.
const paramBytes = 256

// sizeOf is the memory that a value refers to, each piece once, without the schema and the catalog, which are there anyway.
func sizeOf(v any) int {
	s := sizer{seen: map[visited]bool{}}
	return s.below(reflect.ValueOf(v))
}

// visited is a piece of memory; a struct and its first field have one address, so that the type belongs to it.
type visited struct {
	address uintptr
	typ     reflect.Type
}

type sizer struct{ seen map[visited]bool }

// shared are the types of what belongs to the schema and the catalog.
var shared = map[reflect.Type]bool{
	reflect.TypeFor[ast.Definition]():          true,
	reflect.TypeFor[ast.FieldDefinition]():     true,
	reflect.TypeFor[ast.ArgumentDefinition]():  true,
	reflect.TypeFor[ast.DirectiveDefinition](): true,
	reflect.TypeFor[ast.Type]():                true, // of arguments, whose values point to them
	reflect.TypeFor[catalog.Type]():            true,
	reflect.TypeFor[catalog.Field]():           true,
	reflect.TypeFor[catalog.Link]():            true,
	reflect.TypeFor[catalog.Walk]():            true,
}

// below is the size of what a value refers to; the value itself is counted with what holds it.
func (s *sizer) below(v reflect.Value) int {
	switch v.Kind() {
	case reflect.String:
		return v.Len() // names are parts of the text, so that it is counted twice at most
	case reflect.Pointer:
		if v.IsNil() || shared[v.Type().Elem()] || s.again(v.Pointer(), v.Type()) {
			return 0
		}
		return int(v.Type().Elem().Size()) + s.below(v.Elem())
	case reflect.Interface:
		if v.IsNil() {
			return 0
		}
		e := v.Elem()
		if e.Kind() == reflect.Pointer {
			return s.below(e)
		}
		return int(e.Type().Size()) + s.below(e)
	case reflect.Slice:
		if v.IsNil() || s.again(v.Pointer(), v.Type()) {
			return 0
		}
		n := v.Cap() * int(v.Type().Elem().Size())
		for i := range v.Len() {
			n += s.below(v.Index(i))
		}
		return n
	case reflect.Map:
		if v.IsNil() || s.again(v.Pointer(), v.Type()) {
			return 0
		}
		n := 48
		for entries := v.MapRange(); entries.Next(); {
			n += int(v.Type().Key().Size()+v.Type().Elem().Size()) + s.below(entries.Key()) + s.below(entries.Value())
		}
		return n
	case reflect.Struct:
		n := 0
		for i := range v.NumField() {
			n += s.below(v.Field(i))
		}
		return n
	}
	return 0
}

// again tells whether a piece of memory was counted before.
func (s *sizer) again(address uintptr, typ reflect.Type) bool {
	key := visited{address, typ}
	if s.seen[key] {
		return true
	}
	s.seen[key] = true
	return false
}
