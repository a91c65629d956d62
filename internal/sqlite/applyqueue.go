package sqlite

import (
	"sync"
	"sync/atomic"
)

// queueLength is how many batches may wait.
const queueLength = 16

// queue inserts rows in a goroutine of its own, in their order, while Apply makes the next ones: SQLite takes about as long
// for a row as all that comes before it. Whatever else uses the writing connection waits for it first.
type queue struct {
	insert func(insertion) error

	// insertions is nil while nothing was ever put in; ended is closed when the goroutine has ended.
	insertions chan insertion
	ended      chan struct{}
	waiting    sync.WaitGroup
	// broken tells that what is still waiting is not inserted any more, for the reason that err or panicked hold.
	broken   atomic.Bool
	err      error
	panicked any
}

// insertion is rows of a batch: their values, one row after the other.
type insertion struct {
	batch  *batch
	values []any
}

// put adds rows. It may return the error of earlier ones.
func (q *queue) put(i insertion) error {
	if q.broken.Load() {
		return q.wait()
	}
	if q.insertions == nil {
		q.insertions, q.ended = make(chan insertion, queueLength), make(chan struct{})
		go q.run()
	}
	q.waiting.Add(1)
	q.insertions <- i
	return nil
}

func (q *queue) run() {
	defer close(q.ended)
	for i := range q.insertions {
		q.take(i)
	}
}

func (q *queue) take(i insertion) {
	defer q.waiting.Done()
	if q.broken.Load() {
		return
	}
	defer func() {
		if q.panicked = recover(); q.panicked != nil || q.err != nil {
			q.broken.Store(true)
		}
	}()
	q.err = q.insert(i)
}

// wait returns when all rows are inserted or one could not be. A panic of the goroutine becomes one of the caller.
func (q *queue) wait() error {
	q.waiting.Wait()
	if q.panicked != nil {
		panic(q.panicked)
	}
	return q.err
}

// end gives up what is still waiting, and returns when the connection is not used any more.
func (q *queue) end() {
	if q.insertions == nil {
		return
	}
	q.broken.Store(true)
	close(q.insertions)
	<-q.ended
}
