package jsonl

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"attrigraph/internal/store"
)

// Read returns the records of r as changes, each with its own provenance and with its line as Place; name is that of the
// file. It reads as it goes and keeps one line in memory. Any mistake ends the sequence with an error that names the line
// and what to do; whether kinds, fields and values are those of the model is for the store to check. A file without its
// last line is an error, so only a sequence that ended without one was read as a whole.
func Read(r io.Reader, name string) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		lines := &lineReader{in: bufio.NewReaderSize(r, 1<<16), name: name}
		if err := readAll(lines, func(c store.Change) bool { return yield(c, nil) }); err != nil && !errors.Is(err, errStopped) {
			yield(store.Change{}, err)
		}
	}
}

// errStopped tells that whoever takes the changes wants no more.
var errStopped = errors.New("stopped")

func readAll(lines *lineReader, take func(store.Change) bool) error {
	records := newParser()
	line, err := lines.next()
	switch {
	case errors.Is(err, io.EOF):
		return lines.invalid("the file is empty; export it again")
	case err != nil:
		return err
	}
	if err := records.header(line); err != nil {
		return lines.invalid("%s", err)
	}
	var counted ending
	for {
		line, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return lines.invalid("the file ends without its last line, %s, so a part of it is missing; export it again", `{"end":…}`)
		case err != nil:
			return err
		}
		record, err := records.record(line)
		if err != nil {
			return lines.invalid("%s", err)
		}
		var change store.Change
		switch {
		case record.end != nil:
			if *record.end != counted {
				return lines.invalid("the file has %d nodes and %d links, its last line counts %d and %d, so it was changed or a part is missing; export it again, or correct the counts",
					counted.nodes, counted.links, record.end.nodes, record.end.links)
			}
			if _, err := lines.next(); !errors.Is(err, io.EOF) {
				return lines.invalid("there is something after the last line of the file; remove it")
			}
			return nil
		case record.node != nil:
			counted.nodes++
			record.node.Place = lines.place()
			change.Node = record.node
		default:
			counted.links++
			record.link.Place = lines.place()
			change.Link = record.link
		}
		if !take(change) {
			return errStopped
		}
	}
}

// lineReader hands over one line after the other.
type lineReader struct {
	in     *bufio.Reader
	name   string
	number int
	buffer []byte
}

func (l *lineReader) place() string { return l.name + ":" + strconv.Itoa(max(l.number, 1)) }

func (l *lineReader) invalid(format string, args ...any) error {
	return &store.InvalidChange{Place: l.place(), Reason: fmt.Sprintf(format, args...)}
}

// next returns the next line without its line break; it is valid until the next call. The error is io.EOF at the end.
func (l *lineReader) next() ([]byte, error) {
	l.buffer = l.buffer[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		if len(part) > 0 && len(l.buffer) == 0 {
			l.number++
		}
		l.buffer = append(l.buffer, part...)
		if len(l.buffer) > maxLine {
			return nil, l.invalid("the line is longer than %d bytes; split the file into lines with one record each", maxLine)
		}
		switch {
		case err == nil:
			return l.buffer[:len(l.buffer)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(l.buffer) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, l.invalid("the file ends in the middle of this line; export it again")
		default:
			return nil, fmt.Errorf("%s: reading failed: %w", l.place(), err)
		}
	}
}
