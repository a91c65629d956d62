package eurepoc

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"attrigraph/internal/importer"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// maxRow is the most bytes that a row may have; the longest of version 1.1 has 24 kB. A file without line breaks, or with
// a quotation mark that is never closed, is refused there and not read into memory as a whole.
const maxRow = 4 << 20

// table is one of the three files.
type table struct {
	kind    *tableKind
	input   importer.Input
	columns []string
	at      map[string]int
}

// row is a line of a table. Its values are those of the file, in the order of the table's columns.
type row struct {
	table  *table
	values []string
	line   int
}

// get returns the value of a column, empty where the table lacks it.
func (r row) get(column string) string {
	if i, has := r.table.at[column]; has {
		return r.values[i]
	}
	return ""
}

func (r row) place() string { return fmt.Sprintf("%s:%d", r.table.input.Name, r.line) }

// readTable reads the header of a file and finds out which table it is.
func readTable(input importer.Input) (*table, error) {
	t := &table{input: input, at: map[string]int{}}
	in, closer, err := t.open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }() // only read
	header, _, err := in.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, t.invalid(1, "the file is empty; give the file as EuRepoC publishes it")
	case err != nil:
		return nil, err
	}
	t.columns = slices.Clone(header)
	t.columns[0] = strings.TrimPrefix(t.columns[0], "\ufeff")
	for i, name := range t.columns {
		if err := text.Check(name); err != nil {
			return nil, t.invalid(1, "the header is no text in UTF-8; save the file in UTF-8")
		}
		if _, twice := t.at[name]; twice {
			return nil, t.invalid(1, "the header has the column %q twice; remove one", name)
		}
		t.at[name] = i
	}
	if t.kind = recognize(t.at); t.kind == nil {
		return nil, t.invalid(1, "the header is that of none of EuRepoC's three tables; give the Global Database, the Attribution dataset and the Receiver dataset as CSV")
	}
	return t, nil
}

func (t *table) invalid(line int, format string, args ...any) error {
	return &store.InvalidChange{Place: fmt.Sprintf("%s:%d", t.input.Name, line), Reason: fmt.Sprintf(format, args...)}
}

// rows hands over the rows after the header. What is wrong with a single row goes to bad, whose error ends the reading;
// what makes the rest of the file unreadable is returned. The values are valid until visit returns.
func (t *table) rows(visit func(row) error, bad func(r row, reason string) error) error {
	in, closer, err := t.open()
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }() // only read
	if _, _, err := in.next(); err != nil {
		return err
	}
	for {
		values, line, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r := row{table: t, values: values, line: line}
		if len(values) != len(t.columns) {
			err = bad(r, fmt.Sprintf("the row has %d fields, the header has %d; correct the row", len(values), len(t.columns)))
		} else if i, problem := checkTexts(values); problem != nil {
			err = bad(r, fmt.Sprintf("%s: %s", t.columns[i], problem))
		} else {
			err = visit(r)
		}
		if err != nil {
			return err
		}
	}
}

func checkTexts(values []string) (int, error) {
	for i, v := range values {
		if !utf8.ValidString(v) {
			return i, errors.New("the value is not in UTF-8; save the file in UTF-8")
		}
		if err := text.Check(v); err != nil {
			return i, err
		}
	}
	return 0, nil
}

// rowReader reads CSV as RFC 4180 has it, and refuses rows that are too long and files that end within a line.
type rowReader struct {
	table *table
	bytes *boundedReader
	csv   *csv.Reader
	// line is where the row that was read last begins.
	line int
}

func (t *table) open() (*rowReader, io.Closer, error) {
	file, err := t.input.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: cannot be opened: %w", t.input.Name, err)
	}
	b := &boundedReader{in: file}
	c := csv.NewReader(b)
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	return &rowReader{table: t, bytes: b, csv: c}, file, nil
}

// next returns the next row and the line where it begins; its values are valid until the next call. The error is io.EOF at
// the end.
func (r *rowReader) next() (values []string, line int, err error) {
	values, err = r.csv.Read()
	r.bytes.taken = r.csv.InputOffset()
	var wrong *csv.ParseError
	switch {
	case err == nil:
		r.line, _ = r.csv.FieldPos(0)
		if r.bytes.taken == r.bytes.count && r.bytes.last != '\n' {
			return nil, 0, r.torn()
		}
		return values, r.line, nil
	case errors.Is(err, errRowTooLong):
		return nil, 0, r.table.invalid(r.line+1, "a row is longer than %d bytes; a line break or a closing quotation mark is missing", maxRow)
	case errors.As(err, &wrong):
		return nil, 0, r.table.invalid(wrong.StartLine, "the row cannot be read as CSV (%s); a quotation mark is missing or the file is cut off: give the file as EuRepoC publishes it", wrong.Err)
	case errors.Is(err, io.EOF) && r.bytes.count > 0 && r.bytes.last != '\n':
		return nil, 0, r.torn()
	case errors.Is(err, io.EOF):
		return nil, 0, io.EOF
	}
	return nil, 0, fmt.Errorf("%s: reading failed: %w", r.table.input.Name, err)
}

// torn tells that the last line has no line break: what else is wrong with it comes of that.
func (r *rowReader) torn() error {
	return r.table.invalid(r.line, "the file ends in the middle of this line; give the whole file, or end it with a line break")
}

var errRowTooLong = errors.New("the row is too long")

// boundedReader ends with errRowTooLong when more than maxRow bytes were read since the last whole row.
type boundedReader struct {
	in           io.Reader
	count, taken int64
	last         byte
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.count-b.taken > maxRow {
		return 0, errRowTooLong
	}
	n, err := b.in.Read(p)
	if n > 0 {
		b.count += int64(n)
		b.last = p[n-1]
	}
	return n, err
}
