package misp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"attrigraph/internal/text"
)

// maxName is the most bytes that a name or address may have: stores index them.
const maxName = 2000

// record is one value of a cluster file.
type record struct {
	place             string
	uuid              string
	name, description string
	meta              meta
	related           []relation
	// original is the value as it came, as JSON on one line.
	original string
	// odd says what was read otherwise than it is written, or not at all.
	odd []string
}

// relation is an entry of `related`.
type relation struct {
	other, kind string
	// likelihoods are the tags that name one, such as "likely", without the name of the vocabulary.
	likelihoods []string
}

// meta are the members of `meta`.
type meta []member

func parseRecord(raw []byte) (*record, error) {
	all, err := members(raw)
	if err != nil {
		return nil, err
	}
	if len(raw) > maxRecord {
		return nil, fmt.Errorf("the record has %d bytes, the most is %d; shorten its texts", len(raw), maxRecord)
	}
	r := &record{original: compact(raw)}
	for _, m := range all {
		switch m.name {
		case "uuid":
			r.uuid = r.text("uuid", m.raw)
		case "value":
			r.name = r.text("value", m.raw)
		case "description":
			r.description = r.text("description", m.raw)
		case "meta":
			inner, err := members(m.raw)
			if err != nil {
				return nil, fmt.Errorf("meta: %w", err)
			}
			r.meta = inner
		case "related":
			if err := r.relations(m.raw); err != nil {
				return nil, err
			}
		}
	}
	r.uuid = strings.ToLower(r.uuid)
	switch {
	case r.uuid == "":
		return nil, errors.New(`the record has no "uuid", or one that is no text; give it one`)
	case r.name == "":
		return nil, errors.New(`the record has no "value", or one that is no text: it has no name; give it one`)
	case len(r.name) > maxName || len(r.uuid) > maxName:
		return nil, fmt.Errorf("the record has a name or UUID of more than %d bytes; shorten it", maxName)
	}
	return r, nil
}

func (r *record) relations(raw json.RawMessage) error {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		r.note(`"related" is no list; it is in the original only`)
		return nil
	}
	for _, one := range list {
		inner, err := members(one)
		if err != nil {
			return fmt.Errorf("related: %w", err)
		}
		var e relation
		for _, m := range inner {
			switch m.name {
			case "dest-uuid":
				e.other = strings.ToLower(r.text("dest-uuid", m.raw))
			case "type":
				e.kind = r.text("type", m.raw)
			case "tags":
				for _, tag := range r.list("tags", m.raw) {
					if _, word, ok := strings.Cut(tag, `likelihood-probability="`); ok {
						e.likelihoods = append(e.likelihoods, strings.TrimSuffix(word, `"`))
					}
				}
			}
		}
		r.related = append(r.related, e)
	}
	return nil
}

func (r *record) note(format string, args ...any) {
	r.odd = append(r.odd, fmt.Sprintf(format, args...))
}

// text reads a text without the spaces around it. What is no text is noted and counts as absent.
func (r *record) text(name string, raw json.RawMessage) string {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil || string(raw) == "null" {
		r.note("%s is no text; it is in the original only", text.Quote(name))
		return ""
	}
	return r.tidy(name, s)
}

func (r *record) tidy(name, s string) string {
	out := strings.TrimSpace(s)
	if clean, changed := text.Storable(out); changed {
		out = strings.TrimSpace(clean)
		r.note("%s holds control characters; they are left out", text.Quote(name))
	} else if out != s {
		r.note("%s has spaces around it; they are left out", text.Quote(name))
	}
	return out
}

// list reads a list of texts; one text counts as a list of it.
func (r *record) list(name string, raw json.RawMessage) []string {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		if one := r.text(name, raw); one != "" {
			return []string{one}
		}
		return nil
	}
	var out []string
	for _, item := range items {
		if string(item) == `""` {
			r.note("%s holds an empty text; it is left out", text.Quote(name))
			continue
		}
		if s := r.text(name, item); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (m meta) raw(name string) json.RawMessage {
	for _, e := range m {
		if e.name == name {
			return e.raw
		}
	}
	return nil
}

// text returns the text of that name, or that of a list with one text; empty where there is none.
func (m meta) text(r *record, name string) string {
	list := m.texts(r, name)
	if len(list) > 1 {
		r.note("%q has several values where one is expected; they are in the original only", name)
		return ""
	}
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// texts returns the list of that name; a text counts as a list of it.
func (m meta) texts(r *record, name string) []string {
	raw := m.raw(name)
	if raw == nil {
		return nil
	}
	return r.list(name, raw)
}

// compact writes JSON on one line and escapes what a store does not hold as it is.
func compact(raw []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		panic(err) // the decoder has read it
	}
	same, _ := text.EscapeJSON(b.String())
	return same
}
