package plan

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"attrigraph/internal/catalog"
)

// keyStep is a link on the way to a key of a matrix: what it leads to, and the conditions on that.
type keyStep struct {
	field *catalog.Field
	typ   *catalog.Type
	where []keyCondition
}

type keyCondition struct {
	of   *catalog.Type
	text string
}

// keyWalk finds the paths that a selection of catalog.MatrixKey describes.
type keyWalk struct {
	*Planner
	// on tells whether an option is on; all takes every part whatever options it asks for.
	on    func(option string) bool
	all   bool
	found func(steps []keyStep, implied bool) error
	// fragments are those of the selection; within one there are none.
	fragments ast.FragmentDefinitionList
	within    bool
}

func (w *keyWalk) walk(set ast.SelectionSet, t *catalog.Type, steps []keyStep, implied bool) error {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if s.Name == catalog.IDField && len(steps) > 0 && len(s.SelectionSet) == 0 {
				if err := w.found(steps, implied); err != nil {
					return err
				}
				continue
			}
			f := t.Field(s.Name)
			if f == nil || f.Link == nil || len(s.SelectionSet) == 0 {
				return fmt.Errorf("%s.%s is no stored link with a selection that ends at an id", t.Name, s.Name)
			}
			step := keyStep{field: f, typ: f.Target}
			if err := w.enter(s.Directives, s.SelectionSet, step, steps, implied); err != nil {
				return err
			}
		case *ast.InlineFragment:
			if err := w.narrow(s.TypeCondition, s.Directives, s.SelectionSet, t, steps, implied); err != nil {
				return err
			}
		case *ast.FragmentSpread:
			def := w.fragments.ForName(s.Name)
			if def == nil || w.within {
				return fmt.Errorf("...%s names no fragment, or stands in one itself", s.Name)
			}
			w.within = true
			err := w.narrow(def.TypeCondition, append(slices.Clone(s.Directives), def.Directives...), def.SelectionSet, t, steps, implied)
			w.within = false
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// narrow goes on at those nodes of the last step only that are of the type of a fragment.
func (w *keyWalk) narrow(to string, directives ast.DirectiveList, set ast.SelectionSet, t *catalog.Type, steps []keyStep, implied bool) error {
	typ := w.catalog.Type(to)
	if len(steps) == 0 || typ == nil || !typ.Overlaps(t) {
		return fmt.Errorf("a fragment on %s stands where no node of that type can be", to)
	}
	last := len(steps) - 1
	step := steps[last]
	step.typ, step.where = typ, slices.Clone(step.where)
	return w.enter(directives, set, step, steps[:last], implied)
}

// enter applies directives to a step and goes on behind it.
func (w *keyWalk) enter(directives ast.DirectiveList, set ast.SelectionSet, step keyStep, before []keyStep, implied bool) error {
	for _, d := range directives {
		switch d.Name {
		case "include", "skip":
			if on, err := w.option(d, "if"); err != nil {
				return err
			} else if !w.all && on != (d.Name == "include") {
				return nil
			}
		case "implied":
			implied = true
		case "where":
			is := d.Arguments.ForName("is")
			if is == nil {
				return fmt.Errorf("@where lacks the argument is")
			}
			if d.Arguments.ForName("unless") != nil {
				if on, err := w.option(d, "unless"); err != nil {
					return err
				} else if !w.all && on {
					continue
				}
			}
			step.where = append(step.where, keyCondition{step.typ, is.Value.String()})
		default:
			return fmt.Errorf("@%s has no meaning in a path", d.Name)
		}
	}
	return w.walk(set, step.typ, append(slices.Clone(before), step), implied)
}

// option tells whether the option that an argument names as a variable is on.
func (w *keyWalk) option(d *ast.Directive, argument string) (bool, error) {
	a := d.Arguments.ForName(argument)
	if a == nil || a.Value.Kind != ast.Variable {
		return false, fmt.Errorf("@%s lacks %s: with an option, such as $name", d.Name, argument)
	}
	return w.on(a.Value.Raw), nil
}

// readKey parses a selection and the conditions in it.
func (p *Planner) readKey(m *catalog.Matrix, k *catalog.MatrixKey, from string) error {
	doc, err := parser.ParseQuery(&ast.Source{Name: m.Name + "." + k.Name, Input: from})
	if err != nil {
		return err
	}
	if len(doc.Operations) != 1 {
		return fmt.Errorf("there must be one selection")
	}
	if p.keys == nil {
		p.keys = map[string]*ast.QueryDocument{}
	}
	p.keys[from] = doc
	unknown := ""
	paths := 0
	w := keyWalk{Planner: p, fragments: doc.Fragments, all: true, on: func(option string) bool {
		if m.Option(option) == nil {
			unknown = option
		}
		return true
	}, found: func(steps []keyStep, _ bool) error {
		paths++
		if last := steps[len(steps)-1].typ; !last.Overlaps(k.Type) {
			return fmt.Errorf("a path ends at %s and not at %s", last.Name, k.Type.Name)
		}
		for _, s := range steps {
			for _, c := range s.where {
				if err := p.readCondition(m.Name+"."+k.Name, c.of, c.text); err != nil {
					return err
				}
			}
		}
		return nil
	}}
	if err := w.walk(doc.Operations[0].SelectionSet, m.Of, nil, false); err != nil {
		return err
	}
	if unknown != "" {
		return fmt.Errorf("$%s is no field with @option", unknown)
	}
	if paths == 0 {
		return fmt.Errorf("no path ends at an id")
	}
	return nil
}
