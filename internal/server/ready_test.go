package server_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"attrigraph/internal/server"
)

// TestReady holds that readiness is that of the store, that the server lives without it, and that probes come back to life.
func TestReady(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	address := start(t, server.Config{Ready: func(ctx context.Context) error {
		if _, ok := ctx.Deadline(); !ok {
			t.Error("the read is not bounded")
		}
		if down.Load() {
			return errors.New("the store does not answer")
		}
		return nil
	}}, "127.0.0.1:0")
	if res, body := ask(t, "GET", "http://"+address+"/readyz", nil); res.StatusCode != 503 || !strings.Contains(body, "the store does not answer") {
		t.Errorf("/readyz: %d %s", res.StatusCode, body)
	}
	if got := scrape(t, address)["attrigraph_store_up"]; got != 0 {
		t.Errorf("attrigraph_store_up is %v", got)
	}
	if res, _ := ask(t, "GET", "http://"+address+"/healthz", nil); res.StatusCode != 200 {
		t.Errorf("/healthz depends on the store: %d", res.StatusCode)
	}
	down.Store(false)
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if res, _ := ask(t, "GET", "http://"+address+"/readyz", nil); res.StatusCode == 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not become ready")
		}
	}
	if got := scrape(t, address)["attrigraph_store_up"]; got != 1 {
		t.Errorf("attrigraph_store_up is %v", got)
	}
}

// TestProbesAreNoLoad holds that any number of probes at once reads from the store once.
func TestProbesAreNoLoad(t *testing.T) {
	var reads atomic.Int64
	address := start(t, server.Config{Ready: func(context.Context) error {
		reads.Add(1)
		time.Sleep(20 * time.Millisecond)
		return nil
	}}, "127.0.0.1:0")
	began := time.Now()
	var probes sync.WaitGroup
	for range 50 {
		probes.Go(func() {
			if res, _ := ask(t, "GET", "http://"+address+"/readyz", nil); res.StatusCode != 200 {
				t.Errorf("/readyz: %d", res.StatusCode)
			}
		})
	}
	probes.Wait()
	// One at the beginning, and one for each second on a busy machine.
	if most := 1 + int64(time.Since(began)/time.Second); reads.Load() > most {
		t.Errorf("the store was read %d times, want at most %d", reads.Load(), most)
	}
}
