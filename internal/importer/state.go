package importer

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"attrigraph/internal/ident"
	"attrigraph/internal/store"
)

// The kind and the field of states, and the data set that makes their ids, as schema/model.graphqls declares them.
const (
	stateKind    = "State"
	statePrefix  = "state"
	isoDataset   = "iso-3166-1"
	isoCodeField = "isoCode"
)

// StateID returns the id of the state with a code of ISO 3166-1 alpha-2, in capitals: the same from every data set and in
// the casebook.
func StateID(code string) string { return ident.ForImport(statePrefix, isoDataset, code) }

// State returns the node of the state with a code of ISO 3166-1 alpha-2, in capitals. A state that the store has keeps the
// name under which it was recorded first; otherwise it is name or, where that is empty, the English name in the Unicode
// CLDR. ok is false for what is no code of a state or territory.
func State(code, name, place string) (n *store.Node, ok bool) {
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() || region.String() != code {
		return nil, false
	}
	// The CLDR also knows codes that ISO withdrew (AN, FX, SU) or only reserved (EZ, UK, UN).
	english := display.English.Regions().Name(region)
	if english == "" || region.Canonicalize() != region || region.ISO3() == "ZZZ" {
		return nil, false
	}
	if name == "" {
		name = english
	}
	return &store.Node{
		ID: StateID(code), Kind: stateKind, Props: map[string]any{"name": name, isoCodeField: code}, IfAbsent: true, Place: place,
	}, true
}
