package cypher_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain lets the suite draw fewer random plans than elsewhere, as Neo4j plans each for up to a second; `-rapid.checks`
// still overrides it. The differential runs of internal/conformance draw more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	flag.Parse()
	os.Exit(m.Run())
}
