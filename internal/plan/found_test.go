package plan

import (
	"strings"
	"testing"
)

// TestFoundString is what `attrigraph explain` shows of a search from given nodes on, and of the numbers of the graph.
func TestFoundString(t *testing.T) {
	const query = `query ($to: ID!, $via: [LinkType!]) {
  stats { links kinds { count } revision }
  path(from: "work--00000000-0000-4000-8000-000000000001", to: $to, via: $via) { steps { type from { id } } nodes { id ... on Work { makers(first: 2) { nodes { name } } } } }
  neighborhood(id: $to, limit: 9, kinds: [WORK]) { nodes { node { recordedBy } } depths { omitted } }
  again: neighborhood(kinds: [WORK], limit: 9, id: $to) { linkCount }
}`
	const want = `0 count of links ABOUT
1 count of links FRIEND_OF
2 count of links HEADED_BY
3 count of links MADE_BY
4 count of links NOTED_IN
5 count of Writer (all)
6 count of Studio (all)
7 count of Work (all)
8 count of Note (all)
9 count of Secret (all)
10 revision of the store
11 path from 1 to 2, longest 0, over 3, of Node (found)
  0 value Node.id
  1 value kind
  2 list of Maker (-MADE_BY->) order by Maker.id limit 4
    0 value Maker.name
12 neighborhood of 7, depth 5, limit 6, kinds 8, of Node (found)
  0 value Node.recordedBy
param 0: path(maxLength:)
param 1: path(from:)
param 2: $to
param 3: $via
param 4: makers(first:)
param 5: neighborhood(depth:)
param 6: neighborhood(limit:)
param 7: $to
param 8: neighborhood(kinds:)
`
	p := newToyPlanner(t, DefaultLimits).mustPlan(t, query, map[string]any{"to": "x", "via": []any{"ABOUT"}})
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if n := strings.Count(p.String(), "neighborhood of"); n != 1 {
		t.Errorf("%d searches for two mentions of one field", n)
	}
}
