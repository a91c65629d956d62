package storetest

import (
	"testing"

	"attrigraph/internal/plan"
)

// FewNodes lowers plan.FewNodes for the rest of the test, so that small graphs have conditions that many nodes meet and
// others that few meet.
func FewNodes(t testing.TB, n int) {
	before := plan.FewNodes
	plan.FewNodes = n
	t.Cleanup(func() { plan.FewNodes = before })
}
