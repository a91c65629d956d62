package text_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"attrigraph/internal/text"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	long := strings.Repeat("x", 64)
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" -_.,'\n", nil},
		{"APT31", []string{"apt31"}},
		{"Tchéquie's NÚKIB/BIS", []string{"tchequie", "s", "nukib", "bis"}},
		{"NU\u0301KIB", []string{"nukib"}},
		{"cyber-attack cyber_attack", []string{"cyber", "attack", "cyber", "attack"}},
		{"a a b a", []string{"a", "a", "b", "a"}},
		{"Straße STRASSE STRAẞE", []string{"strasse", "strasse", "strasse"}},
		{"ΟΔΟΣ οδος οδοσ Ὀδός", []string{"οδοσ", "οδοσ", "οδοσ", "οδοσ"}},
		{"İstanbul ISTANBUL ıstanbul", []string{"istanbul", "istanbul", "istanbul"}},
		{"ﬁle ＡＰＴ３１ ①② x²", []string{"file", "apt31", "12", "x2"}},
		{"½", []string{"1", "2"}},
		{"Ⅷ ™", []string{"viii", "tm"}},
		{"МИД России", []string{"мид", "россии"}},
		{"中国外交部：反对", []string{"中国外交部", "反对"}},
		{"हिन्दी", []string{"हनद"}},
		{"\u0301a\u20DD\u0301", []string{"a"}},
		{"\u0301", nil},
		{"a\xffb", []string{"a", "b"}},
		{"a\uFFFDb", []string{"a", "b"}},
		{"😀APT😀", []string{"apt"}},
		{"𝐀𝐏𝐓", []string{"apt"}},
		{long + "y z", []string{long, "z"}},
		{strings.Repeat("é", 65), []string{strings.Repeat("e", 64)}},
		{strings.Repeat("x", 63) + "ßy", []string{strings.Repeat("x", 63) + "s"}},
	} {
		if got := text.Fold(c.in); !slices.Equal(got, c.want) {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// A syllable of Hangul is found by its beginning.
func TestFoldHangul(t *testing.T) {
	whole, start := text.Fold("한국"), text.Fold("하")
	if len(whole) != 1 || len(start) != 1 || !strings.HasPrefix(whole[0], start[0]) {
		t.Errorf("%+q does not begin with %+q", whole, start)
	}
}

// TestFoldEveryCharacter checks the result for each character: letters and
// digits only, fully decomposed, lower case, and unchanged by folding again.
func TestFoldEveryCharacter(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		words := text.Fold(string(r))
		for _, w := range words {
			for _, f := range w {
				if !unicode.IsLetter(f) && !unicode.IsNumber(f) {
					t.Errorf("U+%04X folds to %+q, which holds more than letters and digits", r, w)
				}
				if unicode.ToLower(f) != f {
					t.Errorf("U+%04X folds to %+q, which is not lower case", r, w)
				}
			}
			if norm.NFKD.String(w) != w {
				t.Errorf("U+%04X folds to %+q, which decomposes further", r, w)
			}
		}
		if again := text.Fold(strings.Join(words, " ")); !slices.Equal(again, words) {
			t.Errorf("U+%04X folds to %+q and then to %+q", r, words, again)
		}
	}
}

// foldByTables is what Fold does, made from other parts: normalization of the
// whole text and the case folding of the Unicode Character Database.
func foldByTables(s string) []string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	decomposed := norm.NFKD.String(s)
	unmarked := strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, decomposed)
	// Case folding keeps ı apart from i, and takes Cherokee to upper case.
	folded := strings.ToLower(cases.Fold().String(strings.ReplaceAll(unmarked, "ı", "i")))
	words := strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	for i, w := range words {
		if r := []rune(w); len(r) > 64 {
			words[i] = string(r[:64])
		}
	}
	return words
}

func TestFoldAgreesWithCaseFolding(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if got, want := text.Fold(string(r)), foldByTables(string(r)); !slices.Equal(got, want) {
			t.Errorf("U+%04X folds to %+q, by the tables to %+q", r, got, want)
		}
	}
}

func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := storableText().Draw(t, "s")
		words := text.Fold(s)
		if want := foldByTables(s); !slices.Equal(words, want) {
			t.Fatalf("Fold gives %+q, by the tables %+q", words, want)
		}
		folded := text.FoldedText(s)
		if again := text.FoldedText(folded); again != folded {
			t.Fatalf("folded again, %+q becomes %+q", folded, again)
		}
		for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD} {
			if got := text.FoldedText(form.String(s)); got != folded {
				t.Fatalf("normalized first, the text folds to %+q instead of %+q", got, folded)
			}
		}
		if err := text.Check(folded); err != nil {
			t.Fatalf("folded text is no text: %v", err)
		}
	})
}

func TestFoldedText(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{nil, " "},
		{[]string{"", "..."}, " "},
		{[]string{"APT31"}, " apt31 "},
		{[]string{"APT-31", "", "Violet Typhoon"}, " apt 31 violet typhoon "},
	} {
		if got := text.FoldedText(c.parts...); got != c.want {
			t.Errorf("FoldedText(%q) = %q, want %q", c.parts, got, c.want)
		}
	}
	if got := text.FoldedName("Národní úřad"); got != " narodni urad " {
		t.Errorf("FoldedName = %q", got)
	}
}

// Parts never run together into one word.
func TestFoldedTextParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(storableText()).Draw(t, "parts")
		var words []string
		for _, p := range parts {
			words = append(words, text.Fold(p)...)
		}
		want := " "
		if len(words) > 0 {
			want = " " + strings.Join(words, " ") + " "
		}
		if got := text.FoldedText(parts...); got != want {
			t.Fatalf("FoldedText gives %+q, want %+q", got, want)
		}
	})
}

func BenchmarkFoldedText(b *testing.B) {
	for name, s := range map[string]string{
		"ascii":   strings.Repeat("the Ministry of Foreign Affairs of the Czech Republic ", 20),
		"czech":   strings.Repeat("Národní úřad pro kybernetickou a informační bezpečnost ", 20),
		"chinese": strings.Repeat("中国一贯坚决反对并依法打击各种形式的网络攻击，", 20),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				text.FoldedText(s)
			}
		})
	}
}
