package rules

import (
	"encoding/json"
	"time"
)

// span is the first and the last day that a date can be.
type span struct {
	Earliest *string `json:"earliest"`
	Latest   *string `json:"latest"`
}

// between holds a date and the dates of what came before it: one, or the nodes of a connection.
type between struct {
	span
	Before *span            `json:"before"`
	All    connection[span] `json:"all"`
}

// daysLeast and daysMost are the number of days from what came before to a date, at the least and at the most: the
// difference of two dates that are not known to the day is an interval (model.md, "Node kinds"). Of several that came
// before, the first counts. Without one of the dates there is no number. It is negative where the dates allow that the
// order in time was the other.
func daysLeast(read []byte, _ map[string]any) ([]byte, error) {
	return days(read, func(b *between, before span) (from, to *string) { return before.Latest, b.Earliest })
}

func daysMost(read []byte, _ map[string]any) ([]byte, error) {
	return days(read, func(b *between, before span) (from, to *string) { return before.Earliest, b.Latest })
}

func days(read []byte, choose func(*between, span) (from, to *string)) ([]byte, error) {
	var b between
	if err := json.Unmarshal(read, &b); err != nil {
		return nil, err
	}
	before := b.Before
	if before == nil {
		before = &span{}
		for _, s := range b.All.Nodes {
			before.Earliest, before.Latest = firstOf(before.Earliest, s.Earliest), firstOf(before.Latest, s.Latest)
		}
	}
	from, to := choose(&b, *before)
	if from == nil || to == nil {
		return []byte("null"), nil
	}
	first, err := time.Parse(time.DateOnly, *from)
	if err != nil {
		return nil, err
	}
	last, err := time.Parse(time.DateOnly, *to)
	if err != nil {
		return nil, err
	}
	return marshal(daysFrom(first, last))
}

func daysFrom(first, last time.Time) int { return int(last.Sub(first) / (24 * time.Hour)) }

func firstOf(a, b *string) *string {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}
