package sqlite

import (
	"cmp"
	"fmt"
	"runtime/debug"
)

// A large change set into an empty store is written without indexes, which are made at the end: to sort what an index holds
// costs a fraction of putting it in row by row, the more so the more rows there are, and the pages of the indexes do not
// crowd out those of the tables.

// Rows that come one after the other need little cache. An index is sorted in parts of the cache's size, in KiB here; where there
// are several, SQLite has threads to sort one while the rows of the next are read: that takes a sixth less time than to sort
// all at once.
const (
	bareCache   = 8 << 10
	sortThreads = 2
)

// without drops the indexes when so much was created in an empty store that it pays.
func (a *application) without() error {
	if !a.empty || a.bare || a.outcome.Created < a.memory.indexed {
		return nil
	}
	a.bare, a.unfindable = true, a.created.all
	if err := a.queue.wait(); err != nil {
		return err
	}
	if err := a.eachIndex(func(i index) string { return "DROP INDEX " + quote(i.name) }); err != nil {
		return err
	}
	return a.caching(bareCache, sortThreads)
}

// findable makes the indexes of all nodes, if they were dropped and what is remembered does not tell any more which nodes this
// Apply made.
func (a *application) findable() error {
	if !a.unfindable || a.created.all {
		return nil
	}
	a.unfindable = false
	if err := cmp.Or(a.flush(), a.queue.wait()); err != nil {
		return err
	}
	if err := a.indexesOf(a.layout.types[a.layout.node], func(i index) string { return i.create }); err != nil {
		return err
	}
	return a.caching(writeCache, 0) // which these indexes need from here on
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
	if err := cmp.Or(a.flush(), a.queue.wait()); err != nil {
		return err
	}
	if err := a.caching(bareCache, sortThreads); err != nil {
		return err
	}
	if err := a.eachIndex(func(i index) string { return i.create }); err != nil {
		return err
	}
	a.unfindable = false
	return a.caching(writeCache, 0)
}

// caching sets the size of the cache, in KiB, and the number of threads that sort, while the queue does not use the connection.
func (a *application) caching(cache, threads int) error {
	a.cached = cache
	_, err := a.writer.ExecContext(a.unbroken, fmt.Sprintf("PRAGMA cache_size = -%d; PRAGMA threads = %d", cache, threads))
	return translate(a.unbroken, err)
}

// eachIndex runs a statement for every index that is dropped, while the queue does not use the connection.
func (a *application) eachIndex(statement func(index) string) error {
	for _, t := range a.layout.tables {
		if t.of == a.layout.node && !a.unfindable {
			continue
		}
		if err := a.indexesOf(t, statement); err != nil {
			return err
		}
	}
	return nil
}

// indexesOf runs a statement for every index of a table but the one by which links are found.
func (a *application) indexesOf(t *table, statement func(index) string) error {
	for _, i := range t.indexes {
		if i.kept {
			continue
		}
		if _, err := a.writer.ExecContext(a.unbroken, statement(i)); err != nil {
			return translate(a.unbroken, err)
		}
	}
	return nil
}
