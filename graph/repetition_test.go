package graph_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"attrigraph/internal/rows"
)

// bomb is a short document that stands for 2^n fields: each of its fragments spreads the next one twice.
func bomb(n int) string {
	return "{...F0}" + times(n, func(i int) string { return fmt.Sprintf("fragment F%d on Query{...F%d ...F%d}", i, i+1, i+1) }) + fmt.Sprintf("fragment F%d on Query{__typename}", n)
}

// deepBomb is the same with a field around each spread.
func deepBomb(n int) string {
	return "{incidents{nodes{...F0}}}" + times(n, func(i int) string {
		return fmt.Sprintf("fragment F%d on Incident{x:partOf{...F%d}y:partOf{...F%d}}", i, i+1, i+1)
	}) + fmt.Sprintf("fragment F%d on Incident{id}", n)
}

// TestFragmentBombs holds that documents which stand for longer ones cost what their own length costs. Work is counted in
// allocations, for the whole way from the text to the refusal.
func TestFragmentBombs(t *testing.T) {
	h := handlerWith(t, readStore{read: func(context.Context, func(rows.Value) error) error { return errors.New("the store was asked") }}, nil)
	srv := serverOf(t, h)
	for name, make := range map[string]func(n int) string{"spreads": bomb, "fields": deepBomb} {
		if name == "fields" && len(make(22)) < 1248 {
			t.Errorf("the bomb has %d bytes", len(make(22)))
		}
		for _, n := range []int{22, 200} {
			res, body := post(t, srv, query(make(n)), "Accept", "application/graphql-response+json")
			if res.StatusCode != 400 || codeOf(t, body) != "LIMIT_EXCEEDED" {
				t.Errorf("%s %d: %d %.300s", name, n, res.StatusCode, body)
			}
		}
		cost := func(n int) float64 {
			document := make(n)
			i := 0
			return testing.AllocsPerRun(3, func() {
				i++
				h.Do(t.Context(), fmt.Sprintf("%s#%d", document, i), "", nil) // another text, so that nothing is cached
			})
		}
		few, many := cost(60), cost(240)
		t.Logf("%s: %.0f and %.0f allocations", name, few, many)
		if many > 5*few {
			t.Errorf("%s: four times the document costs %.0f instead of %.0f allocations", name, many, few)
		}
		// A megabyte is refused after the first tokens.
		n := 10_000
		for len(make(n)) < 1_000_000 {
			n += 100
		}
		large := make(n)
		res, body := post(t, srv, query(large), "Accept", "application/graphql-response+json")
		if res.StatusCode != 400 || codeOf(t, body) != "LIMIT_EXCEEDED" || !strings.Contains(body, "tokens") {
			t.Errorf("%s: %d %.300s", name, res.StatusCode, body)
		}
		half := testing.AllocsPerRun(1, func() { h.Do(t.Context(), large[:len(large)/2], "", nil) })
		whole := testing.AllocsPerRun(1, func() { h.Do(t.Context(), large, "", nil) })
		t.Logf("%s: %d bytes: %.0f allocations, half of them %.0f", name, len(large), whole, half)
		if whole > 1.1*half+100 {
			t.Errorf("%s: what comes after the limit of tokens is read: %.0f allocations, for half of it %.0f", name, whole, half)
		}
	}
	// Ones within the limits are answered.
	if res, body := post(t, srv, query(bomb(8))); res.StatusCode != 200 || body != `{"data":{"__typename":"Query"}}` {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

// TestRepetition holds that fields which a document mentions again and again are counted where they stand for one another:
// in inline fragments, in fragments and below one another. The time that their validation takes is a power of their number.
func TestRepetition(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for name, c := range map[string]struct {
		document string
		code     string
	}{
		"inline fragments": {"{ incidents { nodes {" + strings.Repeat(" ... { id }", 960) + " } } }", "LIMIT_EXCEEDED"},
		"fragments": {"{" + times(330, func(i int) string { return fmt.Sprintf(" ...F%d", i) }) + " }" + times(330, func(i int) string {
			return fmt.Sprintf(" fragment F%d on Query { __typename __typename __typename }", i)
		}), "LIMIT_EXCEEDED"},
		"spreads of nothing":       {"{" + times(480, func(i int) string { return fmt.Sprintf(" ...F%d", i) }) + " }", "LIMIT_EXCEEDED"},
		"fewer spreads of nothing": {"{" + times(470, func(i int) string { return fmt.Sprintf(" ...F%d", i) }) + " }", "GRAPHQL_VALIDATION_FAILED"},
		"below one another":        {"{" + strings.Repeat(" incidents {"+strings.Repeat(" nodes {"+strings.Repeat(" id", 14)+" }", 14)+" }", 14) + " }", "LIMIT_EXCEEDED"},
		"below one another, fewer": {"{" + strings.Repeat(" incidents {"+strings.Repeat(" nodes {"+strings.Repeat(" id", 8)+" }", 8)+" }", 8) + " }", ""},
		"several operations":       {"query A { incidents { nodes {" + strings.Repeat(" id", 900) + " } } } query B { incidents { nodes {" + strings.Repeat(" id", 900) + " } } }", "LIMIT_EXCEEDED"},
		"in other places": {"{" + times(60, func(i int) string {
			return fmt.Sprintf(" a%d: incidents { nodes {%s } }", i, strings.Repeat(" id", 60))
		}) + " }", ""},
	} {
		_, body := post(t, srv, query(c.document))
		if code := codeOf(t, body); code != c.code || code == "LIMIT_EXCEEDED" && !strings.Contains(body, "repeats fields too often") {
			t.Errorf("%s: %.300s", name, body)
		}
	}
	// It holds for persisted ones too, and what is known is not looked at again.
	large := "{ incidents { nodes {" + strings.Repeat(" id", 960) + " } } }"
	for _, body := range []string{persisted(hashOf(large), large, "{}"), persisted(hashOf(large), "", "{}")} {
		if _, answer := post(t, srv, body); codeOf(t, answer) != "LIMIT_EXCEEDED" {
			t.Errorf("%.300s", answer)
		}
	}
}
