package conformance

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"testing"

	"attrigraph/internal/ident"
	"attrigraph/internal/store"
	"attrigraph/internal/store/storetest"
)

// accusations is a graph in which each rule of the matrix of accusations decides about one attribution at least.
func accusations() []store.Change {
	var changes []store.Change
	kinds := map[string]string{
		"A": "State", "B": "State", "C": "State", "A-ministry": "Organization", "A-vendor": "Organization", "B-service": "Organization", "B-unit": "Organization",
		"C-police": "Organization", "group": "ThreatGroup", "group-read": "ThreatGroup", "group-unread": "ThreatGroup", "person": "Person", "i": "Incident",
	}
	id := func(key string) string {
		kind := kinds[key]
		prefix := map[string]string{"ThreatGroup": "threat-group"}[kind]
		if prefix == "" {
			prefix = strings.ToLower(kind)
		}
		return ident.ForImport(prefix, "accusations", key)
	}
	link := func(kind, from, to string) {
		changes = append(changes, store.Change{Link: &store.Link{Type: kind, From: id(from), To: id(to)}})
	}
	node := func(key, kind string, props map[string]any) {
		kinds[key] = kind
		changes = append(changes, store.Change{Node: &store.Node{ID: id(key), Kind: kind, Props: props}})
	}
	node("source", "Source", map[string]any{"title": "source", "verification": "READ_IN_ORIGINAL"})
	node("e", "Evidence", map[string]any{"title": "e", "kind": "MALWARE", "disclosure": "PUBLISHED"})
	node("i", "Incident", map[string]any{"name": "i", "kind": "INCIDENT"})
	for _, key := range []string{"A", "B", "C", "group", "group-read", "group-unread", "person"} {
		node(key, kinds[key], map[string]any{"name": key})
	}
	for key, kind := range map[string]string{"A-ministry": "MINISTRY", "A-vendor": "VENDOR", "B-service": "SERVICE", "B-unit": "ARMED_FORCES", "C-police": "POLICE"} {
		node(key, "Organization", map[string]any{"name": key, "kind": kind})
		if key != "B-unit" {
			link("ORGANIZATION_OF", key, key[:1])
		}
	}
	link("PART_OF_ORGANIZATION", "B-unit", "B-service")
	link("PERSON_OF", "person", "B-service")

	claim := func(key, kind string, props map[string]any) {
		node(key, kind, props)
		link("SOURCED_FROM", key, "source")
	}
	n := 0
	// attribution is by accusers against accused, lists of keys; props may say more.
	attribution := func(date, accusers, subject, proposition, accused string, props ...any) string {
		n++
		key := fmt.Sprint("attribution ", n)
		all := map[string]any{"proposition": proposition, "polarity": "ASSERTED"}
		if date != "" {
			all["date"] = date
		}
		for i := 0; i < len(props); i += 2 {
			all[props[i].(string)] = props[i+1]
		}
		claim(key, "Attribution", all)
		link("SUBJECT", key, subject)
		for _, a := range strings.Fields(accusers) {
			link("ACCUSER", key, a)
		}
		for _, a := range strings.Fields(accused) {
			link("ACCUSED", key, a)
		}
		return key
	}
	denial := func(of, stance string, props ...any) {
		n++
		key := fmt.Sprint("denial ", n)
		all := map[string]any{"stance": stance}
		for i := 0; i < len(props); i += 2 {
			all[props[i].(string)] = props[i+1]
		}
		claim(key, "Denial", all)
		link("DISPUTES", key, of)
	}
	unread := []any{"verification", "UNVERIFIED"}

	denied := attribution("2020-05", "A", "i", "CARRIED_OUT_BY", "B")
	denial(denied, "DENIES")
	denial(denied, "NO_POSITION")
	link("SUPPORTS", "e", denied)
	// Two of A's accusers are one accuser by STATE; a suspicion counts.
	denial(attribution("2021-01-01", "A A-ministry", "i", "DIRECTED_BY", "B", "polarity", "SUSPECTED"), "DECLINES_COMMENT")
	// Implied by STATE: an organ, a group that somebody affiliates with an organ, a person, a part of an organ.
	attribution("2022", "A-ministry", "i", "CARRIED_OUT_BY", "B-service")
	attribution("2019", "A", "i", "CARRIED_OUT_BY", "group-read")
	attribution("", "A", "i", "CARRIED_OUT_BY", "person")
	attribution("2018", "C", "i", "CARRIED_OUT_BY", "B-unit")
	// Nobody affiliates this group.
	attribution("2018", "C", "i", "CARRIED_OUT_BY", "group")
	// A company speaks for itself.
	attribution("", "A-vendor", "i", "CARRIED_OUT_BY", "B")
	// The state and its organ: not implied as well.
	denial(attribution("2023", "C", "i", "HELD_RESPONSIBLE", "B B-service"), "DISPUTES_EVIDENCE", unread...)
	// No accusations.
	attribution("2024", "A", "i", "CARRIED_OUT_BY", "B", "polarity", "NEGATED")
	attribution("2024", "B", "i", "CARRIED_OUT_BY", "A", "polarity", "WITHHELD")
	// Left out unless asked for: what nobody read, what actors say of themselves, to whom groups belong.
	denial(attribution("2024-02", "A", "i", "CARRIED_OUT_BY", "B", unread...), "REJECTS")
	attribution("2024-03", "B", "i", "ADOPTED_BY", "B", "basis", []string{"SELF"})
	attribution("2024-03", "A-ministry", "i", "CARRIED_OUT_BY", "A")
	attribution("2024-04", "C", "group-read", "PART_OF", "B-service")
	attribution("2024-05", "A-vendor", "group-unread", "CONTRACTS_FOR", "A-ministry", unread...)
	// Rows of nothing but what is implied.
	attribution("2017", "B-service", "i", "CARRIED_OUT_BY", "group-unread")
	attribution("2016", "A-ministry", "i", "CARRIED_OUT_BY", "C-police")
	return changes
}

