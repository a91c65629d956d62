package eurepoc

import (
	"strings"

	"attrigraph/internal/date"
)

// eventDate reads a date of the data set, which has no precision: where only the year is known it writes the first of
// January, and often the first of a month where only the month is. So these stand for some day of that year or month, as
// an interval; other days are days. ok is false for what is no date; an empty value has an empty date.
func eventDate(value string) (d date.Date, ok bool) {
	value = strings.TrimSuffix(clean(value), " 00:00:00")
	if value == "" || known(value) == "" {
		return date.Date{}, true
	}
	d, err := date.Parse(value)
	if err != nil || d.Precision != date.DAY {
		return date.Date{}, false
	}
	coarse := ""
	switch {
	case strings.HasSuffix(value, "-01-01"):
		coarse = value[:4]
	case strings.HasSuffix(value, "-01"):
		coarse = value[:7]
	default:
		return d, true
	}
	whole, err := date.Parse(coarse)
	if err != nil {
		return date.Date{}, false
	}
	d, err = date.ParseRange(whole.Earliest + "/" + whole.Latest)
	return d, err == nil
}

// noEnd is what the data set writes for the end of incidents whose end is not known.
const noEnd = "2000-01-01"

// isPlaceholderEnd tells that an end of noEnd cannot be meant: the incident began in a later year.
func isPlaceholderEnd(start date.Date, end string) bool {
	return clean(end) == noEnd && start.Earliest > "2000-12-31"
}

// after tells that every day that a can mean comes after every day that b can mean.
func after(a, b date.Date) bool {
	return a.Earliest != "" && b.Latest != "" && a.Earliest > b.Latest
}

// swapped returns the day with day and month in each other's place, as in 2020-05-02 for 2020-02-05; ok is false where
// that is no day.
func swapped(value string) (d date.Date, ok bool) {
	value = clean(value)
	if len(value) != len("2020-02-05") {
		return date.Date{}, false
	}
	d, err := date.Parse(value[:5] + value[8:] + value[4:7])
	return d, err == nil
}
