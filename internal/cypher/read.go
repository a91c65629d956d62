package cypher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"attrigraph/internal/plan"
	"attrigraph/internal/rows"
	"attrigraph/internal/store"
)

// renderedKey is the key of this store's statement among those kept with a plan.
type renderedKey struct{}

func (s *Store) rendered(p *plan.Plan) (*statement, error) {
	r, err := p.Rendered(renderedKey{}, func(p *plan.Plan) (any, error) { return render(s.catalog, p) })
	if err != nil {
		return nil, store.Fail(nil, err)
	}
	return r.(*statement), nil
}

// Explain implements store.Store.
func (s *Store) Explain(p *plan.Plan, values []any) (store.Statement, error) {
	st, err := s.rendered(p)
	if err != nil {
		return store.Statement{}, err
	}
	return store.Statement{Text: st.text, Params: st.bind(values)}, nil
}

// Read implements store.Store.
func (s *Store) Read(ctx context.Context, p *plan.Plan, values []any, visit func(row rows.Value) error) error {
	done, err := s.use()
	if err != nil {
		return err
	}
	defer done()
	if len(p.Roots) == 0 {
		return visit(rows.Of([]any{}))
	}
	st, err := s.rendered(p)
	if err != nil {
		return err
	}
	params := st.bind(values)
	if err := s.prepare(ctx, st.text, params); err != nil {
		return err
	}
	row, err := query(ctx, s, st.text, params, only)
	if err != nil {
		if errors.Is(err, store.ErrUnavailable) {
			s.planning.forget()
		}
		return err
	}
	return visit(rows.Of(row))
}

// timeMargin is how much earlier than the caller the server gives up: a context that ends first costs the connection.
const timeMargin = 20 * time.Millisecond

// within bounds a transaction by the context's deadline.
func within(ctx context.Context) func(*neo4j.TransactionConfig) {
	return func(c *neo4j.TransactionConfig) {
		if deadline, ok := ctx.Deadline(); ok {
			left := time.Until(deadline)
			// The driver sends whole milliseconds, and 0 would mean no limit.
			c.Timeout = max(left-min(timeMargin, left/10), time.Millisecond)
		}
	}
}

// collector takes the records of one try of a statement.
type collector[T any] struct {
	store  *Store
	text   string
	accept func(*neo4j.Record) error
	result func() (T, error)
}

func (c *collector[T]) Accept(r *neo4j.Record) error { return c.accept(r) }

func (c *collector[T]) Complete(_ []string, summary neo4j.ResultSummary) (T, error) {
	c.store.notice(c.text, summary)
	return c.result()
}

var errRows = errors.New("the statement answered another number of rows than one")

// taker makes, for each try of a statement, what takes its records.
type taker[T any] func(s *Store, text string) func() neo4j.ResultTransformer[T]

// only takes the values of the one record.
func only(s *Store, text string) func() neo4j.ResultTransformer[[]any] {
	return func() neo4j.ResultTransformer[[]any] {
		var row []any
		n := 0
		return &collector[[]any]{
			store: s, text: text,
			accept: func(r *neo4j.Record) error {
				row = r.Values
				n++
				return nil
			},
			result: func() ([]any, error) {
				if n != 1 {
					return nil, fmt.Errorf("%w: %d", errRows, n)
				}
				return row, nil
			},
		}
	}
}

// all takes the values of every record.
func all(s *Store, text string) func() neo4j.ResultTransformer[[][]any] {
	return func() neo4j.ResultTransformer[[][]any] {
		var list [][]any
		return &collector[[][]any]{
			store: s, text: text,
			accept: func(r *neo4j.Record) error {
				list = append(list, r.Values)
				return nil
			},
			result: func() ([][]any, error) { return list, nil },
		}
	}
}

// query runs one reading statement in one round trip.
func query[T any](ctx context.Context, s *Store, text string, params map[string]any, take taker[T]) (T, error) {
	if err := ctx.Err(); err != nil {
		var none T
		return none, fail(ctx, err)
	}
	s.statements.Add(1)
	result, err := ask(ctx, s, text, params, take)
	return result, fail(ctx, err)
}

// firstPause is how long the first try after a fault that may pass waits; each further one waits twice as long.
const firstPause = 50 * time.Millisecond

// ask is query without a count of the statement and with the driver's own error. The statement is a transaction by
// itself: the driver's ExecuteQuery begins and commits one, which costs a second round trip and a tenth of what the
// server takes for a page. What ExecuteQuery would try again is tried again here.
func ask[T any](ctx context.Context, s *Store, text string, params map[string]any, take taker[T]) (T, error) {
	end := time.Now().Add(s.retryTime)
	for pause := firstPause; ; pause *= 2 {
		result, err := tryOnce(ctx, s, text, params, take(s, text)())
		if err == nil || !neo4j.IsRetryable(err) || time.Now().Add(pause).After(end) {
			return result, err
		}
		select {
		case <-ctx.Done():
			return result, err
		case <-time.After(pause):
		}
	}
}

func tryOnce[T any](ctx context.Context, s *Store, text string, params map[string]any, into neo4j.ResultTransformer[T]) (result T, err error) {
	session := s.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: s.database, AccessMode: neo4j.AccessModeRead})
	defer func() {
		// The connection goes back to the pool, or is closed where the answer was not read to its end.
		if closing := session.Close(ctx); err == nil {
			err = closing
		}
	}()
	records, err := session.Run(ctx, text, params, within(ctx))
	if err != nil {
		return result, err
	}
	keys, err := records.Keys()
	if err != nil {
		return result, err
	}
	for records.Next(ctx) {
		if err := into.Accept(records.Record()); err != nil {
			return result, err
		}
	}
	if err := records.Err(); err != nil {
		return result, err
	}
	summary, err := records.Consume(ctx)
	if err != nil {
		return result, err
	}
	return into.Complete(keys, summary)
}
