package conformance

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"attrigraph/graph"
	"attrigraph/internal/server"
)

// question is what clients ask, and what the right answer is.
type question struct{ body, answer string }

// answered asks each query until it has an answer: a Neo4j that has just been started is slow at first.
func (f *faulty) answered(t *testing.T, queries ...string) []question {
	t.Helper()
	defer http.DefaultClient.CloseIdleConnections()
	var list []question
	for _, q := range queries {
		body, err := json.Marshal(map[string]string{"query": q})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "an answer to "+q, func() bool {
			status, answer, err := post(t.Context(), http.DefaultClient, f.address, string(body))
			if err != nil || status != http.StatusOK && status != http.StatusGatewayTimeout || status == http.StatusOK && strings.Contains(answer, `"errors"`) {
				t.Fatalf("%s: %d %s %v", q, status, answer, err)
			}
			if status == http.StatusOK {
				list = append(list, question{string(body), answer})
			}
			return status == http.StatusOK
		})
	}
	return list
}

func post(ctx context.Context, client *http.Client, address, body string) (status int, answer string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+server.GraphQLPath, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json")
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return response.StatusCode, string(raw), err
}

// timed is an answer to one of the clients.
type timed struct {
	began time.Time
	took  time.Duration
	// code is that of the error, empty for the right answer.
	code string
	// wrong says what no answer should be, where it is that.
	wrong string
}

// loading is a steady load. Each client asks again a little after it has the answer.
type loading struct {
	cancel  context.CancelFunc
	clients sync.WaitGroup
	http    *http.Client

	mu      sync.Mutex
	answers []timed
}

// pause is how long a client waits between an answer and its next question.
const pause = 20 * time.Millisecond

// load begins a load.
func (f *faulty) load(clients int) *loading {
	ctx, cancel := context.WithCancel(context.Background())
	l := &loading{cancel: cancel, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}}
	for c := range clients {
		l.clients.Go(func() {
			for n := c; ctx.Err() == nil; n++ {
				q := f.questions[n%len(f.questions)]
				began := time.Now()
				// An answer is waited for also after the end of the load.
				status, answer, err := post(context.Background(), l.http, f.address, q.body)
				l.add(judged(q, status, answer, err), began)
				time.Sleep(pause)
			}
		})
	}
	return l
}

// warm asks until answers come in time: a Neo4j that has just been started is slow at first.
func (f *faulty) warm(t *testing.T, clients int) {
	t.Helper()
	l := f.load(clients)
	defer l.stop()
	eventually(t, "Neo4j is warm", func() bool {
		all := l.all()
		return len(all) >= 4*clients && !slices.ContainsFunc(all[len(all)-4*clients:], func(a timed) bool { return a.code != "" || a.wrong != "" })
	})
}

// stop ends the load and returns when no client waits any more.
func (l *loading) stop() {
	l.cancel()
	l.clients.Wait()
	l.http.CloseIdleConnections()
}

func (l *loading) add(a timed, began time.Time) {
	a.began, a.took = began, time.Since(began)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, a)
}

// all returns the answers so far.
func (l *loading) all() []timed {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.answers)
}

// right is how many answers were right so far.
func (l *loading) right() int {
	n := 0
	for _, a := range l.all() {
		if a.code == "" && a.wrong == "" {
			n++
		}
	}
	return n
}

// verdict judges answers by when they came: before a fault, while there was one, and after it.
type verdict struct {
	codes []string
	// From beginning to begun the fault was made, from ended to repaired it was undone.
	beginning, begun, ended, repaired time.Time

	wrong                      []string
	rightMeanwhile, rightAfter int
	counts                     map[string]map[string]int
	longest, first             time.Duration
}

func (v *verdict) add(a timed) {
	if a.wrong != "" {
		a.code = "WRONG"
	}
	right, done := a.code == "", a.began.Add(a.took)
	blame := func(format string, args ...any) { v.wrong = append(v.wrong, fmt.Sprintf(format, args...)) }
	phase := "around its ends"
	switch {
	case done.Before(v.beginning):
		phase = "before"
		if !right {
			blame("an answer before the fault is %s", a.code)
		}
	case a.began.After(v.begun) && done.Before(v.ended):
		phase = "meanwhile"
		if right {
			v.rightMeanwhile++
		}
		if len(v.codes) > 0 && a.wrong == "" && !slices.Contains(v.codes, a.code) {
			blame("an answer meanwhile is %q, not of %v", a.code, v.codes)
		}
	case a.began.After(v.repaired):
		phase = "after"
		if right && (v.first == 0 || done.Sub(v.repaired) < v.first) {
			v.first = done.Sub(v.repaired)
		}
		if a.began.After(v.repaired.Add(recovery)) {
			if right {
				v.rightAfter++
			} else {
				blame("an answer %s after the fault is %s", a.began.Sub(v.repaired), a.code)
			}
		}
	}
	if a.wrong != "" {
		blame("%s: %s", phase, a.wrong)
	}
	if a.took > limit+margin {
		blame("%s: an answer took %s, the limit is %s: %q", phase, a.took, limit, a.code)
	}
	if v.counts == nil {
		v.counts = map[string]map[string]int{}
	}
	if v.counts[phase] == nil {
		v.counts[phase] = map[string]int{}
	}
	v.counts[phase][cmp.Or(a.code, "right")]++
	v.longest = max(v.longest, a.took)
}

// String counts the answers.
func (v *verdict) String() string {
	return fmt.Sprintf("%v; the longest took %s; the first right answer came %s after the fault",
		v.counts, v.longest.Round(time.Millisecond), v.first.Round(time.Millisecond))
}

// storeText are words of the driver, of Neo4j and of the network, which no client may read.
var storeText = regexp.MustCompile(`(?i)neo4j|neo\.|bolt|cypher|dial |tcp|127\.0\.0\.1|EOF|connection|context|pool|driver`)

// judged says what an answer is.
func judged(q question, status int, body string, err error) timed {
	wrong := func(why string) timed { return timed{wrong: fmt.Sprintf("%s: %d %.500s", why, status, body)} }
	if err != nil {
		return wrong(err.Error())
	}
	if status == http.StatusOK {
		if body != q.answer {
			return wrong("another answer than without a fault")
		}
		return timed{}
	}
	var answer struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Errors) != 1 || !bytes.Equal(answer.Data, []byte("null")) {
		return wrong("no answer with one error")
	}
	code := answer.Errors[0].Extensions.Code
	if statuses := map[string]int{graph.Unavailable: http.StatusServiceUnavailable, graph.Timeout: http.StatusGatewayTimeout}; statuses[code] != status {
		return wrong("the status does not fit the code")
	}
	if found := storeText.FindString(answer.Errors[0].Message); found != "" {
		return wrong("the message holds " + found)
	}
	return timed{code: code}
}
