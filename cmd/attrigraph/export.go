package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"attrigraph/internal/casebook"
	"attrigraph/internal/catalog"
	"attrigraph/internal/csvexport"
	"attrigraph/internal/graphml"
	"attrigraph/internal/jsonl"
	"attrigraph/internal/stix"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

type exportCommand struct {
	Format      string `arg:"" help:"What to write: ${enum}." enum:"casebook,csv,graphml,jsonl,stix"`
	Output      string `short:"o" help:"The file to write instead of standard output; csv to a file that ends in .zip writes all tables." placeholder:"FILE"`
	Table       string `help:"Of csv: the table to write, named as the root connection of its kind; attributions if it is not given." placeholder:"KIND"`
	BOM         bool   `name:"bom" help:"Of csv: begin with a byte order mark, without which Excel does not take the file for UTF-8."`
	WithAliases bool   `help:"Of stix: write other names of a group into the aliases of its intrusion-set too, where STIX does not say who claims them."`
	Node        string `help:"Write only the node with this id, the nodes that are linked with it, what these cannot be recorded without, and the links among all of them." placeholder:"ID"`
}

// Run writes the graph. A file is complete or not there: it gets its name when it is whole.
func (c *exportCommand) Run(p *program) error {
	model, err := schema.Catalog()
	if err != nil {
		return err
	}
	if c.Node != "" && !isNodeID(model, c.Node) {
		return usage("--node %q is no id; give one such as state--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", c.Node)
	}
	write, err := c.writer(model)
	if err != nil {
		return err
	}
	return p.with(reading, func(s store.Store) error {
		records := exported(p, s)
		if c.Node != "" {
			chosen, err := around(model, records, c.Node)
			if err != nil {
				return err
			}
			records = only(records, chosen)
		}
		whole := func(w io.Writer) error { return write(w, records) }
		if c.Output == "" || c.Output == "-" {
			out := bufio.NewWriter(p.stdout)
			if err := errors.Join(whole(out), out.Flush()); err != nil {
				return fmt.Errorf("the export is not complete: %w", cause(err))
			}
			return nil
		}
		return replaceFile(c.Output, whole)
	})
}

// writer returns what writes records in the format, or which options do not go together with it.
func (c *exportCommand) writer(model *catalog.Catalog) (func(io.Writer, iter.Seq2[store.Record, error]) error, error) {
	switch {
	case c.Format != "csv" && (c.Table != "" || c.BOM):
		return nil, usage("--table and --bom are of csv; leave them out, or export csv")
	case c.Format != "stix" && c.WithAliases:
		return nil, usage("--with-aliases is of stix; leave it out, or export stix")
	case c.Table != "" && !slices.Contains(csvexport.Tables(model), c.Table):
		return nil, usage("there is no table %q; the tables are %s", c.Table, strings.Join(csvexport.Tables(model), ", "))
	case c.Table != "" && c.archive():
		return nil, usage("a .zip holds all tables; leave out --table, or write to a file that does not end in .zip")
	}
	return func(w io.Writer, records iter.Seq2[store.Record, error]) error {
		switch c.Format {
		case "casebook":
			return casebook.Export(model, records, w)
		case "csv":
			o := csvexport.Options{Table: c.Table, ByteOrderMark: c.BOM}
			if c.archive() {
				return csvexport.WriteZip(w, model, records, o)
			}
			return csvexport.Write(w, model, records, o)
		case "graphml":
			return graphml.Write(w, model, records)
		case "stix":
			return stix.Write(w, model, records, stix.Options{WithAliases: c.WithAliases})
		}
		return jsonl.Write(w, model, records)
	}, nil
}

// archive tells whether an export of csv is a file with all tables.
func (c *exportCommand) archive() bool {
	return c.Format == "csv" && strings.EqualFold(filepath.Ext(c.Output), ".zip")
}

// errStop ends an export of which nobody wants more.
var errStop = errors.New("stop")

// exported is the store's export as a sequence; each iteration reads the store anew.
func exported(p *program, s store.Store) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		err := s.Export(p.ctx, func(r store.Record) error {
			if !yield(r, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(store.Record{}, err)
		}
	}
}

// only returns the chosen nodes and the links among them.
func only(records iter.Seq2[store.Record, error], chosen map[string]bool) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		for r, err := range records {
			if err == nil && (r.Node != nil && !chosen[r.Node.ID] || r.Link != nil && !(chosen[r.Link.From] && chosen[r.Link.To])) {
				continue
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// around returns the ids of a node, of those linked with it, and of what all of these need to be recorded: the nodes at
// the end of links that the model requires and those that properties of links refer to. It keeps all links in memory.
func around(c *catalog.Catalog, records iter.Seq2[store.Record, error], id string) (map[string]bool, error) {
	found := false
	kinds := map[string]*catalog.Type{}
	var links []*store.Link
	for r, err := range records {
		switch {
		case err != nil:
			return nil, err
		case r.Node != nil:
			kinds[r.Node.ID] = c.Type(r.Node.Kind)
			found = found || r.Node.ID == id
		default:
			links = append(links, r.Link)
		}
	}
	if !found {
		return nil, fmt.Errorf("there is no node %s in the store; `attrigraph query` finds ids", id)
	}
	chosen := map[string]bool{id: true}
	for _, l := range links {
		if l.From == id || l.To == id {
			chosen[l.From], chosen[l.To] = true, true
		}
	}
	for size := 0; size < len(chosen); {
		size = len(chosen)
		for _, l := range links {
			link := c.Link(l.Type)
			if !chosen[l.From] || link == nil {
				continue
			}
			if requires(kinds[l.From], link) {
				chosen[l.To] = true
			}
			if !chosen[l.To] {
				continue
			}
			for _, f := range link.StoredFields() {
				if ref, ok := l.Props[f.Name].(string); ok && f.Reference != nil {
					chosen[ref] = true
				}
			}
		}
	}
	return chosen, nil
}

func requires(kind *catalog.Type, link *catalog.Link) bool {
	if kind == nil {
		return false
	}
	for _, f := range kind.Required {
		if f.Link == link {
			return true
		}
	}
	return false
}

// replaceFile writes a file beside the one to be and gives it the name when it is whole. What is no file, such as a pipe
// or /dev/null, stays what it is and is written to.
func replaceFile(name string, write func(io.Writer) error) (err error) {
	failed := func(err error) error { return fmt.Errorf("%s cannot be written: %w", name, cause(err)) }
	// Through a link the file is replaced that it leads to, not the link.
	target, mode := name, os.FileMode(0o644)
	if path, err := filepath.EvalSymlinks(name); err == nil {
		target = path
	}
	if old, err := os.Stat(target); err == nil && old.Mode().IsRegular() {
		mode = old.Mode().Perm()
	} else if err == nil && !old.IsDir() {
		if err := writeTo(target, write); err != nil {
			return failed(err)
		}
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return failed(err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return failed(err)
	}
	// CreateTemp lets only the user read the file.
	if err := errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return failed(err)
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return failed(err)
	}
	return nil
}

func writeTo(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
