package stix

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"attrigraph/internal/importer"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// place says where an object of a bundle stands: a bundle is often one line, so the line alone does not tell.
type place struct {
	file        string
	line, index int
}

// String gives the place for people; objects are counted from 1.
func (p place) String() string {
	if p.index == 0 {
		return fmt.Sprintf("%s:%d", p.file, p.line)
	}
	return fmt.Sprintf("%s:%d, object %d", p.file, p.line, p.index)
}

// header holds the members of a bundle besides its objects.
type header struct {
	id, specVersion string
	// others are the names of members that have no meaning here, in the order of the file.
	others []string
}

// readBundle reads a bundle from its start and hands over one object after the other; it keeps one in memory. Either raw is
// an element of the list of objects, whatever it is, and valid until visit returns; or problem says why there is none. An
// error of visit ends the reading and is returned as it is. Any other error names the file and says what is wrong.
func readBundle(in importer.Input, visit func(at place, raw []byte, problem error) error) (header, error) {
	file, err := in.Open()
	if err != nil {
		return header{}, fmt.Errorf("%s: %w", in.Name, err)
	}
	defer file.Close()
	s := &scanner{in: file, name: in.Name, line: 1, buffer: make([]byte, 1<<16)}
	h, err := s.bundle(visit)
	if errors.Is(err, errCut) {
		err = s.failed()
	}
	return h, err
}

// errCut tells that the file ended, or could not be read further: scanner.failed says which.
var errCut = errors.New("the file ended")

// scanner goes through the bytes of a bundle. It checks no more of values than it must to find their ends.
type scanner struct {
	in     io.Reader
	name   string
	line   int
	buffer []byte
	// The bytes of buffer from next to end are still to be read.
	next, end int
	readErr   error
	value     []byte
}

func (s *scanner) invalid(format string, args ...any) error {
	return &store.InvalidChange{Place: place{s.name, s.line, 0}.String(), Reason: fmt.Sprintf(format, args...)}
}

func (s *scanner) failed() error {
	if s.readErr != nil && !errors.Is(s.readErr, io.EOF) {
		return fmt.Errorf("%s: reading failed: %w", place{s.name, s.line, 0}, s.readErr)
	}
	return s.invalid("the file ends in the middle of the bundle: a part of it is missing; get the file again")
}

// fill reads on when all of the buffer was read, and tells whether there is more.
func (s *scanner) fill() bool {
	for s.next == s.end && s.readErr == nil {
		s.next = 0
		s.end, s.readErr = s.in.Read(s.buffer)
	}
	return s.next < s.end
}

// peek returns the next byte that is no space.
func (s *scanner) peek() (byte, error) {
	for s.fill() {
		c := s.buffer[s.next]
		if !isSpace(c) {
			return c, nil
		}
		if c == '\n' {
			s.line++
		}
		s.next++
	}
	return 0, errCut
}

// expect reads one byte that is no space and must be c.
func (s *scanner) expect(c byte, where string) error {
	got, err := s.peek()
	if err != nil {
		return err
	}
	if got != c {
		return s.invalid("this is not valid JSON: %q %s, not %q; get the file again", c, where, got)
	}
	s.next++
	return nil
}

func (s *scanner) bundle(visit func(at place, raw []byte, problem error) error) (header, error) {
	var h header
	if err := s.begin(); err != nil {
		return h, err
	}
	var kind string
	kindLine := s.line
	var seen []string
	for first := true; ; first = false {
		c, err := s.peek()
		if err != nil {
			return h, err
		}
		if c == '}' {
			s.next++
			break
		}
		if !first {
			if err := s.expect(',', "must stand between two members of the bundle"); err != nil {
				return h, err
			}
		}
		name, err := s.text()
		if err != nil {
			return h, err
		}
		if slices.Contains(seen, name) {
			return h, s.invalid("the bundle has its member %s twice; keep one", text.Quote(name))
		}
		if seen = append(seen, name); len(seen) > maxMembers {
			return h, s.invalid("the bundle itself has more than %d members; a STIX bundle has four", maxMembers)
		}
		if err := s.expect(':', "must follow the name of a member"); err != nil {
			return h, err
		}
		switch name {
		case "type":
			kind, err = s.text()
			kindLine = s.line
		case "id":
			h.id, err = s.text()
		case "spec_version":
			h.specVersion, err = s.text()
		case "objects":
			err = s.objects(visit)
		default:
			h.others = append(h.others, name)
			_, err = s.capture(0)
		}
		if err != nil {
			return h, err
		}
	}
	if _, err := s.peek(); err == nil {
		return h, s.invalid("there is something after the bundle; remove it")
	} else if !errors.Is(s.readErr, io.EOF) {
		return h, err
	}
	if kind != "bundle" {
		s.line = kindLine
		return h, s.invalid(`this is no STIX bundle: its "type" is %s; a bundle has {"type":"bundle","id":…,"objects":[…]}`, text.Quote(kind))
	}
	return h, nil
}

// maxMembers bounds the memory that a bundle's own members take.
const maxMembers = 100

