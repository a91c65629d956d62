# `make` lists what there is. .ci/run calls the same targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT := mvdan.cc/gofumpt@v0.12.0

# What to test or to check, and options for go test: make test PACKAGES=./internal/plan/... TESTFLAGS='-run Cursor'
PACKAGES ?= ./...
TESTFLAGS ?=
# What `make run` passes to attrigraph.
ARGS ?= serve
# Options of make bench: make bench BENCHFLAGS='--only sqlite --duration 2s'
BENCHFLAGS ?=

# The instrumented SQLite, which is C translated to Go, would be 48 times slower.
RACE := -race -gcflags=modernc.org/...=-race=false

# Written by hand and not ignored by git, tracked or not.
own_go_files = git ls-files --cached --others --exclude-standard -- '*.go' | \
	while IFS= read -r file; do [[ -f $$file ]] && ! grep -qE '^// Code generated .* DO NOT EDIT\.$$' "$$file" && echo "$$file" || true; done

.DEFAULT_GOAL := help

.PHONY: help
help: ## what each target does
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: build
build: ## the attrigraph program, in bin/
	go build -trimpath -o bin/attrigraph ./cmd/attrigraph

.PHONY: run
run: build ## the server; ARGS= holds its command and options
	bin/attrigraph $(ARGS)

.PHONY: test
test: ## all tests, on a real Neo4j too; says what was left out
	@scripts/with-test-neo4j go test -count=1 -timeout 30m -json $(TESTFLAGS) $(PACKAGES) 2>&1 | go run ./scripts/testreport

.PHONY: race
race: ## the tests that -short keeps, under the race detector
	@scripts/with-test-neo4j go test -count=1 -timeout 30m -short $(RACE) $(TESTFLAGS) $(PACKAGES)

# How long each of the fuzz targets, and the soak, go on.
FUZZTIME ?= 30s
SOAKTIME ?= 10m

# Fuzz functions of the tests as folder:name; FUZZ is an expression that they match.
FUZZ ?= .
fuzz_targets = git grep --untracked -Eo '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | sed -E 's,/[^/]+:func ,:,' | grep -E '$(FUZZ)' | sort

# Neither time for making inputs small nor instrumented SQLite leaves any for looking.
.PHONY: fuzz
fuzz: ## looks for requests and files that are read or answered wrongly; FUZZTIME= is for each kind, FUZZ= chooses some
	@$(fuzz_targets) | while IFS=: read -r package target; do \
		go test "./$$package" -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x -parallel 2 \
			'-gcflags=modernc.org/...=-d=libfuzzer=0' </dev/null || exit 1; \
	done

.PHONY: soak
soak: ## keeps a server busy for SOAKTIME= and says whether it grows; SOAKFLAGS= holds options
	@go run ./internal/soak --duration $(SOAKTIME) $(SOAKFLAGS)

.PHONY: bench
bench: ## attrigraph beside its peers; writes docs/benchmarks.md; BENCHFLAGS= holds options
	@go run ./internal/bench run $(BENCHFLAGS)

.PHONY: bench-import
bench-import: ## what imports cost; writes docs/benchmarks-import.md; BENCHFLAGS= holds options
	@go run ./internal/bench import $(BENCHFLAGS)

.PHONY: generate
generate: ## everything that is generated from schema/ and the web sources
	go generate ./...

.PHONY: lint
lint: vet staticcheck fmt-check ## go vet, staticcheck and formatting

.PHONY: vet
vet: ## go vet
	go vet $(PACKAGES)

.PHONY: staticcheck
staticcheck: ## staticcheck
	go run $(STATICCHECK) $(PACKAGES)

.PHONY: fmt-check
fmt-check: ## lists the files that gofumpt would change
	@unformatted=$$($(own_go_files) | xargs -r go run $(GOFUMPT) -l); \
	if [[ -n $$unformatted ]]; then echo "$$unformatted"; echo "not formatted: run make fmt" >&2; exit 1; fi

.PHONY: fmt
fmt: ## formats the Go files with gofumpt
	@$(own_go_files) | xargs -r go run $(GOFUMPT) -l -w

.PHONY: neo4j
neo4j: ## a Neo4j to develop with; scripts/neo4j env prints how to reach it
	@scripts/neo4j start

.PHONY: neo4j-stop
neo4j-stop: ## stops it, and the one that tests have left running
	@scripts/neo4j stop
	@scripts/neo4j stop --test --if-unused
