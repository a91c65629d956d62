// Package response turns the positional row that a plan's statement answers into the GraphQL response, written straight
// into one buffer in selection order.
package response

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// Rule computes a field that is not stored: from the JSON object of what the field's hidden selection read and from the
// arguments that were given, it returns the value's JSON.
type Rule func(read []byte, args map[string]any) ([]byte, error)

// Source is what a response is made of.
type Source struct {
	Plan   *plan.Plan
	Values []any
	// Rules are the computed fields' rules by name.
	Rules map[string]Rule
	// Introspect answers __schema and __type; nil refuses them.
	Introspect func(f plan.Introspection) ([]byte, error)
	// MaxBytes is the greatest size of the data; 0 means no limit.
	MaxBytes int
}

// Append appends the response's data to dst. A value that the schema promises and the row lacks makes its nearest
// nullable parent null, with an error that has the value's path.
func Append(dst []byte, src Source, row rows.Value) ([]byte, gqlerror.List) {
	w := &writer{Source: src, buf: dst, from: len(dst)}
	if !w.fields(w.Plan.Output.ByKind[0], row) || w.tooLarge() {
		w.buf = append(w.buf[:w.from], "null"...)
	}
	return w.buf, w.errs
}

type writer struct {
	Source
	buf  []byte
	from int
	path []step
	errs gqlerror.List
	// full is set when MaxBytes is reached: nothing more is written.
	full bool
	// keys is the scratch space of cursors.
	keys []byte
}

// fail adds an error at the current path.
func (w *writer) fail(code, format string, args ...any) {
	err := gqlerror.ErrorPathf(w.place(), format, args...)
	err.Extensions = map[string]any{"code": code}
	w.errs = append(w.errs, err)
}

// Internal is the code of errors that are the server's or the stored data's fault.
const Internal = "INTERNAL"

// NotFound is the code of errors about ids that no node has.
const NotFound = "NOT_FOUND"

// broken adds the error for stored data that is not what the schema promises.
func (w *writer) broken(err error) bool {
	w.fail(Internal, "the store holds something else than the schema promises: %s; run `attrigraph check`", err)
	return false
}

// fields writes an object. It answers false, with the buffer as before, if a value that must be there is not.
func (w *writer) fields(fields []plan.Field, row rows.Value) bool {
	start := len(w.buf)
	w.buf = append(w.buf, '{')
	for i := range fields {
		f := &fields[i]
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, f.Prefix...)
		if !w.value(f.Key, f.Out, f.NonNull, row) || w.tooLarge() {
			w.buf = w.buf[:start]
			return false
		}
	}
	w.buf = append(w.buf, '}')
	return true
}

// tooLarge tells whether the response has passed MaxBytes; then nothing more is written and all of it is null.
func (w *writer) tooLarge() bool {
	if w.MaxBytes > 0 && len(w.buf)-w.from > w.MaxBytes && !w.full {
		w.full = true
		err := gqlerror.Errorf("the response is larger than %d bytes; ask for smaller pages or fewer fields", w.MaxBytes)
		err.Extensions = map[string]any{"code": plan.LimitExceeded}
		w.errs = append(w.errs, err)
	}
	return w.full
}

// column returns a value of a row, which a store that is out of order may have made too short.
func column(row rows.Value, i int) rows.Value {
	if i < row.Len() {
		return row.At(i)
	}
	return rows.Of(missing{})
}

// missing is what a row lacks: it is neither null nor a value of any type.
type missing struct{}

// list returns an array of a row.
func list(row rows.Value, i int) (rows.Value, error) {
	v := column(row, i)
	if !v.IsList() {
		return v, errNoList
	}
	return v, nil
}

var errNoList = errors.New("a row has no list where one belongs")

// value writes a field's value, or null where it failed and may be null.
func (w *writer) value(key string, out plan.Output, nonNull bool, row rows.Value) bool {
	at, depth := len(w.buf), len(w.path)
	w.path = append(w.path, step{name: key})
	ok := w.output(out, nonNull, row)
	w.path = w.path[:depth]
	if ok {
		return true
	}
	if nonNull || w.full {
		return false
	}
	w.buf = append(w.buf[:at], "null"...)
	return true
}

// output writes what a value is made of. False means that there is no value and that an error says why.
func (w *writer) output(out plan.Output, nonNull bool, row rows.Value) bool {
	switch out := out.(type) {
	case plan.Constant:
		w.buf = append(w.buf, out.JSON...)
		return true
	case plan.Scalar:
		return w.scalar(out, nonNull, row)
	case plan.Child:
		return w.child(out, nonNull, row)
	case plan.Within:
		return w.within(out, row)
	case plan.Children:
		return w.children(out, row)
	case plan.Connection:
		return w.connection(out.Page, row)
	case plan.Computed:
		return w.computed(out, row)
	case plan.Highlights:
		return w.highlights(out, row)
	case plan.Introspection:
		return w.introspection(out)
	case plan.PathOf:
		return w.shortestPath(out, row)
	case plan.NeighborhoodOf:
		return w.neighborhood(out, row)
	case plan.GroupPage:
		return w.groupPage(out, row)
	case plan.GroupValue:
		return w.groupValue(out, row)
	case plan.Struct:
		return w.fields(out.Fields, row)
	case plan.Structs:
		return w.structs(out, row)
	case plan.Sum:
		return w.sum(out, row)
	}
	panic(fmt.Sprintf("the plan has an output of type %T", out)) // a plan is made by this program
}

