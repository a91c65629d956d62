package plan

import (
	"attrigraph/internal/catalog"
	"attrigraph/internal/text"
)

// search plans `search(query:, kinds:, first:, after:)`: best matches first.
func (b *builder) search(c *collected, r *row, at *path) (Output, error) {
	key := "search " + connectionKey(c.field)
	sub := r.children[key]
	if sub == nil {
		queryInput, kindsInput := b.argument(c.field, "query"), b.given(c.field, "kinds")
		query := b.scalarParam(queryInput, at, func(raw any) (any, error) {
			s, err := stringValue(raw)
			if err != nil {
				return nil, err
			}
			return text.ParseQuery(s)
		})
		kinds := NoParam
		if !kindsInput.absent() {
			kinds = b.scalarParam(kindsInput, at, listOf(b.kindName))
		}
		node := b.catalog.Node()
		page := &pagePlan{key: key, from: Match{Query: query, Kinds: kinds}, target: node, rows: -1, total: -1, start: -1, end: -1}
		page.order = append([]OrderKey{
			{Operand: Operand{Of: OfRank}}, {Operand: Operand{Of: OfKind}}, {Operand: Operand{Of: OfName}},
		}, b.byID(node)...)
		page.filters = []input{queryInput, kindsInput}
		page.sign = b.signature("search", node, page.order, page.filters)
		if err := b.window(c.field, r, at, page, nil); err != nil {
			return nil, err
		}
		sub = &child{sel: page.sel, row: page.row, page: page}
		r.children[key] = sub
	}
	fields, err := b.pageFields(c, r, sub.page, nil, at)
	if err != nil {
		return nil, err
	}
	return Connection{sub.page.output(fields)}, nil
}

// found plans the fields that only an edge of a search has; ok is false for others.
func (b *builder) found(c *collected, p *pagePlan) (out Output, ok bool) {
	match, ok := p.from.(Match)
	if !ok {
		return nil, false
	}
	switch c.field.Name {
	case "rank":
		rank := &catalog.Field{Name: "rank", Scalar: catalog.Int, NonNull: true}
		return Scalar{Column: p.row.value(Operand{Of: OfRank}), Field: rank}, true
	case "highlights":
		return b.highlights(c, p, match.Query), true
	}
	return nil, false
}

// highlights reads the texts of the found node that search looks at, kind by kind.
func (b *builder) highlights(c *collected, p *pagePlan, query ParamIndex) Output {
	h := Highlights{Query: query, Kind: p.row.value(Operand{Of: OfKind}), Kinds: kindsOf(p.target)}
	for _, kind := range p.target.Members {
		var texts []Scalar
		for _, f := range kind.Fields {
			if f.Searched && f.IsStored() {
				texts = append(texts, Scalar{Column: p.row.value(Operand{On: ownerIn(p.target, kind, f), Field: f}), Field: f})
			}
		}
		h.ByKind = append(h.ByKind, texts)
	}
	typeName := c.field.Definition.Type.Name()
	for _, s := range b.collect(c.sets, onName(typeName)) {
		f := HighlightField{Prefix: keyPrefix(s.key), What: s.field.Name}
		if f.What == "__typename" {
			f.JSON = jsonText(typeName)
		}
		h.Fields = append(h.Fields, f)
	}
	return h
}
