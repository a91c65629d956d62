package plan

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
)

// This file plans the fields that search the graph from given nodes on, over links of any type: `path` and
// `neighborhood`.

const (
	// LongestPath is the greatest number of links in a path. Statements on Neo4j hold a step for each.
	LongestPath = 6
	// DeepestNeighborhood is the greatest depth of a neighborhood.
	DeepestNeighborhood = 3
	// DefaultNeighborhood is the number of nodes in a neighborhood that asks for no other.
	DefaultNeighborhood = 50
	// NeighborhoodLinks is the greatest number of links that a neighborhood shows.
	NeighborhoodLinks = 1000
)

// Found reads the nodes that the ShortestPath or Neighborhood has found whose Select it is the From of, in its order.
type Found struct{}

func (Found) isSource() {}

type (
	// ShortestPath reads, of the shortest paths between two nodes, the one whose list of ids is the first. Its value is a
	// list: whether there is the first node, whether there is the last, the rows of the path's nodes (none where there is
	// no path), and for each link between them, of several the first by type and along its direction before against it, a
	// list of its type and whether the path takes it against its direction.
	ShortestPath struct {
		// From and To are the parameters with the ids of its ends.
		From, To ParamIndex
		// Longest is the parameter with the greatest number of links, LongestPath at the most; Links that with the types of
		// link which it may take, or NoParam for all of Walk.
		Longest, Links ParamIndex
		Walk           *catalog.Walk
		// Nodes reads the nodes of the path; its conditions hold for each, its ends included.
		Nodes *Select
	}
	// Neighborhood reads the nodes around one, breadth first: those that links lead to, in either direction, by type of
	// link and id; then, from these on, the next ones, and so on. Only nodes that it has are gone on from. Its value is null
	// where there is no node with the id, else a list: the rows of its nodes, the first of which is the one in the middle;
	// the depth of each; the type of the first link that led to each, null for the first node; a list of links between
	// them, up to NeighborhoodLinks, each a list of type and places of its ends among the nodes, by type and ids of the
	// ends; the number of all of these links; for each depth that it came to, how many nodes it found there, be they left
	// out or not.
	Neighborhood struct {
		// Of is the parameter with the id of the node in the middle.
		Of ParamIndex
		// Depth is the parameter with the greatest number of links to a node, DeepestNeighborhood at the most; Limit that
		// with the greatest number of nodes beside the one in the middle.
		Depth, Limit ParamIndex
		// Links and Kinds are the parameters with the types of links to follow and with the kinds of nodes to find, or NoParam
		// for all.
		Links, Kinds ParamIndex
		Walk         *catalog.Walk
		// Nodes reads the nodes; its conditions hold for each.
		Nodes *Select
	}
)

func (ShortestPath) isColumn() {}
func (Neighborhood) isColumn() {}

type (
	// PathOf is the object of a path, or null where there is none. A missing end is an error NOT_FOUND about the id in
	// From or To.
	PathOf struct {
		Column   int
		From, To ParamIndex
		Fields   []PartField
	}
	// NeighborhoodOf is the object of a neighborhood. A missing node is an error NOT_FOUND about the id in Of.
	NeighborhoodOf struct {
		Column    int
		Of, Depth ParamIndex
		Fields    []PartField
	}
)

func (PathOf) isOutput()         {}
func (NeighborhoodOf) isOutput() {}

// PartField is a field of an object that belongs to what was found.
type PartField struct {
	Key    string
	Prefix []byte
	// What is the field's name.
	What string
	// JSON is the text of __typename.
	JSON []byte
	// Node is the object of the field, or of each of its elements, where these are nodes.
	Node *Object
	// Fields are those of other objects.
	Fields []PartField
}

// shortestPath plans `path(from:, to:, maxLength:, via:)`.
func (b *builder) shortestPath(c *collected, r *row, at *path) (Output, error) {
	key := "path " + connectionKey(c.field)
	sub := r.children[key]
	if sub == nil {
		longest, size := b.bounded(c.field, "maxLength", LongestPath, 1, LongestPath, at)
		p := ShortestPath{
			From: b.scalarParam(b.argument(c.field, "from"), at, b.idDecode), To: b.scalarParam(b.argument(c.field, "to"), at, b.idDecode),
			Longest: longest, Links: b.linkTypes(c.field, "via", at), Walk: b.catalog.Guarded,
		}
		var err error
		if sub, err = b.foundNodes(r, size, at); err != nil {
			return nil, err
		}
		p.Nodes = sub.sel
		sub.found = p
		r.children[key] = sub
	}
	fields, err := b.partFields(c, sub.row, at)
	p := sub.found.(ShortestPath)
	column := r.column(key, func() Column { return p })
	return PathOf{Column: column, From: p.From, To: p.To, Fields: fields}, err
}

