package web_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"attrigraph/internal/web"
)

// get answers a request to a playground with one hostile example.
func get(t *testing.T, target string, header http.Header) *http.Response {
	t.Helper()
	handler := web.Playground(web.PlaygroundConfig{
		Title: `<b>&"graph"`, Endpoint: "/graphql", Examples: []web.Example{hostileExample},
	})
	request := httptest.NewRequest(http.MethodGet, target, nil)
	for name, values := range header {
		request.Header[name] = values
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Result()
}

func body(t *testing.T, response *http.Response) string {
	t.Helper()
	var reader io.Reader = response.Body
	if response.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if reader, err = gzip.NewReader(response.Body); err != nil {
			t.Fatal(err)
		}
	}
	contents, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(contents)
}

var hostileExample = web.Example{
	Name: "hostile", Title: `</script><script>alert(1)</script>`, Description: "<!-- <script> \u2028 ]]>",
	Query: "{ a(b: \"'`${1}\\n\") }", Variables: `{"a": "</SCRIPT>"}`,
}

func TestPageCarriesExamplesUnharmed(t *testing.T) {
	page := body(t, get(t, "/playground", nil))
	scripts := regexp.MustCompile(`(?i)<script`).FindAllString(page, -1)
	if len(scripts) != 2 {
		t.Fatalf("script elements: got %d, want the data and the program:\n%s", len(scripts), page)
	}
	match := regexp.MustCompile(`(?s)<script type="application/json" id="playground-data">(.*?)</script>`).FindStringSubmatch(page)
	if match == nil {
		t.Fatalf("no data element in:\n%s", page)
	}
	var data struct {
		Title, Endpoint string
		Examples        []web.Example
	}
	if err := json.Unmarshal([]byte(match[1]), &data); err != nil {
		t.Fatalf("the data is not JSON: %v\n%s", err, match[1])
	}
	if len(data.Examples) != 1 || data.Examples[0] != hostileExample {
		t.Errorf("examples: got %+v, want %+v", data.Examples, hostileExample)
	}
	if data.Title != `<b>&"graph"` || data.Endpoint != "/graphql" {
		t.Errorf("got title %q and endpoint %q", data.Title, data.Endpoint)
	}
	if strings.Contains(page, "<b>") {
		t.Errorf("title is not escaped:\n%s", page)
	}
}

func TestEveryAssetOfThePageIsServed(t *testing.T) {
	page := body(t, get(t, "/playground", nil))
	assets := regexp.MustCompile(`playground/assets/[^"]+`).FindAllString(page, -1)
	for _, worker := range regexp.MustCompile(`"([^"]+\.worker-[^"]+\.js)"`).FindAllStringSubmatch(page, -1) {
		assets = append(assets, "playground/assets/"+worker[1])
	}
	if len(assets) != 5 {
		t.Fatalf("assets: got %q, want a style sheet, a script and three workers", assets)
	}
	types := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
	for _, asset := range assets {
		response := get(t, "/"+asset, nil)
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: got status %d", asset, response.StatusCode)
		}
		if got, want := response.Header.Get("Content-Type"), types[asset[strings.LastIndex(asset, "."):]]; got != want {
			t.Errorf("%s: got content type %q, want %q", asset, got, want)
		}
		if got := response.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: got Cache-Control %q, want immutable", asset, got)
		}
	}
}

func TestEntityTags(t *testing.T) {
	page := body(t, get(t, "/playground", nil))
	script := "/" + regexp.MustCompile(`playground/assets/playground-[^"]+\.js`).FindString(page)
	for _, target := range []string{"/playground", script} {
		plain := get(t, target, nil)
		zipped := get(t, target, http.Header{"Accept-Encoding": {"br, gzip;q=0.8"}})
		if got := zipped.Header.Get("Content-Encoding"); got != "gzip" {
			t.Errorf("%s: got Content-Encoding %q, want gzip", target, got)
		}
		if body(t, plain) != body(t, zipped) {
			t.Errorf("%s: the gzip form has other contents", target)
		}
		if refused := get(t, target, http.Header{"Accept-Encoding": {"gzip;q=0"}}); refused.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: gzip sent to a client that refuses it", target)
		}
		tag := plain.Header.Get("ETag")
		if !regexp.MustCompile(`^"[^"]+"$`).MatchString(tag) || tag == zipped.Header.Get("ETag") {
			t.Errorf("%s: got tags %s and %s, want two different strong ones", target, tag, zipped.Header.Get("ETag"))
		}
		if got := get(t, target, http.Header{"If-None-Match": {tag}}).StatusCode; got != http.StatusNotModified {
			t.Errorf("%s: got status %d for an unchanged file, want 304", target, got)
		}
		if got := plain.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("%s: got Vary %q", target, got)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	for _, target := range []string{"/playground", "/playground/assets/none.js"} {
		header := get(t, target, nil).Header
		policy := header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self';", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %q lacks %q", target, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "http") || strings.Contains(policy, "*") {
			t.Errorf("%s: policy %q opens the page to others", target, policy)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: got headers %v", target, header)
		}
	}
}

func TestPathsOutsideTheBundle(t *testing.T) {
	for target, want := range map[string]int{
		"/playground/assets/manifest.json":  http.StatusNotFound,
		"/playground/assets/..%2fpage.html": http.StatusNotFound,
		"/playground/assets/":               http.StatusNotFound,
		"/playground/other":                 http.StatusNotFound,
		"/playground/":                      http.StatusPermanentRedirect,
	} {
		if got := get(t, target, nil).StatusCode; got != want {
			t.Errorf("%s: got status %d, want %d", target, got, want)
		}
	}
	if got := get(t, "/playground/", nil).Header.Get("Location"); got != "../playground" {
		t.Errorf("redirect: got %q, want a path relative to the request", got)
	}
}
