package stix

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"attrigraph/internal/text"
)

// maxIndexed is the greatest length in bytes of a text that the stores keep an index of. They could hold more; nothing
// that is a name, an id or an address is longer.
const maxIndexed = 2000

// storable returns a text without the characters that no store holds, and tells whether there were any. U+FFFD stands for
// what was no character to begin with.
func storable(s string) (clean string, changed bool) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if text.Check(s) == nil {
		return s, false
	}
	return strings.Map(func(r rune) rune {
		if text.Check(string(r)) != nil {
			return -1
		}
		return r
	}, s), true
}

// escaped returns JSON text with the characters that no store holds as escapes, which mean the same, and tells whether
// there were any. JSON allows them in texts only.
func escaped(raw []byte) (same string, changed bool) {
	if text.Check(string(raw)) == nil {
		return string(raw), false
	}
	var b strings.Builder
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		switch {
		case text.Check(string(r)) == nil:
			b.Write(raw[:size])
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(r-0x10000)>>10, 0xDC00+(r-0x10000)&0x3FF)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		raw = raw[size:]
	}
	return b.String(), true
}

// cut shortens what is too long for a line.
func cut(s string) string {
	const most = 300
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
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
	title, _ = storable(title)
	if e.withdrawn() != "" {
		title += " (" + e.withdrawn() + ")"
	}
	return title
}
