package conformance

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"go.uber.org/goleak"

	"attrigraph/graph"
	"attrigraph/internal/cypher"
	"attrigraph/internal/neo4jtest"
	"attrigraph/internal/server"
	"attrigraph/internal/servertest"
	"attrigraph/internal/store/storetest"
)

const (
	// limit is an operation's time in these tests, margin what an answer may take beyond it on a busy machine.
	limit  = 2 * time.Second
	margin = time.Second
	// recovery is within what time answers are right again after a fault, by themselves.
	recovery = 5 * time.Second
)

// faulty is the engine on a Neo4j that has faults, behind everything that serves HTTP.
type faulty struct {
	*side
	neo4j   *cypher.Store
	address string
	// questions are what clients ask, with the right answers.
	questions []question
}

// newFaulty loads the sample graph into a Neo4j and serves it. The end of the test closes it and fails the test if a
// goroutine is left.
func newFaulty(t *testing.T, at neo4jtest.Server) *faulty {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		if err := goleak.Find(before); err != nil {
			t.Errorf("after all is closed: %v", err)
		}
	})
	m := toyModel(t)
	s, err := cypher.Open(t.Context(), cypher.Config{
		Catalog: m.catalog, URI: at.URI, User: at.Username, Password: at.Password, Database: at.Database, Migrating: true,
		RetryTime: limit * 3 / 5, // as the program has it: 3 s of 5 s
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{schema: m.schema, catalog: m.catalog}
	w.add(t, m, "neo4j", s, s.Statements)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), storetest.SampleWrite(), storetest.Changes(storetest.Sample()...)); err != nil {
		t.Fatal(err)
	}
	out := &faulty{side: w.sides[0], neo4j: s}
	out.es.Timeout, out.es.Log = limit, slog.New(slog.DiscardHandler)
	srv := httptest.NewServer(servertest.Around(t, out.handler, s, out.es.Log))
	t.Cleanup(srv.Close)
	out.address = srv.URL
	out.questions = out.answered(t,
		`{ works { totalCount } }`,
		`{ works(first: 5, orderBy: [{ title: ASC }]) { nodes { id title makers { edges { part node { name } } } topicOf { totalCount } } } }`,
		`{ makers(where: { made: { some: { title: { contains: "a" } } } }) { totalCount nodes { __typename name } } }`,
		`{ search(query: "a") { edges { rank node { id } } } }`,
	)
	return out
}

// TestFaults takes Neo4j away and slows it down under a load of clients that ask over HTTP: all they get is UNAVAILABLE or
// TIMEOUT, within the limit of an operation; /readyz says so; right answers come back by themselves when Neo4j does; and
// nothing is left over.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("waiting for time limits is left out of short runs")
	}
	at := neo4jtest.Exclusive(t)
	u, err := url.Parse(at.URI)
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, u.Host)
	at.URI = "bolt://" + p.listener.Addr().String()
	f := newFaulty(t, at)
	for _, c := range []struct {
		name  string
		fault fault
		crowd int
		codes []string
	}{
		{"cut off", fault{cut: true}, 0, []string{graph.Unavailable, graph.Timeout}},
		{"stalled", fault{stall: true}, 0, []string{graph.Timeout}},
		{"stalled under more clients than may wait", fault{stall: true}, 200, []string{graph.Timeout, graph.Unavailable}},
		{"at a crawl", fault{delay: 200 * time.Millisecond, chunk: 8}, 0, []string{graph.Timeout}},
		{"with latency", fault{delay: 100 * time.Millisecond}, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.fails(t, c.crowd, c.codes, func() { p.set(c.fault) }, func() { p.set(fault{}) })
			// The driver keeps connections for the next operations, but no more than it may have.
			if open := p.open(); open > 32 {
				t.Errorf("%d connections to Neo4j are open", open)
			}
		})
	}
	// What the driver closes now it had in its pool; a connection that an operation never gave back would stay.
	if err := f.neo4j.Close(context.Background()); err != nil {
		t.Error(err)
	}
	eventually(t, "the connections to Neo4j are closed", func() bool { return p.open() == 0 })
}

// TestRestart stops Neo4j itself under the load and starts it again.
func TestRestart(t *testing.T) {
	if testing.Short() {
		t.Skip("starting a Neo4j is left out of short runs")
	}
	own := neo4jtest.StartOwn(t)
	f := newFaulty(t, own.Server)
	f.fails(t, 0, []string{graph.Unavailable, graph.Timeout}, func() { own.Stop(t) }, func() { own.Start(t) })
}

// fails puts a load on the server, lets begin make the fault, waits, and lets end repair it. codes are those that all
// answers have in between; without codes the fault only makes Neo4j slow. A crowd of further clients comes while there is
// the fault.
func (f *faulty) fails(t *testing.T, crowd int, codes []string, begin, end func()) {
	t.Helper()
	const clients = 16
	down := len(codes) > 0
	f.warm(t, clients)
	before := goleak.IgnoreCurrent()
	l := f.load(clients)
	defer l.stop() // again, where the test fails
	eventually(t, "the load is answered", func() bool { return l.right() > 2*clients })
	beginning := time.Now()
	begin()
	begun := time.Now()
	more := f.load(crowd)
	defer more.stop()
	if down {
		f.readyzBecomes(t, http.StatusServiceUnavailable, 10*time.Second)
	}
	time.Sleep(max(time.Until(begun.Add(2*limit)), limit/2))
	ended := time.Now()
	end()
	repaired := time.Now()
	more.stop()
	f.readyzBecomes(t, http.StatusOK, recovery)
	time.Sleep(time.Until(repaired.Add(recovery + limit/2)))
	l.stop()

	v := &verdict{codes: codes, beginning: beginning, begun: begun, ended: ended, repaired: repaired}
	for _, a := range append(l.all(), more.all()...) {
		v.add(a)
	}
	t.Log(v.String())
	for _, w := range v.wrong[:min(len(v.wrong), 20)] {
		t.Error(w)
	}
	if !down && v.rightMeanwhile == 0 {
		t.Error("no question was answered meanwhile")
	}
	if v.rightAfter < clients {
		t.Errorf("%d questions were answered %s after the fault and later", v.rightAfter, recovery)
	}
	eventually(t, "no operation is under way", func() bool { return f.es.Load() == graph.Load{Shed: f.es.Load().Shed} })
	// The proxy has goroutines for each connection that the driver keeps.
	if err := goleak.Find(before, goleak.IgnoreAnyFunction("attrigraph/internal/conformance.(*proxy).serve"),
		goleak.IgnoreAnyFunction("attrigraph/internal/conformance.(*proxy).copy")); err != nil {
		t.Errorf("after the fault: %v", err)
	}
}

// readyzBecomes waits until /readyz has a status.
func (f *faulty) readyzBecomes(t *testing.T, status int, within time.Duration) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: within}
	got := 0
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		response, err := client.Get(f.address + server.ReadyPath)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got = response.StatusCode; got == status {
			return
		}
	}
	t.Errorf("%s has the status %d after %s, not %d", server.ReadyPath, got, within, status)
}

// eventually waits until something holds; it is given more time than it needs.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waiting in vain: %s", what)
		}
	}
}
