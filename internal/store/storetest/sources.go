package storetest

import (
	"testing"

	"attrigraph/internal/plan"
)

// readCase is a plan and the row that it must answer.
type readCase struct {
	name  string
	want  string
	build func(q *query) []plan.Column
}

func (f *fixture) cases(t *testing.T, cases []readCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := f.on(t)
			q := f.query()
			f.expect(q, c.want, c.build(q)...)
		})
	}
}

func one(c plan.Column) []plan.Column { return []plan.Column{c} }

// sources covers every Source, alone and nested.
func (f *fixture) sources(t *testing.T) {
	f.cases(t, []readCase{
		{"All of a kind", `[[["work-1"],["work-2"],["work-3"],["work-4"],["work-5"],["work-6"]]]`, func(q *query) []plan.Column {
			return one(q.list(access{of: "Work", order: []string{"Work.id"}, read: q.read("Work.id")}))
		}},
		{"All of an interface", `[[["studio-1","Ada Works"],["studio-2","Ａxe"],["studio-3","Müller & Söhne"],["writer-1","Ada"]]]`, func(q *query) []plan.Column {
			return one(q.list(access{of: "Maker", order: []string{"Maker.id"}, limit: 4, read: q.read("Maker.id", "Maker.name")}))
		}},
		{"All of a union", `[[["studio-1","Studio"],["studio-2","Studio"],["studio-3","Studio"],["work-1","Work"],["work-2","Work"],["work-3","Work"],["work-4","Work"],["work-5","Work"],["work-6","Work"],["writer-1","Writer"],["writer-2","Writer"],["writer-3","Writer"],["writer-4","Writer"],["writer-5","Writer"]]]`, func(q *query) []plan.Column {
			return one(q.list(access{of: "Topic", order: []string{"Node.id"}, read: q.read("Node.id", "#kind")}))
		}},
		{"All of Node", `[18]`, func(q *query) []plan.Column { return one(q.count(access{of: "Node"})) }},
		{"ByID", `[["writer-2",true],null,null]`, func(q *query) []plan.Column {
			byID := func(of, id string) plan.Column {
				return q.one(access{of: of, from: plan.ByID{Param: q.param(id)}, read: q.read(of+".id", "Writer.alive")})
			}
			return []plan.Column{byID("Writer", ID("writer", 2)), byID("Writer", ID("writer", 9)), byID("Writer", ID("work", 2))}
		}},
		{"ByID of an interface", `[["studio-1","Studio",10,null],["work-4","Work",7],null]`, func(q *query) []plan.Column {
			return []plan.Column{
				q.one(access{of: "Node", from: plan.ByID{Param: q.param(ID("studio", 1))}, read: q.read("Node.id", "#kind", "Studio.size", "Work.pages")}),
				q.one(access{
					of: "Topic", from: plan.ByID{Param: q.param(ID("work", 4))}, where: q.cmp("Work.pages", plan.GT, int64(0)),
					read: q.read("Node.id", "#kind", "Work.pages"),
				}),
				q.one(access{of: "Topic", from: plan.ByID{Param: q.param(ID("note", 1))}, read: q.read("Node.id")}),
			}
		}},
		{"ByIDs", `[[["note-1","Good read"],["work-2",null]],[]]`, func(q *query) []plan.Column {
			ids := []string{ID("work", 2), ID("note", 1), ID("work", 2), ID("secret", 7), ID("writer", 1)}
			return []plan.Column{
				q.list(access{
					of: "Node", from: plan.ByIDs{Param: q.param(ids)}, where: plan.Not{Predicate: q.cmp("Writer.name", plan.EQ, "Ada")},
					order: []string{"Node.id"}, read: q.read("Node.id", "Note.words"),
				}),
				q.list(access{of: "Node", from: plan.ByIDs{Param: q.param([]string{})}, order: []string{"Node.id"}, read: q.read("Node.id")}),
			}
		}},
		{"Follow out", `[["work-1",[["studio-1","Studio","HELPER",40,null],["writer-1","Writer","LEAD",60,"1999"]]]]`, func(q *query) []plan.Column {
			makers := q.list(access{
				of: "Maker", from: q.follow("Work.makers"), order: []string{"Maker.id"},
				read: q.read("Maker.id", "#kind", "@Making.part", "@Making.share", "@Making.since"),
			})
			return one(q.one(access{of: "Work", from: plan.ByID{Param: q.param(ID("work", 1))}, read: append(q.read("Work.id"), makers)}))
		}},
		{"Follow in", `[[["writer-1",[["work-1",60],["work-2",null]]],["writer-2",[["work-2",null],["work-5",0]]],["writer-3",[["work-4",100]]],["writer-4",[["work-6",null]]],["writer-5",[]]]]`, func(q *query) []plan.Column {
			made := q.list(access{of: "Work", from: q.follow("Writer.made"), order: []string{"Work.id"}, read: q.read("Work.id", "@Making.share")})
			return one(q.list(access{of: "Writer", order: []string{"Writer.id"}, read: append(q.read("Writer.id"), made)}))
		}},
		{"Follow to some of the kinds", `[[["work-1",[["writer-1"]]],["work-2",[["writer-1"],["writer-2"]]],["work-3",[]]]]`, func(q *query) []plan.Column {
			writers := q.list(access{of: "Writer", from: q.follow("Work.writers"), order: []string{"Writer.id"}, read: q.read("Writer.id")})
			return one(q.list(access{of: "Work", order: []string{"Work.id"}, limit: 3, read: append(q.read("Work.id"), writers)}))
		}},
		{"Follow to one", `[[["studio-1",["writer-1","Ada"]],["studio-2",null],["studio-3",null]]]`, func(q *query) []plan.Column {
			head := q.one(access{of: "Writer", from: q.follow("Studio.head"), order: []string{"Writer.id"}, read: q.read("Writer.id", "Writer.name")})
			return one(q.list(access{of: "Studio", order: []string{"Studio.id"}, read: append(q.read("Studio.id"), head)}))
		}},
		{"Follow to a union", `[[["work-1",["Writer",null,"` + "\uE000" + `mer"]],["work-2",["Work","Alpha",null]],["work-3",["Studio",null,"Ada Works"]],["work-4",null],["work-5",["Work","` + "\uE001" + `",null]],["work-6",null]]]`, func(q *query) []plan.Column {
			about := q.one(access{of: "Topic", from: q.follow("Work.about"), order: []string{"Node.id"}, read: q.read("#kind", "Work.title", "Maker.name")})
			return one(q.list(access{of: "Work", order: []string{"Work.id"}, read: append(q.read("Work.id"), about)}))
		}},
		{"Follow to itself", `[[["writer-1",[["writer-2"],["writer-3"]],[["writer-2"]]],["writer-2",[["writer-1"]],[["writer-1"]]],["writer-3",[["writer-3"]],[["writer-1"],["writer-3"]]]]]`, func(q *query) []plan.Column {
			friends := q.list(access{of: "Writer", from: q.follow("Writer.friends"), order: []string{"Writer.id"}, read: q.read("Writer.id")})
			of := q.list(access{of: "Writer", from: q.follow("Writer.friendOf"), order: []string{"Writer.id"}, read: q.read("Writer.id")})
			return one(q.list(access{of: "Writer", order: []string{"Writer.id"}, limit: 3, read: append(q.read("Writer.id"), friends, of)}))
		}},
		{"Follow from an interface", `[[["note-1",[["note-2"]]],["secret-1",[["note-3"]]],["work-1",[["note-1"],["note-2"]]],["work-2",[["note-1"]]],["writer-1",[["note-3"]]]]]`, func(q *query) []plan.Column {
			notes := q.list(access{of: "Note", from: q.follow("Node.notes"), order: []string{"Note.id"}, read: q.read("Note.id")})
			some := q.linked(access{of: "Note", from: q.follow("Node.notes")})
			return one(q.list(access{of: "Node", where: some, order: []string{"Node.id"}, read: append(q.read("Node.id"), notes)}))
		}},
		{"Via", `[[["work-1",[["work-2"]],1],["work-2",[["work-1"],["work-5"]],2],["work-3",[],0],["work-4",[],0],["work-5",[["work-2"]],1],["work-6",[],0]]]`, func(q *query) []plan.Column {
			via := q.via("Work.others")
			others := q.list(access{of: "Work", from: via, order: []string{"Work.id"}, read: q.read("Work.id")})
			return one(q.list(access{of: "Work", order: []string{"Work.id"}, read: append(q.read("Work.id"), others, q.count(access{of: "Work", from: via}))}))
		}},
		{"Referenced", `[[["work-1",[["studio-1",null],["writer-1",["Studio","studio-1",10]]]],["work-4",[["writer-3",["Writer","writer-4",null]]]]]]`, func(q *query) []plan.Column {
			paidBy := q.catalog.PropertiesType("Making").Field("paidBy")
			payer := func() plan.Column {
				return q.one(access{of: "Maker", from: plan.Referenced{Property: paidBy}, order: []string{"Maker.id"}, read: q.read("#kind", "Maker.id", "Studio.size")})
			}
			makers := q.list(access{of: "Maker", from: q.follow("Work.makers"), order: []string{"Maker.id"}, read: append(q.read("Maker.id"), payer())})
			paid := q.linked(access{of: "Maker", from: q.follow("Work.makers"), where: q.linked(access{of: "Maker", from: plan.Referenced{Property: paidBy}})})
			return one(q.list(access{of: "Work", where: paid, order: []string{"Work.id"}, read: append(q.read("Work.id"), makers)}))
		}},
	})
}
