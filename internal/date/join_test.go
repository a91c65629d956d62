package date_test

import (
	"testing"

	"attrigraph/internal/date"
)

func TestJoinUndoesParseRange(t *testing.T) {
	for in, want := range map[string]string{
		"2025": "2025", "2025-05": "2025-05", "2025-05-28": "2025-05-28",
		"2021-03-10/2021-03-14": "2021-03-10/2021-03-14", "2021-03/2022": "2021-03-01/2022-12-31",
		"2025-05-28/..": "2025-05-28/..", "../2021-03": "../2021-03-31",
	} {
		d, err := date.ParseRange(in)
		if err != nil {
			t.Fatal(err)
		}
		joined := date.Join(d.Text, d.Earliest, d.Latest)
		if joined != want {
			t.Errorf("Join of the parts of %q is %q, want %q", in, joined, want)
		}
		if again, err := date.ParseRange(joined); err != nil || again != d {
			t.Errorf("%q has the parts %+v, and joined and read again %+v, %v", in, d, again, err)
		}
	}
	if got := date.Join("", "", ""); got != "" {
		t.Errorf("nothing joined is %q", got)
	}
}
