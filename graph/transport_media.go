package graph

import (
	"mime"
	"strconv"
	"strings"
)

// media is what a client takes for an answer.
type media string

// What an answer can be: in the order in which they are preferred where a client names both.
const (
	mediaResponse media = "application/graphql-response+json"
	mediaJSON     media = "application/json"
	// mediaEvents is for clients that name it and prefer it: many name it among the types that they can read.
	mediaEvents media = "text/event-stream"
	// mediaAny is for clients that name neither. They get application/json, which all of them know and which the official
	// audits ask for, but with the status of what happened: who watches the server, a proxy or `curl --fail`, looks at it.
	mediaAny media = "*/*"
)

// contentType is the value of the header.
func (m media) contentType() string {
	if m == mediaAny {
		m = mediaJSON
	}
	return string(m) + "; charset=utf-8"
}

// negotiate chooses the media type of the answer from the values of Accept (RFC 9110, section 12.5.1). Without the header
// any is fine. Of two that a client takes equally gladly the one that it names counts, not one that only a wildcard
// covers: who lists application/json before */* knows application/json, and wants its status codes.
func negotiate(accept []string) (media, bool) {
	header := strings.Join(accept, ",")
	if strings.TrimSpace(header) == "" {
		return mediaAny, true
	}
	var best media
	var bestWeight, jsonWeight float64
	bestRank := 0
	for _, m := range []media{mediaResponse, mediaJSON, mediaEvents} {
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
		if m == mediaJSON {
			jsonWeight = weight
		}
	}
	if bestRank < named && jsonWeight == bestWeight {
		best = mediaAny
	}
	return best, bestWeight > 0
}

// named is what matches tells of a range that is the media type itself.
const named = 3

// matches tells how specifically a range covers a media type: 3 by name, 2 by its first half, 1 as anything, 0 not at all.
func matches(name string, m media) int {
	switch {
	case name == string(m):
		return named
	case m == mediaEvents:
		return 0
	}
	switch name {
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
