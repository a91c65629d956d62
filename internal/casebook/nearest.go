package casebook

import (
	"fmt"
	"strings"
)

// didYouMean returns a clause that proposes the candidate nearest to what was written, or an empty text where none is
// near. Candidates are compared without regard to case; of equally near ones the first wins.
func didYouMean(written string, candidates []string) string {
	const longest = 100
	if len(written) > longest {
		return ""
	}
	best, least := "", max(2, len(written)/3)+1
	for _, c := range candidates {
		if abs(len(c)-len(written)) >= least {
			continue
		}
		if d := distance(strings.ToLower(written), strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// choices returns the end of a message: the candidate that was probably meant, if any, and all of them. What names them
// ("the values").
func choices(written, what string, candidates []string) string {
	all := what + " are " + strings.Join(candidates, ", ")
	if near := didYouMean(written, candidates); near != "" {
		return near + " " + strings.ToUpper(all[:1]) + all[1:]
	}
	return "; " + all
}

// distance is the number of bytes to insert, delete, replace or swap with the next that turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int { return max(n, -n) }

// article puts the indefinite article before a name of the model.
func article(name string) string {
	if name != "" && strings.ContainsRune("AEIO", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}
