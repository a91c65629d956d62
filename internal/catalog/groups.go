package catalog

// GroupBy is one way in which nodes of a type can be grouped: by a stored value, by the year of a date, by what kind of
// node they are, or by the nodes that a link leads to.
type GroupBy struct {
	// Name is the value of the API's enum, in upper snake case.
	Name string
	// Field holds the value or is the link; nil where nodes are grouped by their kind.
	Field *Field
	// Year tells that Field is a date, of which only the year counts.
	Year bool
}

// GroupBys returns the ways in which nodes of the type can be grouped, in the order of its fields: enums and truth
// values, texts and numbers with @ordered, lists of enums, the years of dates, and stored links. What every node says of
// its own recording groups nothing that anybody asks for.
func (t *Type) GroupBys() []GroupBy {
	var out []GroupBy
	if t.Form != Kind {
		out = append(out, GroupBy{Name: "NODE_KIND"})
	}
	for _, f := range t.Fields {
		g := GroupBy{Name: upperSnake(f.Name), Field: f}
		switch {
		case f.Link != nil:
		case !f.IsStored() || f.Hidden || f.Owner != nil && f.Owner.Name == NodeInterface:
			continue
		case f.Part == PartText:
			g.Name, g.Year = g.Name+"_YEAR", true
		case f.Scalar == EnumValue || f.Scalar == Bool:
		case f.List || !f.Ordered || f.Scalar != Text && f.Scalar != Int:
			continue
		}
		out = append(out, g)
	}
	return out
}

// GroupBy returns the way of that name, or nil.
func (t *Type) GroupBy(name string) *GroupBy {
	for _, g := range t.GroupBys() {
		if g.Name == name {
			return &g
		}
	}
	return nil
}
