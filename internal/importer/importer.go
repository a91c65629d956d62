// Package importer holds what the packages that read data sets have in common: how they are given files, what they hand
// over, and how they account for every record. Each format is a package of its own with a function of type Format.
package importer

import (
	"context"
	"fmt"
	"io"
	"iter"

	"attrigraph/internal/catalog"
	"attrigraph/internal/store"
)

// Format reads files of one format. It may open each Input several times. An error is for people: it names the file, and
// says what is wrong and what to do. What it can tell from the files alone is checked before it returns or while Changes
// is iterated over; Changes can be iterated over once.
type Format func(s *Session, files []Input) (*Import, error)

// Input is a file to read.
type Input struct {
	// Name names the file in messages.
	Name string
	// Open begins to read the file from its start. The caller closes what it returns.
	Open func() (io.ReadCloser, error)
}

// Import is what a format makes of its files.
type Import struct {
	// Write says how the changes are recorded. Provenance.From names the data set without its version ("eurepoc"), so
	// that a later version of it replaces the links of the earlier one.
	Write store.Write
	// Changes are the nodes and links; every node comes before the links that join it. An error ends them.
	Changes iter.Seq2[store.Change, error]
}

// Session is one import: what a format can ask, and where it accounts for records.
type Session struct {
	Context context.Context
	Catalog *catalog.Catalog
	// Recorded says when and by whom the import is made; a format adds From.
	Recorded store.Provenance
	// Holds tells which of the ids the store has, so that a record can refer to one of another data set. At most a few
	// thousand ids at once. It is never nil: where there is no store to ask it finds none.
	Holds func(ctx context.Context, ids []string) (map[string]bool, error)
	// KeepGoing tells that a record with a mistake is left out; otherwise it ends the import.
	KeepGoing bool
	// Note takes what there is to say about single records, in the order of the files.
	Note func(Note)

	counts map[string]*Counts
	order  []string
}

// Action is what happened to a record.
type Action string

// What can happen to a record that is not simply accepted.
const (
	// Merged: the record says no more than another and became part of that one.
	Merged Action = "merged"
	// Rejected: the record was left out.
	Rejected Action = "rejected"
	// Changed: the record was accepted, and something of it was read otherwise than it is written.
	Changed Action = "changed"
	// Doubtful: the record was accepted as it is, and something of it looks wrong.
	Doubtful Action = "doubtful"
)

// Note says something about one record.
type Note struct {
	Action Action `json:"action"`
	// Place is where the record stands: file:line, or file and position.
	Place string `json:"place,omitempty"`
	// Type is the sort of record in the data set's words, Record its id there.
	Type   string `json:"type,omitempty"`
	Record string `json:"record,omitempty"`
	// Reason says why, in one sentence for people.
	Reason string `json:"reason"`
}

// Counts are the records of one type: Read is the sum of the others.
type Counts struct {
	Type     string `json:"type"`
	Read     int    `json:"read"`
	Accepted int    `json:"accepted"`
	Merged   int    `json:"merged"`
	Rejected int    `json:"rejected"`
}

// Accept counts n records of a type that were read and accepted.
func (s *Session) Accept(recordType string, n int) {
	c := s.count(recordType)
	c.Read += n
	c.Accepted += n
}

// Merge counts a record that became part of another, and says why.
func (s *Session) Merge(place, recordType, record, reason string, args ...any) {
	c := s.count(recordType)
	c.Read++
	c.Merged++
	s.note(Note{Merged, place, recordType, record, fmt.Sprintf(reason, args...)})
}

// Reject counts a record that holds nothing to import, such as an empty row, and says why. That is no mistake: the import
// goes on.
func (s *Session) Reject(place, recordType, record, reason string, args ...any) {
	c := s.count(recordType)
	c.Read++
	c.Rejected++
	s.note(Note{Rejected, place, recordType, record, fmt.Sprintf(reason, args...)})
}

// Mistake counts a record that is wrong, and says what is and what to do. The error is not nil when the import must end
// with it: the format returns it as it is.
func (s *Session) Mistake(place, recordType, record, reason string, args ...any) error {
	text := fmt.Sprintf(reason, args...)
	if !s.KeepGoing {
		return &store.InvalidChange{Place: place, Reason: text}
	}
	s.Reject(place, recordType, record, "%s", text)
	return nil
}

// Remark notes something about a record that is counted elsewhere.
func (s *Session) Remark(action Action, place, recordType, record, reason string, args ...any) {
	s.note(Note{action, place, recordType, record, fmt.Sprintf(reason, args...)})
}

// Totals returns the counts by type of record, in the order in which the types came.
func (s *Session) Totals() []Counts {
	out := make([]Counts, len(s.order))
	for i, t := range s.order {
		out[i] = *s.counts[t]
	}
	return out
}

func (s *Session) count(recordType string) *Counts {
	if s.counts == nil {
		s.counts = map[string]*Counts{}
	}
	c := s.counts[recordType]
	if c == nil {
		c = &Counts{Type: recordType}
		s.counts[recordType] = c
		s.order = append(s.order, recordType)
	}
	return c
}

func (s *Session) note(n Note) {
	if s.Note != nil {
		s.Note(n)
	}
}
