package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzhttp"

	"attrigraph/internal/server"
	"attrigraph/internal/servertest"
	"attrigraph/schema"
)

// tagged is an API whose answers have an entity tag and the content type of the address's parameter type.
func tagged(body, tag string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		for _, given := range strings.Split(r.Header.Get("If-None-Match"), ",") {
			if strings.TrimSpace(given) == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = io.WriteString(w, body)
	})
}

// TestCompression holds that answers are compressed for who asks for it, where it pays, and say so to caches.
func TestCompression(t *testing.T) {
	large, small := strings.Repeat(`{"name":"value"}`, 500), `{"name":"value"}`
	for _, body := range []string{large, small} {
		address := start(t, server.Config{GraphQL: tagged(body, `W/"abc"`)}, "127.0.0.1:0")
		for _, c := range []struct {
			accept, contentType string
			zipped              bool
		}{
			{"gzip", "application/json", true},
			{"br, GZIP;q=0.5", "application/graphql-response+json; charset=utf-8", true},
			{"identity", "application/json", false},
			{"gzip;q=0", "application/json", false},
			{"zstd, br", "application/json", false},
			{"gzip", "text/event-stream", false},
			{"gzip", "", false},
		} {
			what := fmt.Sprintf("%d bytes of %q for %q", len(body), c.contentType, c.accept)
			res, got := ask(t, "GET", "http://"+address+"/graphql?type="+url.QueryEscape(c.contentType), map[string]string{"Accept-Encoding": c.accept})
			zipped := res.Header.Get("Content-Encoding") == "gzip"
			if zipped != (c.zipped && len(body) >= 1024) {
				t.Errorf("%s: compressed is %t", what, zipped)
			}
			if zipped {
				r, err := gzip.NewReader(strings.NewReader(got))
				if err != nil {
					t.Fatal(err)
				}
				plain, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				if len(got) >= len(plain)/4 {
					t.Errorf("%s: %d bytes became %d", what, len(plain), len(got))
				}
				got = string(plain)
			}
			if got != body || res.Header.Get("ETag") != `W/"abc"` || res.Header.Get("Content-Type") != c.contentType {
				t.Errorf("%s: got %.100s with %v", what, got, res.Header)
			}
			if vary := strings.Join(res.Header.Values("Vary"), ","); !strings.Contains(vary, "Accept-Encoding") {
				t.Errorf("%s: Vary is %s", what, vary)
			}
		}
	}
}

// TestConditional holds that the tag of an answer, compressed or not, brings the answer that nothing has changed.
func TestConditional(t *testing.T) {
	address := start(t, server.Config{GraphQL: tagged(strings.Repeat(`{"name":"value"}`, 500), `W/"abc"`)}, "127.0.0.1:0")
	for given, want := range map[string]int{`W/"abc"`: 304, `"x", W/"abc"`: 304, `"x"`: 200} {
		for _, encoding := range []string{"gzip", "identity"} {
			res, body := ask(t, "GET", "http://"+address+"/graphql?type=application/json", map[string]string{"If-None-Match": given, "Accept-Encoding": encoding})
			if res.StatusCode != want || res.Header.Get("ETag") != `W/"abc"` || want == 304 && (body != "" || res.Header.Get("Content-Encoding") != "") {
				t.Errorf("%s for %s: got %d %v", given, encoding, res.StatusCode, res.Header)
			}
		}
	}
}

// TestLargeBodiesStayWhole holds that compression streams: an answer of 16 MB arrives as it was written.
func TestLargeBodiesStayWhole(t *testing.T) {
	body := bytes.Repeat([]byte(`{"name":"value"},`), 1<<20)
	address := start(t, server.Config{GraphQL: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})}, "127.0.0.1:0")
	res, got := ask(t, "GET", "http://"+address+"/graphql", nil) // the transport asks for gzip and takes it apart
	if !res.Uncompressed || got != string(body) {
		t.Errorf("%d bytes became %d, compressed %t", len(body), len(got), res.Uncompressed)
	}
}

// BenchmarkCompression compares what answers of the bundled cases cost in each encoding; the metric ratio is the size
// after by that before.
func BenchmarkCompression(b *testing.B) {
	examples, err := schema.Examples()
	if err != nil {
		b.Fatal(err)
	}
	question, err := json.Marshal(map[string]string{"query": examples[0].Query})
	if err != nil {
		b.Fatal(err)
	}
	url := servertest.New(b, servertest.Options{}).Listen(b) + server.GraphQLPath
	res, err := http.Post(url, "application/json", bytes.NewReader(question))
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatal(res.Status, err)
	}
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	})
	run := func(name, encoding string, h http.Handler) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Accept-Encoding", encoding)
			size := 0
			for b.Loop() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				size = w.Body.Len()
			}
			b.ReportMetric(float64(size)/float64(len(body)), "ratio")
		})
	}
	run("none", "identity", answer)
	for _, level := range []int{1, 2, 3, 5, 6, 9} {
		wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(level), gzhttp.EnableZstd(false))
		if err != nil {
			b.Fatal(err)
		}
		run(fmt.Sprintf("gzip-%d", level), "gzip", wrap(answer))
	}
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(1), gzhttp.EnableZstd(false), gzhttp.RandomJitter(32, 0, false))
	if err != nil {
		b.Fatal(err)
	}
	run("gzip-1-jitter", "gzip", wrap(answer))
	if wrap, err = gzhttp.NewWrapper(); err != nil {
		b.Fatal(err)
	}
	run("zstd-1", "zstd", wrap(answer))
}
