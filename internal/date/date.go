package date

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Precision says how exactly a date is known.
type Precision string

// The precisions of a date. A date of UNKNOWN precision has no text; it may
// have bounds.
const (
	DAY     Precision = "DAY"
	MONTH   Precision = "MONTH"
	YEAR    Precision = "YEAR"
	UNKNOWN Precision = "UNKNOWN"
)

const (
	dateForms  = "write YYYY, YYYY-MM or YYYY-MM-DD"
	rangeForms = dateForms + ", or an interval with .. for an open end such as 2021-03-10/2021-03-14, 2025-05-28/.. or ../2021-03"
)

// Date is a date at its own precision in the proleptic Gregorian calendar,
// years 0001 to 9999.
type Date struct {
	// Text is the date as given: "2025", "2025-05" or "2025-05-28"; empty for
	// an interval.
	Text      string
	Precision Precision
	// Earliest and Latest are the first and the last day that the date can
	// mean, as YYYY-MM-DD; empty where an interval is open.
	Earliest, Latest string
}

// Parse reads a date written as YYYY, YYYY-MM or YYYY-MM-DD. It has to exist
// in the calendar.
func Parse(s string) (Date, error) {
	d, problem := parse(s)
	if problem != "" {
		return Date{}, fmt.Errorf("date %s %s; %s", quote(s), problem, dateForms)
	}
	return d, nil
}

// ParseRange reads what Parse reads and ISO 8601-2 intervals: "START/END",
// "START/.." (on or after) and "../END" (on or before), where START and END are
// dates of any precision. An interval says between which days one date lies,
// so it has no text and its precision is UNKNOWN. An interval that is open on
// both sides says nothing and is an error.
func ParseRange(s string) (Date, error) {
	start, end, interval := strings.Cut(s, "/")
	fail := func(problem string) (Date, error) {
		return Date{}, fmt.Errorf("date %s %s; %s", quote(s), problem, rangeForms)
	}
	if !interval {
		d, problem := parse(s)
		if problem != "" {
			return fail(problem)
		}
		return d, nil
	}
	if start == ".." && end == ".." {
		return Date{}, errors.New(`date "../.." is open on both sides and says nothing; leave the date out`)
	}
	d := Date{Precision: UNKNOWN}
	if start != ".." {
		from, problem := parse(start)
		if problem != "" {
			return fail("has a start that " + problem)
		}
		d.Earliest = from.Earliest
	}
	if end != ".." {
		to, problem := parse(end)
		if problem != "" {
			return fail("has an end that " + problem)
		}
		d.Latest = to.Latest
	}
	if d.Latest != "" && d.Earliest > d.Latest {
		return fail("ends before it starts")
	}
	return d, nil
}

// String returns the text of the date or, for an interval, its bounds as
// ParseRange reads them. It is empty for a date of which nothing is known.
func (d Date) String() string {
	switch {
	case d.Text != "":
		return d.Text
	case d.Earliest == "" && d.Latest == "":
		return ""
	}
	start, end := d.Earliest, d.Latest
	if start == "" {
		start = ".."
	}
	if end == "" {
		end = ".."
	}
	return start + "/" + end
}

// Key returns an ASCII text that orders dates by their first day and, on the
// same day, the coarser before the finer: 2025 before 2025-01 before
// 2025-01-01. A date with an open start has no place in that order: its key is
// empty and counts as absent.
func (d Date) Key() string {
	if d.Earliest == "" {
		return ""
	}
	rank := "0"
	switch d.Precision {
	case YEAR:
		rank = "1"
	case MONTH:
		rank = "2"
	case DAY:
		rank = "3"
	}
	return d.Earliest + "/" + rank
}

// parse reads a date that is no interval. The problem, empty if there is none,
// is a clause whose subject is the date.
func parse(s string) (d Date, problem string) {
	const form = "0000-00-00"
	if len(s) != 4 && len(s) != 7 && len(s) != 10 {
		return Date{}, "is not a date"
	}
	for i := range len(s) {
		if digit := s[i] >= '0' && s[i] <= '9'; digit != (form[i] == '0') || !digit && s[i] != '-' {
			return Date{}, "is not a date"
		}
	}
	year := number(s[:4])
	if year == 0 {
		return Date{}, "has year 0000, which does not exist"
	}
	if len(s) == 4 {
		return Date{s, YEAR, s + "-01-01", s + "-12-31"}, ""
	}
	month := number(s[5:7])
	if month < 1 || month > 12 {
		return Date{}, fmt.Sprintf("has month %s, which does not exist", s[5:7])
	}
	// Day 0 of the next month is the last day of this one.
	last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if len(s) == 7 {
		return Date{s, MONTH, s + "-01", fmt.Sprintf("%s-%02d", s, last)}, ""
	}
	if day := number(s[8:]); day < 1 || day > last {
		return Date{}, fmt.Sprintf("has day %s, but %s has days 01 to %02d", s[8:], s[:7], last)
	}
	return Date{s, DAY, s, s}, ""
}

// number returns the value of a text of ASCII digits.
func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// quote quotes what a user wrote for an error, cut so that the error stays one
// line that can be read.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		return fmt.Sprintf("%+q...", s[:most])
	}
	return fmt.Sprintf("%+q", s)
}
