package sqlite

import (
	"context"
	"runtime"
	"time"
)

// turns bounds how many reads SQLite works on at once. Its translation to Go has locks that all connections share, so
// reads beyond the number of cores only get in each other's way: on two cores three at once answered 13 % fewer a second
// than two, and four fewer still.
type turns struct {
	// usual has a place for each core, late has places for reads that have waited long, so that a few slow reads do not
	// hold up all others.
	usual, late chan struct{}
}

// patience is how long a read waits for one of the usual places alone.
const patience = 250 * time.Millisecond

func newTurns() *turns {
	cores := max(2, runtime.GOMAXPROCS(0))
	return &turns{usual: make(chan struct{}, cores), late: make(chan struct{}, cores)}
}

// most is how many reads can be at work at once.
func (t *turns) most() int { return cap(t.usual) + cap(t.late) }

// take waits for a place until ctx ends. The caller calls done when its read is over.
func (t *turns) take(ctx context.Context) (done func(), err error) {
	leave := func(place chan struct{}) func() { return func() { <-place } }
	select {
	case t.usual <- struct{}{}:
		return leave(t.usual), nil
	default:
	}
	long := time.NewTimer(patience)
	defer long.Stop()
	select {
	case t.usual <- struct{}{}:
		return leave(t.usual), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-long.C:
	}
	select {
	case t.usual <- struct{}{}:
		return leave(t.usual), nil
	case t.late <- struct{}{}:
		return leave(t.late), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
