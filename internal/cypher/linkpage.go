package cypher

import (
	"slices"
	"strings"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/store"
)

// linkPage takes a Select that follows a link in one of the link's orders as a page of that order, if it can be one. With a
// filter, places in the order are looked at until enough nodes meet it. At worst that is all links of the node, as without
// the order; only where an index could lead to the nodes that meet the filter is the server left to find its own way.
func (r *renderer) linkPage(sc *scope) {
	if sc.outer == nil {
		return
	}
	if p := sc.LinkPage(); p != nil && hinted(p.Rest) {
		sc.page = p
	}
}

// hinted tells whether a filter goes together with the hint of a page. An index that could lead to the nodes that meet the
// filter would be lost by the hint. And where a part of the filter is constant, the server folds the condition and may find
// nothing left that the hint is about, which is an error.
func hinted(p plan.Predicate) bool {
	switch p := p.(type) {
	case plan.And:
		return len(p) > 0 && !slices.ContainsFunc(p, unhinted)
	case plan.Or:
		return len(p) > 0 && !slices.ContainsFunc(p, unhinted)
	case plan.Not:
		return hinted(p.Predicate)
	case plan.Compare:
		return p.Of != plan.OfNode || p.Field.Name != catalog.IDField && len(indexedProperties(p.Field)) == 0
	case plan.Linked, plan.Counted:
		return false
	}
	return true
}

func unhinted(p plan.Predicate) bool { return !hinted(p) }

// matchPage renders where the links of the scope's page are. The hint is needed: the server would rather look at all links
// of the node. So is the condition on the key, without which no index of it is taken.
func (r *renderer) matchPage(sc *scope) (string, error) {
	p, from := sc.page, sc.From.(plan.Follow)
	link, near := sc.linkName(), nearProperty(p.Order)
	property := quote(orderProperty(p.Order, p.Key))
	key := link + "." + property
	conditions := []string{link + "." + near + " = " + sc.outer.node() + "." + catalog.IDField}
	for _, b := range p.Bounds {
		conditions = append(conditions, key+infix[b.Op]+r.place(p, b.Params))
	}
	if len(p.Bounds) == 0 {
		conditions = append(conditions, key+" > ''")
	}
	if p.Rest != nil {
		t, err := r.condition(p.Rest, sc)
		if err != nil {
			return "", err
		}
		conditions = append(conditions, t)
	}
	return "MATCH ()" + arrow(from.Field, link) + "(" + sc.node() + ") USING INDEX " + link + ":" + quote(p.Order.Link.Type) +
		"(" + near + ", " + property + ") WHERE " + strings.Join(conditions, " AND "), nil
}

// place is the text of the order that a page's bound compares with.
func (r *renderer) place(p *plan.LinkPage, params []plan.ParamIndex) string {
	suffix := ""
	if p.Down {
		suffix = "LinkId"
	}
	id := r.param(params[len(params)-1], suffix, store.LinkKeyOfID(p.Down))
	if p.Order.Field == nil {
		return id
	}
	suffix = "LinkUp"
	if p.Down {
		suffix = "LinkDown"
	}
	return r.param(params[0], suffix, store.LinkKeyOfValue(p.Down)) + " + " + id
}

// orderPage is the ORDER BY clause of a page: with the near end in it the index has the order, without it the server sorts.
func (r *renderer) orderPage(sc *scope) string {
	desc := ""
	if sc.page.Desc {
		desc = " DESC"
	}
	return " ORDER BY " + sc.linkName() + "." + nearProperty(sc.page.Order) + desc + ", " + sc.linkName() + "." + quote(orderProperty(sc.page.Order, sc.page.Key)) + desc
}
