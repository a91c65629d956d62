// Package dataset makes the graph of the benchmark: the same nodes and links whenever it is made at the same scale. It
// is invented: no name, number or date in it is a fact about anybody.
package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"

	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// Version is the version of what is generated. It changes with every change of the nodes, links or values, so that a
// store that holds an older data set is not taken for one that holds this.
const Version = 1

// Name is the name of the data set from which ids are computed and which provenance names.
const Name = "bench"

// RareKind is the kind of 0.25 % of the evidence, so that about 1 % of the incidents have some of it through an
// attribution. NoKind is a kind that no evidence has.
const (
	RareKind = "ADMISSION"
	NoKind   = "PHYSICAL"
)

// The least and greatest Scale.
const (
	minScale = 0.001
	maxScale = 100
)

// Dataset is one data set.
type Dataset struct {
	// Scale multiplies the sizes: 1 is the graph of docs/benchmarks.md, with 632,000 nodes.
	Scale float64
}

// Check tells what is wrong with the scale.
func (d Dataset) Check() error {
	if !(d.Scale >= minScale && d.Scale <= maxScale) {
		return fmt.Errorf("the scale of the data set is %v; it must be between %v and %v", d.Scale, minScale, maxScale)
	}
	return nil
}

// String names version and scale: equal texts mean equal data.
func (d Dataset) String() string { return fmt.Sprintf("%s v%d scale %v", Name, Version, d.Scale) }

// Sizes counts the nodes of each kind; a node that stands apart is not in the count of its kind.
type Sizes struct {
	Groups, States, Targets, Incidents, Attributions, Evidence, Denials, Frameworks int
	// Citations is one for each of the Attributions.
	Citations int
	// Super is how many attributions accuse the one state that nothing else accuses; their subject is one group.
	Super int
	// Sources holds a source for each 1,000 claims.
	Sources int
}

// claimsPerSource is how many claims one source has.
const claimsPerSource = 1000

// Sizes returns the sizes at the data set's scale.
func (d Dataset) Sizes() Sizes {
	scaled := func(n int) int { return max(1, int(math.Round(float64(n)*d.Scale))) }
	s := Sizes{
		Groups: scaled(2000), States: 200, Targets: scaled(20_000), Incidents: scaled(50_000), Attributions: scaled(100_000),
		Evidence: scaled(200_000), Denials: scaled(60_000), Frameworks: 50, Super: scaled(100_000),
	}
	s.Citations = s.Attributions
	s.Sources = (s.Attributions+s.Super+s.Denials-1)/claimsPerSource + 1
	return s
}

// Nodes is the number of all nodes.
func (s Sizes) Nodes() int {
	return s.Groups + 1 + s.States + 1 + s.Targets + s.Incidents + s.Attributions + s.Evidence + s.Denials + s.Frameworks +
		s.Citations + s.Super + s.Sources
}

// Write says how the data set is recorded.
func (d Dataset) Write() store.Write {
	return store.Write{Provenance: store.Provenance{At: "2026-01-01T00:00:00.000Z", By: "attrigraph bench", From: Name}}
}

// Names of the two nodes of the large link.
const (
	superState = "s-super"
	superGroup = "g-super"
)

// SuperStateID is the id of the state that as many attributions accuse as Sizes.Super says.
func (d Dataset) SuperStateID() string { return stateID(superState) }

// StateID returns the id of an ordinary state, accused in Attributions/States attributions on average.
func (d Dataset) StateID(i int) string { return stateID(stateName(i)) }

// IncidentID returns the id of an incident.
func (d Dataset) IncidentID(i int) string { return incidentID(d.incidentName(i)) }

// RandomStart draws the beginning of names that 100 incidents have (at scales up to 2): "i-" and three digits.
func (d Dataset) RandomStart(r *rand.Rand) string {
	return d.incidentName(r.IntN(d.Sizes().Incidents))[:len("i-000")]
}

// RandomIncident draws the id of an incident.
func (d Dataset) RandomIncident(r *rand.Rand) string {
	return d.IncidentID(r.IntN(d.Sizes().Incidents))
}

// RandomState draws the id of an ordinary state.
func (d Dataset) RandomState(r *rand.Rand) string { return d.StateID(r.IntN(d.Sizes().States)) }

func (d Dataset) incidentName(i int) string { return d.name("i", i) }
func (d Dataset) groupName(i int) string    { return d.name("g", i) }
func (d Dataset) targetName(i int) string   { return d.name("t", i) }
func stateName(i int) string                { return fmt.Sprintf("s-%03d", i) }

// name has as many digits as the scale needs, so that names order as their numbers do.
func (d Dataset) name(prefix string, i int) string {
	digits := 5
	if d.Scale > 2 {
		digits = 6
	}
	if d.Scale > 20 {
		digits = 7
	}
	return fmt.Sprintf("%s-%0*d", prefix, digits, i)
}

func stateID(name string) string    { return ident.ForImport("state", Name, name) }
func incidentID(name string) string { return ident.ForImport("incident", Name, name) }
