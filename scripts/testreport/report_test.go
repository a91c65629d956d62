package main

import (
	"strings"
	"testing"
)

// lines joins JSON events the way `go test -json` writes them.
func lines(events ...string) string { return strings.Join(events, "\n") + "\n" }

const (
	good = `{"Action":"start","Package":"x/d"}
{"Action":"run","Package":"x/d","Test":"TestD"}
{"Action":"output","Package":"x/d","Test":"TestD","Output":"=== RUN   TestD\n"}
{"Action":"output","Package":"x/d","Test":"TestD","Output":"    d_test.go:3: a quiet remark\n"}
{"Action":"pass","Package":"x/d","Test":"TestD"}
{"Action":"output","Package":"x/d","Output":"PASS\n"}
{"Action":"output","Package":"x/d","Output":"ok  \tx/d\t0.004s\n"}
{"Action":"pass","Package":"x/d"}`
	skipped = `{"Action":"output","Package":"x/d","Test":"TestS","Output":"=== RUN   TestS\n"}
{"Action":"output","Package":"x/d","Test":"TestS","Output":"    d_test.go:9: no browser: install one\n"}
{"Action":"output","Package":"x/d","Test":"TestS","Output":"--- SKIP: TestS (0.00s)\n"}
{"Action":"skip","Package":"x/d","Test":"TestS"}`
	bad = `{"Action":"output","Package":"x/a","Test":"TestBad","Output":"    a_test.go:5: wrong\n"}
{"Action":"fail","Package":"x/a","Test":"TestBad"}
{"Action":"output","Package":"x/a","Output":"FAIL\tx/a\t0.006s\n"}
{"Action":"fail","Package":"x/a"}`
	unbuilt = `{"ImportPath":"x/b [x/b.test]","Action":"build-output","Output":"b_test.go:3:39: no such thing\n"}
{"ImportPath":"x/b [x/b.test]","Action":"build-fail"}
{"Action":"output","Package":"x/b","Output":"FAIL\tx/b [build failed]\n"}
{"Action":"fail","Package":"x/b"}`
	aborted = `{"Action":"output","Package":"x/e","Test":"TestSlow","Output":"panic: test timed out after 1s\n"}
{"Action":"output","Package":"x/e","Output":"FAIL\tx/e\t1.004s\n"}
{"Action":"fail","Package":"x/e"}`
	untested = `{"Action":"output","Package":"x/c","Output":"?   \tx/c\t[no test files]\n"}
{"Action":"skip","Package":"x/c"}`
)

func TestReport(t *testing.T) {
	for _, c := range []struct {
		name, in   string
		requireAll bool
		good       bool
		shows      []string
		hides      []string
	}{
		{
			name: "passing tests print the package's line only", in: lines(good, untested), good: true,
			shows: []string{"ok  \tx/d\t0.004s\n", "1 passed, 0 failed, 0 left out, in 1 packages\n"},
			hides: []string{"quiet", "=== RUN", "PASS", "left out: "},
		},
		{
			name: "left out tests are named with their reason", in: lines(skipped, good), good: true,
			shows: []string{"1 left out", "left out: x/d TestS: no browser: install one\n"},
		},
		{
			name: "left out tests fail where all are required", in: lines(skipped, good), requireAll: true,
			shows: []string{"left out: x/d TestS: no browser: install one\n", "asks for all tests"},
		},
		{
			name: "nothing left out where all are required", in: lines(good), requireAll: true, good: true,
		},
		{
			name: "failed tests print what they said", in: lines(good, bad),
			shows: []string{"a_test.go:5: wrong\n", "FAIL\tx/a", "1 failed", "failed: x/a\n", "ok  \tx/d"},
		},
		{
			name: "build errors are shown", in: lines(good, unbuilt),
			shows: []string{"b_test.go:3:39: no such thing\n", "failed: x/b\n"},
		},
		{
			name: "a test that never ended is shown", in: lines(good, aborted),
			shows: []string{"panic: test timed out", "failed: x/e\n"},
		},
		{
			name: "lines of go itself are copied", in: lines("go: errors parsing go.mod:"),
			shows: []string{"go: errors parsing go.mod:\n", "nothing was tested"},
		},
		{name: "no input is no success", in: ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			s, err := report(strings.NewReader(c.in), &out)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.print(&out, c.requireAll); got != c.good {
				t.Errorf("good: %v, expected %v", got, c.good)
			}
			for _, text := range c.shows {
				if !strings.Contains(out.String(), text) {
					t.Errorf("%q is missing from:\n%s", text, out.String())
				}
			}
			for _, text := range c.hides {
				if strings.Contains(out.String(), text) {
					t.Errorf("%q is in:\n%s", text, out.String())
				}
			}
		})
	}
}
