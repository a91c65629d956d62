package graph_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func hashOf(document string) string {
	h := sha256.Sum256([]byte(document))
	return hex.EncodeToString(h[:])
}

// persisted is a request by hash, with the document unless it is empty.
func persisted(hash, document, variables string) string {
	text, _ := json.Marshal(document)
	body := `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}},"variables":` + variables
	if document != "" {
		body += `,"query":` + string(text)
	}
	return body + "}"
}

// TestPersisted goes through what a client does that sends hashes first: it is asked for the text, sends both, and needs
// the hash only from then on.
func TestPersisted(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	const document = "query($n: Int!) { states(first: $n) { nodes { __typename } } }"
	const want = `{"data":{"states":{"nodes":[{"__typename":"State"}]}}}`
	hash := hashOf(document)
	get := func(query string) string {
		v := url.Values{"extensions": {`{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`}, "variables": {`{"n":1}`}}
		if query != "" {
			v.Set("query", query)
		}
		return srv.URL + "?" + v.Encode()
	}
	// Clients know the miss by its message or its code. Where they name the type of GraphQL over HTTP it has the status
	// that this demands, else 200.
	for accept, status := range map[string]int{"": 200, "*/*": 200, "application/json": 200, "application/graphql-response+json": 400} {
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			res, body := do(t, method, get(""), persisted(hash, "", `{"n":1}`), "Content-Type", "application/json", "Accept", accept)
			if res.StatusCode != status || codeOf(t, body) != "PERSISTED_QUERY_NOT_FOUND" || !strings.Contains(body, `"message":"PersistedQueryNotFound"`) ||
				res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("ETag") != "" {
				t.Errorf("%s %q: %d %v %s", method, accept, res.StatusCode, res.Header, body)
			}
		}
	}
	if res, body := post(t, srv, persisted(hash, document, `{"n":1}`)); res.StatusCode != 200 || body != want {
		t.Errorf("with the text: %d %s", res.StatusCode, body)
	}
	if res, body := post(t, srv, persisted(hash, "", `{"n":1}`)); res.StatusCode != 200 || body != want {
		t.Errorf("by the hash: %d %s", res.StatusCode, body)
	}
	if res, body := do(t, http.MethodGet, get(""), ""); res.StatusCode != 200 || body != want {
		t.Errorf("by the hash with GET: %d %s", res.StatusCode, body)
	}
	if res, body := post(t, srv, persisted(hash, "", `{"n":201}`)); codeOf(t, body) != "BAD_USER_INPUT" {
		t.Errorf("other values: %d %s", res.StatusCode, body)
	}
	// It is the same for events and websockets.
	if _, body := post(t, srv, persisted(hash, "", `{"n":1}`), "Accept", "text/event-stream"); body != opened+next(want)+complete {
		t.Errorf("events: %s", body)
	}
	c := open(t, srv)
	c.send(`{"id":"1","type":"subscribe","payload":` + persisted(hash, "", `{"n":1}`) + `}`)
	c.expect(`{"id":"1","type":"next","payload":` + want + `}`)

	// A text first sent with GET is known to POST.
	const second = "{ __typename a: __typename }"
	hash = hashOf(second)
	do(t, http.MethodGet, get(second), "")
	if res, body := post(t, srv, persisted(hash, "", `{}`)); res.StatusCode != 200 || body != `{"data":{"__typename":"Query","a":"Query"}}` {
		t.Errorf("after GET: %d %s", res.StatusCode, body)
	}
}

// TestPersistedRefused holds that no hash stands for another text, and what is wrong with a request by hash.
func TestPersistedRefused(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	const document, other = "{ __typename }", "{ __typename }  "
	for name, body := range map[string]string{
		"another text": persisted(hashOf(other), document, "{}"),
		"upper case":   persisted(strings.ToUpper(hashOf(document)), document, "{}"),
		"no hash":      `{"query":"{ __typename }","extensions":{"persistedQuery":{"version":1}}}`,
		"version":      `{"query":"{ __typename }","extensions":{"persistedQuery":{"version":2,"sha256Hash":"` + hashOf(document) + `"}}}`,
		"no object":    `{"query":"{ __typename }","extensions":{"persistedQuery":"sesame"}}`,
		"a number":     `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":[1]}}}`,
		"no extension": `{"extensions":{"persistedQuery":null}}`,
	} {
		res, answer := post(t, srv, body, "Accept", "application/graphql-response+json")
		if res.StatusCode != 400 || codeOf(t, answer) != "BAD_USER_INPUT" || strings.Contains(answer, "sesame") {
			t.Errorf("%s: %d %s", name, res.StatusCode, answer)
		}
	}
	for _, hash := range []string{hashOf(other), hashOf(document)} {
		if _, answer := post(t, srv, persisted(hash, "", "{}")); codeOf(t, answer) != "PERSISTED_QUERY_NOT_FOUND" {
			t.Errorf("something was kept: %s", answer)
		}
	}
}

// TestPersistedBounds holds that long texts are not kept, and that many do not fill the memory.
func TestPersistedBounds(t *testing.T) {
	srv := newServer(t, bundledStore(t))
	known := func(document string) bool {
		_, answer := post(t, srv, persisted(hashOf(document), "", "{}"))
		switch codeOf(t, answer) {
		case "":
			return true
		case "PERSISTED_QUERY_NOT_FOUND":
			return false
		}
		t.Fatal(answer)
		return false
	}
	text := func(n, bytes int) string {
		s := fmt.Sprintf("{ __typename }#%d ", n)
		return s + strings.Repeat("x", bytes-len(s))
	}
	for bytes, want := range map[int]bool{32<<10 - 1: true, 32 << 10: true, 32<<10 + 1: false} {
		document := text(0, bytes)
		if res, answer := post(t, srv, persisted(hashOf(document), document, "{}")); res.StatusCode != 200 {
			t.Fatal(answer)
		}
		if known(document) != want {
			t.Errorf("%d bytes: kept is %v", bytes, !want)
		}
	}
	// 4 MB are 128 times 32 KB, without what is around them.
	for i := range 130 {
		document := text(i+1, 32<<10)
		post(t, srv, persisted(hashOf(document), document, "{}"))
	}
	if known(text(1, 32<<10)) {
		t.Error("the first of too many is still known")
	}
	if !known(text(130, 32<<10)) || !known(text(100, 32<<10)) {
		t.Error("the last ones are not known")
	}
}
