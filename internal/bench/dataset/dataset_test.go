package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"attrigraph/internal/sqlite"
	"attrigraph/internal/store"
	"attrigraph/schema"
)

var small = Dataset{Scale: 0.01}

func all(t *testing.T, d Dataset) []store.Change {
	t.Helper()
	var list []store.Change
	for c, err := range d.Changes() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

// TestVersion compares what is generated with what Version names: who changes the data set changes Version and the digest.
func TestVersion(t *testing.T) {
	const version, digest = 1, "7b49fd9c50c6ff0d"
	for range 2 { // the same every time
		text, err := json.Marshal(all(t, small))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if found := hex.EncodeToString(sum[:8]); Version != version || found != digest {
			t.Errorf("version %d has the digest %s, expected %d and %s", Version, found, version, digest)
		}
	}
}

func TestSizes(t *testing.T) {
	if s := (Dataset{Scale: 1}).Sizes(); s != (Sizes{2000, 200, 20_000, 50_000, 100_000, 200_000, 60_000, 50, 100_000, 100_000, 260}) {
		t.Errorf("the sizes at scale 1 are %+v", s)
	}
	nodes, links := map[string]int{}, map[string]int{}
	for _, c := range all(t, small) {
		if c.Node != nil {
			nodes[c.Node.Kind]++
		} else {
			links[c.Link.Type]++
		}
	}
	total := 0
	for kind, want := range map[string]int{
		"ThreatGroup": 21, "State": 201, "Target": 200, "Incident": 500, "Attribution": 2000, "Evidence": 2000, "Denial": 600,
		"Framework": 50, "Citation": 1000, "Source": 3,
	} {
		if nodes[kind] != want {
			t.Errorf("%d nodes of the kind %s, expected %d", nodes[kind], kind, want)
		}
		total += nodes[kind]
		delete(nodes, kind)
	}
	if len(nodes) > 0 {
		t.Errorf("further kinds: %v", nodes)
	}
	if n := small.Sizes().Nodes(); n != total {
		t.Errorf("Nodes is %d, and there are %d", n, total)
	}
	for link, want := range map[string][2]int{
		"SUBJECT": {2000, 2000}, "ACCUSED": {3000, 3000}, "ACCUSER": {2350, 2650}, "TARGETED": {700, 800}, "SUPPORTS": {2000, 2000},
		"CITES": {1000, 1000}, "CITED_IN": {1000, 1000}, "DISPUTES": {600, 600}, "DENIER": {600, 600}, "SOURCED_FROM": {2600, 2600},
	} {
		if n := links[link]; n < want[0] || n > want[1] {
			t.Errorf("%d links %s, expected %v", n, link, want)
		}
		delete(links, link)
	}
	if len(links) > 0 {
		t.Errorf("further types of links: %v", links)
	}
}

// TestProportions counts what the questions' answers depend on.
func TestProportions(t *testing.T) {
	kinds := map[string]int{}
	attributed, evidence := map[string]string{}, map[string]string{}
	received := map[string]int{}
	kindOf := map[string]string{}
	accused, denies, disputes := map[string]string{}, map[string]string{}, map[string]string{}
	for _, c := range all(t, small) {
		switch {
		case c.Node != nil && c.Node.Kind == "Evidence":
			kind := c.Node.Props["kind"].(string)
			kinds[kind]++
			kindOf[c.Node.ID] = kind
		case c.Link == nil:
		case c.Link.Type == "SUBJECT":
			attributed[c.Link.From] = c.Link.To
		case c.Link.Type == "SUPPORTS":
			evidence[c.Link.From] = c.Link.To
		case c.Link.Type == "ACCUSED" && strings.HasPrefix(c.Link.To, "state--"):
			received[c.Link.To]++
			accused[c.Link.From] = c.Link.To
		case c.Link.Type == "DENIER":
			denies[c.Link.From] = c.Link.To
		case c.Link.Type == "DISPUTES":
			disputes[c.Link.From] = c.Link.To
		}
	}
	model, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range model.Enum("EvidenceKind").Values {
		n := kinds[v.Name]
		switch v.Name {
		case RareKind:
			if n != 5 {
				t.Errorf("%d items of the rare kind, expected 0.25 %% of 2,000", n)
			}
		case NoKind:
			if n != 0 {
				t.Errorf("%d items of a kind that none shall have", n)
			}
		default:
			if n < 130 || n > 135 {
				t.Errorf("%d items of the kind %s, expected one of 15", n, v.Name)
			}
		}
		delete(kinds, v.Name)
	}
	if len(kinds) > 0 {
		t.Errorf("kinds that the model does not have: %v", kinds)
	}
	rare := map[string]bool{}
	for e, a := range evidence {
		if kindOf[e] == RareKind {
			rare[attributed[a]] = true
		}
	}
	if len(rare) < 3 || len(rare) > 5 {
		t.Errorf("%d of 500 incidents have rare evidence, expected about 1 %%", len(rare))
	}
	if n := received[small.SuperStateID()]; n != 1000 {
		t.Errorf("%d attributions accuse the one state, expected 1,000", n)
	}
	if n := received[small.StateID(7)]; n < 1 || n > 20 {
		t.Errorf("%d attributions accuse an ordinary state, expected about 5", n)
	}
	group := groupID(superGroup)
	for a, state := range accused {
		if (state == small.SuperStateID()) != (attributed[a] == group) {
			t.Fatalf("attribution %s is of %s and accuses %s", a, attributed[a], state)
		}
	}
	for d, a := range disputes {
		if denies[d] != accused[a] {
			t.Fatalf("denial %s is by %s, and what it disputes accuses %s", d, denies[d], accused[a])
		}
	}
}

// TestGrowth: at any scale as many incidents begin with what RandomStart draws.
func TestGrowth(t *testing.T) {
	for _, scale := range []float64{0.1, 1, 2} {
		d := Dataset{Scale: scale}
		r := rand.New(rand.NewPCG(1, 2))
		for range 20 {
			start, n := d.RandomStart(r), 0
			for i := range d.Sizes().Incidents {
				if strings.HasPrefix(d.incidentName(i), start) {
					n++
				}
			}
			if n != 100 {
				t.Errorf("scale %v: %d incidents begin with %s, expected 100", scale, n, start)
			}
		}
	}
	if names := []string{(Dataset{Scale: 3}).incidentName(149_999), (Dataset{Scale: 2}).incidentName(99_999)}; names[0] != "i-149999" || names[1] != "i-99999" {
		t.Errorf("names are %v", names)
	}
}

func open(t *testing.T) *sqlite.Store {
	t.Helper()
	c, err := schema.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "bench.db"), c, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func held(t *testing.T, d Dataset, s store.Store) bool {
	t.Helper()
	ok, err := d.Held(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// TestFillGoesOn: what an interrupted Fill has written is not written again, and the whole is there afterwards.
func TestFillGoesOn(t *testing.T) {
	d := Dataset{Scale: 0.001}
	s := open(t)
	if held(t, d, s) {
		t.Fatal("an empty store is said to hold the data set")
	}
	const portion = 300
	stop := errors.New("stop")
	var portions []int
	func() {
		defer func() {
			if cause := recover(); cause != stop {
				t.Fatalf("recovered %v", cause)
			}
		}()
		_ = d.Fill(t.Context(), s, portion, func(done int) {
			if portions = append(portions, done); len(portions) == 3 {
				panic(stop)
			}
		})
	}()
	if held(t, d, s) {
		t.Fatal("a part is taken for the whole")
	}
	var again []int
	if err := d.Fill(t.Context(), s, portion, func(done int) { again = append(again, done) }); err != nil {
		t.Fatal(err)
	}
	if len(again) < 5 || !slices.Equal(again[:3], portions) {
		t.Errorf("portions ended at %v, and at %v when they were repeated", portions, again)
	}
	if !held(t, d, s) || held(t, Dataset{Scale: 0.002}, s) {
		t.Error("the store is not said to hold what it holds, or said to hold another size")
	}
	nodes, links := 0, 0
	if err := s.Export(t.Context(), func(r store.Record) error {
		if r.Node != nil {
			nodes++
		} else {
			links++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	changes := all(t, d)
	if nodes != d.Sizes().Nodes() || nodes+links != len(changes) || again[len(again)-1] != len(changes) {
		t.Errorf("%d nodes and %d links are stored, %d changes told of; there are %d nodes and %d changes",
			nodes, links, again[len(again)-1], d.Sizes().Nodes(), len(changes))
	}
	if problems, err := s.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("the store is not in order: %v %v", problems, err)
	}
}

func TestScaleIsChecked(t *testing.T) {
	for _, scale := range []float64{0, -1, 1000} {
		d := Dataset{Scale: scale}
		if err := d.Fill(t.Context(), open(t), 10, func(int) {}); err == nil || !strings.Contains(err.Error(), "scale") {
			t.Errorf("scale %v gave %v", scale, err)
		}
	}
}

// TestDates: full days only.
func TestDates(t *testing.T) {
	for _, c := range all(t, Dataset{Scale: 0.001}) {
		if c.Node == nil {
			continue
		}
		if d, ok := c.Node.Props["date"].(string); ok {
			if _, err := time.Parse(time.DateOnly, d); err != nil {
				t.Fatal(err)
			}
		}
	}
}
