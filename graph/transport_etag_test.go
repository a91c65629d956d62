package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestETag holds when an answer has a validator and when a client that knows the answer is spared it.
func TestETag(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	at := func(query string) string { return srv.URL + "?query=" + url.QueryEscape(query) }
	address := at(counted)
	res, body := do(t, http.MethodGet, address, "")
	tag := res.Header.Get("ETag")
	if res.StatusCode != 200 || !strings.HasPrefix(tag, `W/"`) || !strings.HasSuffix(tag, `"`) || len(tag) < 20 || res.Header.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("%d %v %s", res.StatusCode, res.Header, body)
	}
	for match, same := range map[string]bool{
		tag:                                    true,
		strings.TrimPrefix(tag, "W/"):          true,
		`"a", ` + tag:                          true,
		tag + ` ,W/"b"`:                        true,
		"*":                                    true,
		`"a"`:                                  false,
		`W/"a", "b"`:                           false,
		strings.Trim(tag, `W/"`):               false,
		"":                                     false,
		strings.Replace(tag, `W/"`, `W/"x`, 1): false,
	} {
		res, got := do(t, http.MethodGet, address, "", "If-None-Match", match)
		if same && (res.StatusCode != http.StatusNotModified || got != "" || res.Header.Get("Content-Type") != "") || !same && (res.StatusCode != 200 || got != body) {
			t.Errorf("%s: %d %v %s", match, res.StatusCode, res.Header, got)
		}
		if res.Header.Get("ETag") != tag || res.Header.Get("Cache-Control") != "private, no-cache" || res.Header.Get("Vary") != "Accept" {
			t.Errorf("%s: %v", match, res.Header)
		}
	}
	// Several headers are one list.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header["If-None-Match"] = []string{`"a"`, tag}
	if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusNotModified {
		t.Errorf("%v %v", res, err)
	} else {
		res.Body.Close()
	}
	// Another answer and another media type have another validator.
	other, _ := do(t, http.MethodGet, at("{ states { totalCount } }"), "", "If-None-Match", tag)
	media, _ := do(t, http.MethodGet, address, "", "Accept", "application/graphql-response+json", "If-None-Match", tag)
	if other.StatusCode != 200 || media.StatusCode != 200 || other.Header.Get("ETag") == tag || media.Header.Get("ETag") == tag || media.Header.Get("ETag") == "" {
		t.Errorf("%d %v, %d %v", other.StatusCode, other.Header, media.StatusCode, media.Header)
	}
	// What is not all right, and what does not only read, is not kept.
	for _, query := range []string{
		"{", "{ x }", "{ incidents(first: 201) { totalCount } }",
		`{ __typename node(id: "state--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37") { id } }`,
	} {
		res, body := do(t, http.MethodGet, at(query), "", "If-None-Match", "*")
		if res.StatusCode == http.StatusNotModified || res.Header.Get("ETag") != "" || res.Header.Get("Cache-Control") != "no-store" || codeOf(t, body) == "" {
			t.Errorf("%s: %d %v %s", query, res.StatusCode, res.Header, body)
		}
	}
	if res, got := post(t, srv, query(counted), "If-None-Match", "*"); res.StatusCode != 200 || got != body || res.Header.Get("ETag") != "" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("POST: %d %v %s", res.StatusCode, res.Header, got)
	}
}
