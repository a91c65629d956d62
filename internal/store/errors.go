package store

import (
	"errors"
	"fmt"
)

// Errors that callers tell apart with errors.Is; their texts are for people and never hold a store's own words.
var (
	ErrUnavailable = errors.New("the store does not answer")
	ErrTimeout     = errors.New("the store took too long")
	ErrConflict    = errors.New("the store holds another revision")
	ErrNewer       = errors.New("the store was written by a newer version of attrigraph")
	ErrOutdated    = errors.New("the store was written by an older version of attrigraph: run `attrigraph migrate`")
	ErrReadOnly    = errors.New("the store cannot be written to")
	ErrFull        = errors.New("the store's disk is full")
	ErrTooLarge    = errors.New("this is more than the store can do at once: ask for less, in several steps")
	ErrDenied      = errors.New("the store refuses the user name or password")
)

// Failure is an error of a store: Kind is one of the errors above or nil, Detail is the store's own text, for logs only.
type Failure struct {
	Kind   error
	Detail error
}

// Fail wraps a store's own error.
func Fail(kind, detail error) error { return &Failure{Kind: kind, Detail: detail} }

// Error says what is wrong without the store's own text.
func (f *Failure) Error() string {
	if f.Kind == nil {
		return "the store failed; the log has the reason"
	}
	return f.Kind.Error()
}

// Unwrap returns Kind, for errors.Is.
func (f *Failure) Unwrap() error { return f.Kind }

// InvalidChange is a change that cannot be applied: Place says where it was written, Reason what is wrong and what to do.
type InvalidChange struct {
	Place  string
	Reason string
}

// Error joins place and reason.
func (e *InvalidChange) Error() string {
	if e.Place == "" {
		return e.Reason
	}
	return fmt.Sprintf("%s: %s", e.Place, e.Reason)
}
