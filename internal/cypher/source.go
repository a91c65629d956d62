package cypher

import (
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
)

// match renders where the nodes of the scope come from and which of them are meant, up to and without WITH. It is
// called after everything that may read the link was rendered.
func (r *renderer) match(sc *scope) (string, error) {
	if sc.page != nil {
		return r.matchPage(sc)
	}
	n := sc.node()
	clause, conditions, err := r.source(sc)
	if err != nil {
		return "", err
	}
	if by := r.indexedKey(sc); by != "" {
		conditions = append(conditions, by+" IS NOT NULL")
	}
	for _, p := range []plan.Predicate{sc.Where, sc.Visible} {
		if p == nil {
			continue
		}
		if and, ok := p.(plan.And); ok && len(and) == 0 {
			continue
		}
		t, err := r.condition(p, sc)
		if err != nil {
			return "", err
		}
		conditions = append(conditions, t)
	}
	if f, ok := sc.From.(plan.Follow); ok {
		name := ""
		if sc.linked {
			name, _ = sc.link()
		}
		clause = "MATCH (" + sc.outer.node() + ")" + arrow(f.Field, name) + "(" + n + r.endLabel(f.Field, sc.Type) + ")"
	}
	if len(conditions) > 0 {
		clause += " WHERE " + strings.Join(conditions, " AND ")
	}
	return clause, nil
}

// source renders a Source but for Follow, whose pattern depends on what else reads the link.
func (r *renderer) source(sc *scope) (clause string, conditions []string, err error) {
	n := sc.node()
	label := labels(r.catalog, sc.Type)
	switch f := sc.From.(type) {
	case plan.All:
		return "MATCH (" + n + ":" + label + ")", nil, nil
	case plan.ByID:
		clause, conditions = r.byID(sc, " = "+r.param(f.Param, "", nil))
		return clause, conditions, nil
	case plan.ByIDs:
		clause, conditions = r.byID(sc, " IN "+r.param(f.Param, "", nil))
		return clause, conditions, nil
	case plan.Referenced:
		if sc.outer == nil {
			break
		}
		link, err := sc.outer.link()
		if err != nil {
			return "", nil, err
		}
		clause, conditions = r.byID(sc, " = "+link+"."+quote(f.Property.Name))
		return clause, conditions, nil
	case plan.Match:
		clause = "CALL db.index.fulltext.queryNodes('" + searchIndex + "', " + r.param(f.Query, "Lucene", lucene) + ") YIELD node AS " + n
		return clause, r.matches(f, sc), nil
	case plan.Follow:
		if sc.outer == nil {
			break
		}
		return "", nil, nil
	case plan.Via:
		if sc.outer == nil {
			break
		}
		return r.via(f, sc)
	}
	return "", nil, fmt.Errorf("the plan reads nodes from %T where that is not possible", sc.From)
}

// optional renders clauses that may find nothing, in which case what they return is null. It is not written as OPTIONAL
// MATCH: Neo4j before 5.26.31 loses the row if the condition of an OPTIONAL MATCH counts what is not there
// (neo4j/neo4j#13877).
func optional(imports, clauses, returned string) string {
	return "OPTIONAL CALL (" + imports + ") { " + clauses + " RETURN " + returned + " }"
}

// byID seeks nodes by the unique id that every kind and interface has; unions seek among all nodes.
func (r *renderer) byID(sc *scope, is string) (string, []string) {
	n := sc.node()
	condition := n + "." + catalog.IDField + is
	label := labels(r.catalog, sc.Type)
	if !strings.Contains(label, "|") {
		return "MATCH (" + n + ":" + label + ")", []string{condition}
	}
	return "MATCH (" + n + ":" + catalog.NodeInterface + ")", []string{condition, n + ":" + label}
}

// arrow is the relationship of a pattern.
func arrow(f *catalog.Field, name string) string {
	t := "-[" + name + ":" + quote(f.Link.Type) + "]-"
	if f.Out {
		return t + ">"
	}
	return "<" + t
}

// endLabel is the label at the far end of a link, or nothing where the link leads to nodes of the type only: then a
// count needs no look at the nodes.
func (r *renderer) endLabel(f *catalog.Field, t *catalog.Type) string {
	if covers(t.Members, ends(f)) {
		return ""
	}
	return ":" + labels(r.catalog, t)
}

// nearEnds returns the kinds at the near end of a field's link.
func nearEnds(f *catalog.Field) []*catalog.Type {
	if f.Out {
		return f.Link.From
	}
	return f.Link.To
}

// ends returns the kinds at the far end of a field's link.
func ends(f *catalog.Field) []*catalog.Type {
	if f.Out {
		return f.Link.To
	}
	return f.Link.From
}

// indexedKey is the first key of a page of all nodes where an index has their order: the planner takes an index only
// for a condition on its property.
func (r *renderer) indexedKey(sc *scope) string {
	if _, all := sc.From.(plan.All); !all || sc.Limit == plan.NoParam || len(sc.Order) == 0 {
		return ""
	}
	k := sc.Order[0]
	// Better to sort the few that were asked for by id than to look for them along the order.
	if sc.Identified() {
		return ""
	}
	if k.Of != plan.OfNode || k.Field.Name != catalog.IDField && !k.Field.Indexed || r.narrows(k.Operand, sc) {
		return ""
	}
	if strings.Contains(labels(r.catalog, sc.Type), "|") || !slices.Contains(sc.Type.Fields, k.Field) {
		return ""
	}
	v, err := r.key(k, sc)
	if err != nil || v.nullable {
		return ""
	}
	return v.text
}
