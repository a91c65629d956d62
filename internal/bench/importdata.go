package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"attrigraph/internal/bench/questions"
	"attrigraph/schema"
)

// How often what takes short is repeated.
const (
	importTimes   = 5
	questionTimes = 100
)

// unpacked puts the files of a package's testdata that match into the folder.
func (b *importBench) unpacked(pattern string) ([]string, error) {
	packed, err := filepath.Glob(filepath.Join(b.root, "internal", pattern+".gz"))
	if err == nil && len(packed) == 0 {
		err = errors.New("there is no " + pattern)
	}
	var files []string
	for _, name := range packed {
		out := b.path(strings.TrimSuffix(filepath.Base(name), ".gz"))
		files = append(files, out)
		err = errors.Join(err, unpack(name, out))
	}
	return files, err
}

func unpack(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, z)
	return errors.Join(err, out.Close())
}

// importedSet is a data set that is imported as it was published.
type importedSet struct{ title, format, pattern, wanted string }

var importedSets = []importedSet{
	{"EuRepoC into SQLite", "eurepoc", "eurepoc/testdata/*.csv", "3 s"},
	{"ATT&CK into SQLite", "stix", "stix/testdata/enterprise-attack-actors.json", "3 s"},
	{"MISP threat actors into SQLite", "misp-galaxy", "misp/testdata/threat-actor.json", ""},
}

// datasets imports each data set into new stores, from the start of the process to its end.
func (b *importBench) datasets(ctx context.Context) error {
	for _, set := range importedSets {
		files, err := b.unpacked(set.pattern)
		if err != nil {
			return err
		}
		var runs []importLine
		for range importTimes {
			path := b.path("dataset.db")
			l, err := b.attrigraph(ctx, nil, append([]string{"import", set.format, "--store", "sqlite:" + path}, files...)...)
			if err != nil {
				return err
			}
			if info, err := os.Stat(path); err == nil {
				l.File = info.Size()
			}
			if err := os.Remove(path); err != nil {
				return err
			}
			runs = append(runs, l)
		}
		slices.SortFunc(runs, func(x, y importLine) int { return int(x.Took - y.Took) })
		l := runs[len(runs)/2]
		l.What, l.Wanted = set.title, set.wanted
		b.add(l)
	}
	return nil
}

// question imports the casebook and all data sets into one store and times the first example.
func (b *importBench) question(ctx context.Context) error {
	store := "sqlite:" + b.path("all.db")
	cases, err := filepath.Glob(filepath.Join(b.root, "internal", "casebook", "cases", "*.yaml"))
	if err != nil {
		return err
	}
	if _, err := b.attrigraph(ctx, nil, append([]string{"import", "casebook", "--store", store}, cases...)...); err != nil {
		return err
	}
	for _, set := range importedSets {
		files, err := b.unpacked(set.pattern)
		if err != nil {
			return err
		}
		if _, err := b.attrigraph(ctx, nil, append([]string{"import", set.format, "--store", store}, files...)...); err != nil {
			return err
		}
	}
	examples, err := schema.Examples()
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"query": examples[0].Query})
	if err != nil {
		return err
	}
	server, err := b.ours(onSQLite, "attrigraph on SQLite", store, nil).start(ctx)
	if err != nil {
		return err
	}
	defer server.stop()
	var times []time.Duration
	for range questionTimes {
		began := time.Now()
		if _, err := ask(ctx, server.Address, questions.Request{Path: "/graphql", Body: body}); err != nil {
			return err
		}
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.add(importLine{
		What: "question 1 over all imports, SQLite", Wanted: "50 ms median", MedianMS: ms(times[len(times)/2]), Least: ms(times[0]), Longest: ms(times[len(times)-1]),
	})
	return nil
}
