package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/rows"
)

func times(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// nested is n levels of connections and links to one node in turn.
func nested(n int) string {
	fields := [2]string{" incident {", " attributions(first: 1) { nodes {"}
	ends := [2]string{" }", " } }"}
	query, end := "{ incidents(first: 1) { nodes {", " } } }"
	for i := 1; i < n; i++ {
		query += fields[i%2]
		end = ends[i%2] + end
	}
	return query + " __typename" + end
}

// TestLimits asks for as much as the limits allow, for one less and for one more, over HTTP. That both stores answer what
// is allowed is tested in internal/conformance.
func TestLimits(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for _, c := range []struct {
		name string
		// body is a request of the size n; most is the greatest that is answered.
		body   func(n int) string
		most   int
		status int
		code   string
	}{
		{"bytes of a body", func(n int) string {
			const start = `{"query":"{ __typename }","x":"`
			return start + strings.Repeat("x", n-len(start)-2) + `"}`
		}, 1 << 20, 413, "LIMIT_EXCEEDED"},
		{"tokens", func(n int) string {
			return query(tokens(n))
		}, 5000, 400, "LIMIT_EXCEEDED"},
		{"levels", func(n int) string { return query(nested(n)) }, 15, 400, "LIMIT_EXCEEDED"},
		{"aliases", func(n int) string {
			return query("{ incidents(first: 1) { nodes {" + times(n, func(i int) string { return fmt.Sprintf(" a%d: id", i) }) + " } } }")
		}, 500, 400, "LIMIT_EXCEEDED"},
		{"mentions of one field", func(n int) string { return query("{ incidents { nodes {" + strings.Repeat(" id", n) + " } } }") }, 949, 400, "LIMIT_EXCEEDED"},
		{"root fields", func(n int) string { return query("{" + strings.Repeat(" __typename", n) + " }") }, 500, 400, "LIMIT_EXCEEDED"},
		{"page", func(n int) string { return query(fmt.Sprintf("{ incidents(first: %d) { nodes { id } } }", n)) }, 200, 400, "BAD_USER_INPUT"},
		{"page in a variable", func(n int) string {
			return fmt.Sprintf(`{"query":"query($n: Int) { incidents(first: $n) { nodes { id } } }","variables":{"n":%d}}`, n)
		}, 200, 400, "BAD_USER_INPUT"},
		{"page from the end", func(n int) string { return query(fmt.Sprintf("{ incidents(last: %d) { nodes { id } } }", n)) }, 200, 400, "BAD_USER_INPUT"},
		{"page of a link", func(n int) string {
			return query(fmt.Sprintf("{ incidents(first: 1) { nodes { attributions(first: %d) { nodes { id } } } } }", n))
		}, 200, 400, "BAD_USER_INPUT"},
		{"ids", func(n int) string {
			return query("{ __typename nodes(ids: [" + strings.Repeat(`"incident--00000000-0000-4000-8000-000000000000" `, n) + "]) { id } }")
		}, 200, 400, "BAD_USER_INPUT"},
		{"nodes", func(n int) string {
			// 200·(1+200·(1+200)+71·(1+137)) and n are 10 million where n is 200; a and b share the page of incidents.
			return query("{ a: incidents(first: 200) { nodes { attributions(first: 200) { nodes { denials(first: 200) { totalCount } } } } }" +
				" b: incidents(first: 200) { nodes { attributions(first: 71) { nodes { endorsements(first: 137) { totalCount } } } } }" +
				fmt.Sprintf(" c: states(first: %d) { totalCount } d: targets(first: %d) { totalCount } }", min(n, 200), max(n-200, 0)))
		}, 200, 400, "LIMIT_EXCEEDED"},
		{"conditions", func(n int) string {
			return query("{ incidents(where: {OR: [" + strings.Repeat("{id: {in: []}} ", n-1) + "]}) { totalCount } }")
		}, 300, 400, "LIMIT_EXCEEDED"},
		{"conditions in one another", func(n int) string {
			return query("{ incidents(where: " + strings.Repeat("{NOT: ", n-1) + "{}" + strings.Repeat("}", n-1) + ") { totalCount } }")
		}, 20, 400, "LIMIT_EXCEEDED"},
		{"words of a search", func(n int) string {
			return query(`{ search(query: "` + strings.Repeat("a ", n) + `") { totalCount } }`)
		}, 16, 400, "BAD_USER_INPUT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, n := range []int{c.most - 1, c.most, c.most + 1} {
				res, body := post(t, srv, c.body(n), "Accept", "application/graphql-response+json")
				code := codeOf(t, body)
				if c.name == "ids" && code == "NOT_FOUND" {
					code = "" // as there are none, which is an answer
				}
				if n <= c.most && (res.StatusCode != 200 || code != "") || n > c.most && (res.StatusCode != c.status || code != c.code) {
					t.Errorf("%d: %d %.300s", n, res.StatusCode, body)
				}
			}
		})
	}
}