// begin reads up to the bundle's brace, and knows what other files look like.
func (s *scanner) begin() error {
	const longestMark = 3
	s.end, s.readErr = io.ReadAtLeast(s.in, s.buffer, longestMark)
	if errors.Is(s.readErr, io.ErrUnexpectedEOF) {
		s.readErr = io.EOF
	}
	if !s.fill() {
		if errors.Is(s.readErr, io.EOF) {
			return s.invalid("the file is empty; get it again")
		}
		return errCut
	}
	switch head := s.buffer[s.next:s.end]; {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		s.next += 3
	case bytes.HasPrefix(head, []byte("\x1F\x8B")), bytes.HasPrefix(head, []byte("PK")):
		return s.invalid("the file is compressed; unpack it first")
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")), bytes.HasPrefix(head, []byte("{\x00")), bytes.HasPrefix(head, []byte("\x00")):
		return s.invalid("the file is not in UTF-8; save it in UTF-8")
	}
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != '{' {
		return s.invalid(`this is no STIX bundle: it begins with %q; a bundle is {"type":"bundle","id":…,"objects":[…]}`, c)
	}
	s.next++
	return nil
}

// text reads a short text.
func (s *scanner) text() (string, error) {
	c, err := s.peek()
	if err != nil {
		return "", err
	}
	if c != '"' {
		return "", s.invalid("this is not valid JSON for a bundle: a text must stand here, not %q", c)
	}
	const most = 1000
	whole, err := s.capture(most)
	if err != nil {
		return "", err
	}
	p := &parser{in: s.value, out: make([]byte, 0, len(s.value))}
	if !whole || p.text() != nil {
		return "", s.invalid("a text of the bundle itself is not valid, or longer than %d bytes", most)
	}
	t, _ := textOf(p.out)
	return t, nil
}

func (s *scanner) objects(visit func(at place, raw []byte, problem error) error) error {
	if err := s.expect('[', `must begin the list "objects"`); err != nil {
		return err
	}
	for index := 1; ; index++ {
		c, err := s.peek()
		if err != nil {
			return err
		}
		if c == ']' {
			s.next++
			return nil
		}
		if index > 1 {
			if err := s.expect(',', "must stand between two objects"); err != nil {
				return err
			}
			if _, err := s.peek(); err != nil {
				return err
			}
		}
		at := place{s.name, s.line, index}
		whole, err := s.capture(maxObject)
		switch {
		case errors.Is(err, errCut) && errors.Is(s.readErr, io.EOF):
			return &store.InvalidChange{Place: at.String(), Reason: "the file ends in the middle of this object: a part of it is missing; get the file again"}
		case err != nil:
			return err
		case !whole:
			err = visit(at, nil, fmt.Errorf("the object takes more than %d bytes; shorten its texts", maxObject))
		default:
			err = visit(at, s.value, nil)
		}
		if err != nil {
			return err
		}
	}
}

// capture reads one value into s.value. Of a value longer than most bytes it keeps nothing but goes to its end, so that
// what follows can still be read; whole is false then.
func (s *scanner) capture(most int) (whole bool, err error) {
	s.value = s.value[:0]
	if _, err := s.peek(); err != nil {
		return false, err
	}
	size, depth := 0, 0
	inText, escaped := false, false
	for {
		if !s.fill() {
			return false, errCut
		}
		start, ended := s.next, false
		for s.next < s.end && !ended {
			if inText && !escaped {
				s.skipText()
				if s.next == s.end {
					break
				}
			}
			c := s.buffer[s.next]
			if c == '\n' {
				s.line++
			}
			switch {
			case escaped:
				escaped = false
			case inText && c == '\\':
				escaped = true
			case inText:
				if c == '"' {
					inText = false
					ended = depth == 0
				}
			case c == '"':
				inText = true
			case c == '{' || c == '[':
				depth++
			case (c == '}' || c == ']') && depth > 0:
				depth--
				ended = depth == 0
			case depth == 0 && (c == ',' || c == '}' || c == ']' || isSpace(c)):
				// A number, true, false or null, or what should be one, has ended before this byte.
				if c == '\n' {
					s.line--
				}
				if size += s.next - start; size == 0 {
					return false, s.invalid("this is not valid JSON: a value is missing; get the file again")
				}
				if size <= most {
					s.value = append(s.value, s.buffer[start:s.next]...)
				}
				return size <= most, nil
			}
			s.next++
		}
		if size += s.next - start; size <= most {
			s.value = append(s.value, s.buffer[start:s.next]...)
		} else {
			s.value = s.value[:0]
		}
		if ended {
			return size <= most, nil
		}
	}
}

// skipText goes on, in a text, to the next byte of the buffer that is not simply a part of it.
func (s *scanner) skipText() {
	rest := s.buffer[s.next:s.end]
	if i := bytes.IndexByte(rest, '"'); i >= 0 {
		rest = rest[:i]
	}
	if i := bytes.IndexByte(rest, '\\'); i >= 0 {
		rest = rest[:i]
	}
	s.line += bytes.Count(rest, []byte{'\n'})
	s.next += len(rest)
}
