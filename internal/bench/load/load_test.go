package load

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// echo answers with the request's body and counts what it sees.
type echo struct {
	requests    atomic.Int64
	connections sync.Map
	bodies      sync.Map
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.requests.Add(1)
	e.connections.Store(r.RemoteAddr, true)
	e.bodies.Store(r.Method+" "+r.URL.Path+" "+r.Header.Get("Content-Type")+" "+string(body), true)
	_, _ = w.Write(body)
}

func count(m *sync.Map) (n int) {
	m.Range(func(any, any) bool {
		n++
		return true
	})
	return n
}

func TestRunAsksAllRequestsOnKeptConnections(t *testing.T) {
	e := &echo{}
	var checked sync.Map
	cfg := Config{
		Address: serve(t, e.ServeHTTP), Clients: 3, Duration: 300 * time.Millisecond,
		Check: func(answer []byte) error {
			_, again := checked.LoadOrStore(string(answer), true)
			if again {
				return fmt.Errorf("%s is checked twice", answer)
			}
			return nil
		},
	}
	for i := range 5 {
		cfg.Requests = append(cfg.Requests, Request{Path: "/ask", Body: []byte(strings.Repeat("x", i+1))})
	}
	result, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if n := count(&e.connections); n != 3 {
		t.Errorf("3 clients used %d connections", n)
	}
	if n := count(&checked); n != 5 {
		t.Errorf("%d of 5 first answers were checked", n)
	}
	for _, r := range cfg.Requests {
		if _, ok := e.bodies.Load("POST /ask application/json " + string(r.Body)); !ok {
			t.Errorf("%s was not asked; the server saw %d requests", r.Body, count(&e.bodies))
		}
	}
	// Each client may have one answer that came too late to count.
	if served := e.requests.Load(); result.Requests > served || result.Requests < served-3 {
		t.Errorf("%d requests counted of %d served", result.Requests, served)
	}
	if b := result.AnswerBytes(); b < 1 || b > 5 {
		t.Errorf("answers of 1 to 5 bytes have %d on average", b)
	}
	if result.Quantile(0.5) > result.Quantile(0.99) || result.Quantile(0.99) > time.Second {
		t.Errorf("median %v, 99th percentile %v", result.Quantile(0.5), result.Quantile(0.99))
	}
}

func TestTimesAreThoseOfTheServer(t *testing.T) {
	const took = 50 * time.Millisecond
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(took)
		_, _ = w.Write([]byte("{}"))
	})
	result, err := Run(t.Context(), Config{Address: address, Requests: []Request{{Path: "/"}}, Clients: 2, Duration: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	// A server that sleeps cannot be faster; how much slower the machine makes it is not for a test to say.
	if most := int64(2 * time.Second / took); result.Requests > most {
		t.Errorf("%d requests, at most %d are possible", result.Requests, most)
	}
	if result.Quantile(0) < took-took/100 || result.Quantile(0.5) < took-took/100 {
		t.Errorf("least %v, median %v of requests that take %v", result.Quantile(0), result.Quantile(0.5), took)
	}
}

// TestFirstAnswersAreAwaited: a server that is slower than the load lasts has figures too.
func TestFirstAnswersAreAwaited(t *testing.T) {
	const took = 200 * time.Millisecond
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(took)
		_, _ = w.Write([]byte("{}"))
	})
	result, err := Run(t.Context(), Config{Address: address, Requests: []Request{{Path: "/"}}, Clients: 3, Duration: took / 10})
	if err != nil {
		t.Fatal(err)
	}
	if result.Requests != 3 || result.Elapsed < took || result.PerSecond() > 3/took.Seconds() {
		t.Errorf("%d requests in %v: %v/s", result.Requests, result.Elapsed, result.PerSecond())
	}
}

// TestRunFails has every way in which an answer is not what a benchmark may count.
func TestRunFails(t *testing.T) {
	for _, c := range []struct {
		name, want string
		handler    http.HandlerFunc
		check      func([]byte) error
	}{
		{name: "status", want: "status 500: broken", handler: func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "broken", http.StatusInternalServerError)
		}},
		{name: "size", want: "bytes where one before had", handler: func() http.HandlerFunc {
			var n atomic.Int64
			return func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(strings.Repeat("x", int(n.Add(1)))))
			}
		}()},
		{name: "connection not kept", want: errNotKept.Error(), handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			_, _ = w.Write([]byte("{}"))
		}},
		{name: "half an answer", want: "half an answer", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = w.Write([]byte("{}"))
		}},
		{name: "no answer", want: "no answer", handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{name: "check", want: "not what was asked", check: func([]byte) error { return fmt.Errorf("not what was asked") }, handler: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("{}"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := serve(t, c.handler)
			_, err := Run(t.Context(), Config{
				Address: address, Requests: []Request{{Path: "/q"}}, Clients: 2, Duration: time.Minute, Check: c.check,
			})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), address+"/q") {
				t.Errorf("got %v, expected %q at %s/q", err, c.want, address)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		if _, err := Run(t.Context(), Config{Address: "http://127.0.0.1:1", Requests: []Request{{}}, Clients: 1, Duration: time.Minute}); err == nil {
			t.Error("there was no error")
		}
	})
	t.Run("nothing to ask", func(t *testing.T) {
		if _, err := Run(t.Context(), Config{Address: "http://127.0.0.1:1", Clients: 1, Duration: time.Minute}); err == nil {
			t.Error("there was no error")
		}
	})
}

func TestWatchSeesWhatAProcessUses(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("there is no /proc here")
	}
	done := Watch(Process(os.Getpid()))
	const size = 64 << 20
	memory := make([]byte, size)
	for i := range memory {
		memory[i] = byte(i)
	}
	var sum int
	for began, used := time.Now(), time.Duration(0); used < 100*time.Millisecond && time.Since(began) < time.Minute; {
		for _, b := range memory {
			sum += int(b)
		}
		after, err := Process(os.Getpid()).CPU()
		if err != nil {
			t.Fatal(err)
		}
		used = after
	}
	time.Sleep(2 * sampleEvery)
	memory[sum%len(memory)]++ // it is in use until here
	usage, err := done()
	if err != nil {
		t.Fatal(err)
	}
	if usage.CPU <= 0 {
		t.Errorf("a process that worked used %v", usage.CPU)
	}
	if usage.Memory < size {
		t.Errorf("a process with %d bytes has %d", size, usage.Memory)
	}
	if _, err := Watch(Process(1 << 30))(); err == nil {
		t.Error("there was no error for a process that does not exist")
	}
}
