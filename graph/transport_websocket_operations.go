package graph

import (
	"context"
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"attrigraph/internal/plan"
)

// maxOperationID is how long the id of an operation may be; it comes back with every message.
const maxOperationID = 128

// websocketOperation is an operation under way.
type websocketOperation struct {
	cancel       context.CancelFunc
	subscription bool
}

// subscribe begins an operation.
func (c *websocketConn) subscribe(m websocketMessage) error {
	if m.ID == "" || len(m.ID) > maxOperationID {
		return &violation{closeInvalidMessage, "an operation must have an id of 1 to 128 bytes"}
	}
	params, refused := parseBody("the payload", m.Payload)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.accepted:
		return &violation{closeUnauthorized, "Unauthorized"}
	case c.operations[m.ID] != nil:
		return &violation{closeSubscriberExists, "Subscriber for the id already exists"}
	case c.ending:
		return nil // the connection is being closed
	}
	if refused == nil && c.underWay >= c.limits.Operations {
		refused = refuse(0, "the connection has %d operations under way, which is all it may have; wait for one to end", c.underWay)
		errcode.Set(refused.err, plan.LimitExceeded)
	}
	ctx, cancel := context.WithCancel(c.ctx)
	o := &websocketOperation{cancel: cancel}
	c.operations[m.ID] = o
	c.underWay++
	c.running.Go(func() {
		defer c.done(cancel)
		var errs gqlerror.List
		if refused != nil {
			errs = gqlerror.List{refused.err}
		} else {
			errs = c.run(ctx, o, m.ID, params)
		}
		last := websocketMessage{ID: m.ID, Type: "complete"}
		if len(errs) > 0 {
			last = websocketMessage{ID: m.ID, Type: "error", Payload: errorList(errs)}
		}
		// With the last message the client may use the id again; it gets none for what it has ended itself.
		c.mu.Lock()
		if c.operations[m.ID] == o {
			delete(c.operations, m.ID)
		}
		c.mu.Unlock()
		if ctx.Err() == nil {
			_ = c.send(last) // an error means that the connection is gone
		}
	})
	return nil
}

// done closes the connection after the last operation if it is to end.
func (c *websocketConn) done(cancel context.CancelFunc) {
	cancel()
	c.mu.Lock()
	c.underWay--
	last := c.ending && c.underWay == 0
	c.mu.Unlock()
	if last {
		c.close(websocket.StatusGoingAway, "the server is ending")
	}
}

// run sends an operation's answers. It returns the errors of one that was refused before it ran.
func (c *websocketConn) run(ctx context.Context, o *websocketOperation, id string, params *graphql.RawParams) (refused gqlerror.List) {
	start := graphql.Now()
	ctx, sent := sendingOnItsOwn(graphql.StartOperationTrace(ctx))
	defer sent()
	params.Headers = c.headers
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	op, errs := c.exec.CreateOperationContext(ctx, params)
	if op.Operation != nil && op.Operation.Operation == ast.Subscription {
		c.mu.Lock()
		o.subscription = true
		if c.ending {
			o.cancel()
		}
		c.mu.Unlock()
	}
	answerAll(ctx, c.exec, op, errs, func(answer *graphql.Response) bool {
		if ctx.Err() != nil {
			return false
		}
		if answer.Data == nil {
			refused = answer.Errors
			return false
		}
		return c.sendAnswer(id, answer) == nil
	})
	return refused
}

// sendAnswer sends the data as it is; only what is around it is made here.
func (c *websocketConn) sendAnswer(id string, answer *graphql.Response) error {
	text, err := json.Marshal(id)
	if err != nil {
		return err
	}
	text = append(append([]byte(`{"id":`), text...), `,"type":"next","payload":`...)
	if text, err = AppendResponse(text, answer); err != nil {
		return err
	}
	return c.write(append(text, '}'))
}

// errorList is the payload of an error message.
func errorList(errs gqlerror.List) json.RawMessage {
	payload, err := plainJSON(errs)
	if err != nil {
		panic("errors have no JSON text: " + err.Error()) // as in writeResponse
	}
	return payload
}
