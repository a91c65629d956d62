package misp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

const (
	// maxRecord bounds the memory that one value takes. The original of a value has to fit into a line of jsonl, even where
	// escaping makes it twice as long.
	maxRecord = 3 << 20
	// readAhead is more than the decoder reads beyond what it was asked for.
	readAhead = 1 << 20
)

// readCluster reads a cluster file as it goes: member takes the members of the file beside its values, value takes each
// value with the number of its line. raw is valid until the next call.
func readCluster(name string, in io.Reader, member func(name string, raw []byte) error, value func(line int, raw []byte) error) error {
	lines := &lineReader{in: bufio.NewReaderSize(in, 1<<16), name: name}
	if err := lines.skipMark(); err != nil {
		return err
	}
	d := json.NewDecoder(lines)
	lines.allow(0)
	start, err := d.Token()
	if err != nil {
		return lines.failed(d, err)
	}
	if start != json.Delim('{') {
		return notAGalaxy(name, "it does not begin with {")
	}
	values := false
	for d.More() {
		lines.allow(d.InputOffset())
		key, err := d.Token()
		if err != nil {
			return lines.failed(d, err)
		}
		if key != "values" {
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				return lines.failed(d, err)
			}
			if err := member(key.(string), raw); err != nil {
				return err
			}
			continue
		}
		if values {
			return lines.invalid(d.InputOffset(), `the file has two lists "values"; keep one`)
		}
		values = true
		if open, err := d.Token(); err != nil {
			return lines.failed(d, err)
		} else if open != json.Delim('[') {
			return notAGalaxy(name, `its "values" is no list`)
		}
		for d.More() {
			lines.allow(d.InputOffset())
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				return lines.failed(d, err)
			}
			if err := value(lines.line(d.InputOffset())-bytes.Count(raw, []byte{'\n'}), raw); err != nil {
				return err
			}
		}
		if _, err := d.Token(); err != nil {
			return lines.failed(d, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return lines.failed(d, err)
	}
	lines.allow(d.InputOffset())
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return lines.invalid(d.InputOffset(), "there is something after the end of the galaxy; remove it")
	}
	if !values {
		return notAGalaxy(name, `it has no list "values"`)
	}
	return nil
}

func notAGalaxy(file, why string) error {
	return &store.InvalidChange{Place: file, Reason: "this is no cluster file of a MISP galaxy: " + why + "; give one such as clusters/threat-actor.json"}
}

// lineReader bounds how far a decoder reads for one value, and tells the number of the line at an offset.
type lineReader struct {
	in   *bufio.Reader
	name string
	read int64
	most int64
	// breaks holds the offsets of the line breaks after the last offset that was asked for; count those before it.
	breaks []int64
	count  int
}

// errTooLong is what Read returns when a value is longer than the most that is allowed.
var errTooLong = errors.New("too long")

// allow lets the decoder read one more value after an offset.
func (l *lineReader) allow(offset int64) { l.most = offset + maxRecord + readAhead }

func (l *lineReader) Read(p []byte) (int, error) {
	if l.read >= l.most {
		return 0, errTooLong
	}
	n, err := l.in.Read(p[:min(int64(len(p)), l.most-l.read)])
	for i := 0; i < n; {
		at := bytes.IndexByte(p[i:n], '\n')
		if at < 0 {
			break
		}
		i += at + 1
		l.breaks = append(l.breaks, l.read+int64(i))
	}
	l.read += int64(n)
	return n, err
}

// line returns the number of the line at an offset, which is never before one that was asked for.
func (l *lineReader) line(offset int64) int {
	n, _ := slices.BinarySearch(l.breaks, offset+1)
	l.count += n
	l.breaks = l.breaks[:copy(l.breaks, l.breaks[n:])]
	return l.count + 1
}

// skipMark leaves out the byte order mark that editors write before UTF-8, and refuses those of UTF-16.
func (l *lineReader) skipMark() error {
	start, err := l.in.Peek(3)
	switch {
	case bytes.HasPrefix(start, []byte("\ufeff")):
		_, err = l.in.Discard(3)
		return err
	case bytes.HasPrefix(start, []byte{0xFE, 0xFF}), bytes.HasPrefix(start, []byte{0xFF, 0xFE}), bytes.Contains(start, []byte{0}):
		return &store.InvalidChange{Place: l.name, Reason: "the file is not in UTF-8; save it in UTF-8"}
	case len(start) == 0 && errors.Is(err, io.EOF):
		return notAGalaxy(l.name, "it is empty")
	case err != nil && !errors.Is(err, io.EOF):
		return fmt.Errorf("%s: reading failed: %w", l.name, err)
	}
	return nil
}

func (l *lineReader) invalid(offset int64, format string, args ...any) error {
	return &store.InvalidChange{Place: fmt.Sprintf("%s:%d", l.name, l.line(offset)), Reason: fmt.Sprintf(format, args...)}
}

// failed says for people why the decoder ended.
func (l *lineReader) failed(d *json.Decoder, err error) error {
	at := d.InputOffset()
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errTooLong):
		return l.invalid(at, "a value is longer than %d bytes; this is no galaxy, or it is damaged", maxRecord)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return l.invalid(l.read, "the file ends in the middle; get it again")
	case errors.As(err, &syntax):
		if syntax.Offset != at {
			// Within a value the decoder counts from elsewhere: the same mistake is found again in what it holds of it.
			if rest, err := io.ReadAll(d.Buffered()); err == nil {
				if again := (*json.SyntaxError)(nil); errors.As(json.Unmarshal(rest, new(json.RawMessage)), &again) {
					at += again.Offset - 1
				}
			}
		}
		return l.invalid(at, "this is not valid JSON: %s; get the file again, or correct it", syntax)
	}
	return fmt.Errorf("%s: reading failed: %w", l.name, err)
}

// member is a member of a JSON object.
type member struct {
	name string
	raw  json.RawMessage
}

// members reads a JSON object. It refuses a name that is there twice, of which encoding/json would drop the first.
func members(raw []byte) ([]member, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("the record is not in UTF-8; save the file in UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New("the record is no object; see whether the file is damaged")
	}
	var out []member
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("the record is not valid JSON: %w", err)
		}
		m := member{name: name.(string)}
		if seen[m.name] {
			return nil, fmt.Errorf("the record has %s twice; keep one", text.Quote(m.name))
		}
		seen[m.name] = true
		if err := d.Decode(&m.raw); err != nil {
			return nil, fmt.Errorf("the record is not valid JSON: %w", err)
		}
		out = append(out, m)
	}
	return out, nil
}
