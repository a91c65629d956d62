package main

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"attrigraph/internal/store"
)

// TestSpool holds that changes come out of a spool as they went in, as often as they are asked for, without those that were
// taken out, and that its file does not stay. To a store no list and an empty one are the same.
func TestSpool(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	all := []store.Change{
		{Node: &store.Node{
			ID: "state--1", Kind: "State", Place: "a:1", IfAbsent: true, ExpectedRevision: 7, Recorded: &store.Provenance{At: "2026-01-01T00:00:00Z", By: "test"},
			Props: map[string]any{"text": "é\n", "empty": "", "number": int64(-1), "no": false, "list": []string{"a", ""}, "none": []string{}, "nothing": nil},
		}},
		{Node: &store.Node{ID: "state--2", Kind: "State", Recorded: &store.Provenance{}}},
		{Link: &store.Link{Type: "T", From: "state--1", To: "state--2", Place: "a:3", Props: map[string]any{"role": "LEAD"}}},
	}
	give := func(yield func(store.Change, error) bool) {
		for _, c := range all {
			if !yield(c, nil) {
				return
			}
		}
	}
	s, err := newSpool(give)
	if err != nil {
		t.Fatal(err)
	}
	read := func() (got []store.Change) {
		for c, err := range s.changes() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, c)
		}
		return got
	}
	for range 2 {
		if diff := cmp.Diff(all, read(), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	}
	for range s.changes() {
		break
	}
	s.takeOut(1)
	if diff := cmp.Diff([]store.Change{all[0], all[2]}, read(), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	broken := errors.New("broken")
	if _, err := newSpool(func(yield func(store.Change, error) bool) { yield(store.Change{}, broken) }); !errors.Is(err, broken) {
		t.Errorf("the error of the changes became %v", err)
	}
	if files, err := os.ReadDir(os.TempDir()); err != nil || len(files) != 0 {
		t.Errorf("%d files stay, %v", len(files), err)
	}
}
