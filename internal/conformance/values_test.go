package conformance

import (
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// sample is the toy model's sample graph with notes to search for.
func sample() iter.Seq2[store.Change, error] {
	changes := storetest.Sample()
	for i, words := range []string{"NÚKIB", "NÚKIB warns of APT31", "A cyber-attack by NUKIBA", "apt31 and others"} {
		changes = append(changes, store.Change{Node: &store.Node{
			ID: storetest.ID("note", 11+i), Kind: "Note", Props: map[string]any{"words": words},
		}})
	}
	return storetest.Changes(changes...)
}

var (
	shortID  = regexp.MustCompile(`#([a-z]+)-([0-9]+)`)
	sampleID = regexp.MustCompile(`([a-z]+)--00000000-0000-4000-8000-0*([0-9]+)`)
)

// written turns #work-1 into the id of that node of the sample graph; read turns the id into work-1.
func written(query string) string {
	return shortID.ReplaceAllStringFunc(query, func(s string) string {
		kind, n, _ := strings.Cut(s[1:], "-")
		return kind + "--00000000-0000-4000-8000-" + strings.Repeat("0", 12-len(n)) + n
	})
}

func read(answer []byte) string { return sampleID.ReplaceAllString(string(answer), "$1-$2") }

// asked is an operation and its answer: the data, or for a refusal "CODE at path: message" of the first error, of which
// want is a part.
type asked struct {
	name, query string
	vars        map[string]any
	want        string
}

func (w *world) expect(t *testing.T, cases []asked) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := w.both(t, written(c.query), c.vars)
			if a.statements > 1 {
				t.Errorf("%d statements", a.statements)
			}
			if got := outcome(t, a); got != c.want && (a.Errors == nil || !strings.Contains(got, c.want)) {
				t.Errorf("%s\ngot  %s\nwant %s", c.query, got, c.want)
			}
		})
	}
}

// outcome is the data or what an error says; every error has a code and is one line.
func outcome(t testing.TB, a answer) string {
	t.Helper()
	if a.Errors == nil {
		return read(a.Data)
	}
	var errs []struct {
		Message    string
		Path       []any
		Extensions struct{ Code string }
	}
	if err := json.Unmarshal(a.Errors, &errs); err != nil {
		t.Fatal(err)
	}
	for _, e := range errs {
		if e.Extensions.Code == "" || e.Message == "" || strings.ContainsAny(e.Message, "\n\r") {
			t.Errorf("an error has no code, or not one line: %q %q", e.Extensions.Code, e.Message)
		}
	}
	out := fmt.Sprintf("%s at %v: %s", errs[0].Extensions.Code, errs[0].Path, errs[0].Message)
	if len(a.Data) > 0 {
		out += " | " + string(a.Data)
	}
	return read([]byte(out))
}

// ids is the list of nodes that a connection with the arguments has, or why it is refused.
func (w *world) ids(t *testing.T, field, args string) string {
	t.Helper()
	a := w.both(t, written("{ list: "+field+args+" { totalCount nodes { id } } }"), nil)
	if a.Errors != nil {
		return outcome(t, a)
	}
	var data struct{ List listed }
	if err := json.Unmarshal(a.Data, &data); err != nil {
		t.Fatal(err)
	}
	if data.List.TotalCount != len(data.List.Nodes) {
		t.Errorf("%s%s counts %d nodes and has %d", field, args, data.List.TotalCount, len(data.List.Nodes))
	}
	return read([]byte(strings.Join(data.List.ids(), " ")))
}

