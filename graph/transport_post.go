package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"attrigraph/internal/plan"
)

// MaxBody is the size in bytes that the body of a request may have, as docs/ describes it.
const MaxBody = 1 << 20

// POST is the transport of operations in a JSON body: {"query": …, "variables": {…}, "operationName": …}. Browsers send
// no body of that type across origins without asking first, so no page of another origin can use it unnoticed.
type POST struct{ streams *streams }

// Supports implements graphql.Transport.
func (POST) Supports(r *http.Request) bool { return r.Method == http.MethodPost }

// Do implements graphql.Transport.
func (t POST) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	serve(w, r, exec, t.streams, readBody, nil)
}

// readBody reads the parameters of a request from its body.
func readBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *refusal) {
	mediaType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset := parameters["charset"]; err != nil || mediaType != string(mediaJSON) || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, refuse(http.StatusUnsupportedMediaType, "the body must be JSON in UTF-8; send it with Content-Type: application/json")
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, refuse(http.StatusUnsupportedMediaType, "the body must not be compressed; send it without Content-Encoding")
	}
	if r.ContentLength > MaxBody {
		w.Header().Set("Connection", "close") // the body is not read, so the next request could not be found
		return nil, tooLarge()
	}
	body, err := readAll(w, r)
	if err != nil {
		var limit *http.MaxBytesError
		if errors.As(err, &limit) {
			return nil, tooLarge()
		}
		return nil, refuse(http.StatusBadRequest, "the body could not be read to its end; send it whole")
	}
	return parseBody("the body", body)
}

func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, MaxBody))
	return b.Bytes(), err
}

func tooLarge() *refusal {
	refused := refuse(http.StatusRequestEntityTooLarge, "the body has more than %d bytes; split the operation or shorten its variables", MaxBody)
	refused.err.Extensions["code"] = plan.LimitExceeded
	return refused
}

// parseBody reads the parameters of a request; what names the text in refusals. Members that the specification does not name are ignored, so that later
// versions of it can add some; a member that is given twice is refused, because readers would disagree which one counts.
func parseBody(what string, body []byte) (*graphql.RawParams, *refusal) {
	if !utf8.Valid(body) {
		return nil, refuse(http.StatusBadRequest, "%s is not valid UTF-8; encode it as UTF-8", what)
	}
	if refused := checkJSON(what, body); refused != nil {
		return nil, refused
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	params := &graphql.RawParams{}
	seen := map[string]bool{}
	first, err := dec.Token()
	switch {
	case err == nil && first == json.Delim('['):
		return nil, refuse(http.StatusBadRequest, "%s is a list; send one operation as a JSON object in each request", what)
	case err != nil || first != json.Delim('{'):
		return nil, refuse(http.StatusBadRequest, `%s must be a JSON object such as {"query": "{ __typename }"}`, what)
	}
	for dec.More() {
		var v any
		name, err := dec.Token()
		if err == nil {
			err = dec.Decode(&v)
		}
		key, _ := name.(string)
		if err != nil { // a number that is none, as the text was checked
			return nil, refuse(http.StatusBadRequest, "%s holds a value that cannot be read; check its numbers", what)
		}
		var refused *refusal
		switch key {
		case "query":
			params.Query, refused = asText(key, v)
		case "operationName":
			params.OperationName, refused = asText(key, v)
		case "variables":
			params.Variables, refused = asObject(key, v)
		case "extensions":
			params.Extensions, refused = asObject(key, v)
		default:
			continue
		}
		if refused == nil && seen[key] {
			refused = refuse(http.StatusBadRequest, "%s gives %s twice; keep one", what, key)
		}
		if refused != nil {
			return nil, refused
		}
		seen[key] = true
	}
	if params.Query == "" && !persisted(params) {
		return nil, refuse(http.StatusBadRequest, `%s has no "query"; put the operation there`, what)
	}
	return params, nil
}

// persisted tells whether the request names its operation by a hash (see extension.AutomaticPersistedQuery).
func persisted(params *graphql.RawParams) bool { return params.Extensions["persistedQuery"] != nil }

// checkJSON refuses a text that is not one JSON value. The refusal does not repeat any of it.
func checkJSON(what string, data []byte) *refusal {
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case len(bytes.TrimSpace(data)) == 0:
		return refuse(http.StatusBadRequest, "%s is empty; send a JSON object", what)
	case errors.As(err, &syntax) && syntax.Offset < int64(len(data)):
		return refuse(http.StatusBadRequest, "%s is not valid JSON at byte %d; correct it there", what, syntax.Offset)
	}
	return refuse(http.StatusBadRequest, "%s is not valid JSON: it ends too early, as if it was cut off; send it whole", what)
}

// parseJSON reads one JSON value with numbers as json.Number, so that none loses digits.
func parseJSON(what string, data []byte) (any, *refusal) {
	if refused := checkJSON(what, data); refused != nil {
		return nil, refused
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil && !errors.Is(err, io.EOF) {
		return nil, refuse(http.StatusBadRequest, "%s holds a value that cannot be read; check its numbers", what)
	}
	return v, nil
}

func asText(name string, v any) (string, *refusal) {
	s, ok := v.(string)
	if !ok && v != nil {
		return "", refuse(http.StatusBadRequest, "%s must be a text, not %s", name, jsonType(v))
	}
	return s, nil
}

func asObject(name string, v any) (map[string]any, *refusal) {
	o, ok := v.(map[string]any)
	if !ok && v != nil {
		return nil, refuse(http.StatusBadRequest, "%s must be a JSON object, not %s", name, jsonType(v))
	}
	return o, nil
}

// jsonType names the type of a decoded value.
func jsonType(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "a truth value"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "null"
}
