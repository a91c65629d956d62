// Package bulk makes the export on which imports are measured: the same records, in the order of an export, whenever it is
// made at the same scale. It is invented: no name, number or date in it is a fact about anybody.
package bulk

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// Name is the name of the data set from which ids are computed and which provenance names.
const Name = "bench-import"

// The least and greatest Scale.
const (
	minScale = 0.001
	maxScale = 10
)

// Export is one export.
type Export struct {
	// Scale multiplies the sizes: 1 is a million nodes with two million links.
	Scale float64
}

// Check tells what is wrong with the scale.
func (e Export) Check() error {
	if !(e.Scale >= minScale && e.Scale <= maxScale) {
		return fmt.Errorf("the scale of the export is %v; it must be between %v and %v", e.Scale, minScale, maxScale)
	}
	return nil
}

// kind is a kind of node, and how many there are at scale 1.
type kind uint8

const (
	state kind = iota
	framework
	group
	target
	incident
	source
	statement
	attribution
	evidence
	denial
	citation
	kinds
)

var sizes = [kinds]struct {
	name, prefix string
	nodes        int
	// fixed sizes are the same at every scale.
	fixed bool
}{
	state:       {"State", "state", 200, true},
	framework:   {"Framework", "framework", 50, true},
	group:       {"ThreatGroup", "threat-group", 2_000, false},
	target:      {"Target", "target", 40_000, false},
	incident:    {"Incident", "incident", 100_000, false},
	source:      {"Source", "source", 107_750, false},
	statement:   {"Statement", "statement", 50_000, false},
	attribution: {"Attribution", "attribution", 250_000, false},
	evidence:    {"Evidence", "evidence", 250_000, false},
	denial:      {"Denial", "denial", 100_000, false},
	citation:    {"Citation", "citation", 100_000, false},
}

// linkType is a type of link in the order of names, which is that of exports.
type linkType uint8

const (
	accused linkType = iota
	accuser
	citedIn
	cites
	denier
	disputes
	madeIn
	sourcedFrom
	speaker
	subject
	supports
	targeted
)

var linkNames = []string{
	"ACCUSED", "ACCUSER", "CITED_IN", "CITES", "DENIER", "DISPUTES", "MADE_IN", "SOURCED_FROM", "SPEAKER", "SUBJECT", "SUPPORTS", "TARGETED",
}

// node is the number of a node of a kind.
type node struct {
	kind   kind
	number uint32
}

type link struct {
	linkType linkType
	from, to node
}

// seed starts the random numbers.
const seed = 20_261_123

// generator holds what must be known of all nodes at once: their ids.
type generator struct {
	ids [kinds][][]byte
}

// Records returns nodes in the order of their ids, then links in the order of type, from and to.
func (e Export) Records() iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		if err := e.Check(); err != nil {
			yield(store.Record{}, err)
			return
		}
		g := &generator{}
		for _, n := range g.nodes(e.Scale) {
			if !yield(store.Record{Node: g.node(n)}, nil) {
				return
			}
		}
		for _, l := range g.links() {
			if !yield(store.Record{Link: g.link(l)}, nil) {
				return
			}
		}
	}
}

func (g *generator) nodes(scale float64) []node {
	var list []node
	for k := range kinds {
		size := sizes[k].nodes
		if !sizes[k].fixed {
			size = max(1, int(math.Round(float64(size)*scale)))
		}
		g.ids[k] = make([][]byte, size)
		for i := range size {
			g.ids[k][i] = []byte(ident.ForImport(sizes[k].prefix, Name, fmt.Sprint(i)))
			list = append(list, node{k, uint32(i)})
		}
	}
	slices.SortFunc(list, g.compare)
	return list
}

func (g *generator) id(n node) []byte { return g.ids[n.kind][n.number] }

func (g *generator) compare(x, y node) int { return bytes.Compare(g.id(x), g.id(y)) }

// links draws the links: what everything of a kind has, it has once, so that no link comes twice.
func (g *generator) links() []link {
	r := rand.New(rand.NewPCG(seed, 0))
	var list []link
	each := func(t linkType, from, to kind, every int) {
		for i := 0; i < len(g.ids[from]); i += every {
			list = append(list, link{t, node{from, uint32(i)}, node{to, uint32(r.IntN(len(g.ids[to])))}})
		}
	}
	each(sourcedFrom, attribution, source, 1)
	each(sourcedFrom, denial, source, 1)
	each(sourcedFrom, statement, source, 1)
	each(subject, attribution, incident, 1)
	each(accused, attribution, group, 1)
	each(accuser, attribution, state, 1)
	each(madeIn, attribution, statement, 5)
	each(supports, evidence, attribution, 1)
	each(disputes, denial, attribution, 1)
	each(denier, denial, state, 1)
	each(targeted, incident, target, 1)
	each(cites, citation, framework, 1)
	each(citedIn, citation, attribution, 1)
	each(speaker, statement, state, 1)
	slices.SortFunc(list, func(x, y link) int {
		return cmp.Or(cmp.Compare(x.linkType, y.linkType), g.compare(x.from, y.from), g.compare(x.to, y.to))
	})
	return list
}

