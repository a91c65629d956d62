package sqlite

import (
	"attrigraph/internal/plan"
)

// page returns how the access is a page of an order of its link, or nil. With a filter, places in the order are looked at
// until enough nodes meet it; at worst that is all links of the node, as without the order.
func (a *access) page(outer scope) *plan.LinkPage {
	if outer == (rootScope{}) {
		return nil
	}
	return a.sel.LinkPage()
}

// followPage writes FROM and WHERE of a page. SQLite is told which index to take: it knows nothing of how many links
// nodes have.
func (r *renderer) followPage(a *access, p *plan.LinkPage, outer scope) {
	key := a.edge + "." + quote(p.Key)
	near, far := ends(p.Order.Out)
	a.where = append(a.where, a.edge+"."+quote(near)+" = "+outer.pk())
	for _, b := range p.Bounds {
		a.where = append(a.where, key+" "+b.Op.String()+" "+r.place(p, b.Params))
	}
	if len(p.Bounds) == 0 {
		a.where = append(a.where, key+" > ''")
	}
	a.links = quote(linkTable(a.link.Type)) + " " + a.edge + " INDEXED BY " + quote(orderIndex(a.link, p.Key))
	a.ordered = " ORDER BY " + key
	if p.Desc {
		a.ordered += " DESC"
	}
	a.from = a.links + " CROSS JOIN " + quote(r.table(a.base).name) + " " + a.alias + " ON " + a.pk() + " = " + a.edge + "." + quote(far)
	if p.Rest != nil {
		a.where, a.links = append(a.where, r.predicate(p.Rest, a)), ""
	}
}

// place is the text of the order that a page's bound compares with.
func (r *renderer) place(p *plan.LinkPage, params []plan.ParamIndex) string {
	value, id := asLinkUp, asValue
	if p.Down {
		value, id = asLinkDown, asLinkID
	}
	last := r.param(params[len(params)-1], id)
	if p.Order.Field == nil {
		return last
	}
	return r.param(params[0], value) + " || " + last
}
