package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"attrigraph/internal/response"
)

// writeAnswer sends the answer to an operation. One to GET that is all right has a validator, so that a client that has it
// already gets 304 instead. The operation is run all the same: only the store knows whether the answer has changed.
func writeAnswer(w http.ResponseWriter, r *http.Request, m media, answer *graphql.Response) {
	code := status(m, answer)
	if r.Method == http.MethodGet && code == http.StatusOK && len(answer.Errors) == 0 {
		tag := entityTag(m, answer)
		w.Header().Set("ETag", tag)
		// What somebody may see, others may not; and it can change at any time.
		w.Header().Set("Cache-Control", "private, no-cache")
		if matchesTag(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	writeResponse(w, m, code, answer)
}

// writeResponse sends an answer. The data is sent as it is; only what is around it is made here.
func writeResponse(w http.ResponseWriter, m media, status int, answer *graphql.Response) {
	prefix, suffix, err := envelope(answer)
	if err != nil {
		// Errors and extensions are made by this program out of texts, numbers and lists.
		panic(fmt.Sprintf("an answer has no JSON text: %v", err))
	}
	if m == mediaEvents {
		m = mediaResponse // an error before the stream was opened
	}
	header := w.Header()
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-store")
	}
	if seconds, ok := waitFor(answer); ok {
		header.Set("Retry-After", seconds)
	}
	header.Set("Content-Type", m.contentType())
	header.Set("Content-Length", strconv.Itoa(len(prefix)+len(answer.Data)+len(suffix)))
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	for _, part := range [][]byte{prefix, answer.Data, suffix} {
		if _, err := w.Write(part); err != nil {
			return // the client has gone
		}
	}
}

// AppendResponse appends an answer as the transports send it: errors if there are any, data where the operation was run,
// extensions.
func AppendResponse(b []byte, answer *graphql.Response) ([]byte, error) {
	prefix, suffix, err := envelope(answer)
	if err != nil {
		return b, err
	}
	return append(append(append(b, prefix...), answer.Data...), suffix...), nil
}

// envelope returns what is before and after an answer's data.
func envelope(answer *graphql.Response) (prefix, suffix []byte, err error) {
	prefix = []byte{'{'}
	if len(answer.Errors) > 0 {
		errors, err := plainJSON(answer.Errors)
		if err != nil {
			return nil, nil, err
		}
		prefix = append(append(prefix, `"errors":`...), errors...)
	}
	if answer.Data != nil {
		if len(prefix) > 1 {
			prefix = append(prefix, ',')
		}
		prefix = append(prefix, `"data":`...)
	}
	if len(answer.Extensions) > 0 {
		extensions, err := plainJSON(answer.Extensions)
		if err != nil {
			return nil, nil, err
		}
		if len(prefix) > 1 {
			suffix = append(suffix, ',')
		}
		suffix = append(append(suffix, `"extensions":`...), extensions...)
	}
	return prefix, append(suffix, '}'), nil
}

// plainJSON marshals without writing <, > and & as escapes, which is for JSON inside HTML.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), err
}

// status is the status code of an answer to a request that could be read. Clients that take only application/json cannot
// tell our answers from those of a proxy on the way and expect 200 if they name it, as the specification says.
func status(m media, answer *graphql.Response) int {
	if _, ok := waitFor(answer); ok {
		return http.StatusServiceUnavailable // as a proxy on the way would say it
	}
	if m == mediaJSON || len(answer.Errors) == 0 {
		return http.StatusOK
	}
	if answer.Data != nil && !bytes.Equal(answer.Data, []byte("null")) {
		return http.StatusOK
	}
	switch answer.Errors[0].Extensions["code"] {
	case persistedQueryNotFound:
		if m == mediaAny {
			return http.StatusOK // with another one older clients give up hashes for good
		}
	case Unavailable:
		return http.StatusServiceUnavailable
	case Timeout:
		return http.StatusGatewayTimeout
	case response.Internal:
		return http.StatusInternalServerError
	}
	if answer.Data != nil {
		return http.StatusOK // the operation was run and an error at the root took the data away
	}
	return http.StatusBadRequest
}

// waitFor tells for how many seconds a client shall wait that was refused because the server is busy.
func waitFor(answer *graphql.Response) (string, bool) {
	if len(answer.Errors) == 0 {
		return "", false
	}
	seconds, ok := answer.Errors[0].Extensions["retryAfter"].(int)
	return strconv.Itoa(seconds), ok
}
