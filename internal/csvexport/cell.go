package csvexport

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"attrigraph/internal/catalog"
)

// separator stands between the items of a list in one cell.
const separator = "; "

// row writes cells as one line. A cell is quoted where RFC 4180 asks for it, and where a program that takes semicolons or
// tabs for separators would cut it.
func row(w *bufio.Writer, cells []string) error {
	for i, c := range cells {
		if i > 0 {
			if err := w.WriteByte(','); err != nil {
				return err
			}
		}
		if strings.ContainsAny(c, "\",;\t\r\n") || strings.HasPrefix(c, " ") || strings.HasSuffix(c, " ") {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		if _, err := w.WriteString(c); err != nil {
			return err
		}
	}
	_, err := w.WriteString("\r\n")
	return err
}

// formulas are the signs with which a spreadsheet's formula can begin, and the apostrophe that takes the meaning away.
const formulas = "=+-@\t\r\n'＝＋－＠"

// safe makes sure that no spreadsheet takes a text for a formula.
func safe(s string) string {
	if s != "" && strings.ContainsRune(formulas, []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// join puts the items of a list into one cell.
func join(items []string) string { return safe(strings.Join(items, separator)) }

// cell writes the value of a stored field.
func cell(f *catalog.Field, v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		if f.Scalar == catalog.Text {
			return safe(v), nil
		}
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case bool:
		return strconv.FormatBool(v), nil
	case []string:
		return join(v), nil
	}
	return "", fmt.Errorf("the field %s has the value %v, which is no text, number, boolean or list of texts", f.Name, v)
}

// buffered returns a writer that begins with a byte order mark if one is asked for.
func buffered(w io.Writer, mark bool) *bufio.Writer {
	out := bufio.NewWriterSize(w, 1<<16)
	if mark {
		// An error stays with the writer until Flush.
		_, _ = out.WriteString("\ufeff")
	}
	return out
}
