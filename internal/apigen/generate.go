package apigen

import (
	"fmt"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"attrigraph/internal/catalog"
)

// SDL returns the API of the model as GraphQL SDL: the same catalog gives the same bytes. An error says which names of
// the model the API cannot have.
func SDL(c *catalog.Catalog) (string, error) {
	g := &generator{catalog: c, owners: map[string]string{}, used: map[string]bool{}}
	g.collect()
	var p printer
	p.WriteString(sdlHeader)
	for _, s := range g.sections() {
		for _, d := range s.definitions {
			if err := d.check(); err != nil {
				return "", err
			}
		}
		p.section(s)
	}
	if err := g.clash(); err != nil {
		return "", err
	}
	sdl := p.String()
	if _, err := gqlparser.LoadSchema(&ast.Source{Name: "api.graphqls", Input: sdl}); err != nil {
		return "", fmt.Errorf("the model gives an API that GraphQL does not allow: %w", err)
	}
	return sdl, nil
}

// generator holds what the parts of the API have in common.
type generator struct {
	catalog *catalog.Catalog
	// targets holds, in the order of the model, the types that links or root connections lead to.
	targets []*catalog.Type
	// links holds the distinct pairs of target and link properties that connections lead to, by target.
	links []linkEnd

	// owners tells for each name of a type what it is the name of.
	owners map[string]string
	// clashes holds the messages about names that two types would have.
	clashes []string
	// used holds the names of the filters that inputs refer to.
	used map[string]bool
}

// linkEnd is what a connection leads to.
type linkEnd struct {
	target *catalog.Type
	props  *catalog.Properties
}

// collect finds the types and link ends that need inputs and connections.
func (g *generator) collect() {
	targets, many := map[*catalog.Type]bool{}, map[linkEnd]bool{}
	for _, t := range g.catalog.Types {
		if t.Plural != "" {
			targets[t], many[linkEnd{target: t}] = true, true
		}
		for _, f := range t.Fields {
			if !f.IsLink() {
				continue
			}
			targets[f.Target] = true
			if f.Many {
				many[linkEnd{f.Target, linkProperties(f)}] = true
			}
		}
	}
	for _, p := range g.catalog.Properties {
		for _, f := range p.Fields {
			if f.Reference != nil {
				targets[f.Reference] = true
			}
		}
	}
	for _, t := range g.catalog.Types {
		if targets[t] {
			g.targets = append(g.targets, t)
		}
		for _, p := range append([]*catalog.Properties{nil}, g.catalog.Properties...) {
			if many[linkEnd{t, p}] {
				g.links = append(g.links, linkEnd{t, p})
			}
		}
	}
}

// sections returns the whole API in the order in which people read it. Filters come after the inputs that use them, as
// only those that are used are written.
func (g *generator) sections() []section {
	g.reserve()
	sections := []section{
		{title: "Entry points", definitions: g.query()},
		{title: "The model", definitions: g.types()},
		{title: "Closed lists of values", definitions: g.enums()},
		{title: "Connections", definitions: g.connections()},
		{title: "Conditions", definitions: g.conditions()},
	}
	return append(sections,
		section{title: "Comparisons", definitions: g.filters()},
		section{title: "Orders", definitions: g.orders()},
		section{title: "Groups", definitions: g.groups()},
	)
}

// reserve enters the names that GraphQL itself gives a meaning.
func (g *generator) reserve() {
	for _, name := range []string{"Int", "Float", "String", "Boolean", "ID"} {
		g.owners[name] = "a scalar of GraphQL"
	}
	g.owners["Mutation"] = "the root of mutations"
	g.owners["Subscription"] = "the root of subscriptions"
}

// name enters the name of a type; owner says what the type is, for the message when two would have the name.
func (g *generator) name(name, owner string) string {
	if other, taken := g.owners[name]; taken {
		g.clashes = append(g.clashes, fmt.Sprintf("%s and %s would both be called %s in the API: rename a type of the model", other, owner, name))
	}
	g.owners[name] = owner
	return name
}

func (g *generator) clash() error {
	if len(g.clashes) == 0 {
		return nil
	}
	return fmt.Errorf("%s", g.clashes[0])
}

// check finds fields of the same name, which GraphQL parsers do not all report.
func (d *definition) check() error {
	seen := map[string]bool{}
	for _, f := range d.fields {
		if seen[f.name] {
			return fmt.Errorf("%s %s of the API would have two fields called %s: rename the one of the model", d.keyword, d.name, f.name)
		}
		seen[f.name] = true
	}
	return nil
}
