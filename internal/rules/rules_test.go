package rules

import (
	"fmt"
	"strings"
	"testing"
)

// revised writes what the hidden selection of `status` reads: revisions as "KIND speaker day".
func revised(speaker string, revisions ...string) string {
	statement := func(s string) string {
		if s == "-" {
			return "null"
		}
		return fmt.Sprintf(`{"speaker":{"nodes":[{"id":%q}]}}`, s)
	}
	edges := make([]string, len(revisions))
	for i, r := range revisions {
		f := strings.Fields(r)
		day := `"` + f[2] + `"`
		if f[2] == "-" {
			day = "null"
		}
		edges[i] = fmt.Sprintf(`{"kind":%q,"node":{"dateEarliest":%s,"statement":%s}}`, f[0], day, statement(f[1]))
	}
	return fmt.Sprintf(`{"statement":%s,"revisedBy":{"edges":[%s]}}`, statement(speaker), strings.Join(edges, ","))
}

func TestRevisionStatus(t *testing.T) {
	for name, test := range map[string]struct{ read, asOf, want string }{
		"never revised":                       {revised("a"), "", "STANDING"},
		"weakened":                            {revised("a", "WEAKENS a 2021-01-01"), "", "WEAKENED"},
		"the last revision counts":            {revised("a", "WEAKENS a 2021-01-01", "WITHDRAWS a 2022-01-01"), "", "WITHDRAWN"},
		"confirmed after it was weakened":     {revised("a", "WEAKENS a 2021-01-01", "CONFIRMS a 2022-01-01"), "", "STANDING"},
		"a correction changes no status":      {revised("a", "SUPERSEDES a 2021-01-01", "CORRECTS a 2022-01-01"), "", "SUPERSEDED"},
		"others cannot withdraw it":           {revised("a", "WITHDRAWS b 2021-01-01"), "", "STANDING"},
		"as of a day before the revision":     {revised("a", "WITHDRAWS a 2021-01-02"), "2021-01-01", "STANDING"},
		"as of the day of the revision":       {revised("a", "WITHDRAWS a 2021-01-02"), "2021-01-02", "WITHDRAWN"},
		"as of a month is as of its last day": {revised("a", "WITHDRAWS a 2021-01-02"), "2021-01", "WITHDRAWN"},
		"an undated revision, as of a day":    {revised("a", "WITHDRAWS a -"), "2021", "STANDING"},
		"an undated revision, now":            {revised("a", "WITHDRAWS a -"), "", "WITHDRAWN"},
		"a claim without a statement":         {revised("-", "WITHDRAWS a 2021-01-01"), "", "STANDING"},
		"a revision without a statement":      {revised("a", "WITHDRAWS - 2021-01-01"), "", "STANDING"},
	} {
		t.Run(name, func(t *testing.T) {
			args := map[string]any{}
			if test.asOf != "" {
				args["asOf"] = test.asOf
			}
			got, err := All()["revisionStatus"]([]byte(test.read), args)
			if err != nil || string(got) != `"`+test.want+`"` {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestAliasNames(t *testing.T) {
	read := `{"aliasClaims":{"nodes":[
		{"name":"Zirconium","relation":"RENAMED"},{"name":"<APT> 31","relation":"SAME_AS"},{"name":null,"relation":"OVERLAPS"},
		{"name":"Zirconium","relation":"SAME_AS"},{"name":"Other","relation":"NOT_SAME_AS"},{"name":"Like it","relation":"SIMILAR"},{"name":"Part","relation":"PART_OF"},{"name":"Near","relation":"OVERLAPS"}]}}`
	got, err := All()["aliasNames"]([]byte(read), nil)
	if want := `["<APT> 31","Near","Zirconium"]`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	got, err = All()["aliasNames"]([]byte(`{"aliasClaims":{"nodes":[]}}`), nil)
	if err != nil || string(got) != "[]" {
		t.Errorf("got %s, %v; want []", got, err)
	}
}

func TestRulesRefuseWhatIsNoSelection(t *testing.T) {
	for name, rule := range All() {
		if got, err := rule([]byte(`[`), nil); err == nil {
			t.Errorf("%s made %s of half a list", name, got)
		}
	}
}
