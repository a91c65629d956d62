package date_test

import (
	"cmp"
	"testing"
	"time"

	"attrigraph/internal/date"
	"pgregory.net/rapid"
)

func TestInstant(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2025-05-28T14:03:00Z", "2025-05-28T14:03:00.000Z"},
		{"2025-05-28T14:03:00.25Z", "2025-05-28T14:03:00.250Z"},
		{"2025-05-28T14:03:00.9999Z", "2025-05-28T14:03:00.999Z"},
		{"2025-05-28T01:03:00+02:00", "2025-05-27T23:03:00.000Z"},
		{"2025-12-31T23:30:00-01:00", "2026-01-01T00:30:00.000Z"},
		{"2025-05-28T14:03:00-00:00", "2025-05-28T14:03:00.000Z"},
		{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
		{"9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"},
	} {
		if got, err := date.Instant(c.in); err != nil || got != c.want {
			t.Errorf("Instant(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

func TestInstantErrors(t *testing.T) {
	const forms = "; write RFC 3339 with a zone, such as 2025-05-28T14:03:00Z or 2025-05-28T16:03:00.250+02:00"
	for _, in := range []string{
		"", "2025-05-28", "2025-05-28T14:03:00", "2025-05-28 14:03:00Z", "2025-05-28T14:03Z", "2025-05-28T4:03:00Z",
		"2025-05-28T14:03:00,5Z", "2025-05-28T14:03:60Z", "2025-02-29T14:03:00Z", "2025-05-28T24:00:00Z", "2025-05-28T14:03:00+24:00", "2025-05-28T14:03:00Z\n",
	} {
		got, err := date.Instant(in)
		want := "instant " + quoted(in) + " is not a date and time" + forms
		if err == nil || err.Error() != want || got != "" {
			t.Errorf("Instant(%q) = %q\n got %v\nwant %s", in, got, err, want)
		}
	}
	for _, in := range []string{"0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01", "0000-06-01T00:00:00Z"} {
		want := "instant " + quoted(in) + " lies outside the years 0001 to 9999 in UTC" + forms
		if _, err := date.Instant(in); err == nil || err.Error() != want {
			t.Errorf("Instant(%q)\n got %v\nwant %s", in, err, want)
		}
	}
}

func quoted(s string) string {
	if s != "" && s[len(s)-1] == '\n' {
		s = s[:len(s)-1] + `\n`
	}
	return `"` + s + `"`
}

func TestInstantOrder(t *testing.T) {
	instants := rapid.Custom(func(t *rapid.T) time.Time {
		zone := time.FixedZone("", 60*rapid.IntRange(-23*60, 23*60).Draw(t, "zone in minutes"))
		ms := rapid.OneOf(rapid.Int64Range(-10, 10), rapid.Int64Range(-62e12, 253e12)).Draw(t, "milliseconds")
		return time.UnixMilli(ms).Add(time.Duration(rapid.IntRange(0, 999_999).Draw(t, "nanoseconds"))).In(zone)
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := instants.Draw(t, "a"), instants.Draw(t, "b")
		ka, err := date.Instant(a.Format(time.RFC3339Nano))
		if err != nil {
			t.Fatal(err)
		}
		kb, err := date.Instant(b.Format(time.RFC3339Nano))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := cmp.Compare(ka, kb), cmp.Compare(a.UnixMilli(), b.UnixMilli()); got != want {
			t.Fatalf("%s and %s compare %d, want %d", ka, kb, got, want)
		}
		if again, err := date.Instant(ka); err != nil || again != ka || date.FormatInstant(a) != ka {
			t.Fatalf("%s reads as %s, %v; formatted %s", ka, again, err, date.FormatInstant(a))
		}
	})
}
