package server

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

const (
	// compressFrom is the size in bytes from which an answer is compressed: smaller ones fit into one packet anyway.
	compressFrom = 1024
	// compressLevel was chosen by measuring: see BenchmarkCompression.
	compressLevel = gzip.BestSpeed
)

// compressed sends answers as gzip to clients that take it. Lengths are not disguised against the attack BREACH: an
// answer holds no secret of its reader, and pages of other sites can make no browser send a request (see origins). The
// entity tag stays: the API's are weak, and so stand for the answer in any encoding.
func compressed(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(compressFrom), gzhttp.CompressionLevel(compressLevel), gzhttp.EnableZstd(false),
		gzhttp.SetContentType(false), gzhttp.ContentTypeFilter(compressible),
	)
	if err != nil {
		panic(fmt.Sprintf("server: compression has a mistake: %v", err)) // the options are the same in each run
	}
	zip := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r) // what takes the connection over is no answer to compress
			return
		}
		zip.ServeHTTP(w, r)
	})
}

// compressible tells whether a content type is JSON, as all that the API sends but streams of events: those must not wait
// until enough for a block has come together.
func compressible(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.TrimSpace(media)
	return media == "application/json" || strings.HasSuffix(media, "+json")
}
