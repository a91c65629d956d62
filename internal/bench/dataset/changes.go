package dataset

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// seed starts all sequences of random numbers; each part of the data set has a sequence of its own.
const seed = 20_251_122

// evidenceKinds are the kinds that evidence has apart from RareKind, all equally often: every value of the model's list
// but RareKind and NoKind.
var evidenceKinds = []string{
	"MALWARE", "INFRASTRUCTURE", "TRADECRAFT", "VICTIMOLOGY", "ACTIVITY_PATTERN", "PERSONA_OR_PROPAGANDA", "MOTIVE",
	"SIGNALS_OR_INTELLIGENCE", "HUMAN", "FINANCIAL_OR_PROCUREMENT", "DOCUMENTARY_OR_LEAK", "LEGAL_FINDING", "INCIDENT_RESPONSE",
	"TECHNICAL_REVIEW", "UNSPECIFIED",
}

// rareEvery is one of how many items of evidence has RareKind: 0.25 %.
const rareEvery = 400

var (
	incidentKinds = []string{"INCIDENT", "INCIDENT", "INCIDENT", "CAMPAIGN", "PATTERN"}
	targetKinds   = []string{"STATE_INSTITUTION", "COMPANY", "RESEARCH", "MEDIA", "CIVIL_SOCIETY"}
	sectors       = []string{"government-national", "energy", "financial-services", "telecommunications", "healthcare", "education", "defence"}
	propositions  = []string{"CARRIED_OUT_BY", "HELD_RESPONSIBLE", "DIRECTED_BY", "SUPPORTED_BY", "CONSISTENT_WITH"}
	disclosures   = []string{"PUBLISHED", "PARTLY_PUBLISHED", "SHARED_PRIVATELY", "ASSERTED_ONLY"}
	stances       = []string{"DENIES", "REJECTS", "DISPUTES_EVIDENCE", "NO_POSITION"}
	uses          = []string{"BREACHED_BY_ACCUSED", "AFFIRMED", "CALLS_TO_ADHERE"}
)

// firstDay and days are the days on which claims are made.
var firstDay = time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC)

const days = 19 * 365

// Changes returns the nodes and links, each node before the links that join it and directly followed by the links that
// the model requires of it: the sequence can be cut before any node.
func (d Dataset) Changes() iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		if err := d.Check(); err != nil {
			yield(store.Change{}, err)
			return
		}
		g := &generator{Dataset: d, sizes: d.Sizes(), yield: yield}
		for _, part := range []func(){g.actors, g.frameworks, g.sources, g.targets, g.incidents, g.attributions, g.evidence, g.denials, g.citations, g.super} {
			if g.stopped {
				return
			}
			g.parts++
			g.rand = rand.New(rand.NewPCG(seed, g.parts))
			part()
		}
	}
}

// generator is one iteration over the changes.
type generator struct {
	Dataset
	sizes   Sizes
	yield   func(store.Change, error) bool
	stopped bool
	rand    *rand.Rand
	parts   uint64
	claims  int
	// accused holds the number of the state that each attribution accuses.
	accused []int
}

func (g *generator) node(kind, id string, props map[string]any) {
	if !g.stopped {
		g.stopped = !g.yield(store.Change{Node: &store.Node{ID: id, Kind: kind, Props: props}}, nil)
	}
}

func (g *generator) link(linkType, from, to string) {
	if !g.stopped {
		g.stopped = !g.yield(store.Change{Link: &store.Link{Type: linkType, From: from, To: to}}, nil)
	}
}

// claim makes a node that needs a source.
func (g *generator) claim(kind, id string, props map[string]any) {
	props["date"] = firstDay.AddDate(0, 0, g.rand.IntN(days)).Format(time.DateOnly)
	g.node(kind, id, props)
	g.link("SOURCED_FROM", id, sourceID(g.claims/claimsPerSource))
	g.claims++
}

func (g *generator) one(list []string) string { return list[g.rand.IntN(len(list))] }

func (g *generator) actors() {
	for i := range g.sizes.States {
		g.node("State", stateID(stateName(i)), map[string]any{"name": stateName(i)})
	}
	g.node("State", stateID(superState), map[string]any{"name": superState})
	for i := range g.sizes.Groups {
		g.node("ThreatGroup", groupID(g.groupName(i)), map[string]any{"name": g.groupName(i)})
	}
	g.node("ThreatGroup", groupID(superGroup), map[string]any{"name": superGroup})
}

func (g *generator) frameworks() {
	for i := range g.sizes.Frameworks {
		g.node("Framework", frameworkID(i), map[string]any{"name": fmt.Sprintf("f-%02d", i)})
	}
}

func (g *generator) sources() {
	for i := range g.sizes.Sources {
		g.node("Source", sourceID(i), map[string]any{"title": fmt.Sprintf("Source %d", i), "verification": "UNVERIFIED"})
	}
}

