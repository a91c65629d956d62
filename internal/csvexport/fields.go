package csvexport

import (
	"errors"
	"fmt"

	"attrigraph/internal/catalog"
	"attrigraph/internal/date"
	"attrigraph/internal/store"
)

// dateParts are the parts of a date that have a column, in their order.
var dateParts = []catalog.DatePart{catalog.PartText, catalog.PartPrecision, catalog.PartEarliest, catalog.PartLatest}

// own tells whether the field holds what a node or link says, not how it was recorded.
func own(c *catalog.Catalog, f *catalog.Field) bool {
	if f.Part > catalog.PartText || f.Hidden {
		return false
	}
	return c.Node().Field(f.Name) != f && !isProvenance(f)
}

func isProvenance(f *catalog.Field) bool {
	return f.Owner == nil && (f.Name == catalog.RecordedAtField || f.Name == catalog.RecordedByField || f.Name == catalog.RecordedFromField)
}

// heads returns the heads of the columns of a stored field.
func heads(f *catalog.Field) []string {
	if f.Part != catalog.PartText {
		return []string{f.Name}
	}
	var names []string
	for _, p := range dateParts {
		names = append(names, f.Parts[p].Name)
	}
	return names
}

// cells returns the cells under heads.
func cells(f *catalog.Field, v any) ([]string, error) {
	if f.Part == catalog.PartText {
		parts, err := dateCells(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		return parts, nil
	}
	text, err := cell(f, v)
	return []string{text}, err
}

// fieldColumns returns the heads of the columns of stored fields.
func fieldColumns(c *catalog.Catalog, fields []*catalog.Field) []string {
	var names []string
	for _, f := range fields {
		if own(c, f) {
			names = append(names, heads(f)...)
		}
	}
	return names
}

// fieldCells returns the cells under fieldColumns.
func fieldCells(c *catalog.Catalog, fields []*catalog.Field, props map[string]any) ([]string, error) {
	var out []string
	if err := known(c, fields, props); err != nil {
		return nil, err
	}
	for _, f := range fields {
		if !own(c, f) {
			continue
		}
		texts, err := cells(f, props[f.Name])
		if err != nil {
			return nil, err
		}
		out = append(out, texts...)
	}
	return out, nil
}

// known refuses properties that no field is for, which would be lost.
func known(c *catalog.Catalog, fields []*catalog.Field, props map[string]any) error {
	used := 0
	for _, f := range fields {
		if _, given := props[f.Name]; given && own(c, f) {
			used++
		}
	}
	if used != len(props) {
		return errors.New("it has a field that the model does not have")
	}
	return nil
}

func dateCells(v any) ([]string, error) {
	s, ok := v.(string)
	if v == nil || ok && s == "" {
		return make([]string, len(dateParts)), nil
	}
	if !ok {
		return nil, fmt.Errorf("%v is no date", v)
	}
	d, err := date.ParseRange(s)
	if err != nil {
		return nil, err
	}
	return []string{s, string(d.Precision), d.Earliest, d.Latest}, nil
}

// provenanceColumns are the heads of provenanceCells.
var provenanceColumns = []string{catalog.RecordedAtField, catalog.RecordedByField, catalog.RecordedFromField}

func provenanceCells(r *store.Provenance) []string {
	if r == nil {
		return make([]string, len(provenanceColumns))
	}
	return []string{r.At, safe(r.By), safe(r.From)}
}
