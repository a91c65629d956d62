// Package fuzz sends the whole server requests that nobody thought of: FuzzRequest any bytes as a request of HTTP,
// FuzzOperation operations that are grown from the schema and then damaged. It has tests only. `go test` asks the seeds;
// `go test ./internal/fuzz -run '^$' -fuzz FuzzRequest -fuzztime 30s` looks for more. What it finds is kept in
// testdata/fuzz and asked again by every later test.
package fuzz
