package text_test

import (
	"strings"
	"testing"

	"attrigraph/internal/text"
)

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":                       `""`,
		"a \"b\"\n":              `"a \"b\"\n"`,
		"\xe9":                   `"\xe9"`,
		strings.Repeat("é", 60):  `"` + strings.Repeat("é", 60) + `"`,
		strings.Repeat("é", 61):  `"` + strings.Repeat("é", 60) + `"...`,
		strings.Repeat("\n", 70): `"` + strings.Repeat(`\n`, 60) + `"...`,
	} {
		if got := text.Quote(in); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}