func (w *writer) scalar(s plan.Scalar, nonNull bool, row rows.Value) bool {
	v := column(row, s.Column)
	if v.IsNull() {
		if nonNull {
			return w.broken(fmt.Errorf("%s is absent", s.Field.Name))
		}
		w.buf = append(w.buf, "null"...)
		return true
	}
	var err error
	if !s.Field.List {
		w.buf, err = appendScalar(w.buf, s.Field, v)
	} else if !v.IsList() {
		err = errNoList
	} else {
		w.buf = append(w.buf, '[')
		for i := range v.Len() {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			if w.buf, err = appendScalar(w.buf, s.Field, v.At(i)); err != nil {
				break
			}
		}
		w.buf = append(w.buf, ']')
	}
	if err != nil {
		return w.broken(err)
	}
	return true
}

// appendScalar prints a value by the type that the model gives it, whatever the store keeps it as.
func appendScalar(dst []byte, f *catalog.Field, v rows.Value) ([]byte, error) {
	switch f.Scalar {
	case catalog.Int:
		n, err := v.Int()
		return strconv.AppendInt(dst, n, 10), err
	case catalog.Bool:
		b, err := v.Bool()
		return strconv.AppendBool(dst, b), err
	}
	return v.AppendText(dst)
}

// object writes a node's object by the kind of node that it is.
func (w *writer) object(o *plan.Object, row rows.Value) bool {
	kind := 0
	if o.Kind >= 0 {
		var known bool
		if kind, known = column(row, o.Kind).Lookup(o.Kinds); !known {
			return w.broken(errKind)
		}
	}
	return w.fields(o.ByKind[kind], row)
}

// errKind is what is wrong with a row of a node that the plan did not ask for.
var errKind = errors.New("a node is of no kind that the schema allows here")

func (w *writer) child(c plan.Child, nonNull bool, row rows.Value) bool {
	v := column(row, c.Column)
	if !v.IsNull() {
		return w.object(c.Object, v)
	}
	if c.NotFound != plan.NoParam {
		w.fail(NotFound, "there is no node with the id %v", w.Values[c.NotFound])
		return false
	}
	if nonNull {
		return w.broken(fmt.Errorf("a link leads nowhere"))
	}
	w.buf = append(w.buf, "null"...)
	return true
}

// within writes what is read of a node in place of the node.
func (w *writer) within(c plan.Within, row rows.Value) bool {
	v := column(row, c.Column)
	if v.IsNull() {
		w.fail(NotFound, "there is no node with the id %v", w.Values[c.NotFound])
		return false
	}
	return w.output(c.Out, true, v)
}

// children writes nodes in the order of the ids that were asked for; each one that no node has is null with an error.
func (w *writer) children(c plan.Children, row rows.Value) bool {
	list, err := list(row, c.Column)
	if err != nil {
		return w.broken(err)
	}
	byID := make(map[string]rows.Value, list.Len())
	for i := range list.Len() {
		node := list.At(i)
		id, err := column(node, c.IDColumn).Text()
		if err != nil {
			return w.broken(err)
		}
		byID[id] = node
	}
	w.buf = append(w.buf, '[')
	for i, id := range w.Values[c.IDs].([]string) {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		at, depth := len(w.buf), len(w.path)
		w.path = append(w.path, step{index: i})
		node, found := byID[id]
		if !found {
			w.fail(NotFound, "there is no node with the id %s", id)
		}
		ok := found && w.object(c.Object, node)
		if w.full {
			return false
		}
		w.path = w.path[:depth]
		if !ok {
			w.buf = append(w.buf[:at], "null"...)
		}
	}
	w.buf = append(w.buf, ']')
	return true
}

// computed writes what the rule makes of the hidden selection.
func (w *writer) computed(c plan.Computed, row rows.Value) bool {
	rule := w.Rules[c.By]
	if rule == nil {
		w.fail(Internal, "there is no rule %q to compute %s with", c.By, c.Field.Name)
		return false
	}
	start, errs := len(w.buf), len(w.errs)
	read := w.fields(c.Hidden, row)
	for _, err := range w.errs[errs:] {
		// The hidden selection is no part of the response: what is wrong in it is wrong with the field.
		if err.Path != nil {
			err.Path = w.place()
		}
	}
	if !read || len(w.errs) > errs {
		return false
	}
	args := make(map[string]any, len(c.Args))
	for _, a := range c.Args {
		args[a.Name] = w.Values[a.Param]
	}
	out, err := rule(w.buf[start:], args)
	w.buf = w.buf[:start]
	if err != nil {
		return w.broken(err)
	}
	if c.Field.NonNull && string(out) == "null" {
		return w.broken(fmt.Errorf("%s has no value", c.Field.Name))
	}
	w.buf = append(w.buf, out...)
	return true
}

func (w *writer) introspection(f plan.Introspection) bool {
	if w.Introspect == nil {
		w.fail("FORBIDDEN", "introspection is off on this server; the schema is in its documentation")
		return false
	}
	out, err := w.Introspect(f)
	if limit := (*gqlerror.Error)(nil); errors.As(err, &limit) {
		limit.Path = w.place()
		w.errs = append(w.errs, limit)
		return false
	}
	if err != nil {
		w.fail(plan.BadUserInput, "%s", err)
		return false
	}
	if !json.Valid(out) {
		w.fail(Internal, "the schema cannot be described")
		return false
	}
	w.buf = append(w.buf, out...)
	return true
}
