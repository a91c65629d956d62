package stix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"attrigraph/internal/text"
)

const (
	// maxObject bounds the memory that an object of a bundle takes, in bytes.
	maxObject = 8 << 20
	// maxDepth is how deep the lists and objects of an object of a bundle may be nested.
	maxDepth = 100
)

// ParseObject reads a JSON object. Unlike encoding/json it refuses a name that is given twice in one object, at any depth,
// and bytes that are not UTF-8; and it bounds depth and size. The error says at which byte of raw something is wrong. The
// object keeps nothing of raw.
func ParseObject(raw []byte) (*Object, error) {
	if len(raw) > maxObject {
		return nil, fmt.Errorf("the object takes %d bytes, the most is %d: shorten its texts", len(raw), maxObject)
	}
	if !utf8.Valid(raw) {
		return nil, errors.New("the object is not valid UTF-8; write the file in UTF-8")
	}
	p := &parser{in: raw, out: make([]byte, 0, len(raw))}
	p.space()
	if p.peek() != '{' {
		return nil, errors.New("this is no JSON object; remove it, or get the file again")
	}
	o := &Object{}
	if err := p.object(1, o); err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(p.in) {
		return nil, p.fail("remove it", "there is something after the object")
	}
	return o, nil
}

// parser checks JSON and copies it without insignificant space.
type parser struct {
	in  []byte
	at  int
	out []byte
}

// fail says where something is wrong, and what to do about it.
func (p *parser) fail(advice, format string, args ...any) error {
	return fmt.Errorf("%s at byte %d of the object; %s", fmt.Sprintf(format, args...), p.at+1, advice)
}

func (p *parser) invalid() error {
	if p.at >= len(p.in) {
		return errors.New("the object ends in the middle: a part of it is missing; get the file again")
	}
	return p.fail("correct it, or get the file again", "this is not valid JSON")
}

func (p *parser) peek() byte {
	if p.at < len(p.in) {
		return p.in[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.in) && isSpace(p.in[p.at]) {
		p.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// take copies the next byte.
func (p *parser) take() {
	p.out = append(p.out, p.in[p.at])
	p.at++
}

// object reads an object whose brace comes next. The members are handed to o, if it is not nil; they are parts of p.out,
// which never grows beyond its capacity.
func (p *parser) object(depth int, o *Object) error {
	if depth > maxDepth {
		return p.fail("write them flatter, or leave the object out", "lists and objects are nested deeper than %d", maxDepth)
	}
	p.take()
	p.space()
	if p.peek() == '}' {
		p.take()
		return nil
	}
	var names nameSet
	for {
		p.space()
		start := len(p.out)
		if p.peek() != '"' {
			return p.invalid()
		}
		if err := p.text(); err != nil {
			return err
		}
		name := p.out[start:len(p.out):len(p.out)]
		if !names.add(name) {
			return p.fail("keep one", "the name %s is given twice in one object", text.Quote(nameOf(name)))
		}
		p.space()
		if p.peek() != ':' {
			return p.invalid()
		}
		p.take()
		p.space()
		start = len(p.out)
		if err := p.value(depth); err != nil {
			return err
		}
		if o != nil {
			o.members = append(o.members, member{nameOf(name), name, json.RawMessage(p.out[start:len(p.out):len(p.out)])})
		}
		p.space()
		switch p.peek() {
		case ',':
			p.take()
		case '}':
			p.take()
			return nil
		default:
			return p.invalid()
		}
	}
}

func (p *parser) list(depth int) error {
	if depth > maxDepth {
		return p.fail("write them flatter, or leave the object out", "lists and objects are nested deeper than %d", maxDepth)
	}
	p.take()
	p.space()
	if p.peek() == ']' {
		p.take()
		return nil
	}
	for {
		p.space()
		if err := p.value(depth); err != nil {
			return err
		}
		p.space()
		switch p.peek() {
		case ',':
			p.take()
		case ']':
			p.take()
			return nil
		default:
			return p.invalid()
		}
	}
}

func (p *parser) value(depth int) error {
	switch c := p.peek(); {
	case c == '{':
		return p.object(depth+1, nil)
	case c == '[':
		return p.list(depth + 1)
	case c == '"':
		return p.text()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if len(p.in)-p.at >= len(word) && string(p.in[p.at:p.at+len(word)]) == word {
			p.out = append(p.out, word...)
			p.at += len(word)
			return nil
		}
	}
	return p.invalid()
}

func (p *parser) text() error {
	start := p.at
	for p.at++; p.at < len(p.in); p.at++ {
		switch c := p.in[p.at]; {
		case c == '"':
			p.at++
			p.out = append(p.out, p.in[start:p.at]...)
			return nil
		case c < ' ':
			return p.fail("escape it, or remove it", "a text holds the control character U+%04X", c)
		case c == '\\':
			if p.at++; p.at >= len(p.in) {
				return p.invalid()
			}
			switch p.in[p.at] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for range 4 {
					if p.at++; p.at >= len(p.in) || !isHex(p.in[p.at]) {
						return p.invalid()
					}
				}
			default:
				return p.invalid()
			}
		}
	}
	return p.invalid()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func (p *parser) number() error {
	start := p.at
	digits := func() bool {
		first := p.at
		for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
			p.at++
		}
		return p.at > first
	}
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else if !digits() {
		return p.invalid()
	}
	if p.peek() == '.' {
		p.at++
		if !digits() {
			return p.invalid()
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if !digits() {
			return p.invalid()
		}
	}
	p.out = append(p.out, p.in[start:p.at]...)
	return nil
}

// nameSet holds the names of one object. Few names, as nearly all objects have, are compared one by one.
type nameSet struct {
	few  [][]byte
	many map[string]bool
}

// add tells whether the name, given in quotation marks, is new.
func (s *nameSet) add(name []byte) bool {
	if bytes.IndexByte(name, '\\') >= 0 {
		text, _ := textOf(name)
		name = append(append([]byte{'"'}, text...), '"') // however it was written
	}
	if s.many == nil {
		for _, n := range s.few {
			if bytes.Equal(n, name) {
				return false
			}
		}
		if s.few = append(s.few, name); len(s.few) <= 32 {
			return true
		}
		s.many = make(map[string]bool, 2*len(s.few))
		for _, n := range s.few {
			s.many[string(n)] = true
		}
		return true
	}
	if s.many[string(name)] {
		return false
	}
	s.many[string(name)] = true
	return true
}