func (g *generator) targets() {
	for i := range g.sizes.Targets {
		name := g.targetName(i)
		g.node("Target", targetID(name), map[string]any{"name": name, "kind": g.one(targetKinds), "sector": g.one(sectors)})
	}
}

// incidents have one or two targets.
func (g *generator) incidents() {
	for i := range g.sizes.Incidents {
		name := g.incidentName(i)
		id := incidentID(name)
		g.node("Incident", id, map[string]any{
			"name": name, "kind": g.one(incidentKinds), "summary": fmt.Sprintf("Invented incident %d, in a sentence as long as summaries are.", i),
		})
		for _, t := range g.distinct(1+g.rand.IntN(2), g.sizes.Targets) {
			g.link("TARGETED", id, targetID(g.targetName(t)))
		}
	}
}

// distinct draws up to n different numbers below limit.
func (g *generator) distinct(n, limit int) []int {
	list := []int{g.rand.IntN(limit)}
	if second := g.rand.IntN(limit); n > 1 && second != list[0] {
		list = append(list, second)
	}
	return list
}

// attributions are of a random incident each, accuse a group and a state, and have one or two other states as accusers.
func (g *generator) attributions() {
	g.accused = make([]int, g.sizes.Attributions)
	for i := range g.accused {
		id := attributionID(i)
		g.claim("Attribution", id, map[string]any{
			"summary":     fmt.Sprintf("Invented attribution %d, in a sentence that says according to whom.", i),
			"proposition": g.one(propositions), "polarity": "ASSERTED", "confidence": int64(g.rand.IntN(101)),
		})
		g.link("SUBJECT", id, incidentID(g.incidentName(g.rand.IntN(g.sizes.Incidents))))
		g.accused[i] = g.rand.IntN(g.sizes.States)
		g.link("ACCUSED", id, groupID(g.groupName(g.rand.IntN(g.sizes.Groups))))
		g.link("ACCUSED", id, stateID(stateName(g.accused[i])))
		for _, other := range g.distinct(1+g.rand.IntN(2), g.sizes.States-1) {
			g.link("ACCUSER", id, stateID(stateName((g.accused[i]+1+other)%g.sizes.States)))
		}
	}
}

// evidence supports a random attribution each.
func (g *generator) evidence() {
	for i := range g.sizes.Evidence {
		id := ident.ForImport("evidence", Name, fmt.Sprint(i))
		kind := evidenceKinds[i%len(evidenceKinds)]
		if i%rareEvery == rareEvery-1 {
			kind = RareKind
		}
		g.node("Evidence", id, map[string]any{"title": fmt.Sprintf("Evidence item %d", i), "kind": kind, "disclosure": g.one(disclosures)})
		g.link("SUPPORTS", id, attributionID(g.rand.IntN(g.sizes.Attributions)))
	}
}

// denials dispute a random attribution each; who denies is the state that it accuses.
func (g *generator) denials() {
	for i := range g.sizes.Denials {
		id := ident.ForImport("denial", Name, fmt.Sprint(i))
		g.claim("Denial", id, map[string]any{"summary": fmt.Sprintf("Invented denial %d, in a sentence.", i), "stance": g.one(stances)})
		of := g.rand.IntN(g.sizes.Attributions)
		g.link("DISPUTES", id, attributionID(of))
		g.link("DENIER", id, stateID(stateName(g.accused[of])))
	}
}

// citations are one for each attribution.
func (g *generator) citations() {
	for i := range g.sizes.Citations {
		id := ident.ForImport("citation", Name, fmt.Sprint(i))
		g.node("Citation", id, map[string]any{"use": g.one(uses), "precision": "EXPLICIT"})
		g.link("CITES", id, frameworkID(g.rand.IntN(g.sizes.Frameworks)))
		g.link("CITED_IN", id, attributionID(i))
	}
}

// super makes the large link: attributions that no incident has, all of one group and one state.
func (g *generator) super() {
	for i := range g.sizes.Super {
		id := ident.ForImport("attribution", Name, fmt.Sprint("super-", i))
		g.claim("Attribution", id, map[string]any{
			"summary":     fmt.Sprintf("Invented attribution %d of a group, in a sentence that says according to whom.", i),
			"proposition": "ASSOCIATED_WITH", "polarity": "ASSERTED", "confidence": int64(g.rand.IntN(101)),
		})
		g.link("SUBJECT", id, groupID(superGroup))
		g.link("ACCUSED", id, stateID(superState))
		g.link("ACCUSER", id, stateID(stateName(g.rand.IntN(g.sizes.States))))
	}
}

func groupID(name string) string  { return ident.ForImport("threat-group", Name, name) }
func targetID(name string) string { return ident.ForImport("target", Name, name) }
func frameworkID(i int) string    { return ident.ForImport("framework", Name, fmt.Sprint(i)) }
func sourceID(i int) string       { return ident.ForImport("source", Name, fmt.Sprint(i)) }
func attributionID(i int) string  { return ident.ForImport("attribution", Name, fmt.Sprint(i)) }
