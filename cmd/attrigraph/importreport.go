package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

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

const (
	// maxReasons is how many records that were left out are shown; a report has all.
	maxReasons = 20
	// maxMistakes is how many mistakes are shown; a report has all.
	maxMistakes = 100
)

// importReport takes what becomes of the records of an import. Whatever comes goes to the file of --report at once, and
// only what is shown at the end is kept: an import can have as many mistakes as records.
type importReport struct {
	name string
	// file is nil without --report.
	file *os.File
	out  *bufio.Writer
	enc  *json.Encoder
	err  error
	// rejected counts the mistakes, left the records that a format left out; the lists hold the first of them.
	rejected  int
	mistakes  []rejection
	left      int
	leftFirst []string
}

// newImportReport makes the file, of which the name may be empty, before anything is imported. inputs are the files to
// import, of which the report must not be one.
func newImportReport(name string, inputs []string) (*importReport, error) {
	r := &importReport{name: name, out: bufio.NewWriter(io.Discard)}
	if name != "" {
		if there, err := os.Stat(name); err == nil {
			for _, in := range inputs {
				if other, err := os.Stat(in); err == nil && os.SameFile(there, other) {
					return nil, usage("the report %s is a file to import; give it another name", name)
				}
			}
		}
		var err error
		if r.file, err = os.Create(name); err != nil {
			return nil, r.failed(err)
		}
		r.out = bufio.NewWriter(r.file)
	}
	r.enc = json.NewEncoder(r.out)
	r.enc.SetEscapeHTML(false)
	return r, nil
}

func (r *importReport) failed(err error) error {
	return fmt.Errorf("the report %s cannot be written: %w", r.name, cause(err))
}

func (r *importReport) write(v any) {
	if r.err == nil {
		r.err = r.enc.Encode(v)
	}
}

// note takes what a format says about a record.
func (r *importReport) note(n importer.Note) {
	r.write(n)
	if n.Action != importer.Rejected {
		return
	}
	if r.left++; r.left <= maxReasons {
		record := n.Type
		if n.Record != "" {
			record += " " + n.Record
		}
		r.leftFirst = append(r.leftFirst, oneLine(fmt.Sprintf("%s: %s: %s", n.Place, record, n.Reason)))
	}
}

// reject takes a mistake. Those of a format's records come before, as notes.
func (r *importReport) reject(m rejection) {
	r.write(m)
	if r.rejected++; r.rejected <= maxMistakes {
		r.mistakes = append(r.mistakes, m)
	}
}

// finish writes the counts and closes the file.
func (r *importReport) finish(counts []importer.Counts, o store.Outcome) error {
	for _, c := range counts {
		r.write(c)
	}
	r.write(map[string]int{
		"created": o.Created, "updated": o.Updated, "unchanged": o.Unchanged, "deleted": o.Deleted, "rejected": r.rejected,
	})
	return r.close()
}

// close writes what is left and closes the file.
func (r *importReport) close() error {
	err := errors.Join(r.err, r.out.Flush())
	if r.file != nil {
		err = errors.Join(err, r.file.Close())
	}
	if err != nil {
		return r.failed(err)
	}
	return nil
}

// printLeft prints which records a format left out.
func (r *importReport) printLeft(w io.Writer) {
	for _, line := range r.leftFirst {
		fmt.Fprintln(w, line)
	}
	if more := r.left - len(r.leftFirst); more > 0 {
		fmt.Fprintf(w, "and %s; --report FILE lists all\n", plural(more, "more record was left out", "more records were left out"))
	}
}

// printMistakes prints the mistakes and returns them, or what sums them up, as an error; rest says what became of the rest.
func (r *importReport) printMistakes(w io.Writer, rest string) error {
	switch r.rejected {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s (%s)", r.mistakes[0], rest)
	}
	for _, m := range r.mistakes {
		fmt.Fprintln(w, oneLine(m.String()))
	}
	if more := r.rejected - len(r.mistakes); more > 0 {
		fmt.Fprintf(w, "and %s; --report FILE lists all\n", plural(more, "more mistake", "more mistakes"))
		return fmt.Errorf("there are %d mistakes, the first %d are listed above; %s", r.rejected, len(r.mistakes), rest)
	}
	return fmt.Errorf("there are %d mistakes, listed above; %s", r.rejected, rest)
}
