// Package plan turns a validated GraphQL operation into one typed, store-neutral plan: what the single statement reads
// (ir.go) and how its positional row becomes the response (output.go). A plan depends on the operation and on the shape
// of the variables, never on their values, which are bound parameters.
package plan

import (
	"sync"
	"sync/atomic"
)

// Plan is a planned operation. It is immutable but for the cache of rendered statements and the size of its answers, and safe
// for concurrent use.
type Plan struct {
	// Roots are the values that the statement's one row holds.
	Roots []Column
	// Params are the parameters that ir.go's ParamIndex counts.
	Params []Param
	// Output is the response's root object.
	Output *Object

	checks []check
	// rendered is no sync.Map: the race detector finds races in that where a package without it, such as a transpiled SQLite,
	// has compiled the generic code behind it.
	mu       sync.RWMutex
	rendered map[any]any
	// answered is the size of the largest of the last responses' data in bytes.
	answered atomic.Int64
}

// Param is a parameter of the statement.
type Param struct {
	// Label names where the value comes from, for people: `$first`, `incidents(first:)`.
	Label string
	// bind reads the value from the request's variables.
	bind func(vars map[string]any) (any, error)
}

// check is a condition on the variables' values that no single parameter can test.
type check func(vars map[string]any) error

// Bind returns the values of the parameters for the coerced variables of a request: nil, string, int64, bool, []string, []int64
// or text.Query. Errors are *gqlerror.Error with the path of the field.
func (p *Plan) Bind(vars map[string]any) ([]any, error) {
	for _, c := range p.checks {
		if err := c(vars); err != nil {
			return nil, err
		}
	}
	values := make([]any, len(p.Params))
	for i, param := range p.Params {
		v, err := param.bind(vars)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// maxRoom bounds what is set aside for a response because an earlier one was as large.
const maxRoom = 1 << 20

// Room returns an empty buffer with room for data of the size of the largest of the last, so that it need not grow and be copied.
func (p *Plan) Room() []byte {
	last := min(p.answered.Load(), maxRoom)
	return make([]byte, 0, max(512, last+last/8))
}

// Answered notes the size of a response's data in bytes. What is kept for Room is the greatest size, which fades.
func (p *Plan) Answered(size int) {
	last := p.answered.Load()
	p.answered.Store(max(int64(size), last-last/64))
}

// Rendered returns what render makes of the plan, made once for each key and kept with the plan.
func (p *Plan) Rendered(key any, render func(*Plan) (any, error)) (any, error) {
	p.mu.RLock()
	r, ok := p.rendered[key]
	p.mu.RUnlock()
	if ok {
		return r, nil
	}
	r, err := render(p)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rendered == nil {
		p.rendered = map[any]any{}
	}
	p.rendered[key] = r
	return r, nil
}
