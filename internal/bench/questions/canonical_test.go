package questions

import (
	"strings"
	"testing"
)

// question returns the question of a name.
func question(t *testing.T, name string) Question {
	t.Helper()
	for _, q := range All() {
		if q.Name == name {
			return q
		}
	}
	t.Fatalf("there is no question %q", name)
	return Question{}
}

func TestCanonicalIsTheSameForEveryServer(t *testing.T) {
	const state, group, framework = `{"name":"s","id":"state--1"}`, `{"id":"threat-group--1","name":"g"}`, `{"id":"f","name":"F"}`
	for name, answers := range map[string]map[Server]string{
		"deep": {
			Ours: `{"data":{"incidents":{"nodes":[{"id":"i","attributions":{"nodes":[{"date":"2025-05-28","confidence":70,` +
				`"accused":{"nodes":[` + state + `,` + group + `]},"citations":{"nodes":[{"framework":` + framework + `},{"framework":null}]}}]}}]}}}`,
			Handwritten: `[{"attributions":[{"accused":[` + state + `,` + group + `],"citations":[{"framework":` + framework + `},{"framework":null}],` +
				`"confidence":70,"date":"2025-05-28"}],"id":"i"}]`,
			Neo4jGraphQL: `{"data":{"incidents":[{"id":"i","attributions":[{"date":"2025-05-28","confidence":70,` +
				`"accusedGroups":[` + group + `],"accusedStates":[` + state + `],"citations":[{"frameworks":[` + framework + `]},{"frameworks":[]}]}]}]}}` + "\n",
		},
		"node": {
			Ours:         `{"data":{"node":{"id":"i","name":"I"}}}`,
			Handwritten:  `{"name":"I","id":"i"}`,
			Neo4jGraphQL: `{"data":{"incidents":[{"id":"i","name":"I"}]}}`,
		},
		"none": {
			Ours:         `{"data":{"incidents":{"nodes":[]}}}`,
			Handwritten:  `[]`,
			Neo4jGraphQL: `{"data":{"incidents":[]}}`,
		},
	} {
		q := question(t, name)
		want, err := q.Canonical(Ours, []byte(answers[Ours]))
		if err != nil {
			t.Fatal(err)
		}
		for server, answer := range answers {
			got, err := q.Canonical(server, []byte(answer))
			if err != nil {
				t.Error(err)
			} else if string(got) != string(want) {
				t.Errorf("%s: %s gives\n%s\nwant\n%s", name, server, got, want)
			}
		}
	}
}

// TestCanonicalKeepsDifferences: what differs between answers that give other facts must not be normalised away.
func TestCanonicalKeepsDifferences(t *testing.T) {
	const answer = `[{"id":"a","targets":[{"id":"1"},{"id":"2"}],"confidence":1,"sector":null}]`
	q := question(t, "deep")
	want, err := q.Canonical(Handwritten, []byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"order":          {`{"id":"1"},{"id":"2"}`, `{"id":"2"},{"id":"1"}`},
		"missing node":   {`{"id":"1"},`, ``},
		"missing field":  {`,"sector":null`, ``},
		"type of value":  {`"confidence":1`, `"confidence":"1"`},
		"form of number": {`"confidence":1`, `"confidence":1.0`},
		"name of field":  {`"targets"`, `"target"`},
	} {
		got, err := q.Canonical(Handwritten, []byte(strings.Replace(answer, change[0], change[1], 1)))
		if err == nil && string(got) == string(want) {
			t.Errorf("%s: the difference is lost: %s", what, got)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for _, c := range []struct {
		question string
		server   Server
		answer   string
		want     string
	}{
		{"node", Ours, `{"errors":[{"message":"no"}],"data":{"node":null}}`, "the response has errors"},
		{"node", Ours, `{"data":{"node":null}}`, "something else than asked for"},
		{"node", Neo4jGraphQL, `{"data":{"incidents":[]}}`, "something else than asked for"},
		{"node", Ours, `{"data":null}`, "no data of one root field"},
		{"node", Handwritten, `[{"id":"i"}]`, "something else than asked for"},
		{"some", Handwritten, `[]`, "0 nodes"},
		{"none", Handwritten, `[{"id":"i"}]`, "1 nodes"},
		{"none", Handwritten, `null`, "something else than asked for"},
		{"deep", Neo4jGraphQL, `{"data":{"incidents":[{"frameworks":[{"id":"a"},{"id":"b"}]}]}}`, "several frameworks"},
		{"some", Handwritten, `not found`, "does not answer with JSON"},
		{"some", Handwritten, `[{"id":"i"}][]`, "more than one value"},
	} {
		got, err := question(t, c.question).Canonical(c.server, []byte(c.answer))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %s: %s: got %s, %v, want an error with %q", c.question, c.server, c.answer, got, err, c.want)
		}
	}
}
