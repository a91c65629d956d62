package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/casebook"
	"attrigraph/internal/date"
	"attrigraph/internal/importer"
	"attrigraph/internal/jsonl"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

type importCommand struct {
	Format    string   `arg:"" help:"What the files are: ${enum}." enum:"casebook,eurepoc,jsonl,misp-galaxy,stix"`
	Files     []string `arg:"" name:"file" help:"The files; - is standard input."`
	Report    string   `help:"Write what became of single records, and the counts, to this file, as JSON lines." placeholder:"FILE"`
	KeepGoing bool     `help:"Leave out what is wrong instead of importing nothing: files of a casebook, records of other formats."`
}

// importRun is one import.
type importRun struct {
	*program
	// store is opened when there is something to write, so that no store is made for nothing.
	store    store.Store
	outcome  store.Outcome
	rejected []rejection
	// notes holds what a format said about single records, counts how many records of each type it read.
	notes  []importer.Note
	counts []importer.Counts
	// reads answers what a format asks of the store; nil until it does.
	reads *graph.Handler
}

// rejection is something that was not imported, or that kept everything from being imported.
type rejection struct {
	// Place is where it was written; empty where Reason says that itself.
	Place  string `json:"place,omitempty"`
	Reason string `json:"reason"`
}

// String joins place and reason.
func (r rejection) String() string {
	return (&store.InvalidChange{Place: r.Place, Reason: r.Reason}).Error()
}

// errRejected tells that nothing was imported for the reasons in importRun.rejected.
var errRejected = errors.New("rejected")

// Run imports the files as one change: everything or, without --keep-going, nothing.
func (c *importCommand) Run(p *program) error {
	if n := countOf(c.Files, "-"); n > 1 {
		return usage("standard input (-) is named %d times; name it once", n)
	}
	i := &importRun{program: p}
	var err error
	switch c.Format {
	case "casebook":
		err = i.casebook(c.Files, c.KeepGoing)
	case "jsonl":
		err = i.jsonl(c.Files, c.KeepGoing)
	default:
		err = i.dataset(formats[c.Format], c.Files, c.KeepGoing)
	}
	if i.store != nil {
		err = errors.Join(err, p.close(i.store))
	}
	if err != nil && !errors.Is(err, errRejected) {
		return err
	}
	return errors.Join(i.report(c.Report), i.summary(err == nil))
}

func countOf(list []string, v string) int {
	n := 0
	for _, s := range list {
		if s == v {
			n++
		}
	}
	return n
}

// summary prints the counts and returns the error of an import with rejections.
func (i *importRun) summary(imported bool) error {
	if imported {
		i.printCounts()
		fmt.Fprintf(i.stdout, "created %d, updated %d, unchanged %d, deleted %d, rejected %d\n",
			i.outcome.Created, i.outcome.Updated, i.outcome.Unchanged, i.outcome.Deleted, len(i.rejected))
	}
	if len(i.rejected) == 0 {
		return nil
	}
	rest := "nothing was imported"
	if imported {
		rest = "everything else was imported"
	}
	if len(i.rejected) == 1 {
		return fmt.Errorf("%s (%s)", i.rejected[0], rest)
	}
	for _, r := range i.rejected {
		fmt.Fprintln(i.stderr, oneLine(r.String()))
	}
	return fmt.Errorf("there are %d mistakes, listed above; %s", len(i.rejected), rest)
}

// report writes rejections and counts as JSON lines.
func (i *importRun) report(name string) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("the report %s cannot be written: %w", name, cause(err))
	}
	enc := json.NewEncoder(f)
	enc.SetEscapeHTML(false)
	for _, n := range i.notes {
		err = errors.Join(err, enc.Encode(n))
	}
	for _, r := range i.rejected {
		err = errors.Join(err, enc.Encode(r))
	}
	for _, c := range i.counts {
		err = errors.Join(err, enc.Encode(c))
	}
	err = errors.Join(err, enc.Encode(map[string]int{
		"created": i.outcome.Created, "updated": i.outcome.Updated, "unchanged": i.outcome.Unchanged,
		"deleted": i.outcome.Deleted, "rejected": len(i.rejected),
	}), f.Close())
	if err != nil {
		return fmt.Errorf("the report %s cannot be written: %w", name, cause(err))
	}
	return nil
}

