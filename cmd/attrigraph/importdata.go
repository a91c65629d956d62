package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"attrigraph/internal/date"
	"attrigraph/internal/eurepoc"
	"attrigraph/internal/importer"
	"attrigraph/internal/misp"
	"attrigraph/internal/stix"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

// formats are the data sets that can be imported.
var formats = map[string]importer.Format{
	"eurepoc":     eurepoc.Import,
	"misp-galaxy": misp.Import,
	"stix":        stix.Import,
}

// dataset imports files of a data set.
func (i *importRun) dataset(format importer.Format, names []string, keepGoing bool) error {
	model, err := schema.Catalog()
	if err != nil {
		return err
	}
	inputs, remove, err := i.inputs(names)
	defer remove()
	if err != nil {
		return err
	}
	s := &importer.Session{
		Context: i.ctx, Catalog: model, KeepGoing: keepGoing, Holds: i.holds,
		Recorded: store.Provenance{At: date.FormatInstant(time.Now()), By: "attrigraph import"},
		Note:     i.report.note,
	}
	read, err := format(s, inputs)
	switch {
	case err != nil:
		return err
	case keepGoing:
		err = i.applyRest(read.Write, read.Changes)
	default:
		err = i.apply(read.Write, read.Changes)
	}
	i.counts = s.Totals()
	return err
}

// inputs returns the files as formats read them, perhaps several times: what standard input brings is put into a file
// first, which remove takes away again.
func (i *importRun) inputs(names []string) (inputs []importer.Input, remove func(), err error) {
	remove = func() {}
	for _, name := range names {
		path := name
		if name == "-" {
			if path, remove, err = i.keptInput(); err != nil {
				return nil, remove, err
			}
		}
		in, err := i.openInput(path)
		if err != nil {
			return nil, remove, err
		}
		in.Close()
		inputs = append(inputs, importer.Input{Name: inputName(name), Open: func() (io.ReadCloser, error) { return i.openInput(path) }})
	}
	return inputs, remove, nil
}

// keptInput puts what standard input brings into a file, which remove takes away again.
func (i *importRun) keptInput() (path string, remove func(), err error) {
	f, err := os.CreateTemp("", "attrigraph-import-*")
	if err != nil {
		return "", func() {}, fmt.Errorf("standard input cannot be kept while it is read: %w", cause(err))
	}
	remove = func() { os.Remove(f.Name()) }
	if _, err := io.Copy(f, i.stdin); err != nil {
		f.Close()
		return "", remove, fmt.Errorf("standard input cannot be read: %w", cause(err))
	}
	if err := f.Close(); err != nil {
		return "", remove, fmt.Errorf("standard input cannot be kept while it is read: %w", cause(err))
	}
	return f.Name(), remove, nil
}

// holds tells which of the ids the store has. A store that is not there has none, and is not made to find that out.
func (i *importRun) holds(ctx context.Context, ids []string) (map[string]bool, error) {
	found := map[string]bool{}
	if path, ok := i.sqlitePath(); ok && i.store == nil {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return found, nil
		}
	}
	if i.store == nil {
		var err error
		if i.store, _, err = i.open(importing); err != nil {
			return nil, err
		}
	}
	if i.reads == nil {
		var err error
		if i.reads, err = i.newHandler(i.store); err != nil {
			return nil, err
		}
	}
	const page = 200 // the most ids that one operation may name
	for len(ids) > 0 {
		n := min(page, len(ids))
		if err := i.look(ctx, ids[:n], found); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return found, nil
}

func (i *importRun) look(ctx context.Context, ids []string, found map[string]bool) error {
	answer := i.reads.Do(ctx, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "", map[string]any{"ids": asAny(ids)})
	if answer == nil {
		return ctx.Err()
	}
	for _, e := range answer.Errors {
		if e.Extensions["code"] != "NOT_FOUND" {
			return refused(answer.Errors)
		}
	}
	var data struct{ Nodes []*struct{ ID string } }
	if err := json.Unmarshal(answer.Data, &data); err != nil {
		return fmt.Errorf("what the store has of %d nodes cannot be read: %w", len(ids), err)
	}
	for _, n := range data.Nodes {
		if n != nil {
			found[n.ID] = true
		}
	}
	return nil
}

func asAny(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