// TestValues has a row for every rule of the table "Values" in the design: literal answers on both stores.
func TestValues(t *testing.T) {
	w := newWorld(t, toyModel(t), storetest.SampleWrite(), sample)
	const all = "work-1 work-2 work-3 work-4 work-5 work-6"
	for _, c := range []struct{ rule, field, args, want string }{
		{"text by code point", "works", `(orderBy: {title: ASC})`, "work-6 work-1 work-3 work-2 work-5 work-4"},
		{"text by code point", "works", `(orderBy: {title: DESC})`, "work-4 work-5 work-2 work-3 work-1 work-6"},
		{"text by code point", "makers", `(orderBy: [{name: ASC}])`, "writer-1 writer-4 studio-1 studio-3 writer-5 writer-2 studio-2 writer-3"},
		{"text by code point", "works", `(where: {title: {gt: "\uE001"}})`, "work-4"},
		{"text by code point", "works", `(where: {title: {gte: "\uE001"}})`, "work-4 work-5"},
		{"text by code point", "works", `(where: {title: {lt: "😀"}})`, "work-1 work-2 work-3 work-5 work-6"},
		{"text by code point", "makers", `(where: {name: {gt: "\uE000mer", lt: "\uFFFD"}})`, "studio-2"},
		{"text by code point", "makers", `(where: {name: {gt: "\uFFFD"}})`, "writer-3"},
		{"text is not folded", "works", `(where: {title: {startsWith: "alpha"}})`, "work-2"},
		{"text is not folded", "works", `(where: {title: {contains: "eta"}})`, "work-2 work-3"},
		{"text is not folded", "works", `(where: {title: {endsWith: "A"}})`, ""},
		{"text is no pattern", "works", `(where: {title: {contains: "%_"}})`, "work-6"},
		{"text is no pattern", "works", `(where: {title: {startsWith: "%"}})`, ""},
		{"text is no pattern", "makers", `(where: {name: {contains: "O'Neil \"Z\" \\"}})`, "writer-5"},
		{"empty text is not absent", "works", `(where: {text: {eq: ""}})`, "work-4"},
		{"empty text is not absent", "works", `(where: {text: {contains: ""}})`, "work-1 work-4 work-6"},
		{"empty text is not absent", "studios", `(where: {city: {isNull: false}})`, "studio-1 studio-3"},
		{"enums by name", "works", `(orderBy: {genre: ASC})`, "work-5 work-1 work-4 work-2 work-6 work-3"},
		{"enums by name", "works", `(where: {genre: {in: [ESSAY, NOVEL]}})`, "work-1 work-4 work-5"},

		{"nulls last", "works", `(orderBy: {pages: ASC})`, "work-6 work-5 work-4 work-1 work-2 work-3"},
		{"nulls last", "works", `(orderBy: {pages: DESC})`, "work-1 work-2 work-4 work-5 work-6 work-3"},
		{"nulls last", "works", `(orderBy: [{genre: DESC}, {pages: DESC}, {id: DESC}])`, "work-2 work-6 work-1 work-4 work-5 work-3"},
		{"nulls last", "studios", `(orderBy: [{size: DESC}, {name: DESC}])`, "studio-1 studio-3 studio-2"},

		{"absent values", "works", `(where: {pages: {gt: 5}})`, "work-1 work-2 work-4"},
		{"absent values", "works", `(where: {NOT: {pages: {gt: 5}}})`, "work-3 work-5 work-6"},
		{"absent values", "works", `(where: {pages: {lte: 2147483647}})`, "work-1 work-2 work-4 work-5 work-6"},
		{"absent values", "works", `(where: {NOT: {NOT: {pages: {lt: 1}}}})`, "work-5 work-6"},
		{"absent values", "works", `(where: {NOT: {pages: {in: [100, 7]}}})`, "work-3 work-5 work-6"},
		{"absent values", "works", `(where: {NOT: {text: {contains: "letter"}}})`, "work-2 work-3 work-4 work-5 work-6"},
		{"absent values", "works", `(where: {pages: {isNull: true}})`, "work-3"},
		{"absent values", "works", `(where: {NOT: {pages: {isNull: true}}})`, "work-1 work-2 work-4 work-5 work-6"},
		{"absent values", "works", `(where: {OR: [{pages: {isNull: true}}, {pages: {eq: 0}}]})`, "work-3 work-5"},
		{"absent values", "works", `(where: {pages: {in: []}})`, ""},
		{"absent values", "works", `(where: {NOT: {pages: {in: []}}})`, all},
		{"eq: null", "works", `(where: {pages: {eq: null}})`, "BAD_USER_INPUT at [list]: works(where:).pages.eq compares with null, which never holds; ask for absent values with isNull: true"},
		{"isNull: null", "works", `(where: {pages: {isNull: null}})`, "BAD_USER_INPUT at [list]: works(where:).pages.isNull is null; say true or false"},
		{"nothing asked", "works", `(where: {})`, all},
		{"nothing asked", "works", `(where: {pages: {}, title: null, AND: []})`, all},
		{"nothing asked", "works", `(where: {NOT: {}})`, ""},
		{"nothing asked", "works", `(where: {OR: []})`, ""},
		{"nothing asked", "works", `(where: {OR: [{}]})`, all},

		{"links", "works", `(where: {topicOf: {every: {pages: {gt: 50}}}})`, "work-1 work-2 work-3 work-4 work-6"},
		{"links", "works", `(where: {topicOf: {every: {pages: {gt: 50}}, some: {}}})`, "work-1"},
		{"links", "works", `(where: {topicOf: {none: {}}})`, "work-2 work-3 work-4 work-6"},
		{"links", "works", `(where: {topicOf: {some: {pages: {lt: 50}}}})`, "work-5"},
		{"links", "works", `(where: {topicOf: {every: {text: {eq: "x"}}}})`, "work-2 work-3 work-4 work-6"},
		{"links", "works", `(where: {about: {}})`, "work-1 work-2 work-3 work-5"},
		{"links", "works", `(where: {NOT: {about: {nodeKind: {eq: WORK}}}})`, "work-1 work-3 work-4 work-6"},
		{"links", "works", `(where: {about: {id: {eq: "#writer-2"}}})`, "work-1"},
		{"links", "works", `(where: {aboutWork: {title: {eq: "Alpha"}}})`, "work-2"},
		{"links", "works", `(where: {makers: {edge: {part: {eq: LEAD}}, some: {name: {eq: "Ada"}}}})`, "work-1 work-2"},
		{"links", "works", `(where: {makers: {edge: {share: {gte: 50}}, some: {}}})`, "work-1 work-4"},
		{"links", "works", `(where: {makers: {edge: {share: {isNull: true}}, none: {}}})`, "work-1 work-4 work-5"},
		{"links", "works", `(where: {makers: {edge: {part: {eq: LEAD}}, every: {name: {eq: "Ada"}}}})`, "work-1 work-2 work-3 work-5 work-6"},
		{"links", "works", `(where: {makers: {edge: {paidBy: {name: {eq: "Ada"}}}, some: {}}})`, "work-4"},
		{"links", "works", `(where: {makers: {edge: {since: {lte: "1999"}}, some: {}}})`, "work-1 work-2"},
		{"links", "works", `(where: {others: {some: {title: {eq: "Beta"}}}})`, ""},
		{"links", "works", `(where: {others: {some: {genre: {eq: ESSAY}}}})`, "work-2"},
		{"links", "makers", `(where: {made: {none: {}}})`, "studio-3 writer-5"},
		{"links", "works", `(where: {makers: {edge: {part: {eq: LEAD}}}})`, "BAD_USER_INPUT at [list]: works(where:).makers.edge restricts some, every, none or count: give one of them"},

		{"booleans", "writers", `(where: {alive: {eq: true}})`, "writer-2 writer-4"},
		{"booleans", "writers", `(where: {alive: {eq: false}})`, "writer-1"},
		{"booleans", "writers", `(where: {NOT: {alive: {eq: true}}})`, "writer-1 writer-3 writer-5"},
		{"booleans", "writers", `(where: {alive: {isNull: true}})`, "writer-3 writer-5"},

		{"dates", "works", `(orderBy: {date: ASC})`, "work-6 work-1 work-2 work-3 work-4 work-5"},
		{"dates", "works", `(orderBy: {date: DESC})`, "work-3 work-2 work-1 work-6 work-4 work-5"},
		{"dates", "writers", `(orderBy: {born: ASC})`, "writer-1 writer-2 writer-3 writer-5 writer-4"},
		{"dates", "works", `(where: {date: {gte: "2001-01-01"}})`, "work-1 work-2 work-3"},
		{"dates", "works", `(where: {date: {gte: "2001-01-02"}})`, ""},
		{"dates", "works", `(where: {date: {gt: "1999"}})`, "work-1 work-2 work-3"},
		{"dates", "works", `(where: {date: {gt: "2001-01"}})`, ""},
		{"dates", "works", `(where: {date: {gt: "1998-12-31"}})`, "work-1 work-2 work-3 work-6"},
		{"dates", "works", `(where: {date: {lte: "2001-01"}})`, "work-2 work-3 work-4 work-6"},
		{"dates", "works", `(where: {date: {lte: "2001-01-01"}})`, "work-3 work-4 work-6"},
		{"dates", "works", `(where: {date: {lt: "2001"}})`, "work-4 work-6"},
		{"dates", "works", `(where: {date: {lt: "1999-12-31"}})`, ""},
		{"dates", "works", `(where: {date: {eq: "2001"}})`, "work-1"},
		{"dates", "works", `(where: {date: {eq: "2001-01-01"}})`, "work-3"},
		{"dates", "works", `(where: {date: {in: ["1999", "2001-01"]}})`, "work-2 work-6"},
		{"dates", "works", `(where: {date: {isNull: true}})`, "work-4 work-5"},
		{"dates", "works", `(where: {datePrecision: {eq: UNKNOWN}})`, "work-4 work-5"},
		{"dates", "works", `(where: {NOT: {date: {gte: "2000"}}})`, "work-4 work-5 work-6"},
		{"dates", "writers", `(where: {born: {gte: "1950"}})`, "writer-5"},
		{"dates", "writers", `(where: {born: {lte: "9999"}})`, "writer-1 writer-2 writer-3"},
		{"dates", "works", `(where: {date: {gte: "2001-02-29"}})`, `BAD_USER_INPUT at [list]: works(where:).date.gte: date "2001-02-29" has day 29, but 2001-02 has days 01 to 28; write YYYY, YYYY-MM or YYYY-MM-DD`},
		{"instants", "works", `(where: {recordedAt: {gte: "2024-01-02T03:04:05.678Z", lte: "2024-01-02T04:04:05.678+01:00"}})`, all},
		{"instants", "works", `(where: {recordedAt: {gt: "2024-01-02T03:04:05.678Z"}})`, ""},

		{"refused text", "works", `(where: {title: {eq: "a\u0000"}})`, "BAD_USER_INPUT at [list]: works(where:).title.eq: text holds control character U+0000 at byte 1; remove it"},
		{"refused text", "works", `(where: {tags: {hasAny: ["b", "\u001b"]}})`, "BAD_USER_INPUT at [list]: works(where:).tags.hasAny: text holds control character U+001B at byte 0; remove it"},
		{"refused text", "works", `(where: {title: {lt: "\uFFFE"}})`, "BAD_USER_INPUT at [list]: works(where:).title.lt: text holds noncharacter U+FFFE at byte 0; remove it"},

		{"lists", "works", `(where: {tags: {has: "a"}})`, "work-3"},
		{"lists", "works", `(where: {tags: {hasAny: ["letter", "b"]}})`, "work-1 work-3"},
		{"lists", "works", `(where: {tags: {hasAny: []}})`, ""},
		{"lists", "works", `(where: {tags: {hasAll: ["b", "a", "a"]}})`, "work-3"},
		{"lists", "works", `(where: {tags: {hasAll: []}})`, all},
		{"lists", "works", `(where: {tags: {isEmpty: true}})`, "work-2 work-4 work-6"},
		{"lists", "works", `(where: {NOT: {tags: {isEmpty: true}}})`, "work-1 work-3 work-5"},
		{"lists", "works", `(where: {tags: {has: "new\nline"}})`, "work-5"},
		{"lists", "works", `(where: {genres: {hasAny: [POEM, NOVEL]}})`, "work-1 work-3"},
	} {
		t.Run(c.rule+" "+c.field+c.args, func(t *testing.T) {
			if got := w.ids(t, c.field, c.args); got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
	t.Run("printed", func(t *testing.T) { w.expect(t, printed) })
	t.Run("search", func(t *testing.T) { w.expect(t, searched) })
	t.Run("pages", w.pages)
}

// printed are values as answers show them.
var printed = []asked{
	{
		"dates of every precision", `{ works { nodes { date datePrecision dateEarliest dateLatest } } writers(where: {id: {eq: "#writer-5"}}) { nodes { born bornPrecision bornEarliest bornLatest } } }`, nil,
		`{"works":{"nodes":[` +
			`{"date":"2001","datePrecision":"YEAR","dateEarliest":"2001-01-01","dateLatest":"2001-12-31"},` +
			`{"date":"2001-01","datePrecision":"MONTH","dateEarliest":"2001-01-01","dateLatest":"2001-01-31"},` +
			`{"date":"2001-01-01","datePrecision":"DAY","dateEarliest":"2001-01-01","dateLatest":"2001-01-01"},` +
			`{"date":null,"datePrecision":"UNKNOWN","dateEarliest":null,"dateLatest":"1999-12-31"},` +
			`{"date":null,"datePrecision":"UNKNOWN","dateEarliest":null,"dateLatest":null},` +
			`{"date":"1999","datePrecision":"YEAR","dateEarliest":"1999-01-01","dateLatest":"1999-12-31"}]},` +
			`"writers":{"nodes":[{"born":null,"bornPrecision":"UNKNOWN","bornEarliest":"1950-01-01","bornLatest":null}]}}`,
	},
	{
		"booleans and numbers", `{ writers(first: 3) { nodes { alive } } works { nodes { pages } } }`, nil,
		`{"writers":{"nodes":[{"alive":false},{"alive":true},{"alive":null}]},"works":{"nodes":[{"pages":100},{"pages":100},{"pages":null},{"pages":7},{"pages":0},{"pages":-5}]}}`,
	},
	{
		"lists in recorded order", `{ works { nodes { tags genres } } }`, nil,
		`{"works":{"nodes":[{"tags":["greek","letter"],"genres":["NOVEL"]},{"tags":[],"genres":[]},{"tags":["a","b","a"],"genres":["ESSAY","POEM"]},{"tags":[],"genres":[]},{"tags":["quote\"s","new\nline"],"genres":[]},{"tags":[],"genres":[]}]}}`,
	},
	{
		"text as given", `{ node(id: "#writer-5") { ... on Writer { name } } works(where: {id: {in: ["#work-4", "#work-6"]}}) { nodes { title text } } }`, nil,
		"{\"node\":{\"name\":\"Zoë O'Neil \\\"Z\\\" \\\\ \u2028\"},\"works\":{\"nodes\":[{\"title\":\"😀 grin\",\"text\":\"\"},{\"title\":\"100%_sure\",\"text\":\"Alpha beyond 100%\"}]}}",
	},
	{
		"provenance", `{ node(id: "#work-1") { recordedAt recordedBy recordedFrom revision } }`, nil,
		`{"node":{"recordedAt":"2024-01-02T03:04:05.678Z","recordedBy":"sampler","recordedFrom":"sample.yaml","revision":1}}`,
	},
}

const found = ` { totalCount edges { rank node { id } } } }`

var searched = []asked{
	{"folded", `{ search(query: "nukib")` + found, nil, `{"search":{"totalCount":3,"edges":[{"rank":0,"node":{"id":"note-11"}},{"rank":1,"node":{"id":"note-12"}},{"rank":2,"node":{"id":"note-13"}}]}}`},
	{"starts with", `{ search(query: "NÚKIB WARNS")` + found, nil, `{"search":{"totalCount":1,"edges":[{"rank":1,"node":{"id":"note-12"}}]}}`},
	{"all words in any order", `{ search(query: "apt31 nukib")` + found, nil, `{"search":{"totalCount":1,"edges":[{"rank":2,"node":{"id":"note-12"}}]}}`},
	{"only the last is a prefix", `{ search(query: "cyb attack")` + found, nil, `{"search":{"totalCount":0,"edges":[]}}`},
	{"the last is a prefix", `{ search(query: "attack cyb")` + found, nil, `{"search":{"totalCount":1,"edges":[{"rank":2,"node":{"id":"note-13"}}]}}`},
	{"elsewhere", `{ search(query: "first letter")` + found, nil, `{"search":{"totalCount":1,"edges":[{"rank":3,"node":{"id":"work-1"}}]}}`},
	{"unlisted kinds", `{ search(query: "alpha")` + found, nil, `{"search":{"totalCount":3,"edges":[{"rank":0,"node":{"id":"work-1"}},{"rank":1,"node":{"id":"work-2"}},{"rank":3,"node":{"id":"work-6"}}]}}`},
	{"unlisted kinds asked for", `{ search(query: "alpha", kinds: [SECRET, NOTE])` + found, nil, `{"search":{"totalCount":2,"edges":[{"rank":0,"node":{"id":"note-2"}},{"rank":1,"node":{"id":"secret-1"}}]}}`},
	{"no kinds", `{ search(query: "alpha", kinds: [])` + found, nil, `{"search":{"totalCount":0,"edges":[]}}`},
	{"operators are words", `{ search(query: "APT31 AND (")` + found, nil, `{"search":{"totalCount":1,"edges":[{"rank":1,"node":{"id":"note-14"}}]}}`},
	{"hyphens part words", `{ search(query: "cyber-attack")` + found, nil, `{"search":{"totalCount":1,"edges":[{"rank":2,"node":{"id":"note-13"}}]}}`},
	{"stars are no wildcards", `{ search(query: "c*r")` + found, nil, `{"search":{"totalCount":0,"edges":[]}}`},
	{"fields are no syntax", `{ search(query: "name:nukib~ [a TO z] \"and\" OR NOT")` + found, nil, `{"search":{"totalCount":0,"edges":[]}}`},
	{"quotation mark", `{ search(query: "\"")` + found, nil, `BAD_USER_INPUT at [search]: search(query:): search query has no letter or digit; write at least one word`},
	{"star", `query ($q: String!) { search(query: $q)` + found, map[string]any{"q": "*"}, `BAD_USER_INPUT at [search]: $q: search query has no letter or digit; write at least one word`},
	{"control character", `{ search(query: "a\u0000b")` + found, nil, `BAD_USER_INPUT at [search]: search(query:): text holds control character U+0000 at byte 1; remove it`},
	{"pages", `{ search(query: "nukib", first: 1) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } } }`, nil, `{"search":{"totalCount":3,"nodes":[{"id":"note-11"}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":false}}}`},
	{
		"highlights", `{ search(query: "nukib apt") { edges { highlights { field before match after } } } }`, nil,
		`{"search":{"edges":[{"highlights":[{"field":"words","before":"","match":"NÚKIB","after":" warns of APT31"},{"field":"words","before":"NÚKIB warns of ","match":"APT31","after":""}]}]}}`,
	},
	{
		"highlights in several fields and lists", `{ search(query: "lett") { edges { node { id } highlights { field match } } } }`, nil,
		`{"search":{"edges":[{"node":{"id":"work-1"},"highlights":[{"field":"text","match":"letter"},{"field":"tags","match":"letter"}]}]}}`,
	},
}

// pages reads lists with absent keys page by page: they make up the list, whatever the direction and the page size.
func (w *world) pages(t *testing.T) {
	for _, c := range []struct{ field, order, want string }{
		{"works", "{pages: ASC}", "work-6 work-5 work-4 work-1 work-2 work-3"},
		{"works", "{pages: DESC}", "work-1 work-2 work-4 work-5 work-6 work-3"},
		{"works", "{date: ASC}", "work-6 work-1 work-2 work-3 work-4 work-5"},
		{"works", "{date: DESC}", "work-3 work-2 work-1 work-6 work-4 work-5"},
		{"works", "[{genre: DESC}, {pages: ASC}, {title: DESC}]", "work-6 work-2 work-4 work-1 work-5 work-3"},
		{"makers", "{name: DESC}", "writer-3 studio-2 writer-2 writer-5 studio-3 studio-1 writer-1 writer-4"},
		{"notes", "[{date: DESC}, {words: ASC}]", "note-1 note-2 note-13 note-11 note-12 note-14 note-3"},
	} {
		for size := 1; size <= 3; size++ {
			for _, backward := range []bool{false, true} {
				if got := w.paged(t, c.field, c.order, size, backward); got != c.want {
					t.Errorf("%s by %s, pages of %d, backward %t:\ngot  %s\nwant %s", c.field, c.order, size, backward, got, c.want)
				}
			}
		}
	}
}

func (w *world) paged(t *testing.T, field, order string, size int, backward bool) string {
	t.Helper()
	var ids []string
	window := fmt.Sprintf("first: %d", size)
	if backward {
		window = fmt.Sprintf("last: %d", size)
	}
	for cursor := ""; ; {
		query := fmt.Sprintf("{ list: %s(orderBy: %s, %s%s) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }", field, order, window, cursor)
		a := w.both(t, query, nil)
		var data struct{ List listed }
		if err := json.Unmarshal(a.Data, &data); err != nil || a.Errors != nil {
			t.Fatalf("%s: %s %v", query, a.Errors, err)
		}
		p := data.List.PageInfo
		page := data.List.ids()
		more, before := p.HasNextPage, p.HasPreviousPage
		if backward {
			more, before = before, more
			ids = append(page, ids...)
		} else {
			ids = append(ids, page...)
		}
		if before != (cursor != "") {
			t.Errorf("%s: what was read before is there: %t", query, before)
		}
		if !more {
			return read([]byte(strings.Join(slices.Clip(ids), " ")))
		}
		if cursor = fmt.Sprintf(", after: %q", *p.EndCursor); backward {
			cursor = fmt.Sprintf(", before: %q", *p.StartCursor)
		}
	}
}
