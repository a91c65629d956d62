package misp_test

import (
	"context"
	"strings"
	"testing"

	"attrigraph/internal/importer"
	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/misp"
	"attrigraph/internal/store"
)

// FuzzImport holds that whatever a file says, it is refused with one line or gives changes that a store takes, and that the
// counts add up.
func FuzzImport(f *testing.F) {
	f.Add(before + one + ",\n" + two + after)
	f.Add(before + strings.Replace(one, "{}", `{"country": "RU", "GRU": "u", "cfr-suspected-state-sponsor": "Iran", "synonyms": ["a", "G0001"], "refs": ["b"],
		"name-attribution": ["a:c"], "origin:a": "d", "threat-actor-classification": ["campaign"]}, "related": [{"dest-uuid": "e", "type": "similar", "tags": ["x"]}]`, 1) + after)
	f.Add(`{"values": [{"uuid": "a", "value": "b"}], "type": "producer", "name": "c", "uuid": "d", "version": 7}`)
	c := importertest.Model(f)
	f.Fuzz(func(t *testing.T, in string) {
		s := &importer.Session{
			Context: t.Context(), Catalog: c, Recorded: recorded, KeepGoing: true,
			Holds: func(context.Context, []string) (map[string]bool, error) { return nil, nil },
			Note: func(n importer.Note) {
				if n.Reason == "" || n.Place == "" {
					t.Errorf("a note without place or reason: %+v", n)
				}
			},
		}
		i, err := misp.Import(s, []importer.Input{importertest.Text("x.json", in)})
		if err != nil {
			if strings.ContainsRune(err.Error(), '\n') {
				t.Fatalf("the error has several lines: %q", err)
			}
			return
		}
		p, err := store.NewPreparer(c, i.Write)
		if err != nil {
			t.Fatal(err)
		}
		nodes := map[string]bool{}
		for change, err := range i.Changes {
			if err != nil {
				t.Fatalf("the second reading found %v, the first nothing", err)
			}
			if change.Node != nil {
				if nodes[change.Node.ID] {
					t.Fatalf("%s is there twice", change.Node.ID)
				}
				nodes[change.Node.ID] = true
				_, err = p.Node(change.Node)
			} else {
				if !nodes[change.Link.From] || !nodes[change.Link.To] {
					t.Fatalf("%+v comes before a node", change.Link)
				}
				_, err = p.Link(change.Link)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
		for _, c := range s.Totals() {
			if c.Read != c.Accepted+c.Merged+c.Rejected {
				t.Fatalf("%+v", c)
			}
		}
	})
}