// neighborhood plans `neighborhood(id:, depth:, limit:, links:, kinds:)`.
func (b *builder) neighborhood(c *collected, r *row, at *path) (Output, error) {
	key := "neighborhood " + connectionKey(c.field)
	sub := r.children[key]
	if sub == nil {
		depth, _ := b.bounded(c.field, "depth", 1, 1, DeepestNeighborhood, at)
		limit, size := b.bounded(c.field, "limit", min(DefaultNeighborhood, b.limits.PageSize), 0, b.limits.PageSize, at)
		n := Neighborhood{
			Of: b.scalarParam(b.argument(c.field, "id"), at, b.idDecode), Depth: depth, Limit: limit,
			Links: b.linkTypes(c.field, "links", at), Kinds: NoParam, Walk: b.catalog.Everywhere,
		}
		if kinds := b.given(c.field, "kinds"); !kinds.absent() {
			n.Kinds = b.scalarParam(kinds, at, listOf(b.kindName))
		}
		var err error
		if sub, err = b.foundNodes(r, size, at); err != nil {
			return nil, err
		}
		n.Nodes = sub.sel
		sub.found = n
		r.children[key] = sub
	}
	fields, err := b.partFields(c, sub.row, at)
	n := sub.found.(Neighborhood)
	column := r.column(key, func() Column { return n })
	return NeighborhoodOf{Column: column, Of: n.Of, Depth: n.Depth, Fields: fields}, err
}

// foundNodes begins the Select of nodes that a search finds, at most one more than size says.
func (b *builder) foundNodes(r *row, size func(vars map[string]any) (int64, error), at *path) (*child, error) {
	if b.searches++; b.searches > b.limits.Searches {
		return nil, at.fail(LimitExceeded, "the operation asks for more than %d paths and neighborhoods; split it into several", b.limits.Searches)
	}
	sel := b.access(Found{}, b.catalog.Node(), nil)
	page := &pageSize{size: func(vars map[string]any) (int64, error) {
		n, err := size(vars)
		return n + 1, err
	}}
	r.size.count(page)
	return &child{sel: sel, row: newRow(sel, nil, page)}, nil
}

// bounded adds the parameter for a whole number between two bounds.
func (b *builder) bounded(f *ast.Field, name string, otherwise, least, most int, at *path) (ParamIndex, func(vars map[string]any) (int64, error)) {
	in := b.given(f, name)
	label := in.label
	if in.absent() {
		label = f.Name + "(" + name + ": default)"
	}
	get := func(vars map[string]any) (int64, error) {
		if in.absent() {
			return int64(otherwise), nil
		}
		n, err := intValue(in.value(vars))
		switch {
		case err != nil:
			return 0, at.fail(BadUserInput, "%s: %s", label, err)
		case n < int64(least) || n > int64(most):
			return 0, at.fail(BadUserInput, "%s is %d; it can be %d to %d", label, n, least, most)
		}
		return n, nil
	}
	return b.param(label, func(vars map[string]any) (any, error) { return get(vars) }), get
}

// linkTypes adds the parameter for a list of types of link, or returns NoParam where none is given.
func (b *builder) linkTypes(f *ast.Field, name string, at *path) ParamIndex {
	in := b.given(f, name)
	if in.absent() {
		return NoParam
	}
	return b.scalarParam(in, at, listOf(func(raw any) (any, error) {
		if s, ok := raw.(string); ok && b.catalog.Link(s) != nil {
			return s, nil
		}
		return nil, fmt.Errorf("%v is no LinkType", raw)
	}))
}

// partFields plans the selection on an object that belongs to what was found; all nodes in it are of the row.
func (b *builder) partFields(c *collected, nodes *row, at *path) ([]PartField, error) {
	typeName := c.field.Definition.Type.Name()
	var fields []PartField
	for _, s := range b.collect(c.sets, onName(typeName)) {
		f := PartField{Key: s.key, Prefix: keyPrefix(s.key), What: s.field.Name}
		var err error
		switch {
		case f.What == "__typename":
			f.JSON = jsonText(typeName)
		case s.field.Definition.Type.Name() == catalog.NodeInterface:
			f.Node, err = b.object(s.sets, nodes, at.in(s.key))
		case len(s.sets) > 0:
			f.Fields, err = b.partFields(s, nodes, at.in(s.key))
		}
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}
