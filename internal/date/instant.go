package date

import (
	"fmt"
	"regexp"
	"time"
)

// instantForm has one width for all instants, so that the order of the texts is
// the order in time. Milliseconds are what every store and client can keep.
const instantForm = "2006-01-02T15:04:05.000Z"

const instantExample = "write RFC 3339 with a zone, such as 2025-05-28T14:03:00Z or 2025-05-28T16:03:00.250+02:00"

// instantShape is RFC 3339 with capital letters. The time package reads more: an
// hour of one digit, a comma before the fraction, a zone of a day and over.
var instantShape = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// Instant reads an RFC 3339 date and time with its zone and returns it in UTC
// with milliseconds, always as 2006-01-02T15:04:05.000Z, so that comparing the
// texts compares the instants. What is finer than a millisecond is cut off.
// Leap seconds (:60), which the Unix clock cannot say, and instants outside
// the years 0001 to 9999 in UTC are errors.
func Instant(s string) (string, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || !instantShape.MatchString(s) {
		return "", fmt.Errorf("instant %s is not a date and time; %s", quote(s), instantExample)
	}
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return "", fmt.Errorf("instant %s lies outside the years 0001 to 9999 in UTC; %s", quote(s), instantExample)
	}
	return FormatInstant(t), nil
}

// FormatInstant returns t as Instant does. It is meant for clock readings; t
// has to lie in the years 0001 to 9999 in UTC.
func FormatInstant(t time.Time) string { return t.UTC().Format(instantForm) }
