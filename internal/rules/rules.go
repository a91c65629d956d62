// Package rules computes the fields that the model declares with @computed: what follows from what is recorded, and is
// therefore not stored.
package rules

import (
	"encoding/json"
	"slices"

	"attrigraph/internal/response"
)

// All holds the rules by the name that the model calls them.
func All() map[string]response.Rule {
	return map[string]response.Rule{
		"revisionStatus": revisionStatus,
		"aliasNames":     aliasNames,
		"daysLeast":      daysLeast,
		"daysMost":       daysMost,
		"statesWithin":   statesWithin,
	}
}

// connection is a list of nodes as a hidden selection reads it.
type connection[T any] struct {
	Nodes []T `json:"nodes"`
}

// named are the relations by which a claim gives a group a name. ATT&CK says of its names no more than that they overlap.
// What is similar to a group, a part of it or not the same has a name of its own.
var named = []string{"SAME_AS", "RENAMED", "OVERLAPS"}

// aliasNames lists the names that alias claims give a group, each once, in code point order.
func aliasNames(read []byte, _ map[string]any) ([]byte, error) {
	var group struct {
		AliasClaims connection[struct {
			Name     *string `json:"name"`
			Relation string  `json:"relation"`
		}] `json:"aliasClaims"`
	}
	if err := json.Unmarshal(read, &group); err != nil {
		return nil, err
	}
	names := []string{}
	for _, c := range group.AliasClaims.Nodes {
		if c.Name != nil && slices.Contains(named, c.Relation) {
			names = append(names, *c.Name)
		}
	}
	slices.Sort(names)
	return marshal(slices.Compact(names))
}
