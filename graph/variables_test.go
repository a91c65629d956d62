package graph_test

import (
	"strings"
	"testing"
)

// TestVariableObjects holds that the objects in variables are counted wherever they are.
func TestVariableObjects(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	for name, body := range map[string]func(n int) string{
		"side by side":  func(n int) string { return `[` + strings.Repeat("{},", n-1) + `{}]` },
		"in one other":  func(n int) string { return `{"AND":[` + strings.Repeat("{},", n-2) + `{}]}` },
		"in two others": func(n int) string { return `[{"AND":[{},{}]},{"OR":[` + strings.Repeat("{},", n-5) + `{}]}]` },
	} {
		for n, refused := range map[int]bool{9_999: false, 10_000: false, 10_001: true} {
			_, answer := post(t, srv, `{"query":"{ __typename }","variables":{"w":`+body(n)+`}}`)
			if strings.Contains(answer, "the variables hold more than 10000 objects") != refused || (codeOf(t, answer) == "LIMIT_EXCEEDED") != refused {
				t.Errorf("%s, %d: %.300s", name, n, answer)
			}
		}
	}
}