// query is a request with a document.
func query(document string) string {
	text, _ := json.Marshal(map[string]string{"query": document})
	return string(text)
}

// tokens is a document of n tokens.
func tokens(n int) string {
	return "{incidents(where:{id:{in:[" + strings.Repeat(` "a"`, n-20) + "]}}){totalCount}}"
}

// fanned follows links to and fro, n times, so that a short document asks for much.
func fanned(n int, leaf string) string {
	return "{ attributions(first: 200) { nodes {" + strings.Repeat(" incident { attributions(first: 5) { nodes {", n) + leaf + strings.Repeat(" } } }", n) + " } } }"
}

// TestEmptyPages holds what the least sizes of pages mean.
func TestEmptyPages(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for arguments, want := range map[string]string{
		"first: 0":             `{"data":{"states":{"nodes":[],"pageInfo":{"hasNextPage":true}}}}`,
		"last: 0":              `{"data":{"states":{"nodes":[],"pageInfo":{"hasNextPage":false}}}}`,
		"first: 1":             `{"data":{"states":{"nodes":[{"__typename":"State"}],"pageInfo":{"hasNextPage":true}}}}`,
		"last: 1":              `{"data":{"states":{"nodes":[{"__typename":"State"}],"pageInfo":{"hasNextPage":false}}}}`,
		"first: 1, last: 1":    "BAD_USER_INPUT",
		"first: -1":            "BAD_USER_INPUT",
		"first: 4294967297":    "GRAPHQL_VALIDATION_FAILED BAD_USER_INPUT",
		"first: null":          "any",
		"first: 1, last: null": `{"data":{"states":{"nodes":[{"__typename":"State"}],"pageInfo":{"hasNextPage":true}}}}`,
	} {
		_, body := post(t, srv, query("{ states("+arguments+") { nodes { __typename } pageInfo { hasNextPage } } }"))
		code := codeOf(t, body)
		switch {
		case want == "any":
			if code != "" || !strings.Contains(body, "State") {
				t.Errorf("%s: %s", arguments, body)
			}
		case strings.HasPrefix(want, "{"):
			if body != want {
				t.Errorf("%s: %s", arguments, body)
			}
		case code == "" || !strings.Contains(want, code):
			t.Errorf("%s: %s", arguments, body)
		}
	}
}

// TestResponseLimit holds that the data has as many bytes as are allowed, and not one more.
func TestResponseLimit(t *testing.T) {
	s := bundledStore(t)
	const ask = "{ incidents(first: 5) { nodes { name } } }"
	data := handlerWith(t, s, nil).Do(t.Context(), ask, "", nil).Data
	for limit, want := range map[int]int{len(data) + 1: 200, len(data): 200, len(data) - 1: 200} {
		srv := httptest.NewServer(handlerWith(t, s, func(c *graph.Config) { c.MaxResponse = limit }))
		res, body := post(t, srv, query(ask))
		fine := limit >= len(data)
		if res.StatusCode != want || fine != (codeOf(t, body) == "") || !fine && (codeOf(t, body) != "LIMIT_EXCEEDED" || !strings.HasSuffix(body, `"data":null}`)) {
			t.Errorf("%d of %d bytes: %d %s", limit, len(data), res.StatusCode, body)
		}
		srv.Close()
	}
	// What the defaults allow to ask is still bounded.
	srv := newServer(t, s)
	res, body := post(t, srv, query(fanned(4, times(400, func(i int) string { return fmt.Sprintf(" a%d: summary", i) }))))
	if code := codeOf(t, body); code != "LIMIT_EXCEEDED" || !strings.Contains(body, "16777216 bytes") {
		t.Errorf("%d %d bytes %.300s", res.StatusCode, len(body), body)
	}
}

