package misp_test

import (
	"bytes"
	"testing"

	"attrigraph/internal/importer/importertest"
	"attrigraph/internal/jsonl"
	"attrigraph/internal/store"
	"attrigraph/internal/store/opentest"
)

func openNeo4j(t testing.TB) store.Store { return opentest.Neo4j(t, importertest.Model(t)) }

// TestSecondImport holds that importing the same files again changes nothing, on both stores, whether MITRE ATT&CK comes
// before or after, and that both orders end with the same links between the two.
func TestSecondImport(t *testing.T) {
	var exports [][]byte
	for _, c := range []struct {
		name string
		open func(testing.TB) store.Store
	}{{"SQLite", openSQLite}, {"Neo4j", openNeo4j}} {
		t.Run(c.name, func(t *testing.T) {
			files := published(t, "threat-actor.json")
			s := c.open(t)
			first := mustRun(t, s, files)
			if n := first.outcome; n.Updated+n.Deleted+n.Unchanged != 0 || n.Created == 0 {
				t.Errorf("the first import: %+v", n)
			}
			unchanged := func(what string) {
				t.Helper()
				if n := mustRun(t, s, files).outcome; n.Created+n.Updated+n.Deleted != 0 {
					t.Errorf("%s: %+v", what, n)
				}
			}
			unchanged("the second import")
			others := len(linksOf(read(t, s), "ALIAS_OTHER"))
			attack(t, s)
			if n := mustRun(t, s, files).outcome; n.Created != 75 || n.Updated+n.Deleted != 0 {
				t.Errorf("the import after ATT&CK: %+v, want 75 new links", n)
			}
			unchanged("the second import after ATT&CK")
			if got := len(linksOf(read(t, s), "ALIAS_OTHER")); others != 95 || got != 95+75 {
				t.Errorf("%d links to other groups before, %d after", others, got)
			}
			exports = append(exports, export(t, s))
		})
	}
	s := openSQLite(t)
	attack(t, s)
	mustRun(t, s, published(t, "threat-actor.json"))
	for _, e := range exports {
		if !bytes.Equal(e, export(t, s)) {
			t.Error("ATT&CK before MISP gives another graph than after it, or the stores differ")
		}
	}
}

// TestAllGalaxies imports the other files beside the actors, in several orders and together.
func TestAllGalaxies(t *testing.T) {
	actors, country, sector, target := published(t, "threat-actor.json"), published(t, "country.json"), published(t, "sector.json"), published(t, "target-information.json")
	s := openSQLite(t)
	all := mustRun(t, s, actors, country, sector, target)
	for sort, want := range map[string]int{"threat-actor": 1041, "country": 252, "sector": 118, "target-information": 241} {
		if c := all.of(t, sort); c.Accepted != want || c.Read != want {
			t.Errorf("%+v, want %d", c, want)
		}
	}
	for _, d := range []done{mustRun(t, s, target, actors), mustRun(t, s, country), mustRun(t, s, sector), mustRun(t, s, actors)} {
		if n := d.outcome; n.Created+n.Updated+n.Deleted != 0 {
			t.Errorf("a file again: %+v", n)
		}
	}
	g := read(t, s)
	// Each value and each file is a source; of 252 countries two have a code that was withdrawn (AN, CS), AN is also
	// in the target information.
	if n := len(g.of("Source", func(n *store.Node) bool { return n.Props["dataset"] == "misp-galaxy" })); n != 1041+252+118+241+4 {
		t.Errorf("%d sources", n)
	}
	if n := len(g.of("State", every)); n != 250 {
		t.Errorf("%d states", n)
	}
	if n := all.count("changed", "no code that is in ISO 3166-1 today"); n != 3 {
		t.Errorf("%d values without a code", n)
	}
	andorra := g.named(t, "State", "Andorra")
	if n := len(g.to(andorra, "SOURCED_FROM")); n != 2 {
		t.Errorf("Andorra comes from %d sources", n)
	}
}

func linksOf(g *graph, kind string) []*store.Link {
	var out []*store.Link
	for _, links := range g.out {
		out = append(out, links[kind]...)
	}
	return out
}

func export(t testing.TB, s store.Store) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jsonl.Write(&out, importertest.Model(t), opentest.Records(t, s)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
