// Package web serves the pages that people open in a browser. Everything a
// page needs is inside the program: a page asks no other host for anything, so
// it works on a network without a way out and tells nobody that it was opened.
package web

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
)

// PlaygroundConfig says what the playground page shows.
type PlaygroundConfig struct {
	// Title is the name in the browser's tab and at the top right of the
	// page; empty means "attrigraph".
	Title string
	// Endpoint is where the page sends operations: a path on the server that
	// serves the page, such as "/graphql". Subscriptions go to the same path
	// over WebSocket (graphql-transport-ws). The page's content security
	// policy allows no other host.
	Endpoint string
	// Examples fill the Examples panel, in this order. The first one is in
	// the editor when a browser opens the page for the first time.
	Examples []Example
}

// Example is an operation that a reader can open with one click.
type Example struct {
	// Name identifies the example in links (/playground#example=NAME) and is
	// unique among the examples of a page.
	Name string `json:"name"`
	// Title is the question that the operation answers, in a few words.
	Title string `json:"title"`
	// Description says in a sentence or two what the answer shows; it may be
	// empty.
	Description string `json:"description"`
	// Query is the GraphQL document.
	Query string `json:"query"`
	// Variables is JSON text, indented as the editor shall show it; it may be
	// empty.
	Variables string `json:"variables"`
}

// contentSecurityPolicy holds for the page and for its workers, which do not
// inherit the page's. Monaco and Radix write style attributes and elements at
// run time, hence the one 'unsafe-inline'; the icons are data: addresses.
const contentSecurityPolicy = "default-src 'none'; " +
	"script-src 'self'; " +
	"worker-src 'self'; " +
	"style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; " +
	"font-src 'self' data:; " +
	"connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed playground/page.html
var pageSource string

var pageTemplate = template.Must(template.New("page.html").Parse(pageSource))

// pageData is what src/page.js reads out of the page.
type pageData struct {
	Title    string            `json:"title"`
	Endpoint string            `json:"endpoint"`
	Workers  map[string]string `json:"workers"`
	Examples []Example         `json:"examples"`
}

// Playground returns the handler of /playground, a GraphiQL page, and of its
// files below /playground/assets/. Mount it at both "/playground" and
// "/playground/" without stripping a prefix. The page itself needs no
// credentials: it shows the examples and nothing of the data.
func Playground(cfg PlaygroundConfig) http.Handler {
	if cfg.Title == "" {
		cfg.Title = "attrigraph"
	}
	if cfg.Examples == nil {
		cfg.Examples = []Example{} // the page's script expects a list, not null
	}
	page := playgroundPage(cfg)

	mux := http.NewServeMux()
	mux.Handle("GET /playground", page)
	// The page names its files relative to /playground, so that a reverse
	// proxy may serve it below a prefix; with a slash at the end they would
	// not be found.
	mux.HandleFunc("GET /playground/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "../playground")
		w.WriteHeader(http.StatusPermanentRedirect)
	})
	mux.HandleFunc("GET /playground/assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		asset, ok := playgroundAssets.files[r.PathValue("name")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		// The name has a hash of the contents, so they never change.
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		asset.ServeHTTP(w, r)
	})
	return withSecurityHeaders(mux)
}

func playgroundPage(cfg PlaygroundConfig) http.Handler {
	manifest := playgroundAssets.manifest
	var page bytes.Buffer
	err := pageTemplate.Execute(&page, map[string]any{
		"Title":  cfg.Title,
		"Script": manifest.Script,
		"Style":  manifest.Style,
		"Data":   pageData{Title: cfg.Title, Endpoint: cfg.Endpoint, Workers: manifest.Workers, Examples: cfg.Examples},
	})
	if err != nil {
		// The template and the types that it gets are both in this package.
		panic(fmt.Sprintf("web: the playground's page template does not fit its data: %v", err))
	}
	file := newAsset("text/html; charset=utf-8", page.Bytes())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A new version of the program names other files in its page.
		w.Header().Set("Cache-Control", "no-cache")
		file.ServeHTTP(w, r)
	})
}

func withSecurityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentSecurityPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
