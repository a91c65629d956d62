package date_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/date"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want date.Date
		key  string
	}{
		{"2025", date.Date{Text: "2025", Precision: date.YEAR, Earliest: "2025-01-01", Latest: "2025-12-31"}, "2025-01-01/1"},
		{"2025-05", date.Date{Text: "2025-05", Precision: date.MONTH, Earliest: "2025-05-01", Latest: "2025-05-31"}, "2025-05-01/2"},
		{"2025-05-28", date.Date{Text: "2025-05-28", Precision: date.DAY, Earliest: "2025-05-28", Latest: "2025-05-28"}, "2025-05-28/3"},
		{"2024-02", date.Date{Text: "2024-02", Precision: date.MONTH, Earliest: "2024-02-01", Latest: "2024-02-29"}, "2024-02-01/2"},
		{"1900-02", date.Date{Text: "1900-02", Precision: date.MONTH, Earliest: "1900-02-01", Latest: "1900-02-28"}, "1900-02-01/2"},
		{"2000-02-29", date.Date{Text: "2000-02-29", Precision: date.DAY, Earliest: "2000-02-29", Latest: "2000-02-29"}, "2000-02-29/3"},
		{"0001", date.Date{Text: "0001", Precision: date.YEAR, Earliest: "0001-01-01", Latest: "0001-12-31"}, "0001-01-01/1"},
		{"9999-12", date.Date{Text: "9999-12", Precision: date.MONTH, Earliest: "9999-12-01", Latest: "9999-12-31"}, "9999-12-01/2"},
	} {
		for name, parse := range map[string]func(string) (date.Date, error){"Parse": date.Parse, "ParseRange": date.ParseRange} {
			got, err := parse(c.in)
			if err != nil || got != c.want {
				t.Errorf("%s(%q) = %+v, %v; want %+v", name, c.in, got, err, c.want)
			}
			if got.Key() != c.key || got.String() != c.in {
				t.Errorf("%s(%q) has key %q and string %q", name, c.in, got.Key(), got)
			}
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", `date "" is not a date`},
		{"20250528", `date "20250528" is not a date`},
		{"2025-5-28", `date "2025-5-28" is not a date`},
		{"2025/05/28", `date "2025/05/28" is not a date`},
		{"2025-05-28T00:00:00Z", `date "2025-05-28T00:00:00Z" is not a date`},
		{" 2025", `date " 2025" is not a date`},
		{"-123", `date "-123" is not a date`},
		{"+025", `date "+025" is not a date`},
		{"202a-05", `date "202a-05" is not a date`},
		{"２", `date "\uff12" is not a date`},
		{"2025-05-28/..", `date "2025-05-28/.." is not a date`},
		{"0000", `date "0000" has year 0000, which does not exist`},
		{"2025-00", `date "2025-00" has month 00, which does not exist`},
		{"2025-13-01", `date "2025-13-01" has month 13, which does not exist`},
		{"2025-05-00", `date "2025-05-00" has day 00, but 2025-05 has days 01 to 31`},
		{"2025-02-29", `date "2025-02-29" has day 29, but 2025-02 has days 01 to 28`},
		{strings.Repeat("9", 50), `date "` + strings.Repeat("9", 40) + `"... is not a date`},
	} {
		want := c.want + "; write YYYY, YYYY-MM or YYYY-MM-DD"
		if got, err := date.Parse(c.in); err == nil || err.Error() != want || got != (date.Date{}) {
			t.Errorf("Parse(%q) = %+v\n got %v\nwant %s", c.in, got, err, want)
		}
	}
}

func TestParseRange(t *testing.T) {
	for _, c := range []struct{ in, earliest, latest, key, text string }{
		{"2025-05-28/..", "2025-05-28", "", "2025-05-28/0", "2025-05-28/.."},
		{"../2021-03", "", "2021-03-31", "", "../2021-03-31"},
		{"2021-03-10/2021-03-14", "2021-03-10", "2021-03-14", "2021-03-10/0", "2021-03-10/2021-03-14"},
		{"2021/2022-02", "2021-01-01", "2022-02-28", "2021-01-01/0", "2021-01-01/2022-02-28"},
		{"2021-03-10/2021-03-10", "2021-03-10", "2021-03-10", "2021-03-10/0", "2021-03-10/2021-03-10"},
		{"2021-03-10/2021", "2021-03-10", "2021-12-31", "2021-03-10/0", "2021-03-10/2021-12-31"},
	} {
		got, err := date.ParseRange(c.in)
		want := date.Date{Precision: date.UNKNOWN, Earliest: c.earliest, Latest: c.latest}
		if err != nil || got != want {
			t.Errorf("ParseRange(%q) = %+v, %v; want %+v", c.in, got, err, want)
		}
		if got.Key() != c.key || got.String() != c.text {
			t.Errorf("ParseRange(%q) has key %q and string %q", c.in, got.Key(), got)
		}
	}
}