// TestAccusations counts the accusations by hand; an attribution of several is in several rows and once in the totals.
func TestAccusations(t *testing.T) {
	w := newWorld(t, realModel(t), recorded, func() iter.Seq2[store.Change, error] { return storetest.Changes(accusations()...) })
	for _, c := range []struct{ args, want string }{
		{
			"by: STATE", `
A > B: 2 attributions, 1 denied, 1 without position, 1 with evidence, 3 implied, 2020-05 to 2021-01-01
C > B: 1 attributions, 0 denied, 0 without position, 0 with evidence, 1 implied, 2023 to 2023
2 rows: 3 attributions, 1 denied, 1 without position, 1 with evidence, 4 implied, 2020-05 to 2023`,
		},
		{
			"by: STATE, includeImplied: true", `
A > B: 2 attributions, 1 denied, 1 without position, 1 with evidence, 3 implied, 2020-05 to 2021-01-01
C > B: 1 attributions, 0 denied, 0 without position, 0 with evidence, 1 implied, 2023 to 2023
A > C: 0 attributions, 0 denied, 0 without position, 0 with evidence, 1 implied, null to null
3 rows: 3 attributions, 1 denied, 1 without position, 1 with evidence, 5 implied, 2020-05 to 2023`,
		},
		{
			"by: STATE, includeImplied: true, includeUnverified: true", `
A > B: 3 attributions, 2 denied, 1 without position, 1 with evidence, 3 implied, 2020-05 to 2024-02
C > B: 1 attributions, 1 denied, 0 without position, 0 with evidence, 1 implied, 2023 to 2023
A > C: 0 attributions, 0 denied, 0 without position, 0 with evidence, 1 implied, null to null
B > A: 0 attributions, 0 denied, 0 without position, 0 with evidence, 1 implied, null to null
4 rows: 4 attributions, 3 denied, 1 without position, 1 with evidence, 6 implied, 2020-05 to 2024-02`,
		},
		{
			"by: STATE, includeSelf: true, includeAffiliations: true", `
A > B: 2 attributions, 1 denied, 1 without position, 1 with evidence, 3 implied, 2020-05 to 2021-01-01
A > A: 1 attributions, 0 denied, 0 without position, 0 with evidence, 0 implied, 2024-03 to 2024-03
B > B: 1 attributions, 0 denied, 0 without position, 0 with evidence, 0 implied, 2024-03 to 2024-03
C > B: 1 attributions, 0 denied, 0 without position, 0 with evidence, 2 implied, 2023 to 2023
4 rows: 5 attributions, 1 denied, 1 without position, 1 with evidence, 5 implied, 2020-05 to 2024-03`,
		},
		{
			`by: STATE, where: {date: {gte: "2021"}}, first: 1`, `
A > B: 1 attributions, 0 denied, 1 without position, 0 with evidence, 1 implied, 2021-01-01 to 2021-01-01
2 rows: 2 attributions, 0 denied, 1 without position, 0 with evidence, 1 implied, 2021-01-01 to 2023`,
		},
		{
			`where: {accusers: {some: {name: {in: ["A-ministry", "A-vendor"]}}}}, includePersons: true`, `
A > B: 1 attributions, 0 denied, 1 without position, 0 with evidence, 0 implied, 2021-01-01 to 2021-01-01
A-ministry > A: 1 attributions, 0 denied, 0 without position, 0 with evidence, 0 implied, 2024-03 to 2024-03
A-ministry > B-service: 1 attributions, 0 denied, 0 without position, 0 with evidence, 0 implied, 2022 to 2022
A-ministry > B: 1 attributions, 0 denied, 1 without position, 0 with evidence, 0 implied, 2021-01-01 to 2021-01-01
A-ministry > C-police: 1 attributions, 0 denied, 0 without position, 0 with evidence, 0 implied, 2016 to 2016
A-vendor > B: 1 attributions, 0 denied, 0 without position, 0 with evidence, 0 implied, null to null
6 rows: 5 attributions, 0 denied, 1 without position, 0 with evidence, 0 implied, 2016 to 2024-03`,
		},
	} {
		t.Run(c.args, func(t *testing.T) {
			got := w.matrix(t, c.args)
			if want := strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	t.Run("persons", func(t *testing.T) {
		const query = `{ accusationMatrix(%s) { rows { accused { __typename } } } }`
		for options, want := range map[string]bool{"by: ACTOR": false, "by: ACTOR, includePersons: true": true, "by: STATE, includePersons: true, includeImplied: true": false} {
			a := w.both(t, fmt.Sprintf(query, options), nil)
			if got := strings.Contains(string(a.Data), "Person"); got != want {
				t.Errorf("%s: a person is shown: %t, want %t", options, got, want)
			}
		}
	})
	t.Run("pages", func(t *testing.T) {
		const query = `query ($after: String) { accusationMatrix(first: 2, after: $after) { rows { accuser { name } accused { name } attributionCount } pageInfo { endCursor hasNextPage hasPreviousPage } } }`
		w.walkGroups(t, query, "accusationMatrix", "rows", `{ accusationMatrix(first: 200) { rows { accuser { name } accused { name } attributionCount } } }`)
	})
}

type accusationTotals struct {
	AttributionCount, DeniedCount, NoPositionCount, EvidenceCount, ImpliedCount int
	FirstDate, LastDate                                                         *string
}

func (a accusationTotals) String() string {
	text := func(s *string) string {
		if s == nil {
			return "null"
		}
		return *s
	}
	return fmt.Sprintf("%d attributions, %d denied, %d without position, %d with evidence, %d implied, %s to %s",
		a.AttributionCount, a.DeniedCount, a.NoPositionCount, a.EvidenceCount, a.ImpliedCount, text(a.FirstDate), text(a.LastDate))
}

// matrix asks for the matrix in one statement and prints it a row a line; rows that count the same are ordered by name here,
// since ids say nothing to people.
func (w *world) matrix(t *testing.T, args string) string {
	t.Helper()
	const measures = "attributionCount deniedCount noPositionCount evidenceCount impliedCount firstDate lastDate"
	query := fmt.Sprintf("{ accusationMatrix(%s) { totalCount totals { %s } rows { accuser { name } accused { name } %s } } }", args, measures, measures)
	w.oneStatement(t, query, nil)
	a := w.both(t, query, nil)
	var got struct {
		AccusationMatrix struct {
			TotalCount int
			Totals     accusationTotals
			Rows       []struct {
				Accuser, Accused struct{ Name string }
				accusationTotals
			}
		}
	}
	if a.Errors != nil {
		t.Fatalf("%s", a)
	}
	if err := json.Unmarshal(a.Data, &got); err != nil {
		t.Fatal(err)
	}
	m := got.AccusationMatrix
	lines := map[int][]string{}
	most := 0
	for _, r := range m.Rows {
		most = max(most, r.AttributionCount)
		lines[r.AttributionCount] = append(lines[r.AttributionCount], fmt.Sprintf("%s > %s: %s", r.Accuser.Name, r.Accused.Name, r.accusationTotals))
	}
	return byName(lines, most) + fmt.Sprintf("%d rows: %s", m.TotalCount, m.Totals)
}
