package graph

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Server-sent events as in the distinct connections mode of the GraphQL over SSE protocol
// (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): GET and POST, answered as events where Accept asks
// for text/event-stream. gqlgen's own transport reads bodies without a limit, repeats them in errors and in the log, takes
// any client that names events among other types for one that wants nothing else, and may write after the end.

// streamEvents answers an operation, or the errors for which it was refused, as a stream of events.
func (s *streams) streamEvents(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, op *graphql.OperationContext, errs gqlerror.List) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	// A query ends by itself; a subscription ends when it is asked to.
	ending := make(chan struct{}, 1)
	st := &stream{breakOff: cancel, end: func() {
		if op.Operation != nil && op.Operation.Operation == ast.Subscription {
			select {
			case ending <- struct{}{}:
			default:
			}
		}
	}}
	if refused := s.add(st); refused != nil {
		refused.write(w, mediaResponse)
		return
	}
	defer s.remove(st)

	e := &eventWriter{w: w, control: http.NewResponseController(w), timeout: s.limits.WriteTimeout}
	header := w.Header()
	header.Set("Content-Type", string(mediaEvents))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would keep events until it has some kilobytes
	header.Set("X-Content-Type-Options", "nosniff")
	// The server's deadlines are for requests; the reader behind the handler would take its own for a client that has gone.
	_ = e.control.SetReadDeadline(time.Time{}) // without deadlines there is none to lift
	w.WriteHeader(http.StatusOK)
	if !e.write(":\n\n") { // clients learn that the stream is open
		return
	}
	answers := make(chan *graphql.Response)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(answers)
		answerAll(ctx, exec, op, errs, func(answer *graphql.Response) bool {
			select {
			case answers <- answer:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	defer func() {
		cancel()
		<-done
	}()
	keepAlive := time.NewTicker(s.limits.KeepAlive)
	defer keepAlive.Stop()
	for {
		ok := false
		select {
		case answer, more := <-answers:
			if !more {
				if ctx.Err() == nil {
					e.write("event: complete\ndata:\n\n") // with data, because browsers skip events without
				}
				return
			}
			ok = e.answer(answer)
		case <-keepAlive.C:
			ok = e.write(":\n\n")
		case <-ending:
			e.write("event: complete\ndata:\n\n")
			return
		case <-ctx.Done():
			return
		}
		if !ok {
			return // the client has gone
		}
	}
}

// eventWriter writes events from one goroutine. A client that does not take one in time fails the write.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

func (e *eventWriter) write(parts ...string) bool {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.timeout)) // without deadlines the client's end is noticed later
	for _, p := range parts {
		if _, err := e.w.Write([]byte(p)); err != nil {
			return false
		}
	}
	return e.control.Flush() == nil
}

func (e *eventWriter) answer(answer *graphql.Response) bool {
	event, err := AppendResponse([]byte("event: next\ndata: "), answer)
	if err != nil {
		panic("an answer has no JSON text: " + err.Error()) // as in writeResponse
	}
	_ = e.control.SetWriteDeadline(time.Now().Add(e.timeout))
	if _, err := e.w.Write(append(event, "\n\n"...)); err != nil {
		return false
	}
	return e.control.Flush() == nil
}

// answerAll runs an operation, or refuses it for errs, and hands over its answers until send returns false.
func answerAll(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext, errs gqlerror.List, send func(*graphql.Response) bool) {
	ctx = graphql.WithOperationContext(ctx, op)
	if len(errs) > 0 {
		send(exec.DispatchError(ctx, errs))
		return
	}
	defer func() {
		// In a goroutine of its own a panic would end the program.
		if cause := recover(); cause != nil {
			err, ok := op.Recover(ctx, cause).(*gqlerror.Error)
			if !ok {
				err = gqlerror.Errorf("panic")
			}
			send(exec.DispatchError(ctx, gqlerror.List{err}))
		}
	}()
	responses, ctx := exec.DispatchOperation(ctx, op)
	for answer := responses(ctx); answer != nil; answer = responses(ctx) {
		if !send(answer) {
			return
		}
	}
}
