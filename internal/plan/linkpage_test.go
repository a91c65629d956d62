package plan_test

import (
	"fmt"
	"testing"

	"attrigraph/internal/plan"
	"attrigraph/internal/store/storetest"
)

// TestLinkPage tells which Selects are pages of an order of their link, which way they read it and what is left to filter.
func TestLinkPage(t *testing.T) {
	c := storetest.Model(t)
	maker, work, studio := c.Type("Maker"), c.Type("Work"), c.Type("Studio")
	made := plan.Follow{Field: maker.Field("made")}
	key := func(name string, desc, nullsFirst bool) plan.OrderKey {
		return plan.OrderKey{Operand: plan.Operand{On: work, Field: work.Field(name)}, Desc: desc, NullsFirst: nullsFirst}
	}
	order := func(keys ...plan.OrderKey) []plan.OrderKey { return keys }
	id, back := key("id", false, false), key("id", true, true)
	newest, oldest := order(key("dateKey", true, false), id), order(key("dateKey", false, true), back)
	after := plan.After{Order: newest, Params: []plan.ParamIndex{1, 2}}
	before := plan.After{Order: oldest, Params: []plan.ParamIndex{3, 4}}
	byTitle := plan.After{Order: order(key("title", false, false), id), Params: []plan.ParamIndex{5, 6}}
	filter := plan.Compare{Operand: plan.Operand{On: work, Field: work.Field("pages")}, Op: plan.GT, Param: 7}
	for _, test := range []struct {
		name string
		sel  plan.Select
		want string
	}{
		{"by id", plan.Select{Order: order(id)}, "_from_Work_id"},
		{"by id downwards", plan.Select{Order: order(back)}, "_from_Work_id desc"},
		{"newest first", plan.Select{Order: newest}, "_from_Work_dateKeyDown desc"},
		{"newest first, from the end", plan.Select{Order: oldest}, "_from_Work_dateKeyDown"},
		{"oldest first", plan.Select{Order: order(key("dateKey", false, false), id)}, "_from_Work_dateKeyUp"},
		{"oldest first, from the end", plan.Select{Order: order(key("dateKey", true, true), back)}, "_from_Work_dateKeyUp desc"},
		{"a field that is never absent, both downwards", plan.Select{Order: order(key("title", true, false), back)}, "_from_Work_titleUp desc"},
		{"after a place", plan.Select{Order: newest, Where: after}, "_from_Work_dateKeyDown desc, < [1 2]"},
		{"between places", plan.Select{Order: newest, Where: plan.And{after, before}}, "_from_Work_dateKeyDown desc, < [1 2], > [3 4]"},
		{"before a place, filtered", plan.Select{Where: plan.And{filter, plan.Not{Predicate: after}}}, "_from_Work_dateKeyDown desc, >= [1 2], rest"},
		{"visible only in part", plan.Select{Order: newest, Visible: filter}, "_from_Work_dateKeyDown desc, rest"},
		{"a place in another order", plan.Select{Order: newest, Where: byTitle}, "_from_Work_dateKeyDown desc, rest"},
		{"either of two conditions", plan.Select{Order: newest, Where: plan.Or{after, filter}}, "_from_Work_dateKeyDown desc, rest"},

		{"no order", plan.Select{}, "none"},
		{"no place", plan.Select{Where: filter}, "none"},
		{"both downwards, absent last", plan.Select{Order: order(key("dateKey", true, false), back)}, "none"},
		{"absent first", plan.Select{Order: order(key("pages", false, true), id)}, "none"},
		{"not declared", plan.Select{Order: order(key("genre", false, false), id)}, "none"},
		{"two fields", plan.Select{Order: order(key("title", false, false), key("dateKey", false, false), id)}, "none"},
		{"of the link", plan.Select{Order: order(plan.OrderKey{Operand: plan.Operand{Of: plan.OfLink, Field: c.PropertiesType("Making").Field("part")}}, id)}, "none"},
		{"all nodes", plan.Select{From: plan.All{}, Order: newest}, "none"},
		{"a link that is not large", plan.Select{From: plan.Follow{Field: work.Field("topicOf")}, Order: newest}, "none"},
		{"of one kind of several", plan.Select{From: plan.Follow{Field: work.Field("makers")}, Type: maker, Order: order(plan.OrderKey{Operand: plan.Operand{On: studio, Field: studio.Field("name")}}, id)}, "none"},
	} {
		s := test.sel
		if s.From == nil {
			s.From = made
		}
		if s.Type == nil {
			s.Type = work
		}
		if got := describe(s.LinkPage()); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func describe(p *plan.LinkPage) string {
	if p == nil {
		return "none"
	}
	text := p.Key
	if p.Desc {
		text += " desc"
	}
	for _, b := range p.Bounds {
		text += fmt.Sprintf(", %s %v", b.Op, b.Params)
	}
	if p.Rest != nil {
		text += ", rest"
	}
	return text
}
