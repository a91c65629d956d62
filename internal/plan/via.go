package plan

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"attrigraph/internal/catalog"
)

// source is where the nodes of a link field come from.
func (b *builder) source(f *catalog.Field) Source {
	if f.Via == nil {
		return Follow{f}
	}
	return Via{Paths: b.paths(f.Via.Paths), Unless: b.paths(f.Via.Unless)}
}

func (b *builder) paths(list []catalog.Path) []Path {
	var out []Path
	for _, path := range list {
		var steps Path
		for _, step := range path {
			steps = append(steps, b.access(Follow{step.Field}, step.Field.Target, b.ofModel(step.Field.Target, step.Where)))
		}
		out = append(out, steps)
	}
	return out
}

// ofModel plans a condition that the model declares for nodes of a type. It counts neither for the limits of a request nor
// can it be wrong: NewPlanner has planned it before.
func (b *builder) ofModel(t *catalog.Type, where string) Predicate {
	if where == "" {
		return nil
	}
	asked, depth := b.asked, b.filterDepth
	b.asked, b.filterDepth = 0, 0
	defer func() { b.asked, b.filterDepth = asked, depth }()
	p, err := b.where(b.conditionsOfModel[where+" of "+t.Name], t, nil)
	if err != nil {
		panic(fmt.Sprintf("plan: the condition %s of the model: %s", where, err))
	}
	return p
}

// readPaths parses the conditions in the paths of the catalog's links and plans each once, so that a mistake shows when
// the program starts.
func (p *Planner) readPaths() error {
	p.conditionsOfModel = map[string]input{}
	for _, t := range p.catalog.Types {
		for _, f := range t.Fields {
			if f.Via == nil {
				continue
			}
			for _, path := range append(append([]catalog.Path(nil), f.Via.Paths...), f.Via.Unless...) {
				for _, step := range path {
					if err := p.readCondition(f.String(), step.Field.Target, step.Where); err != nil {
						return fmt.Errorf("the link %s follows a path with the condition %s, which is wrong: %w", f, step.Where, err)
					}
				}
			}
		}
	}
	return nil
}

// readCondition parses a condition on nodes of a type; name is what it belongs to.
func (p *Planner) readCondition(name string, target *catalog.Type, where string) error {
	if where == "" {
		return nil
	}
	typ := target.Name + "Where"
	// A variable's default value is where GraphQL checks a value against a type that need not belong to any field.
	doc, err := parser.ParseQuery(&ast.Source{Name: name, Input: "query($where: " + typ + " = " + where + ") { __typename }"})
	if err != nil {
		return err
	}
	for _, e := range validator.ValidateWithRules(p.schema, doc, nil) {
		if !strings.Contains(e.Message, "is never used") {
			return e
		}
	}
	v := doc.Operations[0].VariableDefinitions[0]
	in := input{typ: v.Type, literal: v.DefaultValue, label: name}
	p.conditionsOfModel[where+" of "+target.Name] = in
	b := &builder{Planner: p, plan: &Plan{}}
	if _, err := b.where(in, target, nil); err != nil {
		return err
	}
	_, err = b.plan.Bind(nil)
	return err
}

// pathsString prints paths.
func pathsString(paths []Path) string {
	texts := make([]string, len(paths))
	for i, path := range paths {
		for _, step := range path {
			texts[i] += linkString(step.From.(Follow).Field)
			if step.Where != nil {
				texts[i] += "[" + (&printer{}).predicate(step.Where) + "]"
			}
		}
	}
	return strings.Join(texts, " or ")
}
