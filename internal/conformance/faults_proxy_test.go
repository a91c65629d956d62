package conformance

import (
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// fault is what a proxy does to connections.
type fault struct {
	// cut closes all connections and those that are made; stall lets nothing through and closes nothing.
	cut, stall bool
	// delay holds each piece of chunk bytes back, in both directions; chunk 0 means whatever was read at once.
	delay time.Duration
	chunk int
}

// proxy stands between the driver and Neo4j and has faults.
type proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	fault fault
	// changed is closed when there is another fault.
	changed chan struct{}
	conns   map[net.Conn]struct{}
	ended   bool
	running sync.WaitGroup
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target, changed: make(chan struct{}), conns: map[net.Conn]struct{}{}}
	t.Cleanup(p.close)
	p.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(c) })
		}
	})
	return p
}

// close ends all connections and returns when nothing is running.
func (p *proxy) close() {
	_ = p.listener.Close() // or it is closed already
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.set(fault{cut: true})
	p.running.Wait()
}

// set makes the proxy have a fault, or none.
func (p *proxy) set(f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
	close(p.changed)
	p.changed = make(chan struct{})
	if f.cut {
		for c := range p.conns {
			_ = c.Close()
		}
	}
}

// open is the number of connections that clients have.
func (p *proxy) open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns) / 2
}

// keep notes the two halves of a connection, unless all connections are cut.
func (p *proxy) keep(halves ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault.cut || p.ended {
		return false
	}
	for _, c := range halves {
		p.conns[c] = struct{}{}
	}
	return true
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.keep(client, server) {
		return
	}
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, client)
		delete(p.conns, server)
	}()
	var back sync.WaitGroup
	back.Go(func() { p.copy(server, client) })
	p.copy(client, server)
	back.Wait()
}

// copy passes on what comes until one side ends, and ends the other then.
func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		rest := buf[:n]
		for len(rest) > 0 {
			piece := rest
			if chunk := p.hold(); chunk > 0 {
				piece = rest[:min(chunk, len(rest))]
			}
			if _, err := to.Write(piece); err != nil {
				return
			}
			rest = rest[len(piece):]
		}
		if err != nil {
			return
		}
	}
}

// hold waits as long as the fault keeps a piece back, and returns the size of the next one; 0 is any.
func (p *proxy) hold() int {
	for {
		p.mu.Lock()
		f, changed := p.fault, p.changed
		p.mu.Unlock()
		if f.stall {
			<-changed
			continue
		}
		if f.delay > 0 {
			select {
			case <-time.After(f.delay):
			case <-changed:
			}
		}
		return f.chunk
	}
}

// TestProxy holds that the proxy has the faults that the tests of faults need.
func TestProxy(t *testing.T) {
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		for {
			c, err := echo.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 100)
				for n, err := c.Read(buf); err == nil; n, err = c.Read(buf) {
					if _, err := c.Write(buf[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	p := newProxy(t, echo.Addr().String())
	c, err := net.Dial("tcp", p.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// echoed says what comes back within a time.
	echoed := func(within time.Duration) string {
		_ = c.SetReadDeadline(time.Now().Add(within))
		buf := make([]byte, 100)
		n, err := c.Read(buf)
		if err != nil && !isTimeout(err) {
			return "closed"
		}
		return string(buf[:n])
	}
	for _, step := range []struct {
		fault  fault
		say    string
		within time.Duration
		want   []string
	}{
		{fault{}, "plain", 10 * time.Second, []string{"plain"}},
		{fault{stall: true}, "late", 300 * time.Millisecond, []string{""}},
		{fault{}, "", 10 * time.Second, []string{"late"}},
		{fault{delay: 200 * time.Millisecond}, "slow", 100 * time.Millisecond, []string{""}},
		{fault{delay: time.Millisecond}, "", 10 * time.Second, []string{"slow"}},
		{fault{delay: 100 * time.Millisecond, chunk: 1}, "bit", 10 * time.Second, []string{"b"}},
		{fault{}, "", 10 * time.Second, []string{"it", "i"}},
		{fault{cut: true}, "", 10 * time.Second, []string{"closed", "t"}},
	} {
		p.set(step.fault)
		if step.say != "" {
			if _, err := c.Write([]byte(step.say)); err != nil {
				t.Fatal(err)
			}
		}
		if got := echoed(step.within); !slices.Contains(step.want, got) {
			t.Errorf("%+v: %q came back, want one of %q", step.fault, got, step.want)
		}
	}
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}
