package jsonl

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// record is what one line after the first says; exactly one field is set.
type record struct {
	node *store.Node
	link *store.Link
	end  *ending
}

type ending struct{ nodes, links int64 }

func (p *parser) header(line []byte) error {
	o, err := p.object(line)
	if err != nil {
		return fmt.Errorf("the first line is no header: %w", err)
	}
	if err := o.only("format", "version"); err != nil || o.get("format") != formatName {
		return fmt.Errorf(`the first line must be {"format":%q,"version":%d}; this is no file of that format`, formatName, formatVersion)
	}
	if o.get("version") != int64(formatVersion) {
		return fmt.Errorf("the file is of version %v of the format, this program reads version %d; use a newer program", o.get("version"), formatVersion)
	}
	return nil
}

func (p *parser) record(line []byte) (record, error) {
	o, err := p.object(line)
	if err != nil {
		return record{}, err
	}
	if err := o.only("node", "link", "end"); err != nil {
		return record{}, err
	}
	if len(o.values) != 1 {
		return record{}, errors.New(`the line must have one of "node", "link" and "end"; write one record a line`)
	}
	inner, ok := o.values[0].(*object)
	if !ok {
		return record{}, fmt.Errorf("%q must be an object", o.names[0])
	}
	switch o.names[0] {
	case "node":
		return parseNode(inner)
	case "link":
		return parseLink(inner)
	}
	return parseEnd(inner)
}

func parseNode(o *object) (record, error) {
	n := &store.Node{}
	if err := o.only("kind", "id", "recordedAt", "recordedBy", "recordedFrom", "fields"); err != nil {
		return record{}, err
	}
	err := o.texts(textField{"kind", &n.Kind}, textField{"id", &n.ID})
	if err == nil {
		n.Recorded, err = o.provenance()
	}
	if err == nil {
		n.Props, err = o.fields()
	}
	return record{node: n}, err
}

func parseLink(o *object) (record, error) {
	l := &store.Link{}
	if err := o.only("type", "from", "to", "recordedAt", "recordedBy", "recordedFrom", "fields"); err != nil {
		return record{}, err
	}
	err := o.texts(textField{"type", &l.Type}, textField{"from", &l.From}, textField{"to", &l.To})
	if err == nil {
		l.Recorded, err = o.provenance()
	}
	if err == nil {
		l.Props, err = o.fields()
	}
	return record{link: l}, err
}

func parseEnd(o *object) (record, error) {
	if err := o.only("nodes", "links"); err != nil {
		return record{}, err
	}
	nodes, isNodes := o.get("nodes").(int64)
	links, isLinks := o.get("links").(int64)
	if !isNodes || !isLinks {
		return record{}, errors.New(`"end" must count "nodes" and "links"`)
	}
	return record{end: &ending{nodes, links}}, nil
}

// only refuses other names than these.
func (o *object) only(names ...string) error {
	for _, name := range o.names {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no field %s here; the fields are %s", text.Quote(name), strings.Join(names, ", "))
		}
	}
	return nil
}

// textField is a field with a text, and where the text goes.
type textField struct {
	name string
	to   *string
}

// texts reads fields that must be there.
func (o *object) texts(into ...textField) error {
	for _, f := range into {
		s, ok := o.get(f.name).(string)
		if !ok || s == "" {
			return fmt.Errorf("%q is missing or no text", f.name)
		}
		*f.to = s
	}
	return nil
}

// provenance reads who recorded it. A record without any gets that of the import.
func (o *object) provenance() (*store.Provenance, error) {
	if !o.has("recordedAt") && !o.has("recordedBy") && !o.has("recordedFrom") {
		return nil, nil
	}
	r := &store.Provenance{}
	if err := o.texts(textField{"recordedAt", &r.At}, textField{"recordedBy", &r.By}); err != nil {
		return nil, err
	}
	if s, ok := o.get("recordedFrom").(string); ok && s != "" {
		r.From = s
	} else if o.has("recordedFrom") {
		return nil, errors.New(`"recordedFrom" must be text; leave it out if there is none`)
	}
	return r, nil
}

func (o *object) fields() (map[string]any, error) {
	inner, ok := o.get("fields").(*object)
	if !ok {
		return nil, errors.New(`"fields" is missing or no object`)
	}
	fields := make(map[string]any, len(inner.names))
	for i, name := range inner.names {
		if _, nested := inner.values[i].(*object); nested {
			return nil, fmt.Errorf("the field %s is an object; write text, a whole number, true, false or a list of texts", text.Quote(name))
		}
		fields[name] = inner.values[i]
	}
	return fields, nil
}

// checkSurrogates refuses escapes of one half of a surrogate pair, which encoding/json would replace silently.
func checkSurrogates(b []byte) error {
	unit := func(at int) (uint64, bool) {
		if at+6 > len(b) || b[at] != '\\' || b[at+1] != 'u' {
			return 0, false
		}
		n, err := strconv.ParseUint(string(b[at+2:at+6]), 16, 16)
		return n, err == nil
	}
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		n, ok := unit(i)
		switch {
		case !ok:
			i++
			continue
		case n >= 0xD800 && n < 0xDC00:
			low, ok := unit(i + 6)
			if !ok || low < 0xDC00 || low > 0xDFFF {
				return fmt.Errorf(`\u%04x is half a character; write the whole pair, or the character itself`, n)
			}
			i += 6
		case n >= 0xDC00 && n <= 0xDFFF:
			return fmt.Errorf(`\u%04x is half a character; write the whole pair, or the character itself`, n)
		}
		i += 5
	}
	return nil
}
