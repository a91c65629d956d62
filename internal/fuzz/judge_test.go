package fuzz

import (
	"encoding/json"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// codes are those of docs/api.md that a healthy server may answer with.
var codes = []string{
	"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "PERSISTED_QUERY_NOT_FOUND", "BAD_USER_INPUT", "NOT_FOUND",
	"LIMIT_EXCEEDED", "FORBIDDEN", "TIMEOUT",
}

// neverRun are the codes of errors that keep an operation from being run.
var neverRun = []string{"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "PERSISTED_QUERY_NOT_FOUND", "FORBIDDEN"}

// statuses are those with which /graphql may answer. 101 and 501 are those of websockets, which cannot take over the
// connection here, because there is none.
var statuses = []int{101, 200, 204, 304, 400, 403, 405, 406, 413, 415, 426, 501, 504}

// storeWords are words of the stores, of Go and of this machine, which no client may read.
var storeWords = regexp.MustCompile(`(?i)sqlite|\bneo4?j?\.|cypher|\bsql\b|bolt:|no such (table|column)|constraint failed|syntax error near|goroutine |runtime error|nil pointer|\.go:\d|/tmp/|/root/|/home/|panic`)

// graphqlError is an error as clients read it.
type graphqlError struct {
	Message    string
	Path       []any
	Locations  []struct{ Line, Column int }
	Extensions map[string]any
}

func (e graphqlError) code() string {
	code, _ := e.Extensions["code"].(string)
	return code
}

// judge holds an answer of /graphql to what docs/api.md promises, whatever was asked. asked is all that the request
// holds: an error may repeat words of it.
func (a *answer) judge(t *testing.T, asked string) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf(format, args...)
		t.Logf("status %d, %v, %d statements\n%s\nlog: %s", a.status, a.header, a.statements, shortened(a.body), shortened(a.log))
	}
	if !slices.Contains(statuses, a.status) {
		fail("the status is %d", a.status)
	}
	if a.statements > 1 {
		fail("one request took %d statements", a.statements)
	}
	if strings.Contains(a.log, "level=ERROR") {
		fail("the server logged an error")
	}
	media, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	switch {
	case a.status == http.StatusNoContent || a.status == http.StatusNotModified:
		if a.body != "" {
			fail("the answer has a body")
		}
	case a.status == http.StatusSwitchingProtocols || a.status == http.StatusNotImplemented:
	case err == nil && media == "text/event-stream":
		a.judgeEvents(asked, fail)
	case err == nil && (media == "application/json" || media == "application/graphql-response+json"):
		judgeResponse(a.body, asked, a.statements > 0, media == "application/graphql-response+json", a.status, fail)
	default:
		fail("the media type is %q", a.header.Get("Content-Type"))
	}
}

// judgeEvents holds a stream of server-sent events to the distinct connections mode of graphql-sse: any number of events
// next with a response each, then one event complete.
func (a *answer) judgeEvents(asked string, fail func(string, ...any)) {
	completed := false
	for event := range strings.SplitSeq(a.body, "\n\n") {
		name, data := "", ""
		for line := range strings.SplitSeq(event, "\n") {
			if value, ok := strings.CutPrefix(line, "event:"); ok {
				name = strings.TrimSpace(value)
			}
			if value, ok := strings.CutPrefix(line, "data:"); ok {
				data += strings.TrimPrefix(value, " ")
			}
		}
		switch {
		case name == "" && data == "": // a comment, or nothing
		case completed:
			fail("an event %q comes after the last", name)
		case name == "next":
			judgeResponse(data, asked, a.statements > 0, false, http.StatusOK, fail)
		case name == "complete":
			completed = true
		default:
			fail("there is an event %q", name)
		}
	}
	if !completed {
		fail("the stream ends without the event complete")
	}
}

// judgeResponse holds a response to the GraphQL specification (section 7.1) and to docs/api.md. executed tells that the
// store was asked; strict that the status has the meaning that application/graphql-response+json gives it.
func judgeResponse(body, asked string, executed, strict bool, status int, fail func(string, ...any)) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &parts); err != nil {
		fail("the body is no JSON object: %v", err)
		return
	}
	for name := range parts {
		if !slices.Contains([]string{"data", "errors", "extensions"}, name) {
			fail("the response has a member %q", name)
		}
	}
	var errs []graphqlError
	if raw, ok := parts["errors"]; ok {
		if err := json.Unmarshal(raw, &errs); err != nil || len(errs) == 0 {
			fail("errors is no list of errors: %v", err)
			return
		}
	}
	data, hasData := parts["data"]
	for _, e := range errs {
		if e.Message == "" || !slices.Contains(codes, e.code()) {
			fail("there is an error %q with the code %q", e.Message, e.code())
		}
		if hasData && slices.Contains(neverRun, e.code()) {
			fail("there is data beside an error %s", e.code())
		}
		for _, l := range e.Locations {
			if l.Line < 1 || l.Column < 1 {
				fail("an error is at line %d, column %d", l.Line, l.Column)
			}
		}
	}
	switch {
	case executed && !hasData:
		fail("the operation was run, but there is no data")
	case !hasData && len(errs) == 0:
		fail("there are neither data nor errors")
	case hasData && string(data) == "null" && len(errs) == 0:
		fail("data is null without an error")
	case hasData && string(data) != "null" && data[0] != '{':
		fail("data is no object")
	case strict && status == http.StatusOK && !hasData:
		fail("the status is 200 without data")
	case strict && status == http.StatusBadRequest && hasData:
		fail("the status is 400 with data")
	}
	if len(data) > maxResponse {
		fail("there are %d bytes of data, %d are allowed", len(data), maxResponse)
	}
	if rest := len(body) - len(data); rest > maxErrors {
		fail("there are %d bytes beside the data", rest)
	}
	for _, name := range []string{"errors", "extensions"} {
		for _, found := range storeWords.FindAllString(string(parts[name]), -1) {
			if !strings.Contains(strings.ToLower(asked), strings.ToLower(found)) {
				fail("%s holds %q", name, found)
			}
		}
	}
}

// maxErrors bounds the errors of an answer in bytes. An error repeats names of the document at most.
const maxErrors = 1 << 20
