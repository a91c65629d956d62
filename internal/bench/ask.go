package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"attrigraph/internal/bench/dataset"
	"attrigraph/internal/bench/load"
	"attrigraph/internal/bench/questions"
)

// How many sets of variables are drawn for a load, and for how many of them the answers are compared.
const (
	drawn    = 200
	compared = 20
)

// drawSeed starts the sequence of a question's variables, which are the same in every run.
const drawSeed = 4

// ask posts one request and returns the answer.
func ask(ctx context.Context, address string, r questions.Request) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s%s: status %d: %s", address, r.Path, response.StatusCode, answer[:min(300, len(answer))])
	}
	return answer, nil
}

// awaitTimeout bounds the wait for the first good answer of a server on a Neo4j that has just started.
const awaitTimeout = 2 * time.Minute

// awaitAnswer asks a question until the answer is good: the first use of a statement can take a new Neo4j longer than a
// server waits for it.
func awaitAnswer(ctx context.Context, p *process, q questions.Question, d dataset.Dataset) error {
	request := q.Request(p.kind, draw(q, d, 1)[0])
	for began := time.Now(); ; {
		answer, err := ask(ctx, p.Address, request)
		if err == nil {
			_, err = q.Canonical(p.kind, answer)
		}
		if err == nil || ctx.Err() != nil || time.Since(began) > awaitTimeout {
			return err
		}
	}
}

// draw draws sets of variables, without those that occurred before.
func draw(q questions.Question, d dataset.Dataset, n int) []map[string]any {
	r := rand.New(rand.NewPCG(drawSeed, drawSeed))
	var list []map[string]any
	seen := map[string]bool{}
	for range n {
		variables := q.Draw(d, r)
		if text := fmt.Sprint(variables); !seen[text] {
			seen[text] = true
			list = append(list, variables)
		}
	}
	return list
}

// requests are the requests of a load.
func requests(q questions.Question, s questions.Server, d dataset.Dataset) []load.Request {
	var list []load.Request
	for _, variables := range draw(q, d, drawn) {
		r := q.Request(s, variables)
		list = append(list, load.Request{Path: r.Path, Body: r.Body})
	}
	return list
}

// compare asks every server the question and fails where two do not answer the same facts.
func compare(ctx context.Context, q questions.Question, d dataset.Dataset, servers []*process) error {
	for _, variables := range draw(q, d, compared) {
		var want []byte
		for i, p := range servers {
			answer, err := ask(ctx, p.Address, q.Request(p.kind, variables))
			if err != nil {
				return fmt.Errorf("%s, %s %v: %w", p.Title, q.Name, variables, err)
			}
			got, err := q.Canonical(p.kind, answer)
			if err != nil {
				return fmt.Errorf("%s, %s %v: %w", p.Title, q.Name, variables, err)
			}
			if i == 0 {
				want = got
			}
			if at := difference(want, got); at >= 0 {
				return fmt.Errorf("%s with %v has two answers, from byte %d on:\n%s: %s\n%s: %s",
					q.Name, variables, at, servers[0].Title, around(want, at), p.Title, around(got, at))
			}
		}
	}
	return nil
}

// difference is the first place where two texts differ, -1 if they are equal.
func difference(a, b []byte) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

// around is the text around a place.
func around(text []byte, at int) []byte {
	const before, after = 120, 120
	return text[min(len(text), max(0, at-before)):min(len(text), at+after)]
}
