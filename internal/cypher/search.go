package cypher

import (
	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/text"
)

// searchIndex is the full-text index over searchTextProperty of every node. Its analyzer only splits at white space: the
// text is folded already. Lucene would cut words of more than 255 UTF-16 units, which package text never makes.
const searchIndex = "attrigraph_search"

// lucene returns the index query of a text.Query.
func lucene(v any) any { return v.(text.Query).Lucene() }

// matches is the rest of a Match after the index was asked.
func (r *renderer) matches(m plan.Match, sc *scope) []string {
	n := sc.node()
	var parts []string
	if m.Kinds == plan.NoParam {
		parts = append(parts, n+"."+listedProperty)
	} else {
		parts = append(parts, n+"."+kindProperty+" IN "+r.param(m.Kinds, "", nil))
	}
	if sc.Type.Name != catalog.NodeInterface {
		parts = append(parts, n+":"+labels(r.catalog, sc.Type))
	}
	return parts
}
