package audit

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"attrigraph/internal/server"
	"attrigraph/internal/servertest"
)

// audits is how many audits the version of graphql-http in package-lock.json has.
const audits = 61

// TestGraphQLOverHTTP puts the official audits of the GraphQL over HTTP specification to the server. All must be met, also
// those that only recommend.
func TestGraphQLOverHTTP(t *testing.T) {
	out := node(t, "run.mjs", servertest.New(t, servertest.Options{}).Listen(t)+server.GraphQLPath)
	var results []struct{ ID, Name, Status, Reason string }
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	counts := map[string]int{}
	for _, r := range results {
		counts[r.Status]++
		if r.Status != "ok" {
			t.Errorf("%s %s: %s: %s", r.Status, r.ID, r.Name, r.Reason)
		}
	}
	if len(results) != audits {
		t.Errorf("%d audits were run, %d were expected", len(results), audits)
	}
	t.Logf("%d audits: %d ok, %d errors, %d warnings, %d notices", len(results), counts["ok"], counts["error"], counts["warn"], counts["notice"])
}

// TestLock holds that what npm installs does not depend on where it was installed first: no package names an address, and
// each has the hash of what it must be.
func TestLock(t *testing.T) {
	raw, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Resolved, Integrity string }
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		t.Fatal(err)
	}
	if len(lock.Packages) < 2 {
		t.Fatal("package-lock.json names no packages")
	}
	for name, p := range lock.Packages {
		if p.Resolved != "" {
			t.Errorf("%s names a download address: remove its field resolved", name)
		}
		if name != "" && !strings.HasPrefix(p.Integrity, "sha512-") {
			t.Errorf("%s has no hash", name)
		}
	}
}
