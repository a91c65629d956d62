package eurepoc_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"attrigraph/internal/store"
)

// record is what a source keeps of a record: by column the values of its rows, one where they are all the same.
type record struct {
	columns map[string][]string
	rows    int
}

var (
	spaces       = regexp.MustCompile(`[\s\x{a0}]+`)
	placeholders = map[string]bool{"": true, "Not available": true, "Unknown": true}
)

// set returns the distinct values of a column without placeholders.
func (r record) set(column string) []string {
	distinct := map[string]bool{}
	for _, v := range r.columns[column] {
		v = strings.TrimSpace(spaces.ReplaceAllString(strings.ReplaceAll(v, "\u200f", ""), " "))
		if !placeholders[v] {
			distinct[v] = true
		}
	}
	return slices.Sorted(maps.Keys(distinct))
}

func (r record) has(columns ...string) bool {
	return slices.ContainsFunc(columns, func(c string) bool { return len(r.set(c)) > 0 })
}

// first returns the value of a column of a record with one row.
func (r record) first(column string) string {
	if v := r.columns[column]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// read makes a record of what a source keeps.
func read(raw map[string]any) record {
	r := record{columns: map[string][]string{}, rows: 1}
	for column, v := range raw {
		switch v := v.(type) {
		case string:
			r.columns[column] = []string{v}
		case []any:
			r.rows = len(v)
			for _, one := range v {
				r.columns[column] = append(r.columns[column], one.(string))
			}
		}
	}
	return r
}

// receivers returns what the sources of incidents keep of their receivers.
func (g *graph) receivers(t testing.TB) []record {
	t.Helper()
	var out []record
	for _, n := range g.kinds["Source"] {
		var kept struct{ Receivers []map[string]any }
		if n.Props["recordType"] != "incident" {
			continue
		}
		if err := json.Unmarshal([]byte(n.Props["original"].(string)), &kept); err != nil {
			t.Fatal(err)
		}
		for _, raw := range kept.Receivers {
			out = append(out, read(raw))
		}
	}
	return out
}

// records returns what the sources keep of the records of a type, by id.
func (g *graph) records(t testing.TB, recordType string) map[string]record {
	t.Helper()
	out := map[string]record{}
	for _, n := range g.kinds["Source"] {
		if n.Props["recordType"] != recordType {
			continue
		}
		var raw map[string]any
		if err := json.Unmarshal([]byte(n.Props["original"].(string)), &raw); err != nil {
			t.Fatal(err)
		}
		delete(raw, "receivers")
		r := read(raw)
		id := n.Props["recordId"].(string)
		if _, twice := out[id]; twice {
			t.Fatalf("%s %s has two sources", recordType, id)
		}
		out[id] = r
	}
	return out
}

// ofIncidents returns the attributions whose subject is an incident; the others are EuRepoC's own.
func (g *graph) ofIncidents() []*store.Node {
	var out []*store.Node
	for _, n := range g.kinds["Attribution"] {
		if strings.HasPrefix(g.out["SUBJECT"][n.ID][0], "incident--") {
			out = append(out, n)
		}
	}
	return out
}

func count[T any](list []T, is func(T) bool) int {
	n := 0
	for _, v := range list {
		if is(v) {
			n++
		}
	}
	return n
}

func tally[T any](list []T, key func(T) string) map[string]int {
	out := map[string]int{}
	for _, v := range list {
		out[key(v)]++
	}
	return out
}

func check(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s:\n%s", what, diff)
	}
}
