// Testreport reads the output of `go test -json` and prints what `go test` itself would print, package by package, then
// which tests were left out and why. Its exit code is 1 when a test failed or nothing was tested, and, when
// ATTRIGRAPH_TEST_REQUIRE holds "all", when a test was left out.
//
//	go test -json ./... | go run ./scripts/testreport
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	summary, err := report(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	requireAll := slices.Contains(strings.Split(os.Getenv("ATTRIGRAPH_TEST_REQUIRE"), ","), "all")
	if !summary.print(os.Stdout, requireAll) {
		os.Exit(1)
	}
}