func provenance() *store.Provenance {
	return &store.Provenance{At: "2026-01-01T00:00:00.000Z", By: "attrigraph bench", From: Name}
}

func (g *generator) link(l link) *store.Link {
	out := &store.Link{
		Type: linkNames[l.linkType], From: string(g.id(l.from)), To: string(g.id(l.to)), Props: map[string]any{}, Recorded: provenance(),
	}
	switch l.linkType {
	case accuser, denier:
		out.Props["role"] = "LEAD"
	case supports:
		out.Props["mode"] = "ASSERTED"
	case targeted:
		out.Props["outcome"] = "COMPROMISED"
	}
	return out
}

// Values that fields take in turn.
var (
	targetKinds   = []string{"STATE_INSTITUTION", "COMPANY", "RESEARCH", "MEDIA", "CIVIL_SOCIETY"}
	sectors       = []string{"government-national", "energy", "financial-services", "telecommunications", "healthcare"}
	propositions  = []string{"CARRIED_OUT_BY", "HELD_RESPONSIBLE", "DIRECTED_BY", "SUPPORTED_BY", "CONSISTENT_WITH"}
	evidenceKinds = []string{"MALWARE", "INFRASTRUCTURE", "TRADECRAFT", "VICTIMOLOGY", "UNSPECIFIED"}
	stances       = []string{"DENIES", "REJECTS", "DISPUTES_EVIDENCE", "NO_POSITION"}
)

var firstDay = time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC)

func (g *generator) node(n node) *store.Node {
	i := int(n.number)
	date := firstDay.AddDate(0, 0, i*7919%7000).Format(time.DateOnly)
	of := func(list []string) string { return list[i%len(list)] }
	var props map[string]any
	switch n.kind {
	case state:
		props = map[string]any{"name": fmt.Sprintf("State %03d", i)}
	case framework:
		props = map[string]any{"name": fmt.Sprintf("Framework %02d", i)}
	case group:
		props = map[string]any{"name": fmt.Sprintf("Group %05d", i), "description": "An invented group that is described in a sentence."}
	case target:
		props = map[string]any{"name": fmt.Sprintf("Target %06d", i), "kind": of(targetKinds), "sector": of(sectors)}
	case incident:
		props = map[string]any{
			"name": fmt.Sprintf("Incident %06d", i), "kind": "INCIDENT", "startDate": date,
			"summary": fmt.Sprintf("Invented incident %d, in a sentence as long as summaries are.", i),
		}
	case source:
		props = map[string]any{
			"title": fmt.Sprintf("Source %d", i), "publisher": fmt.Sprintf("Publisher %d", i%500), "verification": "RELAY", "date": date,
			"url": fmt.Sprintf("https://source.example/%d", i), "language": "en",
		}
	case statement:
		props = map[string]any{"title": fmt.Sprintf("Statement %d on an incident", i), "form": "POLITICAL_STATEMENT", "date": date, "language": "en"}
	case attribution:
		props = map[string]any{
			"summary":     fmt.Sprintf("Invented attribution %d, in a sentence that says according to whom.", i),
			"proposition": of(propositions), "polarity": "ASSERTED", "confidence": int64(i % 101), "verification": "RELAY", "date": date,
			"basis": []string{"TECHNICAL"},
		}
	case evidence:
		props = map[string]any{"title": fmt.Sprintf("Evidence item %d", i), "kind": of(evidenceKinds), "disclosure": "ASSERTED_ONLY"}
	case denial:
		props = map[string]any{"summary": fmt.Sprintf("Invented denial %d, in a sentence.", i), "stance": of(stances), "verification": "RELAY", "date": date}
	case citation:
		props = map[string]any{"use": "BREACHED_BY_ACCUSED", "precision": "EXPLICIT"}
	}
	return &store.Node{Kind: sizes[n.kind].name, ID: string(g.id(n)), Props: props, Recorded: provenance()}
}
