package plan

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
)

// root plans the operation's root fields: each becomes one value of the statement's row.
func (b *builder) root(op *ast.OperationDefinition) error {
	r := newRow(nil, nil, &b.pageSizes)
	fields, err := b.rootFields(op, r)
	if err != nil {
		return err
	}
	b.plan.Roots = r.columns
	b.plan.Output = &Object{Kind: -1, ByKind: [][]Field{fields}}
	return nil
}

func (b *builder) rootFields(op *ast.OperationDefinition, r *row) ([]Field, error) {
	name := b.schema.Query.Name
	var fields []Field
	for _, c := range b.collect([]ast.SelectionSet{op.SelectionSet}, onName(name)) {
		f := Field{Key: c.key, Name: c.field.Name, Prefix: keyPrefix(c.key), NonNull: c.field.Definition.Type.NonNull}
		var err error
		at := (*path)(nil).in(c.key)
		switch c.field.Name {
		case "__typename":
			f.Out = Constant{JSON: jsonText(name)}
		case "__schema", "__type":
			f.Out = Introspection{Field: c.field, Sets: c.sets}
		case "node":
			f.Out, err = b.node(c, r, at)
		case "nodes":
			f.Out, err = b.nodes(c, r, at)
		case "search":
			f.Out, err = b.search(c, r, at)
		case "stats":
			f.Out = b.stats(c, r)
		case "path":
			f.Out, err = b.shortestPath(c, r, at)
		case "neighborhood":
			f.Out, err = b.neighborhood(c, r, at)
		default:
			var ok bool
			if f.Out, ok, err = b.entry(c, r, at); ok {
				break
			}
			f.Out, err = b.all(c, r, at)
		}
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// all plans a root connection: the field's name is the plural of a kind or interface.
func (b *builder) all(c *collected, r *row, at *path) (Output, error) {
	for _, t := range b.catalog.Types {
		if t.Plural != "" && t.Plural == c.field.Name {
			return b.connection(c, r, at, All{}, t, nil)
		}
	}
	if m := b.catalog.Matrix(c.field.Name); m != nil {
		return b.matrix(c, r, at, m)
	}
	return nil, at.fail("INTERNAL", "the root field %s has no plan", c.field.Name)
}

// idParam adds the parameter for an id and refuses what is none.
func (b *builder) idDecode(raw any) (any, error) {
	s, err := textValue(raw)
	if err != nil {
		return nil, err
	}
	prefix, err := ident.Parse(s)
	if err != nil {
		return nil, err
	}
	if b.catalog.KindOfID(prefix) == nil {
		return nil, fmt.Errorf("there is no kind of node %q", prefix)
	}
	return s, nil
}

// node plans `node(id:)`.
func (b *builder) node(c *collected, r *row, at *path) (Output, error) {
	id := b.scalarParam(b.argument(c.field, "id"), at, b.idDecode)
	sel := b.access(ByID{id}, b.catalog.Node(), nil)
	sub := newRow(sel, nil, r.size)
	object, err := b.object(c.sets, sub, at)
	if err != nil {
		return nil, err
	}
	column := r.column("node "+c.key, func() Column { return One{sel} })
	return Child{Column: column, Object: object, NotFound: id}, nil
}

// nodes plans `nodes(ids:)`: the statement answers the nodes that exist, the writer puts them at their places.
func (b *builder) nodes(c *collected, r *row, at *path) (Output, error) {
	list := listOf(b.idDecode)
	ids := b.scalarParam(b.argument(c.field, "ids"), at, func(raw any) (any, error) {
		v, err := list(raw)
		if err != nil {
			return nil, err
		}
		if n := len(v.([]string)); n > b.limits.PageSize {
			return nil, fmt.Errorf("%d ids are more than the %d that one request may name", n, b.limits.PageSize)
		}
		return v, nil
	})
	sel := b.access(ByIDs{ids}, b.catalog.Node(), nil)
	sel.Order = b.byID(b.catalog.Node())
	size := &pageSize{size: func(vars map[string]any) (int64, error) {
		v, err := b.plan.Params[ids].bind(vars)
		list, _ := v.([]string)
		return int64(len(list)), err
	}}
	r.size.count(size)
	sub := newRow(sel, nil, size)
	object, err := b.object(c.sets, sub, at)
	if err != nil {
		return nil, err
	}
	idColumn := sub.value(Operand{On: b.catalog.Node(), Field: b.catalog.Node().Field(catalog.IDField)})
	column := r.column("nodes "+c.key, func() Column { return List{sel} })
	return Children{Column: column, IDColumn: idColumn, IDs: ids, Object: object}, nil
}
