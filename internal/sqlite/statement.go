package sqlite

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// statement is a rendered plan: one SELECT that answers one JSON text, the row of the plan's roots.
type statement struct {
	text string
	args []argument
}

// argument is a numbered parameter of the statement: a value of the plan in one of the forms that SQL needs it in.
type argument struct {
	param plan.ParamIndex
	form  form
}

// form is what is made of a parameter's value to bind it.
type form uint8

const (
	asValue     form = iota // text, number or truth value as it is; a list as JSON text
	asMatch                 // the expression for FTS5
	asExact                 // the folded name that a query names exactly
	asBeginning             // what a folded name begins with if the query names its beginning
	asNeedles               // JSON text of what a folded text must contain
	asLinkUp                // a value as the first text of store.LinkKeys begins
	asLinkDown              // a value as the second text of store.LinkKeys begins
	asLinkID                // an id as the second text of store.LinkKeys ends
)

// render makes the statement of a plan.
func render(l *layout, p *plan.Plan) (*statement, error) {
	r := &renderer{layout: l}
	row := r.row(p.Roots, rootScope{})
	if r.err != nil {
		return nil, r.err
	}
	text := "SELECT " + row
	if len(r.from) > 0 {
		text += " FROM " + strings.Join(r.from, " CROSS JOIN ")
	}
	return &statement{text: text, args: r.args}, nil
}

// renderer holds what the parts of one statement share.
type renderer struct {
	layout  *layout
	args    []argument
	aliases int
	// from holds what the whole statement reads from: see found.go.
	from []string
	err  error
}

func (r *renderer) fail(format string, args ...any) string {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	return "NULL"
}

// alias returns a name for a table in FROM that no other has.
func (r *renderer) alias(prefix string) string {
	r.aliases++
	return prefix + strconv.Itoa(r.aliases)
}

// param returns the placeholder of a parameter's value; the same value in the same form is bound once.
func (r *renderer) param(p plan.ParamIndex, f form) string {
	a := argument{p, f}
	for i, have := range r.args {
		if have == a {
			return "?" + strconv.Itoa(i+1)
		}
	}
	r.args = append(r.args, a)
	return "?" + strconv.Itoa(len(r.args))
}

// table returns the table with the fields of a kind or interface, or of Node for a union.
func (r *renderer) table(t *catalog.Type) *table {
	if found := r.layout.types[t]; found != nil {
		return found
	}
	return r.layout.types[r.layout.node]
}

// node returns the interface Node.
func (r *renderer) node() *catalog.Type { return r.layout.node }

// bind makes the values of the statement's placeholders from those of the plan's parameters.
func (s *statement) bind(values []any) ([]any, error) {
	out := make([]any, len(s.args))
	for i, a := range s.args {
		if int(a.param) >= len(values) || a.param < 0 {
			return nil, fmt.Errorf("the plan has no parameter %d", a.param)
		}
		v, err := a.form.of(values[a.param])
		if err != nil {
			return nil, fmt.Errorf("parameter %d: %w", a.param, err)
		}
		out[i] = v
	}
	return out, nil
}

func (f form) of(v any) (any, error) {
	switch f {
	case asLinkUp, asLinkDown:
		return store.LinkKeyOfValue(f == asLinkDown)(v), nil
	case asLinkID:
		v, f = store.LinkKeyOfID(true)(v), asValue
	}
	if f == asValue {
		switch v := v.(type) {
		case []string:
			return jsonList(v), nil
		case []int64:
			return jsonNumbers(v), nil
		case nil, string, int64, bool:
			return v, nil
		}
		return nil, fmt.Errorf("a %T cannot be bound", v)
	}
	q, ok := v.(text.Query)
	if !ok {
		return nil, fmt.Errorf("a %T is no full-text query", v)
	}
	switch f {
	case asMatch:
		return q.FTS5(), nil
	case asExact:
		return q.Exact(), nil
	case asBeginning:
		return strings.TrimSuffix(q.Exact(), " "), nil
	}
	return jsonList(q.Needles()), nil
}

// jsonList is a list as JSON text, which json_each reads.
func jsonList(list []string) string {
	b := []byte{'['}
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = text.AppendJSON(b, s)
	}
	return string(append(b, ']'))
}

// jsonNumbers writes a list of whole numbers as JSON.
func jsonNumbers(list []int64) string {
	b := []byte{'['}
	for i, n := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(append(b, ']'))
}

// parseList reads what jsonList writes.
func parseList(s string) ([]string, error) {
	var list []string
	if s == "" || s == "[]" {
		return list, nil
	}
	err := json.Unmarshal([]byte(s), &list)
	return list, err
}
