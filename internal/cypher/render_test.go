package cypher

import (
	"strings"
	"testing"

	"attrigraph/internal/plan"
	"attrigraph/internal/store/storetest"
)

// TestRender compares whole statements: their text is what the server caches, so it may not depend on values.
func TestRender(t *testing.T) {
	c := storetest.Model(t)
	work, maker, topic := c.Type("Work"), c.Type("Maker"), c.Type("Topic")
	title := plan.Operand{Of: plan.OfNode, On: work, Field: work.Field("title")}
	genre := plan.Operand{Of: plan.OfNode, On: work, Field: work.Field("genre")}
	pages := plan.Operand{Of: plan.OfNode, On: work, Field: work.Field("pages")}
	id := plan.Operand{Of: plan.OfNode, On: work, Field: work.Field("id")}
	makers := plan.Follow{Field: work.Field("makers")}
	paidBy := plan.Referenced{Property: c.PropertiesType("Making").Field("paidBy")}
	none := plan.NoParam
	nested := func(column plan.Column) plan.Column {
		return plan.One{Select: &plan.Select{From: plan.ByID{Param: 0}, Type: work, Limit: none, Columns: []plan.Column{column}}}
	}
	const byID = "CYPHER 5 WITH COLLECT { MATCH (n0:Work) WHERE n0.id = $p0 WITH n0 LIMIT 1 RETURN [%] AS v } AS c0 RETURN head(c0) AS r0"
	in := func(column string) string { return strings.Replace(byID, "%", column, 1) }
	for _, tc := range []struct {
		name, want string
		root       plan.Column
	}{
		{"count of a kind", "CYPHER 5 RETURN COUNT { (n0:Work) } AS r0", plan.Count{Select: &plan.Select{From: plan.All{}, Type: work, Limit: none}}},
		{"count of a union", "CYPHER 5 RETURN COUNT { (n0:Work|Writer|Studio) } AS r0", plan.Count{Select: &plan.Select{From: plan.All{}, Type: topic, Limit: none}}},
		{
			"degree: every end is a maker", in("COUNT { (n0)-[:MADE_BY]->(n1) }"),
			nested(plan.Count{Select: &plan.Select{From: makers, Type: maker, Limit: none}}),
		},
		{
			"ends of one kind", in("EXISTS { (n0)-[:MADE_BY]->(n1:Writer) }"),
			nested(plan.Exists{Select: &plan.Select{From: plan.Follow{Field: work.Field("writers")}, Type: c.Type("Writer"), Limit: none}}),
		},
		{
			"complement", "CYPHER 5 RETURN COUNT { (n0:Work) WHERE NOT coalesce(n0._titleKey > $p0Key, false) } AS r0",
			plan.Count{Select: &plan.Select{From: plan.All{}, Type: work, Limit: none, Where: plan.Not{Predicate: plan.Compare{Operand: title, Op: plan.GT, Param: 0}}}},
		},
		{
			"absent values are not greater", "CYPHER 5 RETURN COUNT { (n0:Work) WHERE n0._genreUp >= $p0Up AND n0._genreUp < '1' } AS r0",
			plan.Count{Select: &plan.Select{From: plan.All{}, Type: work, Limit: none, Where: plan.Compare{Operand: genre, Op: plan.GTE, Param: 0}}},
		},
		{
			"page after a nullable key", "CYPHER 5 RETURN COLLECT { MATCH (n0:Work) WHERE ((n0.pages < $p1 OR n0.pages IS NULL AND $p1 IS NOT NULL) OR " +
				"(n0.pages = $p1 OR n0.pages IS NULL AND $p1 IS NULL) AND n0.id > $p2) WITH n0 ORDER BY n0.pages IS NULL, n0.pages DESC, n0.id LIMIT $p0 RETURN [n0.id] AS v } AS r0",
			plan.List{Select: &plan.Select{
				From: plan.All{}, Type: work, Limit: 0, Columns: []plan.Column{plan.Value{Operand: id}},
				Order: []plan.OrderKey{{Operand: pages, Desc: true}, {Operand: id}},
				Where: plan.After{Order: []plan.OrderKey{{Operand: pages, Desc: true}, {Operand: id}}, Params: []plan.ParamIndex{1, 2}},
			}},
		},
		{
			"who paid", in("COLLECT { MATCH (n0)-[r1:MADE_BY]->(n1) WITH n1, r1, COLLECT { MATCH (n2:Maker) WHERE n2.id = r1.paidBy WITH n2 LIMIT 1 " +
				"RETURN [n2._kind] AS v } AS c1_0 RETURN [head(c1_0)] AS v }"),
			nested(plan.List{Select: &plan.Select{From: makers, Type: maker, Limit: none, Columns: []plan.Column{
				plan.One{Select: &plan.Select{From: paidBy, Type: maker, Limit: none, Columns: []plan.Column{plan.Value{Operand: plan.Operand{Of: plan.OfKind}}}}},
			}}}),
		},
	} {
		s, err := render(c, &plan.Plan{Roots: []plan.Column{tc.root}})
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		} else if s.text != tc.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tc.name, s.text, tc.want)
		}
	}
	for name, root := range map[string]plan.Column{
		"a value at the root":       plan.Value{Operand: id},
		"a link at the root":        plan.Count{Select: &plan.Select{From: makers, Type: maker, Limit: none}},
		"a link that is not there":  plan.List{Select: &plan.Select{From: plan.All{}, Type: work, Limit: none, Columns: []plan.Column{plan.Value{Operand: plan.Operand{Of: plan.OfLink, Field: paidBy.Property}}}}},
		"a rank without a search":   plan.List{Select: &plan.Select{From: plan.All{}, Type: work, Limit: none, Columns: []plan.Column{plan.Value{Operand: plan.Operand{Of: plan.OfRank}}}}},
		"a reference without links": nested(plan.Count{Select: &plan.Select{From: paidBy, Type: maker, Limit: none}}),
	} {
		if s, err := render(c, &plan.Plan{Roots: []plan.Column{root}}); err == nil {
			t.Errorf("%s was rendered: %s", name, s.text)
		}
	}
}

// TestQuote quotes names only where Cypher needs it.
func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"Work": "Work", "MADE_BY": "MADE_BY", "_key": "_key", "a1": "a1", "1a": "`1a`", "a b": "`a b`", "a`b": "`a``b`", "": "``", "é": "`é`",
	} {
		if got := quote(name); got != want {
			t.Errorf("quote(%q) is %s, want %s", name, got, want)
		}
	}
}
