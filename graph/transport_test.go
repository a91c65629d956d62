package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/graph"
)

// do sends a request; headers come in pairs, an empty value leaves one out.
func do(t *testing.T, method, address, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		} else {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

func post(t *testing.T, srv *httptest.Server, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	return do(t, http.MethodPost, srv.URL, body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

func codeOf(t *testing.T, body string) string {
	t.Helper()
	var answer struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	if len(answer.Errors) == 0 {
		return ""
	}
	return answer.Errors[0].Extensions.Code
}

const typename = `{"query":"{ __typename }"}`

func TestNegotiation(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	const response, plain = "application/graphql-response+json; charset=utf-8", "application/json; charset=utf-8"
	for accept, want := range map[string]string{
		"":                                  plain,
		"*/*":                               plain,
		"application/*":                     plain,
		"application/graphql-response+json": response,
		"application/graphql-response+json, application/json":             response,
		"application/json, application/graphql-response+json":             response,
		"application/graphql-response+json;q=0.5, application/json;q=0.9": plain,
		"application/json":                           plain,
		"application/json; charset=utf-8":            plain,
		"application/json, text/plain, */*":          plain,
		"text/html, */*;q=0.8":                       plain,
		"*/*, application/json;q=0":                  response,
		"application/graphql-response+json;q=0, */*": plain,
		"text/html":                        "",
		"application/json;q=0":             "",
		"application/json; charset=utf-16": "",
		"application/graphql-response+json; charset=UTF-8 ": response,
	} {
		res, body := post(t, srv, typename, "Accept", accept)
		if want == "" {
			if res.StatusCode != http.StatusNotAcceptable || codeOf(t, body) != "BAD_USER_INPUT" {
				t.Errorf("%q: %d %s", accept, res.StatusCode, body)
			}
			continue
		}
		if got := res.Header.Get("Content-Type"); got != want || res.StatusCode != 200 || body != `{"data":{"__typename":"Query"}}` {
			t.Errorf("%q: got %d %s %s, want %s", accept, res.StatusCode, got, body, want)
		}
		if !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept") {
			t.Errorf("%q: Vary is %v", accept, res.Header.Values("Vary"))
		}
	}
}

func TestBadBodies(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	whole := `{"query":"query($n: Int) { incidents(first: $n) { totalCount } }","variables":{"n":1}}`
	for _, c := range []struct {
		name, body, code string
		status           int
	}{
		{"empty", "", "BAD_USER_INPUT", 400},
		{"spaces", "  ", "BAD_USER_INPUT", 400},
		{"cut in half", whole[:len(whole)/2], "BAD_USER_INPUT", 400},
		{"garbage", "sesame", "BAD_USER_INPUT", 400},
		{"two values", typename + typename, "BAD_USER_INPUT", 400},
		{"list", "[" + typename + "]", "BAD_USER_INPUT", 400},
		{"text", `"sesame"`, "BAD_USER_INPUT", 400},
		{"null", "null", "BAD_USER_INPUT", 400},
		{"no query", `{}`, "BAD_USER_INPUT", 400},
		{"query is null", `{"query":null}`, "BAD_USER_INPUT", 400},
		{"query is empty", `{"query":""}`, "BAD_USER_INPUT", 400},
		{"query is a number", `{"query":1}`, "BAD_USER_INPUT", 400},
		{"query twice", `{"query":"{ __typename }","query":"{ sesame }"}`, "BAD_USER_INPUT", 400},
		{"variables are a list", `{"query":"{ __typename }","variables":["sesame"]}`, "BAD_USER_INPUT", 400},
		{"variables are a text", `{"query":"{ __typename }","variables":"{}"}`, "BAD_USER_INPUT", 400},
		{"operation name is a list", `{"query":"{ __typename }","operationName":[]}`, "BAD_USER_INPUT", 400},
		{"extensions are a number", `{"query":"{ __typename }","extensions":1}`, "BAD_USER_INPUT", 400},
		{"invalid UTF-8", "{\"query\":\"{ sesame\xff }\"}", "BAD_USER_INPUT", 400},
		{"nested too deeply", `{"query":"{ __typename }","variables":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "BAD_USER_INPUT", 400},
		{"too large", `{"query":"{ __typename }","sesame":"` + strings.Repeat("x", graph.MaxBody) + `"}`, "LIMIT_EXCEEDED", 413},
		{"syntax", `{"query":"{ sesame("}`, "GRAPHQL_PARSE_FAILED", 400},
		{"variable", `{"query":"query($n: Int) { incidents(first: $n) { totalCount } }","variables":{"n":"sesame"}}`, "BAD_USER_INPUT", 400},
		{"variable missing", `{"query":"query($id: ID!) { node(id: $id) { id } }"}`, "BAD_USER_INPUT", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, body := post(t, srv, c.body)
			if res.StatusCode != c.status || codeOf(t, body) != c.code {
				t.Errorf("got %d %s, want %d %s", res.StatusCode, body, c.status, c.code)
			}
			if strings.Contains(body, `"data"`) || strings.Contains(body, "sesame") {
				t.Errorf("the answer has data or repeats the body: %s", body)
			}
		})
	}
}

// TestChunkedBody holds that the limit is kept where the client does not say how long the body is.
func TestChunkedBody(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for body, want := range map[string]int{typename: 200, typename + strings.Repeat(" ", graph.MaxBody): 413} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, struct{ io.Reader }{strings.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%d bytes: got %d, want %d", len(body), res.StatusCode, want)
		}
	}
}

// TestBodyBrokenOff sends half of the body that was announced and then nothing more.
func TestBodyBrokenOff(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(typename), typename[:10])
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(raw), "HTTP/1.1 400 ") || !strings.Contains(string(raw), "BAD_USER_INPUT") {
		t.Errorf("got %s", raw)
	}
}

func TestContentTypes(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for contentType, want := range map[string]int{
		"application/json":                  200,
		"application/json; charset=utf-8":   200,
		"Application/JSON;charset=UTF-8":    200,
		"":                                  415,
		"text/plain":                        415,
		"application/json; charset=latin1":  415,
		"application/graphql":               415,
		"application/x-www-form-urlencoded": 415,
		"application/json;;":                415,
	} {
		res, body := post(t, srv, typename, "Content-Type", contentType)
		if res.StatusCode != want {
			t.Errorf("%q: got %d %s, want %d", contentType, res.StatusCode, body, want)
		}
	}
	if res, body := post(t, srv, typename, "Content-Encoding", "gzip"); res.StatusCode != 415 {
		t.Errorf("compressed: %d %s", res.StatusCode, body)
	}
}

// TestPlainJSONStatus holds that clients which take only application/json get 200 for every request that can be read.
func TestPlainJSONStatus(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for body, want := range map[string]int{
		`{"query":"{"}`:           200,
		`{"query":"{ nothing }"}`: 200,
		`{"query":"query($id: ID!) { node(id: $id) { id } }"}`: 200,
		`{"query":1}`: 400,
		`{`:           400,
	} {
		res, got := post(t, srv, body, "Accept", "application/json")
		if res.StatusCode != want || codeOf(t, got) == "" {
			t.Errorf("%s: %d %s", body, res.StatusCode, got)
		}
	}
}

// TestPartialAnswer holds that an answer with data is 200 and tells its errors first.
func TestPartialAnswer(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	res, body := post(t, srv, `{"query":"{ __typename node(id: \"state--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37\") { id } }"}`)
	if res.StatusCode != 200 || !strings.HasPrefix(body, `{"errors":[{`) || !strings.HasSuffix(body, `,"data":{"__typename":"Query","node":null}}`) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if res.ContentLength != int64(len(body)) {
		t.Errorf("Content-Length is %d of %d", res.ContentLength, len(body))
	}
}

func TestGet(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	const query = "query A($n: Int!) { states(first: $n) { nodes { __typename } } } query B { __typename }"
	for _, c := range []struct {
		parameters url.Values
		status     int
		body       string
	}{
		{url.Values{"query": {"{ __typename }"}}, 200, `{"data":{"__typename":"Query"}}`},
		{url.Values{"query": {query}, "operationName": {"A"}, "variables": {`{"n":1}`}}, 200, `{"data":{"states":{"nodes":[{"__typename":"State"}]}}}`},
		{url.Values{"query": {query}}, 400, "several operations"},
		{url.Values{}, 400, "no parameter query"},
		{url.Values{"query": {"{ __typename }", "{ x }"}}, 400, "keep one"},
		{url.Values{"query": {"{ __typename }"}, "variables": {"[1]"}}, 400, "must be a JSON object, not a list"},
		{url.Values{"query": {"{ __typename }"}, "variables": {"{"}}, 400, "ends too early"},
		{url.Values{"query": {"{ __typename }"}, "extensions": {"1"}}, 400, "not a number"},
		{url.Values{"query": {"{ \xff }"}}, 400, "UTF-8"},
	} {
		res, body := do(t, http.MethodGet, srv.URL+"?"+c.parameters.Encode(), "")
		if res.StatusCode != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%v: got %d %s, want %d %s", c.parameters, res.StatusCode, body, c.status, c.body)
		}
	}
	if res, body := do(t, http.MethodGet, srv.URL+"?query=%zz", ""); res.StatusCode != 400 {
		t.Errorf("a broken address: %d %s", res.StatusCode, body)
	}
}

func TestMethods(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead} {
		res, _ := do(t, method, srv.URL+"?query={__typename}", "")
		if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, POST, OPTIONS" {
			t.Errorf("%s: %d, Allow: %s", method, res.StatusCode, res.Header.Get("Allow"))
		}
	}
	if res, _ := do(t, http.MethodOptions, srv.URL, ""); res.StatusCode != http.StatusNoContent || res.Header.Get("Allow") == "" {
		t.Errorf("OPTIONS: %d", res.StatusCode)
	}
}

// writable is a schema with a mutation, which the API of this program has not yet.
type writable struct{ graphql.ExecutableSchema }

func (writable) Schema() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Input: "type Query { read: Int } type Mutation { write: Int }"})
}

func (writable) Exec(context.Context) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Data: []byte(`{"write":1}`)})
}

// TestGetNeverMutates holds that a mutation needs POST.
func TestGetNeverMutates(t *testing.T) {
	exec := executor.New(writable{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(graphql.StartOperationTrace(r.Context()))
		if r.Method == http.MethodGet {
			graph.GET{}.Do(w, r, exec)
			return
		}
		graph.POST{}.Do(w, r, exec)
	}))
	defer srv.Close()
	res, body := do(t, http.MethodGet, srv.URL+"?query="+url.QueryEscape("mutation { write }"), "")
	if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "POST" || codeOf(t, body) != "BAD_USER_INPUT" {
		t.Errorf("GET: %d %s, Allow: %s", res.StatusCode, body, res.Header.Get("Allow"))
	}
	if res, body := post(t, srv, `{"query":"mutation { write }"}`); res.StatusCode != 200 || body != `{"data":{"write":1}}` {
		t.Errorf("POST: %d %s", res.StatusCode, body)
	}
}

// TestIntrospection holds that tools can read the schema.
func TestIntrospection(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	res, body := post(t, srv, `{"query":"{ __schema { queryType { name } } __type(name: \"Incident\") { kind } }"}`)
	if res.StatusCode != 200 || body != `{"data":{"__schema":{"queryType":{"name":"Query"}},"__type":{"kind":"OBJECT"}}}` {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

// TestAppendResponse holds the order of an answer's members, and that data is passed on as it is.
func TestAppendResponse(t *testing.T) {
	errors := gqlerror.List{{Message: "a < b"}}
	extensions := map[string]any{"n": 1}
	for want, answer := range map[string]*graphql.Response{
		`{"data":{"a": 1}}`:                                               {Data: []byte(`{"a": 1}`)},
		`{"errors":[{"message":"a < b"}]}`:                                {Errors: errors},
		`{"errors":[{"message":"a < b"}],"data":null}`:                    {Errors: errors, Data: []byte("null")},
		`{"data":{},"extensions":{"n":1}}`:                                {Data: []byte("{}"), Extensions: extensions},
		`{"errors":[{"message":"a < b"}],"extensions":{"n":1}}`:           {Errors: errors, Extensions: extensions},
		`{"errors":[{"message":"a < b"}],"data":{},"extensions":{"n":1}}`: {Errors: errors, Data: []byte("{}"), Extensions: extensions},
	} {
		got, err := graph.AppendResponse(nil, answer)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
