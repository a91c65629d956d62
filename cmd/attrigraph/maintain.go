package main

import (
	"fmt"

	"attrigraph/internal/store"
)

type migrateCommand struct{}

// Run brings the store to the version of this program and prints the steps.
func (*migrateCommand) Run(p *program) error {
	return p.with(migrating, func(s store.Store) error {
		steps, err := s.Migrate(p.ctx)
		for _, step := range steps {
			fmt.Fprintln(p.stdout, step)
		}
		if err != nil {
			return err
		}
		if len(steps) == 0 {
			fmt.Fprintln(p.stdout, "the store is of this version already; nothing was changed")
		} else {
			fmt.Fprintf(p.stdout, "the store was brought to this version in %s\n", plural(len(steps), "step", "steps"))
		}
		return nil
	})
}

type checkCommand struct{}

// Run prints what is wrong with the store, one problem a line.
func (*checkCommand) Run(p *program) error {
	return p.with(reading, func(s store.Store) error {
		problems, err := s.Check(p.ctx)
		if err != nil {
			return err
		}
		for _, problem := range problems {
			fmt.Fprintln(p.stdout, oneLine(problem))
		}
		if len(problems) > 0 {
			return fmt.Errorf("the store has %s, listed above: restore a backup, or export what can still be read", plural(len(problems), "problem", "problems"))
		}
		fmt.Fprintln(p.stdout, "the store has no problems")
		return nil
	})
}
