package catalog_test

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/catalog"
)

// toy compiles the model that the tests of stores use.
func toy(t *testing.T) *catalog.Catalog {
	t.Helper()
	text, err := os.ReadFile("../store/storetest/model.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Compile("model.graphqls", string(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func typeNames(types []*catalog.Type) []string {
	var out []string
	for _, t := range types {
		out = append(out, t.Name)
	}
	return out
}

func fieldNames(fields []*catalog.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestTypes(t *testing.T) {
	c := toy(t)
	same(t, "kinds", typeNames(c.Kinds()), []string{"Writer", "Studio", "Work", "Note", "Secret"})
	maker, writer, topic := c.Type("Maker"), c.Type("Writer"), c.Type("Topic")
	same(t, "members of an interface", typeNames(maker.Members), []string{"Writer", "Studio"})
	same(t, "members of a union", typeNames(topic.Members), []string{"Work", "Writer", "Studio"})
	same(t, "members of a kind", typeNames(writer.Members), []string{"Writer"})
	same(t, "interfaces", typeNames(writer.Interfaces), []string{"Node", "Maker"})
	if maker.Form != catalog.Interface || topic.Form != catalog.Union || writer.Form != catalog.Kind {
		t.Error("forms are wrong")
	}
	if !writer.Implements(maker) || !writer.Implements(topic) || maker.Implements(topic) || c.Type("Note").Implements(topic) {
		t.Error("Implements is wrong")
	}
	if !maker.Overlaps(topic) || c.Type("Note").Overlaps(topic) {
		t.Error("Overlaps is wrong")
	}
	if topic.MemberIndex(writer) != 1 || topic.MemberIndex(c.Type("Note")) != -1 {
		t.Error("MemberIndex is wrong")
	}
	if c.Type("Nothing") != nil || c.Link("NOTHING") != nil || c.Enum("Nothing") != nil || c.PropertiesType("Nothing") != nil || c.KindOfID("nothing") != nil {
		t.Error("a lookup finds what the model does not have")
	}
	if c.KindOfID("writer") != writer || writer.EnumName != "WRITER" || maker.IDPrefix != "" {
		t.Error("prefixes of ids are wrong")
	}
	if c.Type("Work").Title != c.Type("Work").Field("title") || c.Node().Title != nil {
		t.Error("titles are wrong")
	}
}

func TestNamesOfKinds(t *testing.T) {
	c, err := catalog.Compile("model.graphqls", nodeSDL+`type ThreatGroup implements Node @node(plural: "") { x: Int }`)
	if err != nil {
		t.Fatal(err)
	}
	if k := c.KindOfID("threat-group"); k == nil || k.EnumName != "THREAT_GROUP" {
		t.Errorf("kind of threat-group is %v", k)
	}
}

func TestFields(t *testing.T) {
	c := toy(t)
	writer := c.Type("Writer")
	same(t, "fields, inherited first", fieldNames(writer.Fields), []string{
		"id", "recordedAt", "recordedBy", "recordedFrom", "revision", "notes", "name", "made",
		"born", "bornPrecision", "bornEarliest", "bornLatest", "bornKey", "alive", "friends", "friendOf",
	})
	same(t, "stored fields", fieldNames(writer.StoredFields()), []string{
		"id", "recordedAt", "recordedBy", "recordedFrom", "revision", "name",
		"born", "bornPrecision", "bornEarliest", "bornLatest", "bornKey", "alive",
	})
	if f := writer.Field("name"); f.Owner != c.Type("Maker") || f != c.Type("Studio").Field("name") || f.String() != "Maker.name" {
		t.Errorf("name is declared by %v, want the field of Maker", f.Owner)
	}
	born := writer.Field("born")
	for part, name := range []string{catalog.PartText: "born", catalog.PartPrecision: "bornPrecision", catalog.PartEarliest: "bornEarliest", catalog.PartLatest: "bornLatest", catalog.PartKey: "bornKey"} {
		if part == 0 {
			continue
		}
		f := writer.Field(name)
		if born.Parts[part] != f || f.Date != born || f.Part != catalog.DatePart(part) {
			t.Errorf("%s is not part %d of born", name, part)
		}
	}
	if key := writer.Field("bornKey"); !key.Hidden || !key.Indexed || born.Indexed || !born.Ordered {
		t.Error("the order of dates must be indexed by the hidden key only")
	}
	verdict := c.Type("Work").Field("verdict")
	same(t, "computed", verdict.Computed, &catalog.Computed{
		By: "lastNote", From: "{ notes(first: 200) { nodes { words date } } }",
		Args: []catalog.Argument{{Name: "asOf", Type: "Date"}},
	})
	if verdict.IsStored() || verdict.IsLink() || slices.Contains(c.Type("Work").StoredFields(), verdict) {
		t.Error("a computed field is stored")
	}
}

func TestLinks(t *testing.T) {
	c := toy(t)
	made := c.Link("MADE_BY")
	same(t, "ends of MADE_BY", [][]string{typeNames(made.From), typeNames(made.To)}, [][]string{{"Work"}, {"Writer", "Studio"}})
	same(t, "stored with MADE_BY", fieldNames(made.StoredFields()), []string{
		"part", "share", "since", "sincePrecision", "sinceEarliest", "sinceLatest", "sinceKey", "paidBy",
		"recordedAt", "recordedBy", "recordedFrom",
	})
	about := c.Link("ABOUT")
	same(t, "ends of ABOUT", [][]string{typeNames(about.From), typeNames(about.To)}, [][]string{{"Work"}, {"Writer", "Studio", "Work"}})
	same(t, "ends of NOTED_IN", typeNames(c.Link("NOTED_IN").From), typeNames(c.Kinds()))
	var names []string
	for _, l := range c.Links {
		names = append(names, l.Type)
	}
	same(t, "links", names, []string{"ABOUT", "FRIEND_OF", "HEADED_BY", "MADE_BY", "NOTED_IN"})
	if made.Properties != c.PropertiesType("Making") || about.Properties != nil {
		t.Error("properties of links are wrong")
	}
	if f := made.Properties.Field("paidBy"); f.Reference != c.Type("Maker") || f.Scalar != catalog.ID || f.IsLink() {
		t.Error("paidBy must hold the id of a Maker")
	}
	if c.Link("ABOUT").Properties.Field("part") != nil {
		t.Error("a link without properties has one")
	}
	work := c.Type("Work")
	if f := work.Field("makers"); f.Link != made || !f.Out || !f.Many || f.Target != c.Type("Maker") {
		t.Error("Work.makers is wrong")
	}
	if f := work.Field("about"); f.Many || f.Target != c.Type("Topic") {
		t.Error("Work.about is wrong")
	}
	if f := c.Type("Maker").Field("made"); f.Link != made || f.Out {
		t.Error("Maker.made is wrong")
	}
	others := work.Field("others")
	if others.Link != nil || !others.IsLink() || !cmp.Equal(others.Via, &catalog.Via{Paths: []catalog.Path{{{Field: work.Field("makers")}, {Field: c.Type("Maker").Field("made")}}}}, cmp.Comparer(func(a, b *catalog.Field) bool { return a == b })) {
		t.Error("Work.others does not go via makers and made")
	}
	same(t, "required", fieldNames(work.Required), []string{"makers"})
}

// TestLinkOrders holds the orders of large links: each once, by the field that is stored for a date, that by id always.
func TestLinkOrders(t *testing.T) {
	c := toy(t)
	keys := func(orders []*catalog.LinkOrder) []string {
		var list []string
		for _, o := range orders {
			list = append(list, o.Keys()...)
		}
		return list
	}
	same(t, "orders of MADE_BY", keys(c.Link("MADE_BY").Orders), []string{
		"_from_Work_dateKeyUp", "_from_Work_dateKeyDown", "_from_Work_id", "_from_Work_pagesUp", "_from_Work_pagesDown",
		"_from_Work_titleUp", "_from_Work_titleDown",
	})
	made, friends := c.Type("Maker").Field("made"), c.Type("Writer").Field("friends")
	same(t, "orders of Maker.made", keys(made.OrderedBy), []string{
		"_from_Work_id", "_from_Work_titleUp", "_from_Work_titleDown", "_from_Work_dateKeyUp", "_from_Work_dateKeyDown",
		"_from_Work_pagesUp", "_from_Work_pagesDown",
	})
	if c.Type("Studio").Field("made").OrderedBy[0] != made.OrderedBy[0] {
		t.Error("kinds do not share the orders of their interface")
	}
	if o := friends.OrderedBy[0]; !o.Out || !o.Has(c.Type("Writer")) || o.Has(c.Type("Studio")) || o == c.Type("Writer").Field("friendOf").OrderedBy[0] {
		t.Error("the order of Writer.friends must hold writers at the end of the link")
	}
	same(t, "orders that works are in", keys(c.Type("Work").Orders), []string{
		"_from_Work_dateKeyUp", "_from_Work_dateKeyDown", "_from_Work_id", "_from_Work_pagesUp", "_from_Work_pagesDown",
		"_from_Work_titleUp", "_from_Work_titleDown", "_from_Work_genreUp", "_from_Work_genreDown", "_from_Work_id",
		"_from_Work_recordedAtUp", "_from_Work_recordedAtDown",
	})
	if c.Type("Work").Field("makers").OrderedBy != nil || c.Link("ABOUT").Orders != nil {
		t.Error("a link has an order that nothing asks for")
	}
}

func TestUnlisted(t *testing.T) {
	c := toy(t)
	if u := c.Type("Secret").Unlisted; u == nil || u.Field != nil {
		t.Error("Secret must be unlisted as a whole")
	}
	if u := c.Type("Note").Unlisted; u == nil || u.Field != c.Type("Note").Field("genre") || !slices.Equal(u.Values, []string{"POEM"}) {
		t.Error("Note must be unlisted by its genre")
	}
	if c.Type("Work").Unlisted != nil {
		t.Error("Work must be listed")
	}
}

// TestRules compiles what is allowed and easily broken by the checks.
func TestRules(t *testing.T) {
	t.Run("interfaces of interfaces are inherited at any depth", func(t *testing.T) {
		c, err := catalog.Compile("model.graphqls", nodeSDL+`type A implements J @node(plural: "") { a: Int }
interface J implements I { j: Int }
interface I implements Node { i: Int }`)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "interfaces", typeNames(c.Type("A").Interfaces), []string{"Node", "I", "J"})
		same(t, "fields", fieldNames(c.Type("A").Fields)[5:], []string{"i", "j", "a"})
	})
	t.Run("what an interface and its kind both require is required once", func(t *testing.T) {
		c, err := catalog.Compile("model.graphqls", nodeSDL+`interface I implements Node @node(plural: "") @requires(links: ["x"]) {
  x: [A!]! @relationship(type: "X", direction: OUT)
}
type A implements Node & I @node(plural: "") @requires(links: ["x", "y"]) { y: A @relationship(type: "Y", direction: OUT) }`)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "required", fieldNames(c.Type("A").Required), []string{"x", "y"})
	})
	t.Run("via over members of a union that lack the link", func(t *testing.T) {
		c, err := catalog.Compile("model.graphqls", nodeSDL+`union U = A | B
type A implements Node @node(plural: "") {
  u: U @relationship(type: "X", direction: OUT)
  us: [A!]! @via(paths: ["u.back"])
}
type B implements Node @node(plural: "") { back: [A!]! @relationship(type: "X", direction: IN) }`)
		if err != nil {
			t.Fatal(err)
		}
		if via := c.Type("A").Field("us").Via; via.Paths[0][1].Field != c.Type("B").Field("back") {
			t.Errorf("via %v", via)
		}
	})
}
