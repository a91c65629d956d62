package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// preflightAge is for how many seconds a browser may keep what a preflight request was told; the longest that all keep.
const preflightAge = "7200"

// Headers that pages of other origins may send and read. Accept and the like are always allowed.
var (
	allowedHeaders = strings.Join([]string{
		"Accept", "Authorization", "Content-Type", "If-None-Match", "Last-Event-ID", requestIDHeader, "Traceparent", "Tracestate",
	}, ", ")
	exposedHeaders = strings.Join([]string{"ETag", "Retry-After", requestIDHeader}, ", ")
)

// origins are those whose pages may use the server, beside its own.
type origins struct{ list []string }

func newOrigins(list []string) (*origins, error) {
	o := &origins{}
	for _, s := range list {
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			return nil, fmt.Errorf("the origin %q is none; write scheme, host and port as browsers do, such as https://dashboard.example", s)
		}
		o.list = append(o.list, strings.ToLower(u.Scheme+"://"+u.Host))
	}
	return o, nil
}

// check refuses requests of pages of other origins, whatever the method: that the answer stays hidden from the page does
// not help where the request has taken its effect, or its time.
func (o *origins) check(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		given := r.Header.Values("Origin")
		switch {
		case len(given) == 0 && embedded(r):
			writeError(w, http.StatusForbidden, "FORBIDDEN",
				"the server does not answer what pages of other sites load; start it with --cors-origins and use fetch to allow that")
			return
		case len(given) == 0:
			next.ServeHTTP(w, r)
			return
		case len(given) == 1 && slices.Contains(o.list, strings.ToLower(given[0])):
			if o.answer(w, r, given[0]) {
				return
			}
		case len(given) != 1 || !sameOrigin(given[0], r):
			writeError(w, http.StatusForbidden, "FORBIDDEN",
				"the server does not answer pages of the origin of this request; start it with --cors-origins to allow that")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// embedded tells whether a page of another origin had the browser load this, as an image, a frame or the like: such
// requests carry no Origin, but browsers say where they come from. A link that somebody follows is fine. This is what
// http.CrossOriginProtection leaves out, which lets every GET pass; the rest of it the check of Origin does.
func embedded(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return false
	}
	return r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document" || r.Method != http.MethodGet
}

// sameOrigin tells whether the origin is the server as the browser sees it. A proxy may have taken off the encryption, so
// the scheme is not compared.
func sameOrigin(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// answer sets the headers with which a browser lets the page read the answer, and answers a preflight request itself.
func (o *origins) answer(w http.ResponseWriter, r *http.Request, origin string) (done bool) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Expose-Headers", exposedHeaders)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	header.Set("Access-Control-Allow-Methods", "GET, POST")
	header.Set("Access-Control-Allow-Headers", allowedHeaders)
	header.Set("Access-Control-Max-Age", preflightAge)
	header.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	w.WriteHeader(http.StatusNoContent)
	return true
}
