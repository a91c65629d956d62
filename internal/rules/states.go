package rules

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// organs are the kinds of organization that speak for their state (neutrality.md, 9).
var organs = []string{"GOVERNMENT", "MINISTRY", "MISSION", "SERVICE", "AGENCY", "ARMED_FORCES", "POLICE", "PROSECUTOR", "COURT"}

// usualDays is how long a row of attributions may take where a request does not say.
const usualDays = 30

type attributed struct {
	Polarity  string  `json:"polarity"`
	Earliest  *string `json:"dateEarliest"`
	Latest    *string `json:"dateLatest"`
	Statement *struct {
		ID string `json:"id"`
	} `json:"statement"`
	ID       string `json:"id"`
	Accusers connection[struct {
		Kind  string `json:"__typename"`
		ID    string `json:"id"`
		Organ string `json:"kind"`
		State *struct {
			ID string `json:"id"`
		} `json:"state"`
	}] `json:"accusers"`
}

// states returns the states that accuse, themselves or by one of their public organs.
func (a *attributed) states() []string {
	var out []string
	for _, n := range a.Accusers.Nodes {
		switch {
		case n.Kind == "State":
			out = append(out, n.ID)
		case n.State != nil && slices.Contains(organs, n.Organ):
			out = append(out, n.State.ID)
		}
	}
	return out
}

// utterance is what states said together, in one statement.
type utterance struct {
	first, last time.Time
	states      []string
}

// statesWithin is the greatest number of states that attributed an incident within a number of days, where a joint
// statement counts once (model.md, question 5): the number of statements of which each brings a state that none before it
// had. Only attributions that are asserted count, and only those of which it is sure that they lie within the days.
func statesWithin(read []byte, args map[string]any) ([]byte, error) {
	var incident struct {
		Attributions connection[attributed] `json:"attributions"`
	}
	if err := json.Unmarshal(read, &incident); err != nil {
		return nil, err
	}
	window := int64(usualDays)
	if n, ok := args["days"].(int64); ok {
		window = n
	}
	said, err := utterances(incident.Attributions.Nodes)
	if err != nil {
		return nil, err
	}
	most := 0
	for i, from := range said {
		seen, n := map[string]bool{}, 0
		for _, u := range said[i:] {
			if int64(daysFrom(from.first, u.last)) > window {
				continue
			}
			adds := false
			for _, s := range u.states {
				adds = adds || !seen[s]
				seen[s] = true
			}
			if adds {
				n++
			}
		}
		most = max(most, n)
	}
	return marshal(most)
}

// utterances puts the attributions of a statement together, in order of time.
func utterances(list []attributed) ([]utterance, error) {
	byStatement := map[string]*utterance{}
	for _, a := range list {
		states := a.states()
		if a.Polarity != "ASSERTED" || len(states) == 0 || a.Earliest == nil || a.Latest == nil {
			continue
		}
		first, err := time.Parse(time.DateOnly, *a.Earliest)
		if err != nil {
			return nil, err
		}
		last, err := time.Parse(time.DateOnly, *a.Latest)
		if err != nil {
			return nil, err
		}
		key := a.ID
		if a.Statement != nil {
			key = a.Statement.ID
		}
		u := byStatement[key]
		if u == nil {
			u = &utterance{first: first, last: last}
			byStatement[key] = u
		}
		if first.Before(u.first) {
			u.first = first
		}
		if last.After(u.last) {
			u.last = last
		}
		u.states = append(u.states, states...)
	}
	var out []utterance
	for _, u := range byStatement {
		slices.Sort(u.states)
		u.states = slices.Compact(u.states)
		out = append(out, *u)
	}
	// States that speak alone come before those that speak together on the same day, so that each is counted.
	slices.SortFunc(out, func(x, y utterance) int {
		if c := x.first.Compare(y.first); c != 0 {
			return c
		}
		if c := len(x.states) - len(y.states); c != 0 {
			return c
		}
		return strings.Compare(strings.Join(x.states, " "), strings.Join(y.states, " "))
	})
	return out, nil
}
