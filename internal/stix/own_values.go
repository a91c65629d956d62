package stix

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// The properties that say when, by whom and from what something was recorded.
var (
	recordedAt   = snake(catalog.RecordedAtField)
	recordedBy   = snake(catalog.RecordedByField)
	recordedFrom = snake(catalog.RecordedFromField)
)

func isRecorded(name string) bool {
	return name == recordedAt || name == recordedBy || name == recordedFrom
}

// provenance returns what an object says of its recording, nil where it says nothing.
func provenance(o *Object) (*store.Provenance, error) {
	p := &store.Provenance{At: o.Text(recordedAt), By: o.Text(recordedBy), From: o.Text(recordedFrom)}
	switch {
	case o.Get(recordedAt) == nil && o.Get(recordedBy) == nil && o.Get(recordedFrom) == nil:
		return nil, nil
	case p.At == "" || p.By == "":
		return nil, fmt.Errorf("%s and %s must be texts", recordedAt, recordedBy)
	}
	return p, nil
}

// fieldOf reads the value of a field. Whether it is one that the field can have is for the store to check.
func fieldOf(raw json.RawMessage, f *catalog.Field) (any, error) {
	switch {
	case f.List:
		return textsOf(raw)
	case f.Scalar == catalog.Int:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			return nil, errors.New("must be a whole number")
		}
		return n, nil
	case f.Scalar == catalog.Bool:
		if s := string(raw); s != "true" && s != "false" {
			return nil, errors.New("must be true or false")
		}
		return string(raw) == "true", nil
	}
	s, ok := textOf(raw)
	if !ok {
		return nil, errors.New("must be text")
	}
	return s, nil
}

func textsOf(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || raw[0] != '[' {
		return nil, errors.New("must be a list of texts")
	}
	list := []string{}
	for _, item := range listOf(raw) {
		s, ok := textOf(item)
		if !ok {
			return nil, errors.New("must be a list of texts")
		}
		list = append(list, s)
	}
	return list, nil
}

// refsOf reads a property that holds one id or a list of ids.
func refsOf(raw json.RawMessage) ([]string, error) {
	if s, ok := textOf(raw); ok {
		return []string{s}, nil
	}
	return textsOf(raw)
}

// detailsOf reads the details of links by the object to which they lead.
func detailsOf(data *Object, name string) (map[string]*Object, error) {
	raw := data.Get(name)
	if raw == nil {
		return nil, nil
	}
	details := map[string]*Object{}
	list := data.Objects(name)
	if len(list) != len(listOf(raw)) || len(list) == 0 {
		return nil, fmt.Errorf("%s must be a list of objects", name)
	}
	for _, d := range list {
		ref := d.Text(reference)
		if ref == "" || details[ref] != nil {
			return nil, fmt.Errorf("each of %s must have another %s", name, reference)
		}
		details[ref] = d
	}
	return details, nil
}
