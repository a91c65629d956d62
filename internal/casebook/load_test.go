package casebook_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"attrigraph/internal/casebook"
	"attrigraph/internal/catalog"
	"attrigraph/internal/ident"
	"attrigraph/internal/jsonl/jsonltest"
	"attrigraph/internal/store"
)

const head = "case: {key: one, title: One, recordedAt: 2025-06-01, recordedBy: test}\n"

func load(t *testing.T, texts ...string) (*casebook.Book, error) {
	t.Helper()
	var files []casebook.File
	for i, text := range texts {
		files = append(files, casebook.File{Name: string(rune('a'+i)) + ".yaml", Data: []byte(text)})
	}
	return casebook.Load(model(t, toyModel), files)
}

func mustLoad(t *testing.T, texts ...string) []store.Record {
	t.Helper()
	book, err := load(t, texts...)
	if err != nil {
		t.Fatal(err)
	}
	records, err := jsonltest.Collect(book.Changes())
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// TestWaysToWriteTheSame holds that a graph can be written in place, by reference, from either side and over files.
func TestWaysToWriteTheSame(t *testing.T) {
	plain := mustLoad(t, head+`
writers:
  - key: ada
    name: Ada
works:
  - key: essay
    title: Essay
    makers:
      - {to: ada, part: LEAD, paidBy: ada}
    about: poem
  - {key: poem, title: Poem, makers: ada}
`)
	for name, text := range map[string]string{
		"in place": `
works:
  - key: essay
    title: Essay
    about: {key: poem, type: Work, title: Poem, makers: [ada]}
    writers:
      - to: {key: ada, name: Ada}
        part: LEAD
        paidBy: ada
`,
		"from the other side": `
writers:
  - key: ada
    name: Ada
    made:
      - poem
      - to:
          key: essay
          title: Essay
        part: LEAD
        paidBy: ada
works:
  - {key: poem, title: Poem, topicOf: essay}
`,
		"twice": `
writers:
  - {key: ada, name: Ada, made: [essay, poem]}
works:
  - key: essay
    title: Essay
    makers: [{to: ada, part: LEAD, paidBy: ada}]
    writers: ada
    about: poem
    aboutWork: poem
  - {key: poem, title: Poem, makers: ada, topicOf: [essay]}
`,
		"by id": strings.ReplaceAll(`
writers:
  - id: ADA
    name: Ada
works:
  - key: essay
    title: Essay
    makers: {to: ADA, part: LEAD, paidBy: ADA}
    about: poem
  - {key: poem, title: Poem, makers: ADA}
`, "ADA", ident.ForCasebook("writer", "ada")),
	} {
		if got := mustLoad(t, head+text); !reflect.DeepEqual(got, plain) {
			t.Errorf("%s: the graph is another one: %+v", name, got)
		}
	}
}

func TestFilesReferToEachOther(t *testing.T) {
	records := mustLoad(t,
		head+"works:\n  - {key: essay, title: Essay, makers: ada}\n",
		"case: {key: two, title: Two, recordedAt: \"2025-06-02T10:00:00+02:00\", recordedBy: other, note: n}\nwriters:\n  - {key: ada, name: Ada}\n")
	from := map[string]string{}
	for _, r := range records {
		switch {
		case r.Link != nil:
			from[r.Link.Type] = r.Link.Recorded.From + " " + r.Link.Recorded.At
		default:
			from[r.Node.Kind] = r.Node.Recorded.From + " " + r.Node.Recorded.At + " " + r.Node.Recorded.By
		}
	}
	want := map[string]string{
		"Work":    "casebook/one 2025-06-01T00:00:00.000Z test",
		"MADE_BY": "casebook/one 2025-06-01T00:00:00.000Z",
		"Writer":  "casebook/two 2025-06-02T08:00:00.000Z other",
	}
	if !reflect.DeepEqual(from, want) {
		t.Errorf("recorded from %v, want %v", from, want)
	}
}

func TestBookSaysHowToWrite(t *testing.T) {
	book, err := load(t, head, "case: {key: two, title: Two, recordedAt: 2025-07-01, recordedBy: other, note: n}\n")
	if err != nil {
		t.Fatal(err)
	}
	w := book.Write()
	if w.At != "2025-07-01T00:00:00.000Z" || w.By != "other" || w.From != "casebook/two" || !w.ReplaceLinks {
		t.Errorf("%+v", w)
	}
	if c := book.Cases[1]; c.Key != "two" || c.Title != "Two" || c.Note != "n" || c.File != "b.yaml" {
		t.Errorf("%+v", c)
	}
}

// TestTextIsTextAsWritten holds that a text is not taken for a number, a truth value or a date.
func TestTextIsTextAsWritten(t *testing.T) {
	for written, want := range map[string]string{
		"NO": "NO", "1.10": "1.10", "007": "007", "0x1F": "0x1F", "true": "true", "2025-05-28": "2025-05-28", "1e3": "1e3", "'a: b'": "a: b", `"a\n\u00e9"`: "a\né",
		"|\n      a\n      b\n": "a\nb", ">\n      a\n      b\n": "a b", "|+\n      a\n\n": "a", "a # comment": "a", "a\n      b": "a b", ".inf": ".inf", "12:30": "12:30",
	} {
		records := mustLoad(t, head+"writers:\n  - key: ada\n    name: "+written+"\n")
		if got := records[0].Node.Props["name"]; got != want {
			t.Errorf("%q is read as %q, want %q", written, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	book, err := load(t, head+"writers:\n  - key: ada\n    name: Ada\n    friends:\n      - bob\n  - {key: bob, name: Bob}\n")
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for c := range book.Changes() {
		if c.Node != nil {
			places = append(places, c.Node.Place)
		} else {
			places = append(places, c.Link.Place)
		}
	}
	if want := []string{"a.yaml:3", "a.yaml:7", "a.yaml:6"}; !reflect.DeepEqual(places, want) {
		t.Errorf("places %v, want %v", places, want)
	}
}

func TestMistakesOverFiles(t *testing.T) {
	_, err := load(t, head+"writers:\n  - {key: ada, name: Ada}\n", head+"works:\n  - {key: ada, title: A, makers: ada}\n")
	want := `b.yaml:1:13: the case one is already in a.yaml:1; give each file its own key
b.yaml:3:11: the key ada is already used at a.yaml:3; a key is used once over all kinds and files`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestTooLarge(t *testing.T) {
	_, err := load(t, head+strings.Repeat("#\n", 9<<20))
	var invalid *casebook.Invalid
	if !errors.As(err, &invalid) || !strings.HasPrefix(invalid.Problems[0], "a.yaml:1:1: the file has ") {
		t.Error(err)
	}
	keys := head + "writers:\n  - key: a\n" + strings.Repeat("    name: a\n", 2000)
	if _, err = load(t, keys); err == nil || !strings.Contains(err.Error(), "more than 1000 keys") {
		t.Error(err)
	}
	keys = head + "writers:\n  - {" + strings.Repeat("name: a, ", 2000) + "}\n"
	if _, err = load(t, keys); err == nil || !strings.Contains(err.Error(), "more than 1000 keys") {
		t.Error(err)
	}
}

func TestModelWithReservedNames(t *testing.T) {
	for name, sdl := range map[string]string{
		"field":  `type A implements Node @node(plural: "as") { type: String }`,
		"plural": `type A implements Node @node(plural: "case") { a: String }`,
	} {
		c, err := catalog.Compile("x", `interface Node @node(plural: "") { id: ID! recordedAt: DateTime! recordedBy: String! recordedFrom: String revision: Int! }`+"\n"+sdl)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := casebook.Load(c, nil); err == nil {
			t.Errorf("a model with a reserved %s was accepted", name)
		}
	}
}

// FuzzLoad holds that no bytes bring the program down or give an error that is not of the promised form.
func FuzzLoad(f *testing.F) {
	c := model(f, toyModel)
	for _, s := range []string{
		"writers:\n  - {key: ada, name: Ada, friends: [bob, {to: {key: eve, name: E}}]}\n  - key: bob\n    name: |\n      B\n",
		"works:\n- key: a\n  title: \"\\u0041\"\n  makers:\n  - to: b\n    part: LEAD\n    recorded: {at: 2025-01-01, by: x}\n",
		"? a\n: b\n", "a: &x [*x]\n", "- - - a\n", "{[a]: b}\n", "<<: {a: b}\n", "--- |\n a\n...\n", "a: 'b\n", "\t- a\n", "writers: !!seq []\n",
	} {
		f.Add(head + s)
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		book, err := casebook.Load(c, []casebook.File{{Name: "x.yaml", Data: []byte(s)}})
		if err == nil {
			for range book.Changes() {
			}
			return
		}
		var invalid *casebook.Invalid
		if !errors.As(err, &invalid) || len(invalid.Problems) == 0 {
			t.Fatalf("not a list of mistakes: %v", err)
		}
		for _, p := range invalid.Problems {
			if !strings.HasPrefix(p, "x.yaml:") || strings.ContainsRune(p, '\n') {
				t.Fatalf("not a line of the promised form: %q", p)
			}
		}
	})
}
