package apigen

import (
	"fmt"
	"strings"

	"attrigraph/internal/catalog"
)

// entries returns the root fields that lead to links without their node.
func (g *generator) entries() []field {
	var out []field
	for _, name := range g.entryNames() {
		var args []argument
		var names []string
		var first *catalog.Field
		for _, f := range g.catalog.Entries {
			if f.Entry.Field != name {
				continue
			}
			if first == nil {
				first = f
			}
			names = append(names, "`"+f.Entry.Argument+"`")
			args = append(args, argument{name: f.Entry.Argument, typ: "ID", description: fmt.Sprintf("The id of a node of type %s: its `%s`.", f.Owner.Name, f.Name)})
		}
		for _, a := range connectionArguments(first.Target) {
			a.description = argumentDescriptions[a.name]
			args = append(args, a)
		}
		out = append(out, field{
			name: name, typ: connectionName(first.Target, linkProperties(first)), args: args,
			description: first.Description + " Give exactly one of " + strings.Join(names, ", ") + "; null where no node has the id.",
		})
	}
	return out
}

// entryNames returns the names of the root fields in the order of the model.
func (g *generator) entryNames() []string {
	var names []string
	seen := map[string]bool{}
	for _, f := range g.catalog.Entries {
		if !seen[f.Entry.Field] {
			seen[f.Entry.Field] = true
			names = append(names, f.Entry.Field)
		}
	}
	return names
}
