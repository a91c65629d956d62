package main

import (
	"errors"
	"fmt"
	"iter"
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
	store   store.Store
	outcome store.Outcome
	report  *importReport
	// counts holds how many records of each type a format read.
	counts []importer.Counts
	// reads answers what a format asks of the store; nil until it does.
	reads *graph.Handler
}

// errRejected tells that nothing was imported for the reasons in importRun.report.
var errRejected = errors.New("rejected")

// Run imports the files as one change: everything or, without --keep-going, nothing.
func (c *importCommand) Run(p *program) error {
	if n := countOf(c.Files, "-"); n > 1 {
		return usage("standard input (-) is named %d times; name it once", n)
	}
	report, err := newImportReport(c.Report, c.Files)
	if err != nil {
		return err
	}
	i := &importRun{program: p, report: report}
	switch c.Format {
	case "casebook":
		err = i.casebook(c.Files, c.KeepGoing)
	case "jsonl":
		err = i.jsonl(c.Files, c.KeepGoing)
	default:
		err = i.dataset(formats[c.Format], c.Files, c.KeepGoing)
	}
	var invalid *store.InvalidChange
	if errors.As(err, &invalid) {
		report.reject(rejection{invalid.Place, invalid.Reason})
		err = errRejected
	}
	if i.store != nil {
		err = errors.Join(err, p.close(i.store))
	}
	if err != nil && !errors.Is(err, errRejected) {
		return errors.Join(err, report.close())
	}
	return errors.Join(report.finish(i.counts, i.outcome), i.summary(err == nil))
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
	if !imported {
		return i.report.printMistakes(i.stderr, "nothing was imported")
	}
	i.report.printLeft(i.stderr)
	for _, c := range i.counts {
		fmt.Fprintf(i.stdout, "%s: %d read, %d accepted, %d merged, %d rejected\n", c.Type, c.Read, c.Accepted, c.Merged, c.Rejected)
	}
	fmt.Fprintf(i.stdout, "created %d, updated %d, unchanged %d, deleted %d, rejected %d\n",
		i.outcome.Created, i.outcome.Updated, i.outcome.Unchanged, i.outcome.Deleted, i.report.rejected)
	return i.report.printMistakes(i.stderr, "everything else was imported")
}

// apply writes changes. What the store finds wrong in one is a *store.InvalidChange.
func (i *importRun) apply(w store.Write, changes iter.Seq2[store.Change, error]) error {
	if i.store == nil {
		var err error
		if i.store, _, err = i.open(importing); err != nil {
			return err
		}
	}
	var done func()
	w.Progress, done = i.progress()
	outcome, err := i.store.Apply(i.ctx, w, changes)
	done()
	var invalid *store.InvalidChange
	if errors.As(err, &invalid) {
		return invalid
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
		var mistakes []rejection
		book, err := casebook.Load(model, files)
		if err == nil {
			err = i.apply(book.Write(), book.Changes())
		}
		var unread *casebook.Invalid
		var invalid *store.InvalidChange
		switch {
		case errors.As(err, &unread):
			for _, problem := range unread.Problems {
				mistakes = append(mistakes, rejection{Reason: problem})
			}
			if unread.More > 0 && !keepGoing {
				mistakes = append(mistakes, rejection{Reason: plural(unread.More, "more mistake is", "more mistakes are") + " not shown"})
			}
		case errors.As(err, &invalid):
			mistakes = append(mistakes, rejection{invalid.Place, invalid.Reason})
		default:
			return err
		}
		for _, m := range mistakes {
			i.report.reject(m)
		}
		kept := without(files, mistakes)
		if !keepGoing || len(kept) == len(files) {
			return errRejected // or the mistakes are in no file of their own
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
	defer leanHeap()()
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
