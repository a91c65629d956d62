package plan

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
)

// object plans selection sets on a node: its columns go into the row, its response fields into the Object, apart for
// each kind that the node can be, unless the selection asks the same of all kinds.
func (b *builder) object(sets []ast.SelectionSet, r *row, at *path) (*Object, error) {
	key := setsKey(sets)
	if o := r.objects[key]; o != nil {
		return o, nil
	}
	t := r.sel.Type
	collections := make([][]*collected, len(t.Members))
	for i, kind := range t.Members {
		collections[i] = b.collect(sets, b.onKind(kind))
	}
	if b.visits > maxVisits*b.limits.Fields {
		return nil, at.fail(LimitExceeded, "the operation asks for too many fields of too many kinds of nodes; split it into several or select on fewer kinds")
	}
	o := &Object{Kind: -1}
	kinds := t.Members
	if b.sameForAll(t, collections) {
		kinds = kinds[:1]
	} else {
		o.Kind, o.Kinds = r.value(Operand{Of: OfKind}), kindsOf(t)
	}
	for i, kind := range kinds {
		fields, err := b.kindFields(collections[i], kind, r, at)
		if err != nil {
			return nil, err
		}
		o.ByKind = append(o.ByKind, fields)
	}
	r.objects[key] = o
	return o, nil
}

// maxVisits times the limit of fields is how many selections a plan may look at: each is looked at once for each kind of
// node that it can be on and each way that selections above it merge.
const maxVisits = 50

// setsKey tells lists of selection sets apart by where they are in the document. Kinds that ask the same of a node share
// what is planned for it; planned once for each kind, a selection would cost a power of its depth.
func setsKey(sets []ast.SelectionSet) string {
	b := make([]byte, 0, 16*len(sets))
	for _, set := range sets {
		b = fmt.Appendf(b, "%p ", set)
	}
	return string(b)
}

// kindsOf returns the positions of a type's kinds by name.
func kindsOf(t *catalog.Type) map[string]int {
	kinds := make(map[string]int, len(t.Members))
	for i, kind := range t.Members {
		kinds[kind.Name] = i
	}
	return kinds
}

// sameForAll tells whether the collected fields are the same ones of the same declaration for every kind.
func (b *builder) sameForAll(t *catalog.Type, collections [][]*collected) bool {
	if len(t.Members) == 1 {
		return true
	}
	first := collections[0]
	for i, list := range collections {
		if len(list) != len(first) {
			return false
		}
		for n, c := range list {
			f := t.Members[0].Field(c.field.Name)
			same := f != nil && f == t.Members[i].Field(c.field.Name) && f.Computed == nil &&
				c.key == first[n].key && c.field == first[n].field && setsKey(c.sets) == setsKey(first[n].sets)
			if !same {
				return false
			}
		}
	}
	return true
}

func (b *builder) kindFields(list []*collected, kind *catalog.Type, r *row, at *path) ([]Field, error) {
	fields := make([]Field, 0, len(list))
	for _, c := range list {
		f := Field{Key: c.key, Name: c.field.Name, Prefix: keyPrefix(c.key)}
		if c.field.Name == "__typename" {
			f.NonNull, f.Out = true, Constant{JSON: jsonText(kind.Name)}
			fields = append(fields, f)
			continue
		}
		def := kind.Field(c.field.Name)
		if def == nil {
			return nil, at.fail("INTERNAL", "%s has no field %s in the model", kind.Name, c.field.Name)
		}
		f.NonNull = def.NonNull || def.List || def.Many
		var err error
		if f.Out, err = b.field(c, def, kind, r, at.in(c.key)); err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

func (b *builder) field(c *collected, def *catalog.Field, kind *catalog.Type, r *row, at *path) (Output, error) {
	switch {
	case def.Computed != nil:
		return b.computed(c, def, kind, r, at)
	case !def.IsLink():
		return Scalar{Column: r.value(Operand{On: ownerIn(r.sel.Type, kind, def), Field: def}), Field: def}, nil
	case def.Many:
		return b.connection(c, r, at, b.source(def), def.Target, def)
	}
	return b.one(c, def, r, at)
}

// ownerIn returns the type whose field a value is, seen from nodes of type t: t itself where all its members have the
// field, else the interface or kind that declares it.
func ownerIn(t, kind *catalog.Type, f *catalog.Field) *catalog.Type {
	if t.Field(f.Name) == f {
		return t
	}
	if f.Owner != nil && f.Owner.Form == catalog.Interface {
		return f.Owner
	}
	return kind
}

// one plans a link to at most one node.
func (b *builder) one(c *collected, def *catalog.Field, r *row, at *path) (Output, error) {
	key := fmt.Sprintf("one %p", def)
	sub := r.children[key]
	if sub == nil {
		sel := b.access(b.source(def), def.Target, nil)
		sel.Order = b.byID(def.Target)
		sub = &child{sel: sel, row: newRow(sel, def, r.size)}
		r.children[key] = sub
	}
	object, err := b.object(c.sets, sub.row, at)
	if err != nil {
		return nil, err
	}
	column := r.column(key, func() Column { return One{sub.sel} })
	return Child{Column: column, Object: object, NotFound: NoParam}, nil
}

// computed plans a field that the server computes: its hidden selection is read like any other.
func (b *builder) computed(c *collected, def *catalog.Field, kind *catalog.Type, r *row, at *path) (Output, error) {
	b.computing++
	defer func() { b.computing-- }()
	hidden, err := b.kindFields(b.collect([]ast.SelectionSet{b.hidden[def]}, b.onKind(kind)), kind, r, at)
	if err != nil {
		return nil, err
	}
	out := Computed{By: def.Computed.By, Hidden: hidden, Field: def}
	for _, a := range def.Computed.Args {
		in := b.given(c.field, a.Name)
		if in.absent() {
			continue
		}
		param := b.scalarParam(in, at, b.argumentDecode(a))
		out.Args = append(out.Args, ComputedArg{Name: a.Name, Param: param})
	}
	return out, nil
}

// argumentDecode returns the coercion of an argument of a computed field.
func (b *builder) argumentDecode(a catalog.Argument) decode {
	name := strings.TrimSuffix(a.Type, "!")
	switch name {
	case "Date":
		return dateBound(dateText)
	case "DateTime":
		return scalarDecode(&catalog.Field{Scalar: catalog.DateTime})
	case "Int":
		return scalarDecode(&catalog.Field{Scalar: catalog.Int})
	case "Boolean":
		return scalarDecode(&catalog.Field{Scalar: catalog.Bool})
	}
	if name == "ID" {
		return scalarDecode(&catalog.Field{Scalar: catalog.ID})
	}
	if e := b.catalog.Enum(name); e != nil {
		return scalarDecode(&catalog.Field{Scalar: catalog.EnumValue, Enum: e})
	}
	return scalarDecode(&catalog.Field{Scalar: catalog.Text})
}
