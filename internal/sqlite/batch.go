package sqlite

import (
	"errors"
	"strings"
)

const (
	// batchRows is how many rows one INSERT holds at the most: beyond it nothing is gained.
	batchRows = 100
	// mostParams is how many parameters a statement may have (SQLITE_MAX_VARIABLE_NUMBER).
	mostParams = 32766
	// searchRows is how many rows for the index for search wait for one another. An INSERT of several rows into another table
	// opens a savepoint, at which that index writes a part of its own of what came since the last one, and parts have to be
	// merged.
	searchRows = 512
)

// batch collects the rows that are to be inserted into a table.
type batch struct {
	// many inserts as many rows as are collected; empty where a table takes one at a time.
	one, many   string
	width, rows int
	values      []any
	// spare holds memory of rows that were inserted.
	spare chan []any
	// nodes holds the nodes that rows refer to; nil if they refer to none.
	nodes *batch
}

// newBatch makes the INSERT statements of a table's columns, with so many rows each. A row that the table does not take
// ends the whole transaction, so that SQLite need not be able to take back the rows before it (OR FAIL): for links, which
// have no key that is given, it keeps nothing for that.
func newBatch(table string, columns []string, rows int) *batch {
	rows = max(1, min(rows, mostParams/len(columns)))
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = quote(c)
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	head := "INSERT OR FAIL INTO " + quote(table) + " (" + strings.Join(quoted, ", ") + ") VALUES "
	return &batch{one: head + row, many: head + strings.TrimSuffix(strings.Repeat(row+", ", rows), ", "), width: len(columns), rows: rows, spare: make(chan []any, 2)}
}

// insert adds a row, which reaches the store with the next full batch or flush.
func (a *application) insert(b *batch, row ...any) error {
	b.values = append(b.values, row...)
	a.pending = true
	if len(b.values) < b.width*b.rows {
		return nil
	}
	// While a row refers to a node that is not there, SQLite looks for what refers to each node that comes, in tables that may
	// have no index.
	if b.nodes != nil {
		if err := a.send(b.nodes); err != nil {
			return err
		}
	}
	return a.send(b)
}

// send hands over the rows of a batch.
func (a *application) send(b *batch) error {
	if len(b.values) == 0 {
		return nil
	}
	err := a.queue.put(insertion{b, b.values})
	select {
	case b.values = <-b.spare:
	default:
		b.values = nil
	}
	return err
}

// inserted inserts rows that were handed over.
func (a *application) inserted(i insertion) error {
	b := i.batch
	if b.many != "" && len(i.values) == b.width*b.rows {
		if _, err := a.run(b.many, i.values...); err != nil {
			return err
		}
	} else {
		for from := 0; from < len(i.values); from += b.width {
			if _, err := a.run(b.one, i.values[from:from+b.width]...); err != nil {
				return err
			}
		}
	}
	clear(i.values)
	select {
	case b.spare <- i.values[:0]:
	default:
	}
	return nil
}

// flush hands over all collected rows, so that statements find them.
func (a *application) flush() error {
	if !a.pending {
		return nil
	}
	for _, b := range a.batches {
		if err := a.send(b); err != nil {
			return err
		}
	}
	a.pending = false
	a.flushed = a.nextPK - 1
	return nil
}

// exec runs a statement that is kept prepared. It is not interrupted half-way: Apply looks at its context between
// changes, which costs less than to watch it during each of a million short statements.
func (a *application) exec(text string, args ...any) error {
	_, err := a.affected(text, args...)
	return err
}

// affected is exec that tells how many rows were changed.
func (a *application) affected(text string, args ...any) (int, error) {
	if err := a.queue.wait(); err != nil {
		return 0, err
	}
	return a.run(text, args...)
}

// run is affected for rows of the queue, which has the connection.
func (a *application) run(text string, args ...any) (int, error) {
	stmt, err := a.prepared(a.unbroken, text)
	if err != nil {
		return 0, translate(a.unbroken, err)
	}
	result, err := stmt.ExecContext(a.unbroken, args...)
	if err != nil {
		return 0, translate(a.unbroken, err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// numbers returns the whole numbers that a query with one column answers; it is kept prepared.
func (a *application) numbers(text string, args ...any) ([]int64, error) {
	if err := a.queue.wait(); err != nil {
		return nil, err
	}
	stmt, err := a.prepared(a.unbroken, text)
	if err != nil {
		return nil, translate(a.unbroken, err)
	}
	rows, err := stmt.QueryContext(a.unbroken, args...)
	if err != nil {
		return nil, translate(a.unbroken, err)
	}
	defer rows.Close()
	var list []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, translate(a.unbroken, err)
		}
		list = append(list, n)
	}
	return list, translate(a.unbroken, errors.Join(rows.Err(), rows.Close()))
}

// row scans the only row of a query that is kept prepared; without a row it returns sql.ErrNoRows.
func (a *application) row(text string, args, into []any) error {
	if err := a.queue.wait(); err != nil {
		return err
	}
	stmt, err := a.prepared(a.unbroken, text)
	if err != nil {
		return translate(a.unbroken, err)
	}
	return translate(a.unbroken, stmt.QueryRowContext(a.unbroken, args...).Scan(into...))
}
