package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// dist is what internal/web/build makes out of playground/src.
//
//go:embed playground/dist
var dist embed.FS

var playgroundAssets = loadAssets()

// assetSet is the bundle: its files by name, and which of them the page loads.
type assetSet struct {
	files    map[string]*asset
	manifest manifest
}

// manifest is playground/dist/manifest.json, written by playground/build.mjs.
type manifest struct {
	Script  string            `json:"script"`
	Style   string            `json:"style"`
	Workers map[string]string `json:"workers"`
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".ttf": "font/ttf",
}

// loadAssets panics on a bundle that cannot be served: it is compiled into the
// program, so every run and every test of that program would meet the fault.
func loadAssets() assetSet {
	const folder, manifestName = "playground/dist", "manifest.json"
	set := assetSet{files: map[string]*asset{}}
	entries, err := dist.ReadDir(folder)
	if err != nil {
		panic(fmt.Sprintf("web: the bundle is missing: run internal/web/build: %v", err))
	}
	for _, entry := range entries {
		name := entry.Name()
		contents, err := dist.ReadFile(path.Join(folder, name))
		if err != nil {
			panic(fmt.Sprintf("web: %s in the bundle cannot be read: %v", name, err))
		}
		if name == manifestName {
			if err := json.Unmarshal(contents, &set.manifest); err != nil {
				panic(fmt.Sprintf("web: %s in the bundle is not what playground/build.mjs writes: %v", name, err))
			}
			continue
		}
		contentType, ok := contentTypes[path.Ext(name)]
		if !ok {
			panic(fmt.Sprintf("web: %s in the bundle has no content type: add its extension to contentTypes", name))
		}
		set.files[name] = newAsset(contentType, contents)
	}
	return set
}

// asset is a file held in memory. It answers with the gzip form where the
// client takes it; the bundle is four times smaller that way.
type asset struct {
	contentType string
	hash        string
	plain       []byte
	zipped      func() []byte // compresses on the first call
}

func newAsset(contentType string, contents []byte) *asset {
	sum := sha256.Sum256(contents)
	return &asset{
		contentType: contentType,
		hash:        hex.EncodeToString(sum[:16]),
		plain:       contents,
		zipped: sync.OnceValue(func() []byte {
			var out bytes.Buffer
			// Neither call fails: the level is a valid one and a Buffer
			// takes every write.
			w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
			_, _ = w.Write(contents)
			_ = w.Close()
			return out.Bytes()
		}),
	}
}

// ServeHTTP answers GET and HEAD, also conditional ones. The two encodings
// have different entity tags, as a strong tag stands for exact bytes (RFC 9110,
// section 8.8.3).
func (a *asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.contentType)
	header.Add("Vary", "Accept-Encoding")
	contents, tag := a.plain, a.hash
	if acceptsGzip(r.Header.Values("Accept-Encoding")) {
		contents, tag = a.zipped(), a.hash+"-gzip"
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("ETag", strconv.Quote(tag))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(contents))
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3); a coding with
// the weight zero is refused.
func acceptsGzip(values []string) bool {
	for coding := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, parameter, _ := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		weight, weighted := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		if !weighted {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}
