package rules

import (
	"bytes"
	"encoding/json"
	"slices"

	"attrigraph/internal/date"
)

type ids = connection[struct {
	ID string `json:"id"`
}]

type statement struct {
	Speaker ids `json:"speaker"`
}

// revisionStatus is the status of a claim as of a day: what the last of its revisions by the same speaker made of it
// (model.md, rule 7 and "Provenance"). Confirming or strengthening a weakened or withdrawn claim lets it stand again;
// correcting it does not change whether it stands. Revisions by others do not count, nor do those that are later than
// the day or, where a day is given, have no date.
func revisionStatus(read []byte, args map[string]any) ([]byte, error) {
	var claim struct {
		Statement *statement `json:"statement"`
		RevisedBy struct {
			Edges []struct {
				Kind string `json:"kind"`
				Node struct {
					DateEarliest *string    `json:"dateEarliest"`
					Statement    *statement `json:"statement"`
				} `json:"node"`
			} `json:"edges"`
		} `json:"revisedBy"`
	}
	if err := json.Unmarshal(read, &claim); err != nil {
		return nil, err
	}
	lastDay := ""
	if asOf, ok := args["asOf"].(string); ok {
		d, err := date.Parse(asOf)
		if err != nil {
			return nil, err
		}
		lastDay = d.Latest
	}
	status := "STANDING"
	for _, revision := range claim.RevisedBy.Edges {
		if !sameSpeaker(claim.Statement, revision.Node.Statement) {
			continue
		}
		if day := revision.Node.DateEarliest; lastDay != "" && (day == nil || *day > lastDay) {
			continue
		}
		switch revision.Kind {
		case "WITHDRAWS":
			status = "WITHDRAWN"
		case "SUPERSEDES":
			status = "SUPERSEDED"
		case "WEAKENS":
			status = "WEAKENED"
		case "CONFIRMS", "STRENGTHENS":
			status = "STANDING"
		}
	}
	return marshal(status)
}

// sameSpeaker tells whether two statements have a speaker in common.
func sameSpeaker(a, b *statement) bool {
	if a == nil || b == nil {
		return false
	}
	for _, speaker := range a.Speaker.Nodes {
		if slices.Contains(b.Speaker.Nodes, speaker) {
			return true
		}
	}
	return false
}

// marshal prints JSON as the responses do, without escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
