package stix

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"attrigraph/internal/text"
)

// maxIndexed is the greatest length in bytes of a text that the stores keep an index of. They could hold more; nothing
// that is a name, an id or an address is longer.
const maxIndexed = 2000

// cut shortens what is too long for a line.
func cut(s string) string {
	const most = 300
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// quoteValue quotes a value for a message: a text without the quotation marks that it has already.
func quoteValue(raw json.RawMessage) string {
	if s, ok := textOf(raw); ok {
		return text.Quote(s)
	}
	return text.Quote(string(raw))
}

// dayOf returns the day in UTC on which an instant lies; ok is false for what is no instant.
func dayOf(instant string) (day string, ok bool) {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return "", false
	}
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

// monthOf returns what is sure of an instant by which MITRE ATT&CK gives a month. It is midnight on the first day of that
// month in the time zone of whoever wrote it: to the east of Greenwich that lies in the month before, so an instant in the
// last hours of a month can mean either. An instant on any other day is no such month, and means its day.
func monthOf(instant string) (date string, ok bool) {
	const furthestEast = 14 * time.Hour
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return "", false
	}
	t = t.UTC()
	if t.Day() == 1 {
		return t.Format("2006-01"), true
	}
	if next := t.Add(furthestEast); next.Month() != t.Month() {
		return t.Format("2006-01") + "/" + next.Format("2006-01"), true
	}
	return dayOf(instant)
}

// between returns the time in which something was said that an object says: not before the object was made, and not after
// it was last changed.
func between(o *Object) string {
	created, hasCreated := dayOf(o.Text("created"))
	modified, hasModified := dayOf(o.Text("modified"))
	switch {
	case hasCreated && hasModified && created < modified:
		return created + "/" + modified
	case hasCreated:
		return created
	case hasModified:
		return "../" + modified
	}
	return ""
}

// titleOf describes an object in a few words.
func (x *index) titleOf(e *entry, o *Object) string {
	title := e.name
	switch {
	case e.kind == "relationship":
		title = fmt.Sprintf("%s: %s → %s", cmp.Or(cut(e.verb), "?"), x.called(e.source), x.called(e.target))
	case e.kind == "sighting":
		title = "sighting: " + x.called(o.Text("sighting_of_ref"))
	case e.kind == "opinion":
		title = "opinion: " + cmp.Or(cut(o.Text("opinion")), "?")
	case title == "" && e.kind == "marking-definition":
		title = "marking-definition: " + cmp.Or(cut(e.terms), e.id)
	case title == "":
		title = e.id
	}
	title, _ = text.Storable(title)
	if e.withdrawn() != "" {
		title += " (" + e.withdrawn() + ")"
	}
	return title
}
