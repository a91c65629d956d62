package casebook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// shownProblems is how many mistakes an error lists. keptProblems bounds what is collected: reading goes on past the
// first mistakes, so that the list is in the order of the files, but not without end.
const (
	shownProblems = 20
	keptProblems  = 2000
)

// Invalid says what is wrong with a set of files.
type Invalid struct {
	// Problems holds one line for each mistake, `file:line:column: what is wrong; what to do`, in the order of the files;
	// the first 20 of them.
	Problems []string
	// More counts the mistakes beyond those.
	More int
}

// Error joins the lines.
func (e *Invalid) Error() string {
	text := strings.Join(e.Problems, "\n")
	switch {
	case e.More == 1:
		text += "\n1 more mistake is not shown"
	case e.More > 1:
		text += fmt.Sprintf("\n%d more mistakes are not shown", e.More)
	}
	return text
}

// place is where something is written.
type place struct {
	file      int
	name      string
	line, col int
}

// String is the place without the column, as changes carry it.
func (p place) String() string { return fmt.Sprintf("%s:%d", p.name, p.line) }

type problem struct {
	at   place
	text string
}

// problems collects mistakes.
type problems struct {
	list []problem
	// texts holds mistakes that carry their own place.
	texts []string
	// count includes those that were not kept.
	count int
}

func (p *problems) add(at place, format string, args ...any) {
	p.count++
	if len(p.list) < keptProblems {
		p.list = append(p.list, problem{at, fmt.Sprintf(format, args...)})
	}
}

func (p *problems) foreign(text string) {
	p.count++
	if len(p.texts) < shownProblems {
		p.texts = append(p.texts, text)
	}
}

// full tells that there is no use in reading on.
func (p *problems) full() bool { return len(p.list) >= keptProblems }

func (p *problems) err() error {
	if p.count == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.at.file, b.at.file), cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.col, b.at.col))
	})
	e := &Invalid{}
	for _, m := range p.list {
		if len(e.Problems) < shownProblems {
			e.Problems = append(e.Problems, fmt.Sprintf("%s:%d:%d: %s", m.at.name, m.at.line, m.at.col, m.text))
		}
	}
	for _, t := range p.texts {
		if len(e.Problems) < shownProblems {
			e.Problems = append(e.Problems, t)
		}
	}
	e.More = p.count - len(e.Problems)
	return e
}
