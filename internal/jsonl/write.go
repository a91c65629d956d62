package jsonl

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strconv"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
	"attrigraph/internal/text"
)

// Write writes records in their order, one line each. On an error what was written lacks its last line, so that nobody
// takes it for the whole.
func Write(w io.Writer, c *catalog.Catalog, records iter.Seq2[store.Record, error]) error {
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, `{"format":%q,"version":%d}`+"\n", formatName, formatVersion)
	var line []byte
	nodes, links := 0, 0
	for r, err := range records {
		if err != nil {
			return err
		}
		switch {
		case r.Node != nil:
			nodes++
			line, err = appendNode(line[:0], c, r.Node)
		case r.Link != nil:
			links++
			line, err = appendLink(line[:0], c, r.Link)
		default:
			continue
		}
		if err != nil {
			return err
		}
		if len(line) > maxLine {
			return fmt.Errorf("a record takes %d bytes, the most is %d: shorten its texts", len(line), maxLine)
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, `{"end":{"nodes":%d,"links":%d}}`+"\n", nodes, links)
	return out.Flush()
}

func appendNode(b []byte, c *catalog.Catalog, n *store.Node) ([]byte, error) {
	kind := c.Type(n.Kind)
	if kind == nil || kind.Form != catalog.Kind {
		return nil, fmt.Errorf("node %s is of the kind %q, which the model does not have", n.ID, n.Kind)
	}
	b = append(b, `{"node":{"kind":`...)
	b = text.AppendJSON(b, n.Kind)
	b = append(b, `,"id":`...)
	b = text.AppendJSON(b, n.ID)
	b = appendProvenance(b, n.Recorded)
	return appendFields(b, kind.StoredFields(), n.Props, n.ID)
}

func appendLink(b []byte, c *catalog.Catalog, l *store.Link) ([]byte, error) {
	link := c.Link(l.Type)
	if link == nil {
		return nil, fmt.Errorf("link from %s to %s is of the type %q, which the model does not have", l.From, l.To, l.Type)
	}
	b = append(b, `{"link":{"type":`...)
	b = text.AppendJSON(b, l.Type)
	b = append(b, `,"from":`...)
	b = text.AppendJSON(b, l.From)
	b = append(b, `,"to":`...)
	b = text.AppendJSON(b, l.To)
	b = appendProvenance(b, l.Recorded)
	return appendFields(b, link.StoredFields(), l.Props, l.Type+" link from "+l.From+" to "+l.To)
}

func appendProvenance(b []byte, r *store.Provenance) []byte {
	if r == nil {
		return b
	}
	for _, f := range []struct{ name, value string }{{"recordedAt", r.At}, {"recordedBy", r.By}, {"recordedFrom", r.From}} {
		if f.value != "" || f.name != "recordedFrom" {
			b = append(b, `,"`+f.name+`":`...)
			b = text.AppendJSON(b, f.value)
		}
	}
	return b
}

func appendFields(b []byte, fields []*catalog.Field, props map[string]any, owner string) ([]byte, error) {
	b = append(b, `,"fields":{`...)
	used, first := 0, true
	for _, f := range fields {
		v, given := props[f.Name]
		if !given {
			continue
		}
		used++
		if list, ok := v.([]string); v == nil || ok && len(list) == 0 {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = text.AppendJSON(b, f.Name)
		b = append(b, ':')
		switch v := v.(type) {
		case string:
			b = text.AppendJSON(b, v)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case bool:
			b = strconv.AppendBool(b, v)
		case []string:
			for i, s := range v {
				if i == 0 {
					b = append(b, '[')
				} else {
					b = append(b, ',')
				}
				b = text.AppendJSON(b, s)
			}
			b = append(b, ']')
		default:
			return nil, fmt.Errorf("%s has the value %v in %s, which is no text, number, boolean or list of texts", owner, v, f.Name)
		}
	}
	if used != len(props) {
		return nil, fmt.Errorf("%s has a field that the model does not have", owner)
	}
	return append(b, "}}}\n"...), nil
}
