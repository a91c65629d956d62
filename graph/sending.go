package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"
)

// Answers that are being sent stay in memory as long as their clients take to receive them. All large ones together are
// bounded: without that, clients that ask for much and read slowly would take as much memory as they like.

// smallAnswer is the size in bytes up to which answers are not counted: the number of connections bounds them.
const smallAnswer = 64 << 10

// sending is what one request holds of the memory for answers.
type sending struct {
	room *semaphore.Weighted
	held int64
}

type sendingKey struct{}

// withSending returns a context in which answers take room, and what the transport must call when all were sent.
func withSending(ctx context.Context, room *semaphore.Weighted) (context.Context, func()) {
	s := &sending{room: room}
	return context.WithValue(ctx, sendingKey{}, s), func() {
		if s.held > 0 {
			s.room.Release(s.held)
			s.held = 0
		}
	}
}

// sendingOnItsOwn is withSending for one of several operations of a request.
func sendingOnItsOwn(ctx context.Context) (context.Context, func()) {
	if s, counted := ctx.Value(sendingKey{}).(*sending); counted {
		return withSending(ctx, s.room)
	}
	return ctx, func() {}
}

// hold counts an answer in. It does not wait for room, since what is in its way are clients that are slow.
func hold(ctx context.Context, bytes int) error {
	s, counted := ctx.Value(sendingKey{}).(*sending)
	if !counted || bytes <= smallAnswer {
		return nil
	}
	if !s.room.TryAcquire(int64(bytes)) {
		err := gqlerror.Errorf("the server is sending too many large answers; ask for less, or try again in a second")
		errcode.Set(err, Unavailable)
		err.Extensions["retryAfter"] = retryAfter
		return err
	}
	s.held += int64(bytes)
	return nil
}
