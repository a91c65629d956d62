package sqlite

import (
	"container/list"
	"context"
	"database/sql"
	"strconv"
	"sync"
	"unsafe"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
)

// Read implements store.Store.
func (s *Store) Read(ctx context.Context, p *plan.Plan, values []any, visit func(row rows.Value) error) error {
	done, err := s.use()
	if err != nil {
		return err
	}
	defer done()
	st, args, err := s.statement(p, values)
	if err != nil {
		return err
	}
	// The text is the caller's own: the connection is free before visit begins, however long that takes.
	var text string
	if err := s.guarded(func() error { return s.ask(ctx, st, args, &text) }); err != nil {
		return translate(ctx, err)
	}
	document, err := rows.Parse(unsafe.Slice(unsafe.StringData(text), len(text))) // which only reads it
	if err != nil {
		return store.Fail(nil, err)
	}
	defer document.Release()
	return visit(document.Root())
}

// ask runs a statement and takes the one text that it answers.
func (s *Store) ask(ctx context.Context, st *statement, args []any, into *string) error {
	done, err := s.turns.take(ctx)
	if err != nil {
		return err
	}
	defer done()
	stmt, unpin, err := s.texts.get(ctx, s.readers, st.text)
	if err != nil {
		return err
	}
	defer unpin()
	s.statements.Add(1)
	return stmt.QueryRowContext(ctx, args...).Scan(into)
}

// Explain implements store.Store.
func (s *Store) Explain(p *plan.Plan, values []any) (store.Statement, error) {
	st, args, err := s.statement(p, values)
	if err != nil {
		return store.Statement{}, err
	}
	out := store.Statement{Text: st.text, Params: make(map[string]any, len(args))}
	for i, v := range args {
		out.Params[strconv.Itoa(i+1)] = v
	}
	return out, nil
}

// statement returns the plan's statement, rendered once for each plan and store, and the values of its placeholders.
func (s *Store) statement(p *plan.Plan, values []any) (*statement, []any, error) {
	rendered, err := p.Rendered(s.layout, func(p *plan.Plan) (any, error) { return render(s.layout, p) })
	if err != nil {
		return nil, nil, store.Fail(nil, err)
	}
	st := rendered.(*statement)
	args, err := st.bind(values)
	if err != nil {
		return nil, nil, store.Fail(nil, err)
	}
	return st, args, nil
}

// maxStatements bounds the prepared statements that are kept; each connection holds its own copy of those it ran.
const maxStatements = 128

// statementCache keeps the prepared statements used last.
type statementCache struct {
	mu     sync.Mutex
	byText map[string]*list.Element
	recent list.List // of *cached, the last used first
}

// cached is a prepared statement with the number of reads that use it; one that was dropped is closed by the last.
type cached struct {
	text    string
	stmt    *sql.Stmt
	users   int
	dropped bool
}

// get returns the prepared statement of a text and what to call when it is not used any more.
func (c *statementCache) get(ctx context.Context, db *sql.DB, text string) (*sql.Stmt, func(), error) {
	if found := c.find(text); found != nil {
		return found.stmt, func() { c.unpin(found) }, nil
	}
	// Preparing takes milliseconds for a large statement, so it is done without the lock; of two that prepare the same
	// text one drops its own.
	stmt, err := db.PrepareContext(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	if found := c.find(text); found != nil {
		if err := stmt.Close(); err != nil {
			return nil, nil, err
		}
		return found.stmt, func() { c.unpin(found) }, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byText == nil {
		c.byText = map[string]*list.Element{}
	}
	added := &cached{text: text, stmt: stmt, users: 1}
	if _, raced := c.byText[text]; raced {
		added.dropped = true
		return stmt, func() { c.unpin(added) }, nil
	}
	c.byText[text] = c.recent.PushFront(added)
	for c.recent.Len() > maxStatements {
		c.drop(c.recent.Back())
	}
	return stmt, func() { c.unpin(added) }, nil
}

func (c *statementCache) find(text string) *cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byText[text]
	if e == nil {
		return nil
	}
	c.recent.MoveToFront(e)
	found := e.Value.(*cached)
	found.users++
	return found
}

func (c *statementCache) drop(e *list.Element) {
	dropped := c.recent.Remove(e).(*cached)
	delete(c.byText, dropped.text)
	dropped.dropped = true
	if dropped.users == 0 {
		_ = dropped.stmt.Close() // a read-only statement has nothing to lose
	}
}

func (c *statementCache) unpin(s *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.users--
	if s.users == 0 && s.dropped {
		_ = s.stmt.Close() // a read-only statement has nothing to lose
	}
}

func (c *statementCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.recent.Len() > 0 {
		c.drop(c.recent.Back())
	}
}
