package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"attrigraph/internal/text"
)

// parser reads lines. Unlike encoding/json it accepts no name twice, no number with a fraction, no null and no bytes that
// are not UTF-8, and it keeps texts that come with every record, such as names of fields, once. It takes a fifth of the
// time, which is most of what an import did before it met the store.
type parser struct {
	line []byte
	at   int
	// texts are those that were met before.
	texts map[string]string
}

// maxTexts bounds how many texts are kept.
const maxTexts = 4096

// maxDepth is how deep a record's objects and lists are nested.
const maxDepth = 4

func newParser() *parser { return &parser{texts: map[string]string{}} }

// object is a JSON object whose values are string, int64, bool, []string or *object.
type object struct {
	names  []string
	values []any
}

// get returns the value of a field; nil if there is none.
func (o *object) get(name string) any {
	for i, n := range o.names {
		if n == name {
			return o.values[i]
		}
	}
	return nil
}

// object reads a line.
func (p *parser) object(line []byte) (*object, error) {
	if !utf8.Valid(line) {
		return nil, errors.New("the line is not valid UTF-8; write the file in UTF-8")
	}
	if bytes.IndexByte(line, '\\') >= 0 {
		if err := checkSurrogates(line); err != nil {
			return nil, err
		}
	}
	p.line, p.at = line, 0
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*object)
	if !ok {
		return nil, errors.New("the line must be a JSON object")
	}
	if p.space(); p.at < len(p.line) {
		return nil, errors.New("there is something after the object; write one object a line")
	}
	return o, nil
}

// space goes to the next byte that is no space.
func (p *parser) space() {
	for p.at < len(p.line) {
		switch p.line[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// takes passes over a byte if it is the next one.
func (p *parser) takes(c byte) bool {
	p.space()
	if p.at < len(p.line) && p.line[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) invalid() error {
	return fmt.Errorf("this is not valid JSON at byte %d of the line; correct it, or export the file again", p.at)
}

func (p *parser) value(depth int) (any, error) {
	p.space()
	if p.at == len(p.line) {
		return nil, p.invalid()
	}
	switch c := p.line[p.at]; {
	case c == '"':
		raw, plain, err := p.raw()
		if err != nil {
			return nil, err
		}
		return p.text(raw, plain)
	case c == '{' || c == '[':
		if depth == maxDepth {
			return nil, errors.New("the line is nested too deep; a record has fields, and fields have texts, numbers or lists of texts")
		}
		p.at++
		if c == '[' {
			return p.list(depth)
		}
		return p.members(depth)
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case p.word("true"):
		return true, nil
	case p.word("false"):
		return false, nil
	case p.word("null"):
		return nil, errors.New("null has no meaning here; leave the field out")
	}
	return nil, p.invalid()
}

// word passes over a word if it is the next one.
func (p *parser) word(w string) bool {
	if !bytes.HasPrefix(p.line[p.at:], []byte(w)) {
		return false
	}
	p.at += len(w)
	return true
}

// raw passes over a text and returns it with its quotes; plain tells that it has no escapes.
func (p *parser) raw() (raw []byte, plain bool, err error) {
	plain = true
	for i := p.at + 1; i < len(p.line); i++ {
		switch c := p.line[i]; {
		case c == '"':
			raw = p.line[p.at : i+1]
			p.at = i + 1
			return raw, plain, nil
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			p.at = i
			return nil, false, p.invalid()
		}
	}
	p.at = len(p.line)
	return nil, false, p.invalid()
}

func (p *parser) text(raw []byte, plain bool) (string, error) {
	if plain {
		return string(raw[1 : len(raw)-1]), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", p.invalid()
	}
	return s, nil
}

// kept is text for what comes with many records.
func (p *parser) kept(raw []byte, plain bool) (string, error) {
	if !plain {
		return p.text(raw, plain)
	}
	if s, ok := p.texts[string(raw[1:len(raw)-1])]; ok {
		return s, nil
	}
	if len(p.texts) >= maxTexts {
		clear(p.texts)
	}
	s := string(raw[1 : len(raw)-1])
	p.texts[s] = s
	return s, nil
}

// digits passes over digits and returns how many there are.
func (p *parser) digits() int {
	from := p.at
	for p.at < len(p.line) && p.line[p.at] >= '0' && p.line[p.at] <= '9' {
		p.at++
	}
	return p.at - from
}

func (p *parser) number() (any, error) {
	from := p.at
	if p.line[p.at] == '-' {
		p.at++
	}
	zero := p.at < len(p.line) && p.line[p.at] == '0'
	if n := p.digits(); n == 0 || zero && n > 1 {
		return nil, p.invalid()
	}
	if p.at < len(p.line) && p.line[p.at] == '.' {
		if p.at++; p.digits() == 0 {
			return nil, p.invalid()
		}
	}
	if p.at < len(p.line) && p.line[p.at]|0x20 == 'e' {
		p.at++
		if p.at < len(p.line) && (p.line[p.at] == '+' || p.line[p.at] == '-') {
			p.at++
		}
		if p.digits() == 0 {
			return nil, p.invalid()
		}
	}
	n, err := strconv.ParseInt(string(p.line[from:p.at]), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the number %s is no whole number", text.Quote(string(p.line[from:p.at])))
	}
	return n, nil
}

// repeated names the fields whose texts come with many records.
var repeated = map[string]bool{"kind": true, "type": true, "recordedAt": true, "recordedBy": true, "recordedFrom": true}

func (p *parser) members(depth int) (any, error) {
	o := &object{}
	if p.takes('}') {
		return o, nil
	}
	const usual = 8 // of the fields that a record has
	o.names, o.values = make([]string, 0, usual), make([]any, 0, usual)
	for {
		if p.space(); p.at == len(p.line) || p.line[p.at] != '"' {
			return nil, p.invalid()
		}
		raw, plain, err := p.raw()
		if err != nil {
			return nil, err
		}
		name, err := p.kept(raw, plain)
		if err != nil {
			return nil, err
		}
		if o.has(name) {
			return nil, fmt.Errorf("the field %s is given twice; keep one", text.Quote(name))
		}
		if !p.takes(':') {
			return nil, p.invalid()
		}
		v, err := p.member(name, depth)
		if err != nil {
			return nil, err
		}
		o.names, o.values = append(o.names, name), append(o.values, v)
		if p.takes('}') {
			return o, nil
		}
		if !p.takes(',') {
			return nil, p.invalid()
		}
	}
}

// member reads the value of a field.
func (p *parser) member(name string, depth int) (any, error) {
	if p.space(); repeated[name] && p.at < len(p.line) && p.line[p.at] == '"' {
		raw, plain, err := p.raw()
		if err != nil {
			return nil, err
		}
		return p.kept(raw, plain)
	}
	return p.value(depth + 1)
}

func (o *object) has(name string) bool {
	for _, n := range o.names {
		if n == name {
			return true
		}
	}
	return false
}

func (p *parser) list(depth int) (any, error) {
	list := []string{}
	if p.takes(']') {
		return list, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		s, ok := v.(string)
		if !ok {
			return nil, errors.New("a list holds something else than text")
		}
		list = append(list, s)
		if p.takes(']') {
			return list, nil
		}
		if !p.takes(',') {
			return nil, p.invalid()
		}
	}
}
