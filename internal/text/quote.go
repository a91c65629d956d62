package text

import "strconv"

// maxQuoted is the most characters of a text that a message repeats.
const maxQuoted = 60

// Quote quotes what a file says for a message, cut so that the message stays one line that can be read. Bytes that are no
// UTF-8 and characters that cannot be printed are written as Go escapes them.
func Quote(s string) string {
	n := 0
	for i := range s {
		if n == maxQuoted {
			return strconv.Quote(s[:i]) + "..."
		}
		n++
	}
	return strconv.Quote(s)
}
