package fuzz

import "encoding/json"

// draw turns the bytes that the fuzzer changes into decisions, so that a small change of the bytes is a small change of
// what is made of them. When they are used up every decision is the first choice.
type draw struct{ bytes []byte }

func (d *draw) done() bool { return len(d.bytes) == 0 }

// below draws a number from 0 to n-1.
func (d *draw) below(n int) int {
	if n <= 1 || d.done() {
		return 0
	}
	drawn := int(d.bytes[0])
	d.bytes = d.bytes[1:]
	if n > 256 && !d.done() {
		drawn = drawn<<8 | int(d.bytes[0])
		d.bytes = d.bytes[1:]
	}
	return drawn % n
}

func (d *draw) chance(oneIn int) bool { return d.below(oneIn) == oneIn-1 }

// pick draws an element of a list that is not empty.
func pick[T any](d *draw, list []T) T { return list[d.below(len(list))] }

// texts are values that are special to one of the parts on the way: GraphQL, JSON, the stores, search, dates, cursors.
var texts = []string{
	"China", "apt31", "NÚKIB", "", " ", "%", "_", "'", `"`, `\`, "`", "$p0", "?1", "*", "a OR b", "NEAR(a b)", "{}", "null",
	"2025", "2025-05", "2025-05-28", "2025-02-30", "0000", "9999-12-31", "2025-05-28T10:00:00Z", "10000-01-01",
	"\u0000", "\uE000\U0001F600", "\uFFFF", "ß", "İ", "e\u0301", "AQ", "AQAA", "eyJ9",
	"incident--00000000-0000-0000-0000-000000000000", "state--x", "--", "INCIDENT",
}

// numbers are those at the edges of what Int, pages and JSON allow.
var numbers = []string{"1", "0", "-1", "5", "200", "201", "2147483647", "2147483648", "-2147483648", "99999999999999999999", "1.5", "1e3", "-0", "007"}

// quoted is a text as a literal of GraphQL and JSON.
func quoted(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a text always has a JSON text
	}
	return string(raw)
}
