package fuzz

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"attrigraph/schema"
)

// FuzzOperation posts operations that are made of a text by growing and damaging it as the bytes of changes say. Each is
// asked twice: what the caches keep must not change the answer.
func FuzzOperation(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s.query, s.variables, []byte(nil))
		// Seven steps that grow and some that damage, as drawn from all kinds of bytes.
		for _, start := range []byte{7, 15, 23} {
			changes := []byte{start}
			for i := range 80 {
				changes = append(changes, byte((i+1)*int(start)*37))
			}
			f.Add(s.query, s.variables, changes)
		}
	}
	api, err := schema.Parsed()
	if err != nil {
		f.Fatal(err)
	}
	words := dictionary(api)
	g := newTarget(f)
	f.Fuzz(func(t *testing.T, query, variables string, changes []byte) {
		d := &draw{changes}
		query, variables = grow(d, api, query, variables)
		query = damage(d, words, query)
		body, ok := encoded(query, variables)
		if !ok {
			t.Skip("the request is too large to be read")
		}
		ask := func() *answer {
			r, ok := request("POST", "/graphql", "Content-Type: application/json\nAccept: application/graphql-response+json", body)
			if !ok {
				t.Fatal("the request is none")
			}
			a := g.do(t, r)
			a.judge(t, query+variables)
			return a
		}
		first := ask()
		second := ask()
		if first.status != http.StatusGatewayTimeout && second.status != http.StatusGatewayTimeout && settled(first.body) != settled(second.body) {
			t.Errorf("asked again the answer differs:\n%s\n%s", shortened(first.body), shortened(second.body))
		}
		if t.Failed() {
			t.Logf("operation:\n%s\nvariables: %s", shortened(query), shortened(variables))
		}
	})
}

// suggestions are of gqlparser, which takes those for types out of a map: their order and choice change where several are
// equally near.
var suggestions = regexp.MustCompile(` Did you mean [^?]*\?`)

// settled is an answer without what may differ between two answers to one question.
func settled(body string) string { return suggestions.ReplaceAllString(body, "") }

// encoded is the body of a request; not ok where it is larger than the server reads.
func encoded(query, variables string) (body []byte, ok bool) {
	if strings.TrimSpace(variables) == "" {
		variables = "null"
	}
	var b bytes.Buffer
	b.WriteString(`{"query":`)
	text, err := json.Marshal(query)
	if err != nil {
		return nil, false
	}
	b.Write(text)
	b.WriteString(`,"variables":` + variables + "}")
	return b.Bytes(), b.Len() < 1<<20
}