// TestTimeLimit holds that an operation's time reaches the store, and that it ends there.
func TestTimeLimit(t *testing.T) {
	var left time.Duration
	g := newGate(bundledStore(t))
	h := handlerWith(t, readStore{read: func(ctx context.Context, visit func(rows.Value) error) error {
		deadline, ok := ctx.Deadline()
		if !ok {
			t.Error("the store is given no limit")
		}
		left = time.Until(deadline)
		return g.Read(ctx, nil, nil, visit)
	}}, func(c *graph.Config) { c.Timeout = 50 * time.Millisecond })
	srv := serverOf(t, h)
	for accept, status := range map[string]int{"": 504, "application/graphql-response+json": 504, "application/json": 200} {
		res, body := post(t, srv, query(counted), "Accept", accept)
		if res.StatusCode != status || codeOf(t, body) != "TIMEOUT" {
			t.Errorf("%q: %d %s", accept, res.StatusCode, body)
		}
	}
	if left > 50*time.Millisecond {
		t.Errorf("the store was given %s", left)
	}
	if h.Load() != (graph.Load{}) {
		t.Errorf("%+v goes on running", h.Load())
	}
	// A real store is stopped in the middle of its work.
	h = handlerWith(t, g.Store, func(c *graph.Config) { c.Timeout = 20 * time.Millisecond })
	if answer := h.Do(t.Context(), fanned(6, " summary"), "", nil); len(answer.Errors) != 1 || answer.Errors[0].Extensions["code"] != "TIMEOUT" {
		t.Errorf("got %v", answer.Errors)
	}
}

// TestManyErrors holds that a document of many mistakes has no answer that is many times as long.
func TestManyErrors(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for document, want := range map[string]int{
		"{ incidents { nodes {" + times(20, func(i int) string { return fmt.Sprintf(" a%d: x", i) }) + " } } }":   20,
		"{ incidents { nodes {" + times(1600, func(i int) string { return fmt.Sprintf(" a%d: x", i) }) + " } } }": 20,
		"query(" + times(900, func(i int) string { return fmt.Sprintf("$v%d: Int ", i) }) + ") { __typename }":    20,
	} {
		_, body := post(t, srv, query(document))
		var answer struct{ Errors []json.RawMessage }
		if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Errors) != want {
			t.Errorf("%.60s: %d errors in %d bytes", document, len(answer.Errors), len(body))
		}
	}
}