func TestParseRangeErrors(t *testing.T) {
	const forms = "; write YYYY, YYYY-MM or YYYY-MM-DD, or an interval with .. for an open end such as 2021-03-10/2021-03-14, 2025-05-28/.. or ../2021-03"
	for _, c := range []struct{ in, want string }{
		{"", `date "" is not a date` + forms},
		{"/", `date "/" has a start that is not a date` + forms},
		{"2021/", `date "2021/" has an end that is not a date` + forms},
		{"2021/2022/2023", `date "2021/2022/2023" has an end that is not a date` + forms},
		{"2021-02-30/..", `date "2021-02-30/.." has a start that has day 30, but 2021-02 has days 01 to 28` + forms},
		{"../2021-13", `date "../2021-13" has an end that has month 13, which does not exist` + forms},
		{"2021-03-14/2021-03-10", `date "2021-03-14/2021-03-10" ends before it starts` + forms},
		{"2021-04/2021-03", `date "2021-04/2021-03" ends before it starts` + forms},
		{"../..", `date "../.." is open on both sides and says nothing; leave the date out`},
	} {
		if got, err := date.ParseRange(c.in); err == nil || err.Error() != c.want || got != (date.Date{}) {
			t.Errorf("ParseRange(%q) = %+v\n got %v\nwant %s", c.in, got, err, c.want)
		}
	}
}

func TestUnknownDate(t *testing.T) {
	d := date.Date{Precision: date.UNKNOWN}
	if d.Key() != "" || d.String() != "" {
		t.Errorf("a date of which nothing is known has key %q and string %q", d.Key(), d)
	}
}

// days draws days from a few years, so that dates share their first day often.
func days() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		year := rapid.OneOf(rapid.IntRange(2019, 2021), rapid.SampledFrom([]int{1, 1900, 2000, 9999})).Draw(t, "year")
		day := rapid.OneOf(rapid.SampledFrom([]int{1, 32, 60, 366}), rapid.IntRange(1, 366)).Draw(t, "day")
		return time.Date(year, time.January, min(day, time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC).YearDay()), 0, 0, 0, 0, time.UTC)
	})
}

func TestParseAgreesWithCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := days().Draw(t, "day")
		for form, want := range map[string][2]time.Time{
			"2006-01-02": {day, day},
			"2006-01":    {day.AddDate(0, 0, 1-day.Day()), day.AddDate(0, 0, 1-day.Day()).AddDate(0, 1, -1)},
			"2006":       {day.AddDate(0, 0, 1-day.YearDay()), day.AddDate(0, 0, 1-day.YearDay()).AddDate(1, 0, -1)},
		} {
			d, err := date.Parse(day.Format(form))
			if err != nil || d.Earliest != want[0].Format(time.DateOnly) || d.Latest != want[1].Format(time.DateOnly) {
				t.Fatalf("%s is %+v, %v", day.Format(form), d, err)
			}
		}
	})
}

func TestKeyOrder(t *testing.T) {
	rank := map[date.Precision]int{date.UNKNOWN: 0, date.YEAR: 1, date.MONTH: 2, date.DAY: 3}
	draw := func(t *rapid.T, name string) date.Date {
		form := rapid.SampledFrom([]string{"2006", "2006-01", "2006-01-02", "2006-01-02/..", "2006-01/9999"}).Draw(t, name+" form")
		d, err := date.ParseRange(days().Draw(t, name).Format(form))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		want := cmp.Or(cmp.Compare(a.Earliest, b.Earliest), cmp.Compare(rank[a.Precision], rank[b.Precision]))
		if got := cmp.Compare(a.Key(), b.Key()); got != want {
			t.Fatalf("keys %s and %s compare %d, want %d", a.Key(), b.Key(), got, want)
		}
	})
}

// TestEveryDay counts the days that Parse accepts in four centuries, after
// which the Gregorian calendar repeats: 146,097.
func TestEveryDay(t *testing.T) {
	accepted := 0
	for year := 1801; year <= 2200; year++ {
		for month := range 14 {
			for day := range 33 {
				if _, err := date.Parse(fmt.Sprintf("%04d-%02d-%02d", year, month, day)); err == nil {
					accepted++
				}
			}
		}
	}
	if accepted != 146_097 {
		t.Errorf("Parse accepts %d days, want 146097", accepted)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "2025", "2025-05", "2025-05-28", "2025-02-29", "0000", "2025-05-28/..", "../2021-03", "../..", "2021/2020", "２０２５"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, form := range []string{"2006", "2006-01", "2006-01-02"} {
			day, err := time.Parse(form, s)
			if len(s) != len(form) {
				continue
			}
			if _, got := date.Parse(s); (got == nil) != (err == nil && day.Year() >= 1) {
				t.Fatalf("Parse(%q): %v; time.Parse: %v", s, got, err)
			}
		}
		d, err := date.Parse(s)
		if err == nil && (d.Text != s || d.Precision == date.UNKNOWN || d.Earliest > d.Latest) {
			t.Fatalf("Parse(%q) = %+v", s, d)
		}
		r, rangeErr := date.ParseRange(s)
		if err == nil && (rangeErr != nil || r != d) {
			t.Fatalf("ParseRange(%q) = %+v, %v; Parse %+v", s, r, rangeErr, d)
		}
		if rangeErr != nil {
			if strings.ContainsAny(rangeErr.Error(), "\n\r\x00") || r != (date.Date{}) {
				t.Fatalf("ParseRange(%q) = %+v, %q", s, r, rangeErr)
			}
			return
		}
		if back, err := date.ParseRange(r.String()); err != nil || back != r {
			t.Fatalf("ParseRange(%q) = %+v, read back from %q %+v, %v", s, r, r, back, err)
		}
		if (r.Key() == "") != (r.Earliest == "") {
			t.Fatalf("ParseRange(%q) = %+v has key %q", s, r, r.Key())
		}
	})
}
