package graph

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"
)

// Load is how busy a handler is.
type Load struct {
	// Running is the number of operations that read the store, Waiting of those that wait for a place among them.
	Running, Waiting int
	// Shed is the number of operations that were refused since the start because too many were waiting.
	Shed int64
}

// admission lets a number of operations read the store at once and a further number wait, in the order in which they
// came. The others are refused at once: an answer that comes too late for its client costs as much as one in time.
type admission struct {
	places           *semaphore.Weighted
	mostWaiting      int64
	running, waiting atomic.Int64
	shed             atomic.Int64
}

func newAdmission(running, waiting int) *admission {
	return &admission{places: semaphore.NewWeighted(int64(running)), mostWaiting: int64(waiting)}
}

// retryAfter is after how many seconds a client that was refused may try again; it is in the error's extensions for
// transports without headers.
const retryAfter = 1

// enter waits for a place until ctx ends. The caller must call leave where there is no error.
func (a *admission) enter(ctx context.Context) error {
	if !a.places.TryAcquire(1) {
		if a.waiting.Add(1) > a.mostWaiting {
			a.waiting.Add(-1)
			a.shed.Add(1)
			err := gqlerror.Errorf("the server has too many operations to answer; try again in a second")
			errcode.Set(err, Unavailable)
			err.Extensions["retryAfter"] = retryAfter
			return err
		}
		err := a.places.Acquire(ctx, 1)
		a.waiting.Add(-1)
		if errors.Is(err, context.DeadlineExceeded) {
			err := gqlerror.Errorf("the operation's time was over before its turn came, because the server is busy; try again later")
			errcode.Set(err, Timeout)
			return err
		}
		if err != nil {
			return err
		}
	}
	a.running.Add(1)
	return nil
}

func (a *admission) leave() {
	a.running.Add(-1)
	a.places.Release(1)
}

// Load tells how busy the executable schema is.
func (s *ExecutableSchema) Load() Load {
	return Load{Running: int(s.admission.running.Load()), Waiting: int(s.admission.waiting.Load()), Shed: s.admission.shed.Load()}
}

// Load tells how busy the handler's executable schema is.
func (h *Handler) Load() Load { return h.schema.Load() }