// apply writes changes. A change that the store finds wrong is a rejection and errRejected.
func (i *importRun) apply(w store.Write, changes iter.Seq2[store.Change, error]) error {
	if i.store == nil {
		var err error
		if i.store, _, err = i.open(writing); err != nil {
			return err
		}
	}
	var done func()
	w.Progress, done = i.progress()
	outcome, err := i.store.Apply(i.ctx, w, changes)
	done()
	var invalid *store.InvalidChange
	if errors.As(err, &invalid) {
		i.rejected = append(i.rejected, rejection{invalid.Place, invalid.Reason})
		return errRejected
	}
	if err != nil {
		return i.advised(err)
	}
	i.outcome = outcome
	return nil
}

// progressEvery is how often the line of progress is written anew.
const progressEvery = 100 * time.Millisecond

// progress returns what reports progress on a terminal, and what takes the line away at the end.
func (i *importRun) progress() (report func(int), done func()) {
	if !onTerminal(i.stderr) {
		return nil, func() {}
	}
	last := time.Now()
	report = func(n int) {
		if time.Since(last) >= progressEvery {
			last = time.Now()
			fmt.Fprintf(i.stderr, "\r%d records", n)
		}
	}
	return report, func() { fmt.Fprint(i.stderr, "\r\x1b[K") }
}

func (i *importRun) casebook(names []string, keepGoing bool) error {
	model, err := schema.Catalog()
	if err != nil {
		return err
	}
	files := make([]casebook.File, len(names))
	for n, name := range names {
		data, err := i.readFile(name)
		if err != nil {
			return err
		}
		files[n] = casebook.File{Name: inputName(name), Data: data}
	}
	for len(files) > 0 {
		before := len(i.rejected)
		book, err := casebook.Load(model, files)
		var invalid *casebook.Invalid
		switch {
		case errors.As(err, &invalid):
			for _, problem := range invalid.Problems {
				i.rejected = append(i.rejected, rejection{Reason: problem})
			}
			if invalid.More > 0 && !keepGoing {
				i.rejected = append(i.rejected, rejection{Reason: plural(invalid.More, "more mistake is", "more mistakes are") + " not shown"})
			}
		case err != nil:
			return err
		default:
			if err := i.apply(book.Write(), book.Changes()); !errors.Is(err, errRejected) {
				return err
			}
		}
		if !keepGoing {
			return errRejected
		}
		kept := without(files, i.rejected[before:])
		if len(kept) == len(files) {
			return errRejected // the mistakes are in no file of their own
		}
		files = kept
	}
	return nil
}

// without returns the files in which none of the mistakes is.
func without(files []casebook.File, mistakes []rejection) []casebook.File {
	var kept []casebook.File
	for _, f := range files {
		wrong := false
		for _, m := range mistakes {
			wrong = wrong || isIn(m.String(), f.Name)
		}
		if !wrong {
			kept = append(kept, f)
		}
	}
	return kept
}

// isIn tells whether a mistake, file:line…, is in the file.
func isIn(mistake, file string) bool {
	rest, ok := strings.CutPrefix(mistake, file+":")
	return ok && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

func (i *importRun) jsonl(names []string, keepGoing bool) error {
	w := store.Write{Provenance: store.Provenance{At: date.FormatInstant(time.Now()), By: "attrigraph import", From: "jsonl/" + filepath.Base(inputName(names[0]))}}
	// A store may read the files twice, so that standard input is kept where that is Neo4j.
	files := names
	if _, embedded := i.sqlitePath(); !embedded && countOf(names, "-") > 0 {
		kept, remove, err := i.keptInput()
		defer remove()
		if err != nil {
			return err
		}
		files = slices.Clone(names)
		files[slices.Index(files, "-")] = kept
	}
	w.Repeatable = countOf(files, "-") == 0
	for _, name := range files {
		if name == "-" {
			continue
		}
		in, err := i.openInput(name)
		if err != nil {
			return err
		}
		in.Close()
	}
	changes := i.jsonlChanges(files, names)
	if !keepGoing {
		return i.apply(w, changes)
	}
	return i.applyRest(w, changes)
}

// jsonlChanges reads one file after the other while it is iterated over; names are those that they were given with.
func (i *importRun) jsonlChanges(files, names []string) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		for n, file := range files {
			in, err := i.openInput(file)
			if err != nil {
				yield(store.Change{}, err)
				return
			}
			for change, err := range jsonl.Read(in, inputName(names[n])) {
				if !yield(change, err) || err != nil {
					in.Close()
					return
				}
			}
			in.Close()
		}
	}
}
