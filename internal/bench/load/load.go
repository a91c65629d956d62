// Package load puts an HTTP server under load and measures what it does: how many requests it answers, how long each
// takes, and what the server's process uses for it. It knows nothing of what is asked.
package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Request is one POST of JSON.
type Request struct {
	// Path comes after the server's address.
	Path string
	Body []byte
}

// Config says what load there is.
type Config struct {
	// Address is the server's, such as http://127.0.0.1:8080.
	Address string
	// Requests are asked in turn, each client beginning at another one.
	Requests []Request
	// Clients is how many clients there are: each sends a request on its own kept connection as soon as it has the whole
	// answer to the one before.
	Clients int
	// Duration is how long the load lasts.
	Duration time.Duration
	// Check, if not nil, looks at the first answer to each of the Requests. Later answers to it must have the same size.
	Check func(answer []byte) error
}

// Result is what was measured.
type Result struct {
	// Requests is the number of answers that came within Elapsed, which is the load's duration, or longer where a client had
	// no answer until then: its first one is awaited.
	Requests int64
	Elapsed  time.Duration
	// Bytes is the size of all answers, without their headers.
	Bytes int64
	// times holds microseconds.
	times *hdrhistogram.Histogram
}

// PerSecond is the number of requests answered in a second.
func (r Result) PerSecond() float64 { return float64(r.Requests) / r.Elapsed.Seconds() }

// AnswerBytes is the mean size of an answer.
func (r Result) AnswerBytes() int64 { return r.Bytes / max(1, r.Requests) }

// Quantile returns the time within which a part q of the requests was answered: 0.5 gives the median.
func (r Result) Quantile(q float64) time.Duration {
	return time.Duration(r.times.ValueAtQuantile(q*100)) * time.Microsecond
}

// longest is the longest time that is told apart; longer ones count as this long.
const longest = time.Minute

func newTimes() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest.Microseconds(), 3) }

// Run loads the server and returns what was measured. An answer with another status than 200, of another size than an
// earlier one to the same request, or none at all is an error: what fails fast is not fast.
func Run(ctx context.Context, cfg Config) (Result, error) {
	if len(cfg.Requests) == 0 || cfg.Clients < 1 || cfg.Duration <= 0 {
		return Result{}, errors.New("a load needs requests, clients and a duration")
	}
	host, messages, err := cfg.messages()
	if err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	run := &run{Config: cfg, host: host, messages: messages, from: time.Now()}
	run.until = run.from.Add(cfg.Duration)
	results := make([]Result, cfg.Clients)
	var clients sync.WaitGroup
	for i := range results {
		clients.Go(func() {
			if err := run.client(ctx, i, &results[i]); err != nil {
				cancel(err)
			}
		})
	}
	clients.Wait()
	if err := context.Cause(ctx); err != nil {
		return Result{}, err
	}
	total := Result{Elapsed: cfg.Duration, times: newTimes()}
	for _, r := range results {
		total.Requests += r.Requests
		total.Bytes += r.Bytes
		total.Elapsed = max(total.Elapsed, r.Elapsed)
		total.times.Merge(r.times)
	}
	return total, nil
}

// messages returns the requests as they are sent. They are made once, and connections are used without a client of
// net/http, because what the clients use of the processors the server does not have.
func (c Config) messages() (host string, messages []*message, err error) {
	address, err := url.Parse(c.Address)
	if err != nil || address.Scheme != "http" || address.Host == "" {
		return "", nil, fmt.Errorf("%q is no address of a server such as http://127.0.0.1:8080", c.Address)
	}
	for _, r := range c.Requests {
		req, err := http.NewRequest(http.MethodPost, c.Address+r.Path, bytes.NewReader(r.Body))
		if err != nil {
			return "", nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
		var b bytes.Buffer
		if err := req.Write(&b); err != nil {
			return "", nil, err
		}
		messages = append(messages, &message{raw: b.Bytes()})
	}
	return address.Host, messages, nil
}

// message is a request as it is sent. size is that of its first answer plus one, 0 before there was any.
type message struct {
	raw  []byte
	size atomic.Int64
}

// run is one load.
type run struct {
	Config
	host        string
	messages    []*message
	from, until time.Time
}

// client asks until the time is over.
func (r *run) client(ctx context.Context, number int, result *Result) error {
	result.times = newTimes()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", r.host)
	if err != nil {
		return fmt.Errorf("%s cannot be reached: %w", r.Address, err)
	}
	defer conn.Close()
	// Another client's failure, or the caller, ends a wait for an answer.
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	c := newConnection(conn)
	for i := number * len(r.messages) / r.Clients; ; i++ {
		m := r.messages[i%len(r.messages)]
		began := time.Now()
		if !began.Before(r.until) {
			return nil
		}
		answer, err := c.ask(m.raw)
		ended := time.Now()
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = r.compare(m, answer)
		}
		if err != nil {
			return fmt.Errorf("%s%s: %w", r.Address, r.Requests[i%len(r.messages)].Path, err)
		}
		if ended.Before(r.until) || result.Requests == 0 {
			result.Elapsed = ended.Sub(r.from)
			result.Requests++
			result.Bytes += int64(len(answer))
			_ = result.times.RecordValue(min(max(1, ended.Sub(began).Microseconds()), longest.Microseconds())) // is within its limits
		}
	}
}

// compare checks the first answer to a message, and that others have its size.
func (r *run) compare(m *message, answer []byte) error {
	size := int64(len(answer)) + 1
	if m.size.CompareAndSwap(0, size) {
		if r.Check != nil {
			return r.Check(answer)
		}
		return nil
	}
	if before := m.size.Load(); before != size {
		return fmt.Errorf("an answer has %d bytes where one before had %d: %s", size-1, before-1, cut(answer))
	}
	return nil
}
