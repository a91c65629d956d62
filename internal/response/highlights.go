package response

import (
	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/text"
)

const (
	// highlightContext is the number of characters shown on either side of a match.
	highlightContext = 60
	// highlightMost is the number of highlights that one found node has at the most.
	highlightMost = 5
)

// highlights writes where the query's words stand in the node's searched texts.
func (w *writer) highlights(h plan.Highlights, row rows.Value) bool {
	kind, known := column(row, h.Kind).Lookup(h.Kinds)
	if !known {
		return w.broken(errKind)
	}
	query := w.Values[h.Query].(text.Query)
	written := 0
	w.buf = append(w.buf, '[')
	for _, s := range h.ByKind[kind] {
		texts, err := textsOf(column(row, s.Column), s.Field.List)
		if err != nil {
			return w.broken(err)
		}
		for _, t := range texts {
			for _, fragment := range text.Highlight(t, query, highlightContext) {
				if written == highlightMost {
					break
				}
				if written > 0 {
					w.buf = append(w.buf, ',')
				}
				written++
				w.highlight(h.Fields, s.Field.Name, fragment)
			}
		}
	}
	w.buf = append(w.buf, ']')
	return true
}

func textsOf(v rows.Value, list bool) ([]string, error) {
	if v.IsNull() {
		return nil, nil
	}
	if !list {
		s, err := v.Text()
		return []string{s}, err
	}
	if !v.IsList() {
		return nil, errNoList
	}
	var texts []string
	for i := range v.Len() {
		s, err := v.At(i).Text()
		if err != nil {
			return nil, err
		}
		texts = append(texts, s)
	}
	return texts, nil
}

func (w *writer) highlight(fields []plan.HighlightField, name string, fragment text.Fragment) {
	w.buf = append(w.buf, '{')
	for i, f := range fields {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, f.Prefix...)
		switch f.What {
		case "__typename":
			w.buf = append(w.buf, f.JSON...)
		case "field":
			w.buf = text.AppendJSON(w.buf, name)
		case "before":
			w.buf = text.AppendJSON(w.buf, fragment.Before)
		case "match":
			w.buf = text.AppendJSON(w.buf, fragment.Match)
		case "after":
			w.buf = text.AppendJSON(w.buf, fragment.After)
		}
	}
	w.buf = append(w.buf, '}')
}
