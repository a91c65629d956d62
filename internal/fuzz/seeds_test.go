package fuzz

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"attrigraph/schema"
)

// seed is an operation to begin with.
type seed struct{ query, variables string }

var graphqlBlock = regexp.MustCompile("(?ms)^```graphql[^\n]*\n(.*?)^```$")

// seeds returns the operations of the examples, of the documentation and of the golden files.
func seeds(f *testing.F) []seed {
	f.Helper()
	examples, err := schema.Examples()
	if err != nil {
		f.Fatal(err)
	}
	var list []seed
	for _, e := range examples {
		list = append(list, seed{e.Query, e.Variables})
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		f.Fatalf("there is no documentation: %v", err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			f.Fatal(err)
		}
		for _, block := range graphqlBlock.FindAllSubmatch(text, -1) {
			list = append(list, seed{query: string(block[1])})
		}
	}
	goldens, err := filepath.Glob("../conformance/testdata/golden/*.txtar")
	if err != nil || len(goldens) == 0 {
		f.Fatalf("there are no golden files: %v", err)
	}
	for _, golden := range goldens {
		archive, err := txtar.ParseFile(golden)
		if err != nil || len(archive.Files) < 2 {
			f.Fatalf("%s: %v", golden, err)
		}
		list = append(list, seed{string(archive.Files[0].Data), string(archive.Files[1].Data)})
	}
	return append(
		append(list, costly()...),
		seed{query: "{ __schema { types { name fields { name type { name ofType { name } } } } } }"},
		seed{query: "query A { __typename } query B { __typename }"},
		seed{query: "mutation { __typename }"},
		seed{query: "subscription { __typename }"},
		seed{query: `{ node(id: "incident--00000000-0000-0000-0000-000000000000") { id } }`},
		seed{query: "{ incidents(first: 201) { totalCount } }"},
		seed{query: "query ($n: Int) { incidents(last: $n) { pageInfo { startCursor } } }", variables: `{"n": 99999999999}`},
		seed{query: "query ($c: String) { incidents(after: $c) { nodes { id } } }", variables: `{"c": "AQ"}`},
		seed{query: "fragment F on Query { ...F } { ...F }"},
	)
}

// costly are operations that are cheap to write and, without limits, dear to read, validate, plan or answer.
func costly() []seed {
	times := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)))
		}
		return b.String()
	}
	return []seed{
		{query: "{" + strings.Repeat(" ... { __typename", 200) + strings.Repeat(" }", 200) + "}"},
		{query: "{" + times(2400, " ...F#") + "}"},
		{query: "{" + times(300, " ...F#") + "}" + times(300, " fragment F# on Query { __typename }")},
		{query: "{" + times(500, " a#: __schema { types { name } }") + "}"},
		{query: "{ incidents { nodes {" + strings.Repeat(" id", 900) + " } } }"},
		{query: "{" + times(22, " ...F#") + "}" + times(22, " fragment F# on Query { ...G ...G }") + " fragment G on Query { a: __typename }"},
		{query: "{ incidents(where: " + strings.Repeat("{ NOT: ", 25) + "{}" + strings.Repeat("}", 25) + ") { totalCount } }"},
		{query: "query ($w: IncidentWhere) { incidents(where: $w) { totalCount } }", variables: `{"w": {"OR": [` + strings.Repeat("{},", 12_000) + `{}]}}`},
		{query: "query ($l: [ID!]) { incidents(where: { id: { in: $l } }) { totalCount } }", variables: `{"l": [` + times(20_000, `"x#",`) + `"x"]}`},
		{query: "query ($t: String!) { search(query: $t) { totalCount } }", variables: `{"t": "` + strings.Repeat("a\u0301", 10_000) + `"}`},
		{query: "{ attributions(first: 200) { nodes { accusers(first: 200) { nodes { attributionsMade(first: 200) { nodes { summary } } } } } } }"},
	}
}

// posted is the body of a request.
func (s seed) posted() []byte {
	body := map[string]any{"query": s.query}
	if json.Valid([]byte(s.variables)) {
		body["variables"] = json.RawMessage(s.variables)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts and valid JSON have JSON text
	}
	return raw
}
