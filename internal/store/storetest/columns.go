package storetest

import (
	"fmt"
	"testing"

	"attrigraph/internal/catalog"
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
)

// scalarOf reads a value as a parameter would hold it.
func scalarOf(v rows.Value, o plan.Operand) (any, error) {
	switch {
	case v.IsNull():
		return nil, nil
	case o.Of == plan.OfRank || o.Field != nil && o.Field.Scalar == catalog.Int:
		return v.Int()
	case o.Field != nil && o.Field.Scalar == catalog.Bool:
		return v.Bool()
	}
	return v.Text()
}

// columns covers every Column, values of every scalar and rows of any width and depth.
func (f *fixture) columns(t *testing.T) {
	f.cases(t, []readCase{
		{"text", `[[["Ada","1900",false],["` + "\uE000" + `mer","1900-05",true],["` + "\U00010400" + `nne","1900-05-28",null],["Ada",null,true],["Zoë O'Neil \"Z\" \\ ` + "\u2028" + `",null,null]]]`, func(q *query) []plan.Column {
			return one(q.list(access{of: "Writer", order: []string{"Writer.id"}, read: q.read("Writer.name", "Writer.born", "Writer.alive")}))
		}},
		{"dates", `[[["1900","YEAR","1900-01-01","1900-12-31","1900-01-01/1"],["1900-05","MONTH","1900-05-01","1900-05-31","1900-05-01/2"],["1900-05-28","DAY","1900-05-28","1900-05-28","1900-05-28/3"],[null,"UNKNOWN",null,null,null],[null,"UNKNOWN","1950-01-01",null,"1950-01-01/0"]]]`, func(q *query) []plan.Column {
			return one(q.list(access{of: "Writer", order: []string{"Writer.id"}, read: q.read(
				"Writer.born", "Writer.bornPrecision", "Writer.bornEarliest", "Writer.bornLatest", "Writer.bornKey",
			)}))
		}},
		{"lists", `[[[["greek","letter"],["NOVEL"]],[[],[]],[["a","b","a"],["ESSAY","POEM"]],[[],[]],[["quote\"s","new\nline"],[]],[[],[]]]]`, func(q *query) []plan.Column {
			return one(q.list(access{of: "Work", order: []string{"Work.id"}, read: q.read("Work.tags", "Work.genres")}))
		}},
		{"numbers and empty text", `[[[100,"The first letter"],[100,null],[null,null],[7,""],[0,null],[-5,"Alpha beyond 100%"]]]`, func(q *query) []plan.Column {
			return one(q.list(access{of: "Work", order: []string{"Work.id"}, read: q.read("Work.pages", "Work.text")}))
		}},
		{"recording", `[["2024-01-02T03:04:05.678Z","sampler","sample.yaml",1]]`, func(q *query) []plan.Column {
			return one(q.one(access{
				of: "Node", from: plan.ByID{Param: q.param(ID("note", 3))},
				read: q.read("Node.recordedAt", "Node.recordedBy", "Node.recordedFrom", "Node.revision"),
			}))
		}},
		{"link's recording and properties", `[[[["LEAD","1999","YEAR","1999-01-01","1999-12-31","studio-1","2024-01-02T03:04:05.678Z","sampler","sample.yaml"],["HELPER",null,"UNKNOWN",null,null,null,"2024-01-02T03:04:05.678Z","sampler","sample.yaml"]]]]`, func(q *query) []plan.Column {
			makers := q.list(access{of: "Maker", from: q.follow("Work.makers"), order: []string{"-Maker.id"}, read: q.read(
				"@Making.part", "@Making.since", "@Making.sincePrecision", "@Making.sinceEarliest", "@Making.sinceLatest", "@Making.paidBy",
				"@MADE_BY.recordedAt", "@MADE_BY.recordedBy", "@MADE_BY.recordedFrom",
			)})
			return one(q.one(access{of: "Work", from: plan.ByID{Param: q.param(ID("work", 1))}, read: one(makers)}))
		}},
		{"values of one kind only", `[[["studio-1","Studio",10,null],["studio-2","Studio",null,null],["studio-3","Studio",3,null],["writer-1","Writer",null,false],["writer-2","Writer",null,true]]]`, func(q *query) []plan.Column {
			// Maker's members are Writer and Studio in the order of the model: 0 is Writer.
			return one(q.list(access{of: "Maker", order: []string{"Maker.id"}, limit: 5, read: q.read("Maker.id", "#kind", "Studio.size", "Writer.alive")}))
		}},
		{"kinds", `[[["Note"],["Note"],["Note"],["Secret"],["Studio"]]]`, func(q *query) []plan.Column {
			return one(q.list(access{of: "Node", order: []string{"#kind", "Node.id"}, limit: 5, read: q.read("#kind")}))
		}},
		{"count and exists at the root", `[6,2,true,false,0]`, func(q *query) []plan.Column {
			return []plan.Column{
				q.count(access{of: "Work"}), q.count(access{of: "Work", where: q.cmp("Work.pages", plan.EQ, int64(100))}),
				q.exists(access{of: "Secret"}), q.exists(access{of: "Secret", where: q.cmp("Secret.word", plan.EQ, "x")}),
				q.count(access{of: "Secret", visible: plan.Or{}}),
			}
		}},
		{"count and exists of links", `[[["writer-1",2,true,1],["writer-2",2,false,0],["writer-3",1,false,1],["writer-4",1,false,0],["writer-5",0,false,0]]]`, func(q *query) []plan.Column {
			read := append(
				q.read("Writer.id"), q.count(access{of: "Work", from: q.follow("Writer.made")}),
				q.exists(access{of: "Note", from: q.follow("Node.notes")}),
				q.count(access{of: "Work", from: q.follow("Writer.made"), where: q.cmp("@Making.share", plan.GT, int64(0)), visible: q.cmp("Work.genre", plan.EQ, "NOVEL")}),
			)
			return one(q.list(access{of: "Writer", order: []string{"Writer.id"}, read: read}))
		}},
		{"limit", `[[["work-6"],["work-5"]],["work-6"],6]`, func(q *query) []plan.Column {
			last := access{of: "Work", order: []string{"-Work.id"}, limit: 2, read: q.read("Work.id")}
			return []plan.Column{q.list(last), q.one(last), q.count(access{of: "Work"})}
		}},
		{"limit of links", `[[["work-1",[["writer-1"]]],["work-2",[["writer-2"]]]]]`, func(q *query) []plan.Column {
			makers := q.list(access{of: "Maker", from: q.follow("Work.makers"), order: []string{"-Maker.id"}, limit: 1, read: q.read("Maker.id")})
			return one(q.list(access{of: "Work", order: []string{"Work.id"}, limit: 2, read: append(q.read("Work.id"), makers)}))
		}},
		{"depth", `[[["studio-1",["writer-1",[["work-1",["writer-2",[["writer-1",1]]]],["work-2",null]]]]]]`, func(q *query) []plan.Column {
			friends := q.list(access{of: "Writer", from: q.follow("Writer.friends"), order: []string{"Writer.id"}, read: append(q.read("Writer.id"), q.count(access{of: "Studio", where: q.linked(access{of: "Writer", from: q.follow("Studio.head")})}))})
			about := q.one(access{of: "Writer", from: q.follow("Work.about"), order: []string{"Writer.id"}, read: append(q.read("Writer.id"), friends)})
			made := q.list(access{of: "Work", from: q.follow("Writer.made"), order: []string{"Work.id"}, read: append(q.read("Work.id"), about)})
			head := q.one(access{of: "Writer", from: q.follow("Studio.head"), order: []string{"Writer.id"}, read: append(q.read("Writer.id"), made)})
			headed := q.linked(access{of: "Writer", from: q.follow("Studio.head")})
			return one(q.list(access{of: "Studio", where: headed, order: []string{"Studio.id"}, read: append(q.read("Studio.id"), head)}))
		}},
		{"nothing", `[[],null,0,false]`, func(q *query) []plan.Column {
			none := access{of: "Work", where: plan.Or{}, order: []string{"Work.id"}, read: q.read("Work.id")}
			count := access{of: "Work", where: plan.Or{}}
			return []plan.Column{q.list(none), q.one(none), q.count(count), q.exists(count)}
		}},
	})
	for _, width := range []int{100, 127, 128, 999, 1001, 2500} {
		t.Run(fmt.Sprintf("a row of %d values", width), func(t *testing.T) { f.on(t).wide(width) })
	}
	t.Run("many roots", func(t *testing.T) {
		f := f.on(t)
		q := f.query()
		var roots []plan.Column
		want := "["
		for i := range 400 {
			roots = append(roots, q.count(access{of: "Studio", where: q.cmp("Studio.id", plan.LTE, ID("studio", i%4))}))
			want += fmt.Sprint(i%4) + ","
		}
		f.expect(q, want[:len(want)-1]+"]", roots...)
	})
}

// wide reads a row with more values than a function of SQL or a list literal may comfortably have.
func (f *fixture) wide(width int) {
	q := f.query()
	paths := []string{"Work.pages", "Work.title", "Work.genre", "Work.tags"}
	var read []plan.Column
	want := "[[["
	for i := range width {
		read = append(read, q.read(paths[i%4])...)
		want += []string{"7", `"` + "\U0001F600" + ` grin"`, `"NOVEL"`, "[]"}[i%4] + ","
	}
	read = append(read, q.list(access{of: "Maker", from: q.follow("Work.makers"), order: []string{"Maker.id"}, read: q.read("Maker.id")}))
	want += `[["writer-3"]]]]]`
	f.expect(q, want, q.list(access{of: "Work", where: q.cmp("Work.id", plan.EQ, ID("work", 4)), order: []string{"Work.id"}, read: read}))
}
