package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action  string
	Package string // absent from what a build prints
	Test    string // absent from what concerns the whole package
	Output  string
}

// summary counts what ran. A sub-test counts as a test of its own.
type summary struct {
	passed, failed int
	packages       int // that passed or failed, not those without tests
	failedPackages []string
	leftOut        []leftOut
}

// leftOut is a test that skipped itself.
type leftOut struct {
	pkg, test, reason string
}

type testID struct{ pkg, test string }

// report copies to out what a reader of `go test` needs: a package's own lines, what failed tests printed, and what
// could not be built. Lines that are not JSON are copied, because go prints some of its errors that way.
func report(in io.Reader, out io.Writer) (summary, error) {
	var s summary
	printed := make(map[testID][]string)
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
				if _, err := io.WriteString(out, line); err != nil {
					return s, err
				}
			} else if err := s.add(e, printed, out); err != nil {
				return s, err
			}
		}
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return s, fmt.Errorf("cannot read the output of go test: %w", err)
		}
	}
}

func (s *summary) add(e event, printed map[testID][]string, out io.Writer) error {
	id := testID{e.Package, e.Test}
	var show []string
	switch e.Action {
	case "build-output":
		show = []string{e.Output}
	case "output":
		switch {
		case isNoise(e.Output):
		case e.Test != "":
			printed[id] = append(printed[id], e.Output)
		default:
			show = []string{e.Output}
		}
	case "pass":
		if e.Test != "" {
			s.passed++
		} else {
			s.packages++
		}
		delete(printed, id)
	case "skip":
		if e.Test != "" {
			s.leftOut = append(s.leftOut, leftOut{e.Package, e.Test, reason(printed[id])})
		}
		delete(printed, id)
	case "fail":
		if e.Test != "" {
			s.failed++
			show = printed[id]
		} else {
			s.packages++
			s.failedPackages = append(s.failedPackages, e.Package)
			// A package that ends in the middle of a test, by a panic or a time limit, never reports that test.
			for other, lines := range printed {
				if other.pkg == e.Package {
					show = append(show, lines...)
					delete(printed, other)
				}
			}
		}
		delete(printed, id)
	}
	for _, line := range show {
		if _, err := io.WriteString(out, line); err != nil {
			return err
		}
	}
	return nil
}

// isNoise tells the lines that `go test` prints only with -v, which -json implies.
func isNoise(line string) bool {
	return line == "PASS\n" || strings.HasPrefix(line, "=== ")
}

// reason is the last thing a test said before it was left out, without the place in the source.
func reason(printed []string) string {
	said := "it gave no reason"
	for _, line := range printed {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "--- SKIP") {
			continue
		}
		if place, rest, found := strings.Cut(text, ": "); found && strings.Contains(place, ".go:") {
			text = rest
		}
		said = text
	}
	return said
}

// print writes the closing lines and says whether the run is good: something was tested, nothing failed and, if
// requireAll, nothing was left out.
func (s summary) print(out io.Writer, requireAll bool) bool {
	fmt.Fprintf(out, "\n%d passed, %d failed, %d left out, in %d packages\n", s.passed, s.failed, len(s.leftOut), s.packages)
	for _, l := range s.leftOut {
		fmt.Fprintf(out, "left out: %s %s: %s\n", l.pkg, l.test, l.reason)
	}
	for _, p := range s.failedPackages {
		fmt.Fprintf(out, "failed: %s\n", p)
	}
	switch {
	case len(s.failedPackages) > 0 || s.failed > 0:
		return false
	case s.passed == 0:
		fmt.Fprintln(out, "nothing was tested")
		return false
	case requireAll && len(s.leftOut) > 0:
		fmt.Fprintln(out, "ATTRIGRAPH_TEST_REQUIRE asks for all tests, so leaving tests out is a failure")
		return false
	}
	return true
}
