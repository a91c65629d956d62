package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"attrigraph/internal/store"
)

// record is what one line after the first says; exactly one field is set.
type record struct {
	node *store.Node
	link *store.Link
	end  *ending
}

type ending struct{ nodes, links int64 }

func checkHeader(line []byte) error {
	o, err := parseObject(line)
	if err != nil {
		return fmt.Errorf("the first line is no header: %w", err)
	}
	if err := o.only("format", "version"); err != nil || o.values["format"] != formatName {
		return fmt.Errorf(`the first line must be {"format":%q,"version":%d}; this is no file of that format`, formatName, formatVersion)
	}
	if o.values["version"] != int64(formatVersion) {
		return fmt.Errorf("the file is of version %v of the format, this program reads version %d; use a newer program", o.values["version"], formatVersion)
	}
	return nil
}

func parseRecord(line []byte) (record, error) {
	o, err := parseObject(line)
	if err != nil {
		return record{}, err
	}
	if err := o.only("node", "link", "end"); err != nil {
		return record{}, err
	}
	if len(o.values) != 1 {
		return record{}, errors.New(`the line must have one of "node", "link" and "end"; write one record a line`)
	}
	for name, v := range o.values {
		inner, ok := v.(*object)
		if !ok {
			return record{}, fmt.Errorf("%q must be an object", name)
		}
		switch name {
		case "node":
			return parseNode(inner)
		case "link":
			return parseLink(inner)
		}
		return parseEnd(inner)
	}
	panic("unreachable: the object has one value")
}

func parseNode(o *object) (record, error) {
	n := &store.Node{}
	if err := o.only("kind", "id", "recordedAt", "recordedBy", "recordedFrom", "fields"); err != nil {
		return record{}, err
	}
	err := o.texts(map[string]*string{"kind": &n.Kind, "id": &n.ID})
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
	err := o.texts(map[string]*string{"type": &l.Type, "from": &l.From, "to": &l.To})
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
	nodes, isNodes := o.values["nodes"].(int64)
	links, isLinks := o.values["links"].(int64)
	if !isNodes || !isLinks {
		return record{}, errors.New(`"end" must count "nodes" and "links"`)
	}
	return record{end: &ending{nodes, links}}, nil
}

// object is a JSON object whose values are string, int64, bool, []string or *object.
type object struct{ values map[string]any }

// only refuses other names than these.
func (o *object) only(names ...string) error {
	for name := range o.values {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no field %s here; the fields are %s", short(name), strings.Join(names, ", "))
		}
	}
	return nil
}

// texts reads fields that must be there.
func (o *object) texts(into map[string]*string) error {
	for _, name := range []string{"kind", "id", "type", "from", "to", "recordedAt", "recordedBy"} {
		if into[name] == nil {
			continue
		}
		s, ok := o.values[name].(string)
		if !ok || s == "" {
			return fmt.Errorf("%q is missing or no text", name)
		}
		*into[name] = s
	}
	return nil
}

// provenance reads who recorded it. A record without any gets that of the import.
func (o *object) provenance() (*store.Provenance, error) {
	if o.values["recordedAt"] == nil && o.values["recordedBy"] == nil && o.values["recordedFrom"] == nil {
		return nil, nil
	}
	r := &store.Provenance{}
	if err := o.texts(map[string]*string{"recordedAt": &r.At, "recordedBy": &r.By}); err != nil {
		return nil, err
	}
	from, given := o.values["recordedFrom"]
	if s, ok := from.(string); ok && s != "" {
		r.From = s
	} else if given {
		return nil, errors.New(`"recordedFrom" must be text; leave it out if there is none`)
	}
	return r, nil
}

func (o *object) fields() (map[string]any, error) {
	inner, ok := o.values["fields"].(*object)
	if !ok {
		return nil, errors.New(`"fields" is missing or no object`)
	}
	for name, v := range inner.values {
		if _, nested := v.(*object); nested {
			return nil, fmt.Errorf("the field %s is an object; write text, a whole number, true, false or a list of texts", short(name))
		}
	}
	return inner.values, nil
}

// parseObject reads a line. Unlike encoding/json it accepts no name twice, no number with a fraction, no null and no
// bytes that are not UTF-8.
func parseObject(line []byte) (*object, error) {
	if !utf8.Valid(line) {
		return nil, errors.New("the line is not valid UTF-8; write the file in UTF-8")
	}
	if err := checkSurrogates(line); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*object)
	if !ok {
		return nil, errors.New("the line must be a JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the object; write one object a line")
	}
	return o, nil
}

// maxDepth is how deep a record's objects and lists are nested.
const maxDepth = 4

func parseValue(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, invalidJSON(d)
	}
	switch t := t.(type) {
	case string, bool:
		return t, nil
	case json.Number:
		n, err := strconv.ParseInt(t.String(), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the number %s is no whole number", short(t.String()))
		}
		return n, nil
	case json.Delim:
		if depth == maxDepth {
			return nil, errors.New("the line is nested too deep; a record has fields, and fields have texts, numbers or lists of texts")
		}
		if t == '[' {
			return parseList(d, depth)
		}
		return parseMembers(d, depth)
	}
	return nil, errors.New("null has no meaning here; leave the field out")
}

func parseMembers(d *json.Decoder, depth int) (any, error) {
	o := &object{values: map[string]any{}}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, invalidJSON(d)
		}
		name, _ := t.(string) // the decoder lets nothing else be a name
		if _, twice := o.values[name]; twice {
			return nil, fmt.Errorf("the field %s is given twice; keep one", short(name))
		}
		if o.values[name], err = parseValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, invalidJSON(d)
	}
	return o, nil
}

func parseList(d *json.Decoder, depth int) (any, error) {
	list := []string{}
	for d.More() {
		v, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		s, ok := v.(string)
		if !ok {
			return nil, errors.New("a list holds something else than text")
		}
		list = append(list, s)
	}
	if _, err := d.Token(); err != nil {
		return nil, invalidJSON(d)
	}
	return list, nil
}

func invalidJSON(d *json.Decoder) error {
	return fmt.Errorf("this is not valid JSON at byte %d of the line; correct it, or export the file again", d.InputOffset())
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

// short quotes what a file says, cut so that the message stays one line that can be read.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return fmt.Sprintf("%q...", string(r[:most]))
	}
	return fmt.Sprintf("%q", s)
}
