package sqlite

import "runtime/debug"

// A large change set into an empty store is written without indexes, which are made at the end: to sort what an index holds
// costs a fraction of putting it in row by row, the more so the more rows there are, and the pages of the indexes do not
// crowd out those of the tables.

// without drops the indexes when so much was created in an empty store that it pays.
func (a *application) without() error {
	if !a.empty || a.bare || a.outcome.Created < a.memory.indexed {
		return nil
	}
	a.bare = true
	return a.eachIndex(func(i index) string { return "DROP INDEX " + quote(i.name) })
}

// forget lets go of what was remembered of a large change set, when all of it is written: indexes are made with memory that
// is not the garbage collector's, so that it would not look for any meanwhile.
func (a *application) forget() {
	if !a.bare {
		return
	}
	a.nodes, a.created, a.links = knownNodes{}, createdNodes{}, knownLinks{}
	debug.FreeOSMemory()
}

// indexed makes the indexes that were dropped: at the end, or before what would look for rows.
func (a *application) indexed() error {
	if !a.bare {
		return nil
	}
	a.bare, a.empty = false, false
	if err := a.flush(); err != nil {
		return err
	}
	return a.eachIndex(func(i index) string { return i.create })
}

// eachIndex runs a statement for every index but those by which nodes and links are found.
func (a *application) eachIndex(statement func(index) string) error {
	for _, t := range a.layout.tables {
		if t.of == a.layout.node {
			continue
		}
		for _, i := range t.indexes {
			if i.kept {
				continue
			}
			if _, err := a.writer.ExecContext(a.unbroken, statement(i)); err != nil {
				return translate(a.unbroken, err)
			}
		}
	}
	return nil
}
