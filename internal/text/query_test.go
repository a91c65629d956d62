package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"attrigraph/internal/text"
	"pgregory.net/rapid"
)

func TestParseQuery(t *testing.T) {
	for _, c := range []struct {
		in      string
		words   []string
		prefix  string
		needles []string
		exact   string
		fts5    string
		lucene  string
	}{
		{"NÚKIB", nil, "nukib", []string{" nukib"}, " nukib ", `"nukib"*`, "+nukib*"},
		{"cyber-att", []string{"cyber"}, "att", []string{" cyber ", " att"}, " cyber att ", `"cyber" "att"*`, "+cyber +att*"},
		{"APT31 AND (", []string{"apt31"}, "and", []string{" apt31 ", " and"}, " apt31 and ", `"apt31" "and"*`, "+apt31 +and*"},
		{`a "b c* NOT:~`, []string{"a", "b", "c"}, "not", []string{" a ", " b ", " c ", " not"}, " a b c not ", `"a" "b" "c" "not"*`, "+a +b +c +not*"},
		{"外交部 北约", []string{"外交部"}, "北约", []string{" 外交部 ", " 北约"}, " 外交部 北约 ", `"外交部" "北约"*`, "+外交部 +北约*"},
	} {
		q, err := text.ParseQuery(c.in)
		if err != nil {
			t.Errorf("ParseQuery(%q): %v", c.in, err)
			continue
		}
		if !slices.Equal(q.Words, c.words) || q.Prefix != c.prefix {
			t.Errorf("ParseQuery(%q) = %q", c.in, q)
		}
		if got := q.Needles(); !slices.Equal(got, c.needles) {
			t.Errorf("Needles of %q = %q, want %q", c.in, got, c.needles)
		}
		for _, m := range []struct{ name, got, want string }{
			{"Exact", q.Exact(), c.exact}, {"FTS5", q.FTS5(), c.fts5}, {"Lucene", q.Lucene(), c.lucene},
		} {
			if m.got != m.want {
				t.Errorf("%s of %q = %q, want %q", m.name, c.in, m.got, m.want)
			}
		}
	}
}

func TestParseQueryErrors(t *testing.T) {
	const none = "search query has no letter or digit; write at least one word"
	for _, c := range []struct{ in, want string }{
		{"", none},
		{" *?\"(", none},
		{"\u0301", none},
		{"\xff", none},
		{strings.Repeat("a ", 17), "search query has more than 16 words; leave some out"},
	} {
		if q, err := text.ParseQuery(c.in); err == nil || err.Error() != c.want {
			t.Errorf("ParseQuery(%q) = %v, %v; want error %s", c.in, q, err, c.want)
		}
	}
	if _, err := text.ParseQuery(strings.Repeat("a ", 16)); err != nil {
		t.Errorf("16 words: %v", err)
	}
}

func TestQueryMatch(t *testing.T) {
	for _, c := range []struct {
		query, in string
		want      bool
	}{
		{"apt31", "Group APT31, also Zirconium", true},
		{"apt3", "APT31", true},
		{"pt31", "APT31", false},
		{"apt zir", "APT 31 Zirconium", true},
		{"ap zir", "APT 31 Zirconium", false},
		{"zirconium apt", "APT 31 Zirconium", true},
		{"nukib", "NÚKIB", true},
		{"a a", "a", true},
		{"a", "", false},
	} {
		q, err := text.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Match(text.FoldedText(c.in)); got != c.want {
			t.Errorf("query %q matches %q: %v, want %v", c.query, c.in, got, c.want)
		}
	}
}

func TestQueryProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkQuery(t, storableText().Draw(t, "query"))
	})
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{"", "NÚKIB", "APT31 AND (", `"a" OR b*`, "中国 😀", "\xff\u0301ß½"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkQuery(t, s) })
}

// checkQuery checks what holds for every query: errors exactly when there are
// no words or too many; else its words are letters and digits, it matches the
// text it was made from, and its forms follow from its words.
func checkQuery(t interface{ Fatalf(string, ...any) }, s string) {
	words := text.Fold(s)
	q, err := text.ParseQuery(s)
	if (err != nil) != (len(words) == 0 || len(words) > 16) {
		t.Fatalf("query of %d words: %v", len(words), err)
	}
	if err != nil {
		return
	}
	if got := append(slices.Clone(q.Words), q.Prefix); !slices.Equal(got, words) {
		t.Fatalf("query has words %+q, the text %+q", got, words)
	}
	folded := text.FoldedText("x", s, "y")
	if !q.Match(folded) {
		t.Fatalf("query does not match its own text %+q", folded)
	}
	for _, needle := range q.Needles() {
		if !strings.Contains(folded, needle) {
			t.Fatalf("needle %+q is not in %+q", needle, folded)
		}
	}
	if q.Exact() != text.FoldedName(s) {
		t.Fatalf("Exact is %+q, the folded name %+q", q.Exact(), text.FoldedName(s))
	}
	plain := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
	bare := func(form, marks string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(marks, r) {
				return -1
			}
			return r
		}, form)
	}
	joined := strings.Join(words, " ")
	if bare(q.FTS5(), `"*`) != joined || bare(q.Lucene(), "+*") != joined {
		t.Fatalf("forms %+q and %+q do not hold the words %+q", q.FTS5(), q.Lucene(), words)
	}
	for _, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return !plain(r) || unicode.ToLower(r) != r }) {
			t.Fatalf("word %+q is not letters and digits in lower case", w)
		}
		if n := len([]rune(w)); n > 64 {
			t.Fatalf("word has %d characters", n)
		}
	}
}
