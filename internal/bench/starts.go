package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"attrigraph/internal/bench/questions"
)

// tries is how often each start and each first use is measured.
const tries = 5

// omitted are lists of fields without which the deep question has a shape of its own.
var omitted = [][]string{{"summary"}, {"confidence"}, {"date"}, {"summary", "confidence"}, {"summary", "date"}}

// starts measures, on each server, how long it takes until it can be used, until it has answered the deep question, and
// what the first use of a shape costs later.
func (b *bench) starts(ctx context.Context) error {
	deep := questions.All()[0]
	variables := draw(deep, b.dataset, tries*4)
	for _, s := range b.servers {
		figures := map[string][]float64{}
		add := func(figure string, d time.Duration) { figures[figure] = append(figures[figure], milliseconds(d)) }
		for try := range tries {
			request := deep.Request(s.kind, variables[try%len(variables)])
			first, ready, err := firstAnswer(ctx, s, request)
			if err != nil {
				return err
			}
			add("first", first)
			add("ready", ready)
			if s.db != nil {
				if err := s.db.forgetStatements(ctx); err != nil {
					return err
				}
				if first, _, err = firstAnswer(ctx, s, request); err != nil {
					return err
				}
				add("forgotten", first)
			}
		}
		if err := b.unseen(ctx, s, deep, variables, add); err != nil {
			return err
		}
		start := Start{
			Server: s.Key, Ready: median(figures["ready"]), First: median(figures["first"]),
			Unseen: median(figures["unseen"]), Seen: median(figures["seen"]),
		}
		if s.db != nil {
			start.ForgottenFirst = median(figures["forgotten"])
		}
		b.results.Starts = append(b.results.Starts, start)
		say("%-32s ready after %.0f ms, first answer after %.0f ms; unseen shape %.1f ms, seen %.1f ms", s.Title, start.Ready, start.First,
			start.Unseen, start.Seen)
	}
	return nil
}

// firstAnswer starts a server and asks it once.
func firstAnswer(ctx context.Context, s *server, request questions.Request) (first, ready time.Duration, err error) {
	p, err := s.start(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer p.stop()
	ready = time.Since(p.Started)
	_, err = ask(ctx, p.Address, request)
	return time.Since(p.Started), ready, err
}

// unseen asks a warm process for shapes that are new to it and to the store, and for the same again.
func (b *bench) unseen(ctx context.Context, s *server, deep questions.Question, variables []map[string]any, add func(string, time.Duration)) error {
	p, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer p.stop()
	for _, v := range variables {
		if _, err := ask(ctx, p.Address, deep.Request(s.kind, v)); err != nil {
			return err
		}
	}
	for try, fields := range omitted {
		request := deep.Request(s.kind, variables[try%len(variables)])
		if s.kind != questions.Handwritten {
			// The hand-written server has one shape, so that only Neo4j can see it anew.
			request.Body = without(request.Body, fields)
		}
		if s.db != nil {
			if err := s.db.forgetStatements(ctx); err != nil {
				return err
			}
		}
		for _, figure := range []string{"unseen", "seen"} {
			began := time.Now()
			if _, err := ask(ctx, p.Address, request); err != nil {
				return err
			}
			add(figure, time.Since(began))
		}
	}
	return nil
}

// without is a request whose document lacks fields that have a line of their own.
func without(body []byte, fields []string) []byte {
	var request map[string]any
	if err := json.Unmarshal(body, &request); err != nil {
		panic(err) // questions has written it
	}
	document := fmt.Sprint(request["query"])
	var kept strings.Builder
	for line := range strings.Lines(document) {
		omit := false
		for _, f := range fields {
			omit = omit || strings.TrimSpace(line) == f
		}
		if !omit {
			kept.WriteString(line)
		}
	}
	if kept.Len() == len(document) {
		panic(fmt.Sprintf("the document has no line for any of %v", fields))
	}
	request["query"] = kept.String()
	text, err := json.Marshal(request)
	if err != nil {
		panic(err) // it came from JSON
	}
	return text
}