// TestVariables holds that values of every size and depth are answered or refused with a reason.
func TestVariables(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	deep := func(n int, open, leaf, end string) string {
		return strings.Repeat(open, n) + leaf + strings.Repeat(end, n)
	}
	for _, c := range []struct {
		name, query, variables string
		status                 int
		code                   string
	}{
		{"a filter of 20 levels", "query($w: IncidentWhere) { incidents(where: $w) { totalCount } }", `{"w":` + deep(19, `{"NOT":`, "{}", "}") + `}`, 200, ""},
		{"a filter of 21 levels", "query($w: IncidentWhere) { incidents(where: $w) { totalCount } }", `{"w":` + deep(20, `{"NOT":`, "{}", "}") + `}`, 400, "LIMIT_EXCEEDED"},
		{"a filter of 9,000 levels", "query($w: IncidentWhere) { incidents(where: $w) { totalCount } }", `{"w":` + deep(9000, `{"NOT":`, "{}", "}") + `}`, 400, "LIMIT_EXCEEDED"},
		{"lists of 9,000 levels", "query($w: IncidentWhere) { incidents(where: $w) { totalCount } }", `{"w":` + deep(9000, "[", "", "]") + `}`, 400, "BAD_USER_INPUT"},
		{"JSON of 20,000 levels", "query($w: IncidentWhere) { incidents(where: $w) { totalCount } }", `{"w":` + deep(20000, "[", "", "]") + `}`, 400, "BAD_USER_INPUT"},
		{"an unused variable of 9,000 levels", "{ __typename }", `{"w":` + deep(9000, "[", "", "]") + `}`, 200, ""},
		{"300 conditions", "query($w: IncidentWhere) { incidents(where: $w) { totalCount } }", `{"w":{"OR":[` + strings.Repeat(`{"id":{"in":[]}},`, 298) + `{"id":{"in":[]}}]}}`, 200, ""},
		{"301 conditions", "query($w: IncidentWhere) { incidents(where: $w) { totalCount } }", `{"w":{"OR":[` + strings.Repeat(`{"id":{"in":[]}},`, 299) + `{"id":{"in":[]}}]}}`, 400, "LIMIT_EXCEEDED"},
		{"40,000 conditions", "query($w: IncidentWhere) { incidents(where: $w) { totalCount } }", `{"w":{"OR":[` + strings.Repeat(`{"id":{"in":[]}},`, 39999) + `{"id":{"in":[]}}]}}`, 400, "LIMIT_EXCEEDED"},
		{"a text of a megabyte", "query($t: String) { incidents(where: {name: {eq: $t}}) { totalCount } }", `{"t":"` + strings.Repeat("x", 1_000_000) + `"}`, 200, ""},
		{"a search of a megabyte", "query($t: String!) { search(query: $t) { totalCount } }", `{"t":"` + strings.Repeat("x", 1_000_000) + `"}`, 200, ""},
		{"a search of 400,000 words", "query($t: String!) { search(query: $t) { totalCount } }", `{"t":"` + strings.Repeat("x ", 400_000) + `"}`, 400, "BAD_USER_INPUT"},
		{"an id of a megabyte", "query($i: ID!) { node(id: $i) { id } }", `{"i":"` + strings.Repeat("x", 1_000_000) + `"}`, 400, "BAD_USER_INPUT"},
		{"a cursor of a megabyte", "query($c: String) { incidents(after: $c) { totalCount } }", `{"c":"` + strings.Repeat("A", 1_000_000) + `"}`, 400, "BAD_USER_INPUT"},
		{"a list of 200,000 texts", "query($l: [String!]) { incidents(where: {name: {in: $l}}) { totalCount } }", `{"l":[` + strings.Repeat(`"x",`, 199_999) + `"x"]}`, 200, ""},
		{"a list of 20,000 ids", "query($l: [ID!]!) { nodes(ids: $l) { id } }", `{"l":[` + strings.Repeat(`"x",`, 19_999) + `"x"]}`, 400, "BAD_USER_INPUT"},
		{"40,000 variables", "{ __typename }", `{"x":1` + times(40_000, func(i int) string { return fmt.Sprintf(`,"v%d":1`, i) }) + `}`, 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, body := post(t, srv, `{"query":"`+c.query+`","variables":`+c.variables+`}`, "Accept", "application/graphql-response+json")
			if res.StatusCode != c.status || codeOf(t, body) != c.code {
				t.Errorf("got %d %.300s, want %d %s", res.StatusCode, body, c.status, c.code)
			}
			if len(body) > 2000 {
				t.Errorf("the answer has %d bytes", len(body))
			}
		})
	}
}

// TestStatementBeyondTheStore asks for so many lists at once that SQLite refuses the statement: the client is told that it
// is too much, and in no words of the store's.
func TestStatementBeyondTheStore(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	lists := times(150, func(i int) string { return fmt.Sprintf(" l%d: timeline(first: %d) { nodes { id } }", i, i) })
	res, body := post(t, srv, query("{ states(first: 1) { nodes {"+lists+` } } incidents(where: { name: { eq: "x" } }) { nodes { id } } }`))
	if code := codeOf(t, body); code != "LIMIT_EXCEEDED" || !strings.Contains(body, "more than the store can do at once") {
		t.Errorf("%d %s: %.300s", res.StatusCode, code, body)
	}
}
