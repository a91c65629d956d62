package graph

import (
	"mime"
	"strconv"
	"strings"
)

// media is a media type of answers.
type media string

// What an answer can be: in the order in which they are preferred where a client has no preference.
const (
	mediaResponse media = "application/graphql-response+json"
	mediaJSON     media = "application/json"
)

// negotiate chooses the media type of the answer from the values of Accept (RFC 9110, section 12.5.1). Without the header
// any is fine. Of two that a client takes equally gladly the one that it names counts, not one that only a wildcard
// covers: who lists application/json before */* knows application/json.
func negotiate(accept []string) (media, bool) {
	header := strings.Join(accept, ",")
	if strings.TrimSpace(header) == "" {
		return mediaResponse, true
	}
	var best media
	var bestWeight float64
	bestRank := 0
	for _, m := range []media{mediaResponse, mediaJSON} {
		weight, rank := 0.0, 0
		for part := range strings.SplitSeq(header, ",") {
			name, parameters, err := mime.ParseMediaType(strings.TrimSpace(part))
			if err != nil {
				continue
			}
			r := matches(name, m)
			if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
				r = 0
			}
			// The most specific range decides, also where it refuses by the weight zero.
			if r > rank {
				weight, rank = quality(parameters["q"]), r
			}
		}
		if weight > bestWeight || weight == bestWeight && weight > 0 && rank > bestRank {
			best, bestWeight, bestRank = m, weight, rank
		}
	}
	return best, bestWeight > 0
}

// matches tells how specifically a range covers a media type: 3 by name, 2 by its first half, 1 as anything, 0 not at all.
func matches(name string, m media) int {
	switch name {
	case string(m):
		return 3
	case "application/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}

// quality reads a weight; one that cannot be read counts as none given.
func quality(q string) float64 {
	if q == "" {
		return 1
	}
	w, err := strconv.ParseFloat(q, 64)
	if err != nil || w < 0 || w > 1 {
		return 1
	}
	return w
}
