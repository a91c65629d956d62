package plan

import (
	"encoding/json"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"attrigraph/internal/catalog"
)

// Planner makes plans. It is safe for concurrent use.
type Planner struct {
	schema  *ast.Schema
	catalog *catalog.Catalog
	limits  Limits
	// hidden holds the parsed selections of computed fields.
	hidden map[*catalog.Field]ast.SelectionSet
	// conditionsOfModel holds the parsed conditions of catalog.Step and catalog.Matrix by their text and the type that they
	// are of.
	conditionsOfModel map[string]input
	// keys holds the parsed selections that lead to the keys of matrices.
	keys map[string]*ast.QueryDocument
}

// NewPlanner returns a Planner for the API schema, which must have been generated from the catalog.
func NewPlanner(schema *ast.Schema, c *catalog.Catalog, limits Limits) (*Planner, error) {
	p := &Planner{schema: schema, catalog: c, limits: limits, hidden: map[*catalog.Field]ast.SelectionSet{}}
	if err := p.readPaths(); err != nil {
		return nil, err
	}
	if err := p.readMatrices(); err != nil {
		return nil, err
	}
	for _, t := range c.Types {
		for _, f := range t.Fields {
			if f.Computed == nil || p.hidden[f] != nil {
				continue
			}
			set, err := p.parseHidden(f)
			if err != nil {
				return nil, fmt.Errorf("what the computed field %s reads cannot be selected: %w", f, err)
			}
			p.hidden[f] = set
		}
	}
	return p, nil
}

func (p *Planner) parseHidden(f *catalog.Field) (ast.SelectionSet, error) {
	text := fmt.Sprintf(`query { node(id: "") { ... on %s %s } }`, f.Owner.Name, f.Computed.From)
	doc, err := parser.ParseQuery(&ast.Source{Name: f.String(), Input: text})
	if err != nil {
		return nil, err
	}
	if errs := validator.ValidateWithRules(p.schema, doc, nil); len(errs) > 0 {
		return nil, errs
	}
	node := doc.Operations[0].SelectionSet[0].(*ast.Field)
	return node.SelectionSet[0].(*ast.InlineFragment).SelectionSet, nil
}

// Plan plans a validated query operation for variables of one shape (see Shape). Errors are *gqlerror.Error.
func (p *Planner) Plan(op *ast.OperationDefinition, fragments ast.FragmentDefinitionList, vars map[string]any) (*Plan, error) {
	if err := p.limits.check(op, fragments); err != nil {
		return nil, err
	}
	b := &builder{Planner: p, fragments: fragments, vars: vars, plan: &Plan{}}
	if err := b.root(op); err != nil {
		return nil, err
	}
	if err := p.limits.checkLinks(b.plan); err != nil {
		return nil, err
	}
	b.plan.checks = append(b.plan.checks, b.pageSizes.check(p.limits))
	return b.plan, nil
}

// builder makes one plan.
type builder struct {
	*Planner
	fragments ast.FragmentDefinitionList
	vars      map[string]any
	plan      *Plan
	pageSizes pageSize
	// computing is not 0 while the hidden selection of a computed field is planned.
	computing int
	// visits counts the selections that were looked at, asked the entries of filters; filterDepth is the nesting of the
	// filter being planned.
	visits, asked, filterDepth int
	// searches counts the paths and neighborhoods.
	searches int
}

// row collects the columns of a Select (or of the root), each distinct one once.
type row struct {
	columns []Column
	index   map[string]int
	// sel is nil for the root. follow is the link by which the Select reaches its nodes, nil where there is none.
	sel    *Select
	follow *catalog.Field
	// children holds the sub-selects that several mentions of the same field with the same arguments share.
	children map[string]*child
	// groups holds the groups of connections of the row's node.
	groups map[string]*groupPlan
	// objects holds what was planned for the row's nodes by the selection sets that ask for it.
	objects map[string]*Object
	// size is the page that the row's nodes are on.
	size *pageSize
}

func newRow(sel *Select, follow *catalog.Field, size *pageSize) *row {
	return &row{sel: sel, follow: follow, size: size, index: map[string]int{}, children: map[string]*child{}, objects: map[string]*Object{}}
}

// column returns the position of the column with the key, made by add if it is new.
func (r *row) column(key string, add func() Column) int {
	if i, ok := r.index[key]; ok {
		return i
	}
	i := len(r.columns)
	r.index[key] = i
	r.columns = append(r.columns, add())
	if r.sel != nil {
		r.sel.Columns = r.columns
	}
	return i
}

// value returns the position of a stored value.
func (r *row) value(o Operand) int {
	return r.column(fmt.Sprintf("value %d %p %p", o.Of, o.On, o.Field), func() Column { return Value{o} })
}

// child is a sub-select that is shared by all mentions of a field with the same arguments.
type child struct {
	sel  *Select
	row  *row
	page *pagePlan
	// found is the column of a search from given nodes on; nil for others.
	found Column
}

// access is the one way in which plans reach nodes: every Select is made here, so that none forgets what its reader may
// see.
func (b *builder) access(from Source, t *catalog.Type, where Predicate) *Select {
	return &Select{From: from, Type: t, Where: where, Visible: b.visible(t), Limit: NoParam}
}

// visible is the predicate of what the reader may see of nodes of the type; nil, for everything, as long as the graph
// has no access control.
func (b *builder) visible(*catalog.Type) Predicate { return nil }

// param adds a parameter and returns its position.
func (b *builder) param(label string, bind func(vars map[string]any) (any, error)) ParamIndex {
	b.plan.Params = append(b.plan.Params, Param{Label: label, bind: bind})
	return ParamIndex(len(b.plan.Params) - 1)
}

// scalarParam adds the parameter for a scalar of the request.
func (b *builder) scalarParam(in input, at *path, d decode) ParamIndex {
	return b.param(in.label, func(vars map[string]any) (any, error) {
		v, err := d(in.value(vars))
		if err != nil {
			return nil, at.fail(BadUserInput, "%s: %s", in.label, err)
		}
		return v, nil
	})
}

// argument returns the input that a field's argument is, absent if it has none and no default.
func (b *builder) argument(f *ast.Field, name string) input {
	def := f.Definition.Arguments.ForName(name)
	if def == nil {
		return input{}
	}
	label := f.Name + "(" + name + ":)"
	if a := f.Arguments.ForName(name); a != nil {
		if in := inputOf(a.Value, def.Type, label, b.vars); !in.absent() {
			return in
		}
	}
	return inputOf(def.DefaultValue, def.Type, label, b.vars)
}

// given returns the argument, absent too if it is null.
func (b *builder) given(f *ast.Field, name string) input {
	in := b.argument(f, name)
	if in.isNull(b.vars) {
		return input{}
	}
	return in
}

func keyPrefix(key string) []byte {
	return append([]byte(`"`+key), `":`...)
}

func jsonText(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a Go string always has a JSON text
	}
	return b
}
