package conformance

import (
	"context"
	"io"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
)

// proxy stands between the driver and Neo4j and can be cut or stalled.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex
	cut     bool
	stalled chan struct{} // closed when the stall ends; nil where there is none
	conns   []net.Conn
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target}
	t.Cleanup(func() { p.set(true, false); _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

func (p *proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	p.mu.Lock()
	if p.cut {
		p.mu.Unlock()
		_, _ = client.Close(), server.Close()
		return
	}
	p.conns = append(p.conns, client, server)
	p.mu.Unlock()
	go p.copy(server, client)
	p.copy(client, server)
}

func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		wait := p.stalled
		p.mu.Unlock()
		if wait != nil {
			<-wait
		}
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			if err != io.EOF {
				_ = from.Close()
			}
			return
		}
	}
}

// set cuts all connections and refuses new ones, or lets nothing through without closing anything.
func (p *proxy) set(cut, stall bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = cut
	if p.stalled != nil {
		close(p.stalled)
		p.stalled = nil
	}
	if stall {
		p.stalled = make(chan struct{})
	}
	if cut {
		for _, c := range p.conns {
			_ = c.Close()
		}
		p.conns = nil
	}
}

// TestFaults takes Neo4j away and slows it down under the engine: clients get UNAVAILABLE or TIMEOUT within the limit
// and never the store's own text, and answers come back by themselves when Neo4j does.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("waiting for time limits is left out of short runs")
	}
	server := neo4jtest.Exclusive(t)
	u, err := url.Parse(server.URI)
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, u.Host)
	m := toyModel(t)
	s, err := cypher.Open(t.Context(), cypher.Config{
		Catalog: m.catalog, URI: "bolt://" + p.listener.Addr().String(), User: server.Username, Password: server.Password,
		Database: server.Database, Migrating: true, RetryTime: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := &world{schema: m.schema, catalog: m.catalog}
	w.add(t, m, "neo4j", s, s.Statements)
	const limit = 2 * time.Second
	w.sides[0].es.Timeout = limit

	ask := func() (codes []string, took time.Duration) {
		start := time.Now()
		a := w.sides[0].run(context.Background(), `{ works { totalCount } }`, nil)
		return a.codes, time.Since(start)
	}
	recovers := func() {
		t.Helper()
		deadline := time.Now().Add(5 * time.Second)
		for {
			codes, _ := ask()
			if codes == nil {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("no recovery after 5 s: %v", codes)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	recovers()
	for name, fault := range map[string]struct {
		cut, stall bool
		want       []string
	}{
		"cut off": {cut: true, want: []string{graph.Unavailable, graph.Timeout}},
		"stalled": {stall: true, want: []string{graph.Timeout}},
	} {
		p.set(fault.cut, fault.stall)
		codes, took := ask()
		if len(codes) != 1 || !slices.Contains(fault.want, codes[0]) {
			t.Errorf("%s: got %v, want one of %v", name, codes, fault.want)
		}
		if took > limit+time.Second {
			t.Errorf("%s: the answer took %s, the limit is %s", name, took, limit)
		}
		p.set(false, false)
		recovers()
	}
}
