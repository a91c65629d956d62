package sqlite

import (
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// scope is a place in a statement at which a node is at hand: its key, its values and, if it was reached over a link,
// the link's.
type scope interface {
	// pk is the key of the node.
	pk() string
	// operand is the value's expression.
	operand(o plan.Operand) string
	// property is the expression of a property of the link by which the node was reached.
	property(f *catalog.Field) string
}

// rootScope is outside of every Select, where there is no node.
type rootScope struct{}

func (rootScope) pk() string                     { return "NULL" }
func (rootScope) operand(plan.Operand) string    { return "NULL" }
func (rootScope) property(*catalog.Field) string { return "NULL" }

// access is the scope in which a Select finds its nodes: FROM and WHERE of the innermost query.
type access struct {
	*renderer
	sel *plan.Select
	// alias is the node's table in FROM, base the type whose table it is.
	alias string
	base  *catalog.Type
	// edge is the link's table in FROM; link is nil where no link leads to the node.
	edge string
	link *catalog.Link
	// ordered is ORDER BY of a page of an order of the link, links its FROM without the node; both are empty for others.
	ordered, links string
	// from is the text of FROM without the joins that operands need.
	from  string
	joins []string
	where []string
}

func (a *access) pk() string { return a.alias + "." + quote(pkColumn) }

func (a *access) property(f *catalog.Field) string {
	if a.link == nil {
		return a.fail("a property %s is read where no link leads to the node", f.Name)
	}
	return a.edge + "." + quote(f.Name)
}

// kind is the expression of the name of the node's kind.
func (a *access) kind() string {
	if a.base.Form == catalog.Kind {
		return literal(a.base.Name)
	}
	return a.alias + "." + quote(kindColumn)
}

func (a *access) operand(o plan.Operand) string {
	switch o.Of {
	case plan.OfLink:
		return a.property(o.Field)
	case plan.OfKind:
		return a.kind()
	case plan.OfName:
		return a.searched(nameColumn)
	case plan.OfRank:
		return a.rank()
	}
	return a.on(o.On) + "." + quote(o.Field.Name)
}

// on returns the alias of the table with the fields of a type, joined if it is not the node's own table. For nodes of
// other kinds the joined table has no row, so its values are absent.
func (a *access) on(t *catalog.Type) string {
	if a.covers(t) {
		return a.alias
	}
	alias, join := joinOf(a.renderer, a.alias, t)
	if !slices.Contains(a.joins, join) {
		a.joins = append(a.joins, join)
	}
	return alias
}

// searched is a column that the table of Node alone has.
func (a *access) searched(column string) string {
	alias := a.alias
	if node := a.node(); a.base != node {
		var join string
		if alias, join = joinOf(a.renderer, a.alias, node); !slices.Contains(a.joins, join) {
			a.joins = append(a.joins, join)
		}
	}
	return alias + "." + quote(column)
}

// covers tells whether the node's own table has the fields of the type.
func (a *access) covers(t *catalog.Type) bool {
	return a.base == t || t.Form == catalog.Interface && a.base.Implements(t)
}

// joinOf is the join of the table of another type to the node of an alias.
func joinOf(r *renderer, node string, t *catalog.Type) (alias, join string) {
	of := r.table(t)
	alias = node + "_" + of.name
	return alias, " LEFT JOIN " + quote(of.name) + " " + alias + " ON " + alias + "." + quote(pkColumn) + " = " + node + "." + quote(pkColumn)
}

// nullable tells whether the operand can be absent for nodes of the Select.
func (a *access) nullable(o plan.Operand) bool {
	return o.Nullable() || o.Of == plan.OfNode && !a.covers(o.On) && !contained(a.sel.Type.Members, o.On.Members)
}

// query assembles the innermost query.
func (a *access) query(columns, order, limit string) string {
	var b strings.Builder
	b.WriteString("SELECT " + columns + " FROM " + a.from + strings.Join(a.joins, ""))
	if len(a.where) > 0 {
		b.WriteString(" WHERE " + strings.Join(a.where, " AND "))
	}
	b.WriteString(order + limit)
	return b.String()
}
