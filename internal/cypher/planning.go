package cypher

import (
	"context"
	"hash/maphash"
	"runtime"
	"sync"

	"attrigraph/internal/store"
)

// The server takes 20 to 290 ms of a core to plan a statement that it has not seen, and some ms to run it. Requests of
// many new shapes at once would keep the cores from those whose statements are planned. So a new text is first given to
// the server to plan (EXPLAIN), and only as many of them at a time as this process has cores; then it is run like all
// others. Several requests with the same new text wait for one planning of it.

// mostPlanned is how many texts are remembered. Neo4j remembers 1,000 plans by default; a text that it has forgotten is
// planned without this gate.
const mostPlanned = 1000

// planning lets new texts pass after they were planned. A text is known by a hash: if two shared one, the second would only
// pass sooner.
type planning struct {
	seed  maphash.Seed
	slots chan struct{}

	mu sync.Mutex
	// texts holds, for each text, what is closed when it is planned.
	texts map[uint64]chan struct{}
	// order holds the planned texts, the oldest at next once it is full.
	order []uint64
	next  int
	// planned counts what was planned.
	planned int64
}

func newPlanning(atOnce int) *planning {
	return &planning{seed: maphash.MakeSeed(), slots: make(chan struct{}, atOnce), texts: map[uint64]chan struct{}{}}
}

// key names what the server has one plan for: the text and, as it plans anew for texts and lists of another magnitude, the
// magnitudes of the parameters.
func (p *planning) key(text string, params map[string]any) uint64 {
	key := maphash.String(p.seed, text)
	for name, v := range params {
		size := 0
		switch v := v.(type) {
		case nil:
			size = -1
		case string:
			size = magnitude(len(v))
		case []string:
			size = magnitude(len(v))
		case []int64:
			size = magnitude(len(v))
		}
		// The parameters have no order, so neither may what is made of them.
		key ^= maphash.Comparable(p.seed, struct {
			name string
			size int
		}{name, size})
	}
	return key
}

// magnitude is 0 for 0, 1 for 1, 2 up to 10, 3 up to 100 and so on.
func magnitude(n int) int {
	m := 0
	for limit := 0; n > limit; limit = max(1, 10*limit) {
		m++
	}
	return m
}

// pass returns when what key names is planned: at once if it was before, else after plan did it or another request's
// plan. If plan fails, its error is returned and the key is as new as it was.
func (p *planning) pass(ctx context.Context, key uint64, plan func() error) error {
	for {
		p.mu.Lock()
		planned, found := p.texts[key]
		if !found {
			planned = make(chan struct{})
			p.texts[key] = planned
		}
		p.mu.Unlock()
		if !found {
			return p.first(ctx, key, planned, plan)
		}
		select {
		case <-planned:
			p.mu.Lock()
			_, found := p.texts[key]
			p.mu.Unlock()
			if found {
				return nil
			}
			// The other request failed, perhaps for a reason of its own such as its deadline.
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// first plans a text, others wait for it.
func (p *planning) first(ctx context.Context, key uint64, planned chan struct{}, plan func() error) error {
	err := p.inSlot(ctx, plan)
	p.mu.Lock()
	defer p.mu.Unlock()
	defer close(planned)
	if err == nil {
		p.planned++
	}
	switch {
	case err != nil:
		delete(p.texts, key)
	case len(p.order) < mostPlanned:
		p.order = append(p.order, key)
	default:
		delete(p.texts, p.order[p.next])
		p.order[p.next] = key
		p.next = (p.next + 1) % mostPlanned
	}
	return err
}

func (p *planning) inSlot(ctx context.Context, plan func() error) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
		return plan()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// forget makes all texts new, as they are to a server that was started again. Those that are being planned stay.
func (p *planning) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, key := range p.order {
		delete(p.texts, key)
	}
	p.order, p.next = p.order[:0], 0
}

// cores is how many statements are planned at once.
func cores() int { return runtime.GOMAXPROCS(0) }

// prepare lets the server plan a text that it has not been sent before.
func (s *Store) prepare(ctx context.Context, text string, params map[string]any) error {
	return fail(ctx, s.planning.pass(ctx, s.planning.key(text, params), func() error {
		_, err := ask(ctx, s, "EXPLAIN "+text, params, summarise)
		return err
	}))
}

// Planned returns how many statements the server was given to plan before they were sent for the first time.
func (s *Store) Planned() int64 {
	s.planning.mu.Lock()
	defer s.planning.mu.Unlock()
	return s.planning.planned
}

// Warm lets the server plan statements, as Explain of plans that are expected gives them, so that the first request of
// each need not wait. The types of the parameters matter, their values do not. It takes one statement after another and
// goes on after one that fails; it returns the first error, or that of the context once it is over. Call it in the
// background after Open.
func (s *Store) Warm(ctx context.Context, statements []store.Statement) error {
	done, err := s.use()
	if err != nil {
		return err
	}
	defer done()
	var first error
	for _, st := range statements {
		if ctx.Err() != nil {
			return fail(ctx, ctx.Err())
		}
		if err := s.prepare(ctx, st.Text, st.Params); err != nil && first == nil {
			first = err
		}
	}
	return first
}
