package sqlite

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestTurns holds that reads wait for a place, that those which wait long get one of their own, and that waiting ends with
// the context.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		var leave []func()
		take := func(atMost time.Duration) (waited time.Duration, err error) {
			ctx, cancel := context.WithTimeout(t.Context(), atMost)
			defer cancel()
			began := time.Now()
			done, err := turns.take(ctx)
			if err == nil {
				leave = append(leave, done)
			}
			return time.Since(began), err
		}
		for i := range turns.most() {
			want := time.Duration(0)
			if i >= cap(turns.usual) {
				want = patience
			}
			if waited, err := take(time.Minute); err != nil || waited != want {
				t.Errorf("read %d waited %v: %v", i, waited, err)
			}
		}
		if waited, err := take(time.Second); !errors.Is(err, context.DeadlineExceeded) || waited != time.Second {
			t.Errorf("without a place: %v after %v", err, waited)
		}
		leave[0]()
		if waited, err := take(time.Second); err != nil || waited != 0 {
			t.Errorf("with a place again: %v after %v", err, waited)
		}
		for _, done := range leave[1:] {
			done()
		}
		if len(turns.usual)+len(turns.late) != 0 {
			t.Errorf("%d and %d places are still taken", len(turns.usual), len(turns.late))
		}
	})
}
